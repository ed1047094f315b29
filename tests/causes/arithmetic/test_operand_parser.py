"""From text to elements: operands with units and signs, operators, and brackets as one operand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.causes.arithmetic.operand import Element
from itemwise.causes.arithmetic.operand_parser import parse_elements


def sources(text: str) -> list[tuple[str, str]]:
    return [(element.kind, element.source) for element in parse_elements(text)]


def only(text: str) -> Element:
    (element,) = parse_elements(text)
    return element


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("48/2 = 24", [("operand", "48"), ("operator", "/"), ("operand", "2"), ("equals", ""), ("operand", "24")]),
        ("12 x 3", [("operand", "12"), ("operator", "*"), ("operand", "3")]),
        ("6 ÷ ½", [("operand", "6"), ("operator", "/"), ("operand", "(1/2)")]),
        ("20% of 50", [("operand", "20%"), ("operator", "*"), ("operand", "50")]),
        ("3 of 50", [("operand", "3"), ("operand", "50")]),
        ("2 * -5", [("operand", "2"), ("operator", "*"), ("operand", "-5")]),
        ("- 5", [("stop", "-"), ("operand", "5")]),
        ("2²", [("operand", "2**2")]),
        ("1,5", [("operand", "1"), ("odd", ","), ("operand", "5")]),
        (r"\frac{1+2}{3}", [("operand", "((1+2)/(3))")]),
        (r"\frac{x}{3}", [("odd", "")]),
        ("5 + 3)", [("operand", "5"), ("operator", "+"), ("operand", "3"), ("stop", ")")]),
    ],
)
def test_a_text_is_parsed_into_elements(text: str, expected: list[tuple[str, str]]) -> None:
    assert sources(text) == expected


def test_a_bracket_that_calculates_is_one_operand() -> None:
    assert only("(5 + 3)") == Element("operand", "(5+3)", 0, 7)
    assert only("((5 + 3) * 2)").source == "((5+3)*2)"
    assert [kind for kind, _ in sources("(5 + x)")] == ["open", "operand", "operator", "word", "odd"]


def test_words_behind_a_number_are_its_units_and_a_remark_is_none() -> None:
    assert only("5 red apples").units == ("red", "apples")
    assert only("200 (so far)").units == ()
    assert (only("5kg").glued, only("5 kg").glued) == (True, False)


def test_of_many_words_behind_a_number_the_first_and_the_last_are_kept() -> None:
    assert only("5 of a b c d e f g h red apples").units == ("of", "a", "b", "c", "d", "g", "h", "red", "apples")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("take 30 percent of the pot", [("word", "take"), ("operand", "30%")]),
        ("so many per cent are left", [("word", "so"), ("word", "many"), ("odd", ""), ("word", "are"), ("word", "left")]),
        ("then multiplied by 5", [("word", "then"), ("operator", "*"), ("operand", "5")]),
        ("12 red apples divided by 4", [("operand", "12"), ("operator", "/"), ("operand", "4")]),
        ("half of 30", [("word", "half"), ("word", "of"), ("operand", "30")]),
        ("it costs rs 5", [("word", "it"), ("word", "costs"), ("operand", "5")]),
        ("a box x 5", [("word", "a"), ("word", "box"), ("word", "x"), ("operand", "5")]),
    ],
)
def test_words_in_a_row_are_read_one_by_one(text: str, expected: list[tuple[str, str]]) -> None:
    assert sources(text) == expected


WORDS = ["so", "per", "cent", "percent", "of", "x", "a", "mod", "We", "the", "day", "rs", "usd", "it's", "kg", "né"]


@given(st.lists(st.sampled_from([*WORDS, "5", "20%", "1.5", "=", ",", ".", "(", ")"]), max_size=14))
def test_words_in_a_row_are_the_same_whatever_blank_is_between_them(pieces: list[str]) -> None:
    assert parse_elements(" ".join(pieces)) == parse_elements("\t".join(pieces))  # a tab ends a row


def test_a_currency_and_a_label_before_a_number_are_noted() -> None:
    assert (only("$5").money, only("$5").start) == (True, 0)
    assert parse_elements("Day 5")[-1].labelled
    assert not parse_elements("about 5")[-1].labelled


def test_digits_in_groups_by_spaces_are_doubtful() -> None:
    assert (only("1 000").source, only("1 000").doubtful) == ("1000", True)


def test_an_operand_beyond_what_the_calculator_takes_is_none() -> None:
    assert only("9" * 201).kind == "odd"


@given(st.text("0123456789+-*/=()%$x. \n,ab", max_size=40))
def test_spans_lie_in_the_text_and_in_order(text: str) -> None:
    elements = parse_elements(text)
    assert all(0 <= element.start <= element.end <= len(text) for element in elements)
    assert [element.start for element in elements] == sorted(element.start for element in elements)
