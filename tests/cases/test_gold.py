"""Golds of rows in the extractors' own form, or refused: a gold that no extractor returns makes every right reply wrong."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy
import pytest

from itemwise import gold_number
from itemwise.extractors import last_number

SPELLED = [
    ("7.0", "7"),
    ("$4", "4"),
    ("\\$4", "4"),
    ("50%", "50"),
    ("10 %", "10"),
    ("4 apples", "4"),
    ("4 apples.", "4"),
    ("5 miles per hour", "5"),
    ("5 kg", "5"),
    ("5°", "5"),
    ("£3", "3"),
    ("USD 5", "5"),
    (".5", "0.5"),
    ("0.50", "0.5"),
    ("−4", "-4"),
    ("-$5", "-5"),
    ("$-5", "-5"),
    ("+7", "7"),
    ("-0", "0"),
    ("007", "7"),
    ("1 234", "1234"),
    ("1\u202f234", "1234"),
    ("1,234", "1234"),
    ("$1,430.", "1430"),
    ("2 million", "2000000"),
    ("1e3", "1000"),
    ("1/3", "1/3"),
    ("2/4", "0.5"),
    ("3 1/2", "3.5"),
    ("2½", "2.5"),
    ("１２", "12"),
    (" 42\n", "42"),
    ("$18$", "18"),
    ("\\boxed{30}", "30"),
    ("6*7=42\n#### 42.0", "42"),
    (7, "7"),
    (7.0, "7"),
    (0.1, "0.1"),
    (1e22, "10000000000000000000000"),
    (Decimal("2.50"), "2.5"),
]
REFUSED = [
    *("3-4", "3 - 4", "3 to 4", "5-10 years", "3 or 4", "3 and 4", "5 or more", "4 apples and 3 pears", "(46,2004)", "2 3"),
    *("1+\\sqrt{2}", "n-2", "x", "4x", "2\\pi", "5 times 3", "7!", "2^3", "1/0", "--4"),
    *("1.5M", "5k", "5 dozen", "2 and a half", "1:00", "1:00 P.M.", "1h30", "1,5", "12,34", "~5", "<5"),
    *("", "  ", "####", "#### 5 ####", "three", "\ud800", "9" * 2000, "nan"),
    *(None, True, float("nan"), float("inf"), [7], b"7", {"value": 7}),
]


@pytest.mark.parametrize(("gold", "read"), SPELLED, ids=repr)
def test_a_gold_comes_in_the_form_in_which_the_extractor_returns_it(gold: object, read: str) -> None:
    assert gold_number(gold) == read
    assert last_number(f"The answer is {str(gold).rpartition('####')[2].strip()}") == read


@pytest.mark.parametrize("gold", REFUSED, ids=ascii)
def test_what_is_no_single_plain_number_is_refused(gold: object) -> None:
    with pytest.raises(ValueError, match=r"no number|no single plain number"):
        gold_number(gold)


@pytest.mark.parametrize("gold", ["18", "-3", "0.5", "1/3", "1430", "0", "1" + "0" * 17, "9" * 32])
def test_a_gold_in_that_form_stays_as_it_is(gold: str) -> None:
    assert gold_number(gold) == gold


def test_numbers_of_other_libraries_are_numbers() -> None:
    numbers = [numpy.int64(7), numpy.float64(7.5), numpy.float32(0.1), numpy.float64(1e22), Fraction(3, 4), Fraction(7)]
    assert [gold_number(number) for number in numbers] == ["7", "7.5", "0.1", "1" + "0" * 22, "0.75", "7"]
    for wrong in (numpy.bool_(True), numpy.float64("nan"), numpy.float32("inf"), numpy.array([7]), 7j):
        with pytest.raises(ValueError, match="is no number"):
            gold_number(wrong)
