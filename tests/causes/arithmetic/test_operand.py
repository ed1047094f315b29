"""What the words around an operand make of it."""

from __future__ import annotations

import pytest

from itemwise.causes.arithmetic.operand import before_rate, has_trailing_text, mixes_units, unit_alters_value, words_alter_value
from itemwise.causes.arithmetic.operand_parser import parse_elements


@pytest.mark.parametrize("text", ["5x", "5 million", "5 dozen", "5k", r"5 \pi", "12万"])
def test_a_word_that_alters_the_value(text: str) -> None:
    assert unit_alters_value(parse_elements(text)[0])


@pytest.mark.parametrize("text", ["5", "5 apples", "5kg", r"5 \text{ cm}", "5 a week", "5个"])
def test_a_unit_that_leaves_the_value(text: str) -> None:
    assert not unit_alters_value(parse_elements(text)[0])


@pytest.mark.parametrize(
    ("text", "trailing"), [("5 apples", False), ("5 apples and pears", True), ("5 big red round ripe sweet apples", True)]
)
def test_more_words_than_a_unit_are_trailing_text(text: str, trailing: bool) -> None:
    assert has_trailing_text(parse_elements(text)[0]) == trailing


@pytest.mark.parametrize(
    ("words", "altered"),
    [("half of the", True), ("a total of", False), ("twice", True), ("sqrt", True), ("he sold", False), ("一半", True), ("of", True)],
)
def test_words_before_a_number_alter_it_or_not(words: str, altered: bool) -> None:
    assert words_alter_value(words.split()) == altered


@pytest.mark.parametrize(
    ("text", "mixed"), [("2 hours + 30 minutes", True), ("2 hours + 3 hours", False), ("$5 + 20 cents", True), ("2 kg * 3 m", False)]
)
def test_units_of_one_dimension_do_not_mix(text: str, mixed: bool) -> None:
    assert mixes_units(parse_elements(text)) == mixed


def test_a_rate_is_cut_off_the_units() -> None:
    assert before_rate(("apples", "per", "week")) == ("apples",)
    assert before_rate(("apples",)) == ("apples",)
