"""What the sides of an equation may mean besides, and when they agree."""

from __future__ import annotations

from fractions import Fraction

import pytest

from itemwise.causes.arithmetic.equation_sides import EquationSides, sides_around
from itemwise.causes.arithmetic.interpretations import agree, before_rounding, interpretations, values_of, without_label
from itemwise.causes.arithmetic.operand_parser import parse_elements


def sides(text: str) -> EquationSides:
    elements = parse_elements(text)
    found = sides_around(elements, next(index for index, element in enumerate(elements) if element.kind == "equals"))
    assert found is not None
    return found


def sources(text: str) -> list[tuple[str, str]]:
    return [(found.left.source, found.right.source) for found in interpretations(sides(text))]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("5*3 = 15 + 2", ("5*3", "15")),  # the result so far, and on
        ("9 - 5 + 3 = 8", ("5+3", "8")),  # a dash that sets off a label
        ("5 + 3 * 2 = 16", ("((5+3)*2)", "16")),  # as typed into a calculator
        ("80 - 25% = 60", ("80*(1-25%)", "60")),
        ("1/4 = 25%", ("1/4", "25")),
        ("1.200 + 300 = 1.500", ("1200+300", "1500")),
    ],
)
def test_an_ambiguous_equation_has_this_interpretation_too(text: str, other: tuple[str, str]) -> None:
    first, *rest = sources(text)
    assert first == (sides(text).left.source, sides(text).right.source)
    assert other in rest


def test_a_plain_equation_has_one_interpretation() -> None:
    assert sources("48/2 = 24") == [("48/2", "24")]


@pytest.mark.parametrize(
    ("text", "agrees"),
    [
        ("20/3 = 6.67", True),  # rounded
        ("20/3 = 6.66", True),  # cut
        ("20/3 = 6.6", True),
        ("20/3 = 7", True),  # whole, after a division
        ("20/3 = 6", True),
        ("20/3 = 8", False),
        ("2.5*3 = 7", True),  # half a unit
        ("2.5*3 = 6", False),
        ("1/3 = 33%", True),
        ("1/3 = 35%", False),
        ("48/2 = 24", True),
        ("48/2 = 25", False),
    ],
)
def test_a_value_agrees_as_far_as_it_shows(text: str, agrees: bool) -> None:
    values = values_of(sides(text))
    assert values is not None
    assert agree(*values, sides(text)) == agrees


def test_what_the_calculator_does_not_take_has_no_values() -> None:
    assert values_of(sides("1/0 = 5")) is None


def test_a_rounded_value_is_replaced_by_what_it_was() -> None:
    (exact,) = before_rounding(sides("6.67*300 = 2000"), {Fraction("6.67"): Fraction(20, 3)})
    assert exact.left.source == "(20/3)*300"
    assert not list(before_rounding(sides("6.67*300 = 2000"), {}))


def test_a_label_is_left_out() -> None:
    assert without_label(sides("Day 1 - 5 + 3 = 9")).left.source == "5+3"
    assert without_label(sides("1 - 5 + 3 = 9")).left.source == "1-5+3"
