"""Sets of real numbers: intervals, their unions, and what an inequality says, each as parts in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cmp_to_key
from typing import Any, NamedTuple

from itemwise.expressions.expression import (
    CONSTANTS,
    FLIPPED,
    Bracketed,
    Expression,
    ExpressionError,
    Name,
    Number,
    Operation,
    Relation,
    label_of,
    mapped,
    names_in,
    variables_in,
)  # fmt: skip
from itemwise.expressions.expression_value import POINTS, Value, is_real, real_part, same_value, value
from itemwise.language import phrase

__all__ = ["RealSet", "real_set", "same_real_set"]

_INFINITY = float("inf")
_MOST_PARTS = 20


class Part(NamedTuple):
    """The numbers from `low` to `high`, with the ends that are closed."""

    low: Value
    high: Value
    low_closed: bool
    high_closed: bool


RealSet = Sequence[Part]


def real_set(expression: Expression) -> RealSet | None:
    """The parts of an interval, a union or an inequality in one variable, joined where they touch; None for what is none of these.

    An interval whose ends stand in the wrong order is empty. Raises ExpressionError where an end is no number.
    """
    parts = _parts(expression)
    return None if parts is None else _joined(parts)


def same_real_set(first: RealSet, second: RealSet) -> bool | None:
    """Whether two sets hold the same numbers; None where two ends are too near to tell."""
    if len(first) != len(second):
        return False
    told = []
    for one, other in zip(first, second, strict=True):
        told += [same_value(one.low, other.low), same_value(one.high, other.high)]
        told += [one.low_closed == other.low_closed, one.high_closed == other.high_closed]
    return False if False in told else None if None in told else True


def _parts(expression: Expression) -> list[Part] | None:
    match expression:
        case Bracketed(("(" | "[") as opening, (low, high), closing):
            return [_interval(low, high, opening == "[", closing == "]")]
        case Bracketed("\\{", items):
            return [_interval(item, item, True, True) for item in items]
        case Name("set R"):
            return [Part(-_INFINITY, _INFINITY, False, False)]
        case Operation("union", (first, second)):
            one, other = _parts(first), _parts(second)
            return None if one is None or other is None else one + other
        case Operation("intersection", (first, second)):
            one, other = _parts(first), _parts(second)
            return None if one is None or other is None else _shared(one, other)
        case Operation("without" | "-", (first, Bracketed("\\{", items))):
            whole = _parts(first)
            return None if whole is None else _without(whole, items)
        case Relation(sides, signs):
            return _inequality(sides, signs)
    return None


def _interval(low: Expression, high: Expression, low_closed: bool, high_closed: bool) -> Part:
    ends = [value(end, POINTS[0]) for end in (low, high)]
    if not all(map(is_real, ends)) or names_in(low).union(names_in(high)).difference(CONSTANTS):
        raise ExpressionError("the ends of an interval are no numbers")
    return Part(ends[0], ends[1], low_closed, high_closed)


def _inequality(sides: Sequence[Expression], signs: Sequence[str]) -> list[Part] | None:
    """What ``2 < x <= 5``, ``x > 2`` or ``x != 3`` says of the variable."""
    variables = [at for at, side in enumerate(sides) if label_of(side)]
    if signs == ("=",) and len(variables) == 1:
        point = sides[1 - variables[0]]
        return [_interval(point, point, True, True)]
    if signs == ("in",) and variables == [0]:
        return _parts(sides[1])
    if "=" in signs or "in" in signs:
        return None
    if len(variables) != 1 or any(variables_in(side) for at, side in enumerate(sides) if at not in variables):
        return _linear(sides, signs)
    whole = [Part(-_INFINITY, _INFINITY, False, False)]
    if signs == ("!=",):
        return _without(whole, [sides[1 - variables[0]]])
    low, high, closed = _infinite("-"), _infinite(""), [False, False]
    for at, sign in enumerate(signs):
        left, right = sides[at], sides[at + 1]
        if sign == "!=" or variables[0] not in (at, at + 1):
            return None
        is_high = (sign in ("<", "<=")) == (variables[0] == at)
        low, high = (low, right if variables[0] == at else left) if is_high else (right if variables[0] == at else left, high)
        closed[is_high] = sign in ("<=", ">=")
    return [_interval(low, high, *closed)]


def _linear(sides: Sequence[Expression], signs: Sequence[str]) -> list[Part] | None:
    """What inequalities between sums of one variable say, such as ``1 <= 2x + 3 < 7``; None where they are of another kind."""
    names = frozenset[str]().union(*map(variables_in, sides))
    if len(names) != 1 or any("(" in label_of(side) for side in sides):  # f(1) < f(2) says nothing of f
        return None
    (name,) = names
    parts: list[Part] = [Part(-_INFINITY, _INFINITY, False, False)]
    for at, sign in enumerate(signs):
        difference = Operation("-", (sides[at], sides[at + 1]))
        there = _at(difference, name, Fraction(0))
        slope = Operation("-", (_at(difference, name, Fraction(1)), there))
        for tried in (Fraction(7, 3), Fraction(-5, 2)):
            told = Operation("+", (there, Operation("*", (slope, Number(tried)))))
            if same_value(value(told, POINTS[0]), value(_at(difference, name, tried), POINTS[0])) is not True:
                return None
        rises = _order(value(slope, POINTS[0]), Fraction(0))
        if not rises:
            return None
        flipped = FLIPPED[sign] if rises < 0 else sign
        solved = _inequality((Name(name), Operation("/", (Operation("negative", (there,)), slope))), (flipped,))
        parts = _shared(parts, solved or [])
    return parts


def _at(expression: Expression, name: str, number: Fraction) -> Expression:
    """The expression with a number for the name."""
    return mapped(expression, lambda part: Number(number) if part == Name(name) else part)


def _shared(first: Sequence[Part], second: Sequence[Part]) -> list[Part]:
    """What is in both."""
    if len(first) * len(second) > _MOST_PARTS:
        raise ExpressionError(phrase("an intersection has more than {most} parts", most=_MOST_PARTS))
    return [_overlap(one, other) for one in first for other in second]


def _overlap(one: Part, other: Part) -> Part:
    """What is in both, which may be empty."""
    low, high = _order(one.low, other.low), _order(one.high, other.high)
    return Part(
        other.low if low < 0 else one.low,
        one.high if high < 0 else other.high,
        (one.low_closed or low < 0) and (other.low_closed or low > 0),
        (one.high_closed or high > 0) and (other.high_closed or high < 0),
    )


def _infinite(sign: str) -> Expression:
    return Operation("negative", (Name("infinity"),)) if sign else Name("infinity")


def _without(parts: Sequence[Part], items: Sequence[Expression]) -> list[Part]:
    left = list(parts)
    if len(items) > _MOST_PARTS:
        raise ExpressionError(phrase("more than {most} numbers are left out", most=_MOST_PARTS))
    for item in items:
        removed = value(item, POINTS[0])
        left = [piece for part in left for piece in _split(part, removed)]
    return left


def _split(part: Part, removed: Value) -> Iterator[Part]:
    if _order(part.low, removed) < 0 < _order(part.high, removed):
        yield part._replace(high=removed, high_closed=False)
        yield part._replace(low=removed, low_closed=False)
    elif _order(part.low, removed) == 0 or _order(part.high, removed) == 0:
        yield part._replace(
            low_closed=part.low_closed and _order(part.low, removed) != 0, high_closed=part.high_closed and _order(part.high, removed) != 0
        )
    else:
        yield part


def _joined(parts: Sequence[Part]) -> RealSet:
    """In order, with parts that overlap or touch as one, and without empty ones."""
    if len(parts) > _MOST_PARTS:
        raise ExpressionError(phrase("a union has more than {most} parts", most=_MOST_PARTS))
    joined: list[Part] = []
    for part in sorted(parts, key=cmp_to_key(_which_begins)):
        width = _order(part.high, part.low)
        if width < 0 or (width == 0 and not (part.low_closed and part.high_closed)):
            continue
        last = joined[-1] if joined else None
        between = _order(last.high, part.low) if last else -1
        if last and (between > 0 or (between == 0 and (last.high_closed or part.low_closed))):
            further = _order(part.high, last.high)
            closed = part.high_closed if further > 0 else last.high_closed or (further == 0 and part.high_closed)
            joined[-1] = last._replace(high=part.high if further > 0 else last.high, high_closed=closed)
        else:
            joined.append(part)
    return joined


def _which_begins(one: Part, other: Part) -> int:
    return _order(one.low, other.low) or other.low_closed - one.low_closed


def _order(first: Value, second: Value) -> int:
    """Negative, zero or positive as the first is less, equal or greater. Raises ExpressionError where they are too near to tell."""
    same = same_value(first, second)
    if same is None:
        raise ExpressionError("two ends are too near to tell apart")
    if same:
        return 0
    one, other = _comparable(first, second)
    return -1 if one < other else 1


def _comparable(first: Value, second: Value) -> tuple[Any, Any]:
    one, other = real_part(first), real_part(second)
    if isinstance(one, Fraction) == isinstance(other, Fraction) or isinstance(one, float) or isinstance(other, float):
        return one, other
    return (one.numerator, other * one.denominator) if isinstance(one, Fraction) else (one * other.denominator, other.numerator)
