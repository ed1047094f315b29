"""Interpretations of an ambiguous equation: what else its two sides may mean, and whether they agree under one of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from itemwise.causes.arithmetic.equation_sides import EquationSide, EquationSides, side_of
from itemwise.causes.arithmetic.operand import Element
from itemwise.strategies.calculator import CalculatorError, evaluate

__all__ = ["agree", "interpretations", "without_label", "before_rounding", "value_of", "values_of"]

_PLAIN = re.compile(r"-?[0-9]*(?:\.(?P<decimals>[0-9]+))?(?P<percent>%)?")
_DOTTED = re.compile(r"(?<![0-9.])([0-9]{1,3})\.(?=[0-9]{3}(?![0-9]))")


def values_of(interpretation: EquationSides) -> tuple[Fraction, Fraction] | None:
    """The values of the two sides; None where the calculator does not take one of them."""
    left, right = value_of(interpretation.left.source), value_of(interpretation.right.source)
    return None if left is None or right is None else (left, right)


@lru_cache(maxsize=1024)  # each side of a chain is looked at twice, and under each interpretation
def value_of(source: str) -> Fraction | None:
    """The value of a calculation; None where the calculator does not take it."""
    try:
        return evaluate(source)
    except CalculatorError:
        return None


def agree(true: Fraction, claimed: Fraction, interpretation: EquationSides) -> bool:
    """Whether the claim is the true value, rounded or cut to the digits it shows; whole after a division, up or down."""
    if true == claimed:
        return True
    apart = abs(true - claimed)
    plain = _PLAIN.fullmatch(interpretation.right.source)
    if plain is None:
        return "." in interpretation.left.source + interpretation.right.source and apart * 200 <= abs(true)
    shown = len(plain["decimals"] or "")
    unit = Fraction(1, 10 ** (shown + 2 * bool(plain["percent"])))
    cut = shown > 0 and apart < unit and abs(claimed) < abs(true)
    whole = shown == 0 and apart < unit and "/" in interpretation.left.source
    return apart * 2 <= unit or cut or whole


def interpretations(sides: EquationSides) -> Iterator[EquationSides]:
    """The interpretations of two sides, the plainest first."""
    left, right = sides
    yield sides
    if len(right.elements) > 1:  # 5*3 = 15 + 2 = 17: the result so far, and on
        yield EquationSides(left, side_of(right.elements[:1]))
    yield from (EquationSides(shorter, right) for shorter in _tails(left) if shorter.calculates)
    if left.dashed:
        yield EquationSides(left._replace(source="-" + left.source), right)
    if len(left.elements) > 3:
        yield EquationSides(left._replace(source=_in_turn(left.elements)), right)
    if "%" in left.source + right.source:
        yield from _percent_interpretations(left, right)
    if "." in left.source:  # 1.200 + 300 = 1.500
        yield EquationSides(*(side._replace(source=_DOTTED.sub(r"\1", side.source)) for side in sides))


def before_rounding(sides: EquationSides, rounded: Mapping[Fraction, Fraction]) -> Iterator[EquationSides]:
    """The calculation with the exact values of operands that were rounded before: 20/3 = 6.67, 6.67*300 = 2000."""
    exact = [_exact_value(element, rounded) for element in sides.left.elements] if rounded else []
    if any(exact):
        source = "".join(f"({value})" if value else element.source for value, element in zip(exact, sides.left.elements, strict=True))
        yield EquationSides(sides.left._replace(source=source), sides.right)


def _exact_value(element: Element, rounded: Mapping[Fraction, Fraction]) -> Fraction | None:
    value = value_of(element.source) if element.kind == "operand" else None
    return None if value is None else rounded.get(value)


def _tails(side: EquationSide) -> Iterator[EquationSide]:
    """What is left when a dash only set off a label: "Day 1 - 5 + 3", "-5 + 3" in a list."""
    if side.source.startswith("-"):
        first = side.elements[0]._replace(source=side.elements[0].source[1:], start=side.elements[0].start + 1)
        yield side_of([first, *side.elements[1:]])
    for index in range(1, len(side.elements), 2):
        if side.elements[index].source == "-" and side.elements[index].spaced:
            yield side_of(side.elements[index + 1 :])


def _in_turn(elements: Sequence[Element]) -> str:
    """The calculation as one types it: 5 + 3 * 2 is 16."""
    source = elements[0].source
    for index in range(1, len(elements), 2):
        source = f"({source}{elements[index].source}{elements[index + 1].source})"
    return source


def _percent_interpretations(left: EquationSide, right: EquationSide) -> Iterator[EquationSides]:
    bare_left = left._replace(source=left.source.replace("%", ""))
    bare_right = right._replace(source=right.source.replace("%", ""))
    yield from (EquationSides(left, bare_right), EquationSides(bare_left, bare_right), EquationSides(bare_left, right))
    if len(left.elements) == 3 and left.elements[1].source in ("+", "-"):  # 80 - 25% = 60
        base, operator, share = (element.source for element in left.elements)
        yield EquationSides(left._replace(source=f"{base}*(1{operator}{share})"), right)


def without_label(sides: EquationSides) -> EquationSides:
    """The sides, without "Day 1 -" before them."""
    side = sides.left
    labelled = len(side.elements) > 1 and side.elements[0].labelled and side.elements[1].source == "-" and side.elements[1].spaced
    return EquationSides(side_of(side.elements[2:], doubtful=side.doubtful), sides.right) if labelled else sides
