"""Rows of word problems: endless, seeded, never alike, and worked to the right answer."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from fractions import Fraction
from itertools import islice
from typing import Any

import pytest

from itemwise.synthetic import HALVES, SPLITS, word_problems

Row = dict[str, Any]
MANY = 2000


def first(size: int, seed: int = 42, **which: str) -> list[Row]:
    return list(islice(word_problems(seed, **which), size))


def questions(found: list[Row]) -> set[str]:
    return {row["question"] for row in found}


def worth(expression: str) -> Fraction:
    """The value of sums of products of whole numbers, in arithmetic of the test's own."""
    total = Fraction(0)
    for sign, term in re.findall(r"([-+]?)([\d.*/]+)", expression):
        factors = re.findall(r"([*/]?)([\d.]+)", term)
        product = Fraction(1)
        for operation, factor in factors:
            product = product / Fraction(factor) if operation == "/" else product * Fraction(factor)
        total += -product if sign == "-" else product
    return total


@pytest.fixture(scope="module", params=["seen", "held-out"])
def many(request: pytest.FixtureRequest) -> list[Row]:
    return first(MANY, half=request.param)


def test_the_tests_own_arithmetic_is_right() -> None:
    assert [worth(text) for text in ("9*60+5", "120*25/100", "10-4-3", "7/2")] == [545, 30, 3, Fraction(7, 2)]


def test_no_two_questions_are_alike(many: list[Row]) -> None:
    assert len(questions(many)) == MANY


def test_every_step_is_worked_right(many: list[Row]) -> None:
    assert [step for row in many for step in row["steps"] if worth(step[0]) != Fraction(step[1])] == []


def test_every_result_is_positive_and_whole(many: list[Row]) -> None:
    assert [step for row in many for step in row["steps"] if not re.fullmatch(r"[1-9]\d*", step[1])] == []


def test_the_steps_chain_to_the_answer(many: list[Row]) -> None:
    for row in many:
        for number, (_, result) in enumerate(row["steps"][:-1], start=1):
            later = [expression for expression, _ in row["steps"][number:]]
            assert any(result in re.findall(r"[\d.]+", expression) for expression in later), row
        assert row["answer"].endswith(f"#### {row['steps'][-1][1]}")


def test_rows_have_the_shape_of_gsm8k(many: list[Row]) -> None:
    for row in many:
        *worked, last = row["answer"].splitlines()
        assert worked == [f"{expression} = {result}" for expression, result in row["steps"]]
        assert re.fullmatch(r"#### [1-9]\d*", last)
        assert list(row)[:2] == ["question", "answer"]


def test_every_template_takes_its_turn(many: list[Row]) -> None:
    turn = len({row["template"] for row in many})
    assert turn == 40
    for start in range(0, MANY, turn):
        assert len({row["template"] for row in many[start : start + turn]}) == turn


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("money", r"\$\d"),
        ("percentages", r"\d%"),
        ("fractions", r"\b(half|third|quarter|fifth|sixth)\b"),
        ("times of the day", r"\b\d+:\d\d\b"),
        ("durations", r"\b(hours?|minutes?|weeks?|days?)\b"),
        ("units", r"\b(meters?|miles?|liters?|kilometers?|gallon)\b"),
        ("stray facts", r"degrees outside|years old|A bus passes|lives at number|it rained|next door opened"),
        ("names", r"\b(Ada|Bianca|Chloe|Amir|Boris|Carlos)\b"),
    ],
)
def test_the_problems_are_told_with(what: str, pattern: str, many: list[Row]) -> None:
    assert sum(bool(re.search(pattern, row["question"])) for row in many) >= MANY // 100


def test_one_seed_gives_the_same_rows_each_time() -> None:
    assert first(80, 7) == first(80, 7)


def test_one_seed_gives_the_same_rows_in_another_process() -> None:
    script = "from itertools import islice; from itemwise.synthetic import word_problems; print(list(islice(word_problems(7), 20)))"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True, env={"PYTHONHASHSEED": "1"})
    assert said.stdout.strip() == str(first(20, 7))


@pytest.mark.parametrize("other", [0, 41, 43, 420])
def test_another_seed_gives_other_rows(other: int) -> None:
    shared = questions(first(80)) & questions(first(80, other))
    assert len(shared) <= 4


def test_a_longer_run_begins_with_the_shorter() -> None:
    assert first(100)[:40] == first(40)


def test_the_whole_is_told_from_both_halves() -> None:
    names = {row["template"] for row in first(80, half="all")}
    assert names == {template.name for template in HALVES["seen"] + HALVES["held-out"]}


def test_what_is_trained_on_what_chose_and_what_is_asked_share_no_part_of_the_questions() -> None:
    assert sorted(part for parts in SPLITS.values() for part in parts) == list(range(8))


@pytest.mark.parametrize("split", SPLITS)
def test_a_question_belongs_to_its_split_by_its_own_words_whatever_the_seed(split: str) -> None:
    parts = {hashlib.sha256(question.encode()).digest()[0] % 8 for question in questions(first(200, 1, split=split))}
    assert parts == set(SPLITS[split])


@pytest.mark.parametrize("which", [{"half": "unseen"}, {"split": "validation"}])
def test_a_half_or_split_that_does_not_exist_is_an_error(which: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        first(1, **which)
