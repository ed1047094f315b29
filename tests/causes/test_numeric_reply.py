"""Plain numbers and answers as exact values."""

from __future__ import annotations

from fractions import Fraction

import pytest

from itemwise.causes.numeric_reply import NumericReply, answer_value, numbers_told, parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [("18", 18), (" 1,430 ", 1430), ("-0.5", Fraction(-1, 2)), ("1/3", Fraction(1, 3)), ("7.0", 7), ("9" * 60, int("9" * 60))],
)
def test_a_plain_number_is_its_value(text: str, value: Fraction | int) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["", "$18", "18 dollars", "1/0", "1.5/2", "1,43", "9" * 61, "½", "1e3"])
def test_anything_else_is_none(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("answer", "value"), [("18", 18), ("$18", 18), ("18 dollars", 18), ("twelve", 12), ("no idea", None), (None, None), ("3x + 4", None)]
)
def test_an_answer_is_its_value_however_it_is_written(answer: str | None, value: int | None) -> None:
    assert answer_value(answer) == value


def test_the_words_are_prompt_and_reply_in_lower_case() -> None:
    assert NumericReply("How MANY?", "２ Eggs", Fraction(2), None, "").words == "how many?\n2 eggs"


def test_numbers_are_told_in_digits_and_in_words() -> None:
    assert numbers_told("Two boxes of 1,250 nails, half a dozen screws: 0.5 kg.") == {2, 1250, 12, 1, Fraction(1, 2)}
    assert numbers_told("每盒有12支铅笔，买了五盒") == {12, 5}
    assert numbers_told("no number") == set()
