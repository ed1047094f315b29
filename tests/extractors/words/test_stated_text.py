"""The words that a reply states as its answer, and when two of them are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.extractors import number_or_unanswerable, relaxed, same_words, stated_text, stated_yes_no


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("Australia", "Australia"),
        ("**Answer:** Jan 5, 2010", "Jan 5, 2010"),
        ("The third bar is the tallest. The answer is **South Africa**, which has 12.", "South Africa"),
        ("Answer: Asia, because it is tall.", "Asia"),
        ('The final answer is: "U.S. dollars".', "U.S. dollars"),
        ("\\boxed{\\text{Light blue}}", "Light blue"),
        ('{"answer": "[0, 8]"}', "[0, 8]"),
        ("I see a chart.\nIt has bars.", None),
        ("", None),
    ],
)
def test_words_are_read_where_they_are_announced_or_all_there_is(reply: str, answer: str | None) -> None:
    assert stated_text(reply) == answer


def test_a_lone_text_that_was_cut_off_is_no_statement() -> None:
    read = stated_text("The bar of South")
    assert read is not None
    assert not read.stated


def test_words_are_the_same_whatever_their_case_and_marks() -> None:
    assert same_words("light Blue.", "Light blue")
    assert same_words("(3, -4)", "(3,-4)")
    assert not same_words(None, "Light blue")
    assert not same_words("blue", "Light blue")


@pytest.mark.parametrize(
    ("answer", "gold", "right"), [("105", "100", True), ("94.9", "100", False), ("asia", "Asia", True), (None, "7", False)]
)
def test_numbers_may_be_off_by_a_twentieth_and_words_must_be_the_same(answer: str | None, gold: str, right: bool) -> None:
    assert relaxed(answer, gold) is right


@given(st.text(max_size=300))
def test_whatever_is_read_is_in_the_reply(reply: str) -> None:
    for read in (stated_text(reply), stated_yes_no(reply), number_or_unanswerable(reply)):
        assert read is None or 0 <= read.start <= read.end <= len(reply)
