"""The two sides of an equals sign, and whether they are all of what is written."""

from __future__ import annotations

import pytest

from itemwise.causes.arithmetic.equation_sides import EquationSides, sides_around
from itemwise.causes.arithmetic.operand_parser import parse_elements


def sides(text: str) -> EquationSides | None:
    """The sides of the last equals sign."""
    elements = parse_elements(text)
    return sides_around(elements, max(index for index, element in enumerate(elements) if element.kind == "equals"))


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("48/2 = 24", "48/2", "24"),
        ("so 16 - 3 - 4 = 9 eggs", "16-3-4", "9"),
        ("24 = 48/2", "48/2", "24"),  # the calculation is the left side, wherever it stands
        ("5*3 = 15 + 2", "5*3", "15+2"),
        ("3*4 = 12 = 6*2", "6*2", "12"),
    ],
)
def test_the_left_side_is_the_calculation(text: str, left: str, right: str) -> None:
    found = sides(text)
    assert found is not None
    assert (found.left.source, found.right.source) == (left, right)


@pytest.mark.parametrize("text", ["x = 5", "5 = 5", "= 24", "48/2 =", "48/2 = x", "5*12 = 60 = 60/2"])
def test_without_a_calculation_and_a_value_there_is_none(text: str) -> None:
    assert sides(text) is None


@pytest.mark.parametrize("text", ["48/2 = 24 eggs", "Total: 48/2 = 24.", "(48/2) = 24", "a total of 48/2 = 24"])
def test_whole_sides_are_not_doubtful(text: str) -> None:
    found = sides(text)
    assert found is not None
    assert (found.left.doubtful, found.right.doubtful) == (False, False)


@pytest.mark.parametrize("text", ["half of 48/2 = 24", "x + 48/2 = 24", "f(48/2) = 24", "48/2 = 24 + x", "48/2 = 24?", "48/2 = 2(12)"])
def test_sides_that_may_go_on_are_doubtful(text: str) -> None:
    found = sides(text)
    assert found is not None
    assert found.left.doubtful or found.right.doubtful


def test_a_bullet_before_a_side_may_be_a_minus() -> None:
    found = sides("- 5 + 3 = 8")
    assert found is not None
    assert (found.left.dashed, found.left.source) == (True, "5+3")
