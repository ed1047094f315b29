"""Replies to a question that nobody asked."""

from __future__ import annotations

import pytest

from itemwise.causes.other_question import other_question

TINS = "A shop has 40 tins and sells 12 of them at 3 coins each. How many tins are left?"

OTHER = [
    ("Maria reads 25 pages on Monday and 17 on Tuesday, which makes 25 + 17 = 42 pages.", "none of the question's numbers: "),
    ('{"steps": ["6*7=42", "42-5=37"], "answer": 37}', "none of the question's numbers: "),
    ("Question: Maria reads some pages on Monday and more on Tuesday. How many pages does she read?\nAnswer: 40", "it asks: Maria reads"),
    ("**Problem 2:** A train leaves the northern station before sunrise. When does it arrive?\n12 + 3 = 15", "it asks: A train leaves"),
]

SAME = [
    "40 - 12 = 27, so 27 tins.",
    "Twelve of the tins are sold, 7 and 5 and 9.",
    "28",
    "That is 27 today, 189 in a week and 5 more.",
    "There are 28 tins or 29 tins.",
    "The shop sells tins and some of them are left: 5, 6 and 7 tins each.",
    "Question: A shop has 40 tins and sells 12 of them. How many are left?\nAnswer: 30",
    "Q1: How much does one of them cost?\nQ2: How many are sold?\nA1: 3 coins.",
    "<think>25 + 17 = 42</think>",
    "",
]


@pytest.mark.parametrize(("text", "evidence"), OTHER)
def test_a_reply_with_other_numbers_and_words_answers_another_question(text: str, evidence: str) -> None:
    found = other_question(TINS, text)
    assert found is not None
    assert found.kind == "answered another question"
    assert evidence in found.evidence


@pytest.mark.parametrize("text", SAME)
def test_one_of_the_questions_numbers_or_its_words_are_enough(text: str) -> None:
    assert other_question(TINS, text) is None


def test_a_question_with_less_than_two_numbers_shows_nothing() -> None:
    assert other_question("What is half of 40?", "6*7=42, 42-5=37, 37") is None
    assert other_question("Which is the largest?\n(A) Mars\n(B) Jupiter", "6*7=42, 42-5=37, 37") is None


def test_the_numbers_of_an_example_are_not_the_questions() -> None:
    asked = 'Example: {"steps": ["6*7=42", "42-5=37"]}\n\nProblem: ' + TINS
    assert other_question(asked, '{"steps": ["6*7=42", "42-5=37"], "answer": 37}') is not None
