"""The readings of a doubtful equation: what else its two sides may mean, and whether they agree under one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from itemwise.causes.arithmetic.equation_sides import Side, Sides, side_of
from itemwise.causes.arithmetic.operand import Part
from itemwise.strategies.calculator import CalculatorError, evaluate

__all__ = ["agree", "readings", "unlabelled", "unrounded", "values_of"]

_PLAIN = re.compile(r"-?[0-9]*(?:\.(?P<decimals>[0-9]+))?(?P<percent>%)?")
_DOTTED = re.compile(r"(?<![0-9.])([0-9]{1,3})\.(?=[0-9]{3}(?![0-9]))")


def values_of(reading: Sides) -> tuple[Fraction, Fraction] | None:
    """The values of the two sides; None where the calculator does not take one of them."""
    left, right = _value(reading.left.source), _value(reading.right.source)
    return None if left is None or right is None else (left, right)


def _value(source: str) -> Fraction | None:
    try:
        return evaluate(source)
    except CalculatorError:
        return None


def agree(true: Fraction, claimed: Fraction, reading: Sides) -> bool:
    """Whether the claim is the true value, rounded or cut to the digits it shows; whole after a division, up or down."""
    apart = abs(true - claimed)
    plain = _PLAIN.fullmatch(reading.right.source)
    if apart == 0 or plain is None:
        return apart == 0 or ("." in reading.left.source + reading.right.source and apart * 200 <= abs(true))
    shown = len(plain["decimals"] or "")
    unit = Fraction(1, 10 ** (shown + 2 * bool(plain["percent"])))
    cut = shown > 0 and apart < unit and abs(claimed) < abs(true)
    whole = shown == 0 and apart < unit and "/" in reading.left.source
    return apart * 2 <= unit or cut or whole


def readings(sides: Sides) -> Iterator[Sides]:
    """The ways to read two sides, the plainest first."""
    left, right = sides
    yield sides
    if len(right.parts) > 1:  # 5*3 = 15 + 2 = 17: the result so far, and on
        yield Sides(left, side_of(right.parts[:1]))
    yield from (Sides(shorter, right) for shorter in _tails(left) if shorter.calculates)
    if left.dashed:
        yield Sides(replace(left, source="-" + left.source), right)
    if len(left.parts) > 3:
        yield Sides(replace(left, source=_in_turn(left.parts)), right)
    if "%" in left.source + right.source:
        yield from _percent_readings(left, right)
    if "." in left.source:  # 1.200 + 300 = 1.500
        yield Sides(*(replace(side, source=_DOTTED.sub(r"\1", side.source)) for side in sides))


def unrounded(sides: Sides, rounded: Mapping[Fraction, Fraction]) -> Iterator[Sides]:
    """The calculation with what its operands were before they were rounded: 20/3 = 6.67, 6.67*300 = 2000."""
    exact = [_before_rounding(part, rounded) for part in sides.left.parts] if rounded else []
    if any(exact):
        source = "".join(f"({value})" if value else part.source for value, part in zip(exact, sides.left.parts, strict=True))
        yield Sides(replace(sides.left, source=source), sides.right)


def _before_rounding(part: Part, rounded: Mapping[Fraction, Fraction]) -> Fraction | None:
    value = _value(part.source) if part.kind == "operand" else None
    return None if value is None else rounded.get(value)


def _tails(side: Side) -> Iterator[Side]:
    """What is left when a dash only set off a label: "Day 1 - 5 + 3", "-5 + 3" in a list."""
    if side.source.startswith("-"):
        first = side.parts[0]._replace(source=side.parts[0].source[1:], start=side.parts[0].start + 1)
        yield side_of([first, *side.parts[1:]])
    for place in range(1, len(side.parts), 2):
        if side.parts[place].source == "-" and side.parts[place].spaced:
            yield side_of(side.parts[place + 1 :])


def _in_turn(parts: Sequence[Part]) -> str:
    """The calculation as one types it: 5 + 3 * 2 is 16."""
    source = parts[0].source
    for place in range(1, len(parts), 2):
        source = f"({source}{parts[place].source}{parts[place + 1].source})"
    return source


def _percent_readings(left: Side, right: Side) -> Iterator[Sides]:
    bare_left = replace(left, source=left.source.replace("%", ""))
    bare_right = replace(right, source=right.source.replace("%", ""))
    yield from (Sides(left, bare_right), Sides(bare_left, bare_right), Sides(bare_left, right))
    if len(left.parts) == 3 and left.parts[1].source in ("+", "-"):  # 80 - 25% = 60
        base, operator, share = (part.source for part in left.parts)
        yield Sides(replace(left, source=f"{base}*(1{operator}{share})"), right)


def unlabelled(sides: Sides) -> Sides:
    """The sides, without "Day 1 -" before them."""
    side = sides.left
    labelled = len(side.parts) > 1 and side.parts[0].labelled and side.parts[1].source == "-" and side.parts[1].spaced
    return Sides(side_of(side.parts[2:], doubtful=side.doubtful), sides.right) if labelled else sides
