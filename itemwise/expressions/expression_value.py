r"""The value of an expression: exact where it is rational, else to 100 digits; with variables, its values at points that nobody chose.

Two expressions are the same function where they agree at such points: a polynomial that is not zero is zero at a random point with a
probability of its degree over the number of points (Schwartz and Zippel), less than 1e-15 for each of several points here. What an
operation may cost is limited by the sizes of its operands, before it is done.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, reduce
from math import comb, factorial, gcd, isqrt, lcm
from typing import Any, NamedTuple, TypeAlias

import mpmath  # type: ignore[import-untyped]

from itemwise.expressions.expression import CONSTANTS, Based, Expression, ExpressionError, Matrix, Name, Number, Operation
from itemwise.language import phrase

__all__ = ["POINTS", "Point", "Value", "is_real", "is_rounded", "product", "real_part", "same_value", "value"]

_DIGITS = 100
_LARGEST = 10**50  # of a value that is not exact: what is lost by subtraction is then less than 50 digits
_BITS = 4096  # of a numerator or denominator
_EQUAL, _APART = Fraction(1, 10**80), Fraction(1, 10**40)  # of the larger value: between them nothing is decided
_NEAR, _NEARER = Fraction(1, 10**9), Fraction(1, 10**12)
_MOST_FACTORIAL = 300
_MOST_CHOSEN = 11  # of a number that is not known

Value: TypeAlias = Any  # a Fraction, a number of mpmath, which has no types, or an infinite float


class Point(NamedTuple):
    """What variables stand for: numbers drawn by `seed`, negative ones too if they may be, and the base of a logarithm that names none."""

    seed: int
    negative: bool
    base: int  # 10, or 0 for e


POINTS = (Point(1, False, 10), Point(2, False, 0), Point(3, True, 10))
_local = threading.local()


def _context() -> Any:
    """mpmath at 100 digits, one for each thread: a context is changed while it computes."""
    if not hasattr(_local, "context"):
        _local.context = mpmath.MPContext()
        _local.context.dps = _DIGITS
    return _local.context


@cache
def _drawn(name: str, point: Point) -> Fraction:
    drawn = random.Random(f"{point.seed} {name}")
    size = Fraction(drawn.randrange(2**31, 2**32), drawn.randrange(2**31, 2**32))
    return -size if point.negative and drawn.random() < 0.7 else size


def value(expression: Expression, point: Point) -> Value:
    """The value at a point. Raises ExpressionError where it has none, or one that would cost too much."""
    match expression:
        case Number(number):
            return number
        case Based(digits, base):
            return _numeral(digits, base)
        case Name(text):
            return _constant(text) if text in CONSTANTS else _drawn(text, point)
        case Operation("log", (inner,)):
            values = [value(inner, point), Fraction(point.base) if point.base else _constant("e")]
            return _checked(_logarithm(*values))
        case Operation("determinant", (Matrix(rows),)):
            return _determinant([[value(cell, point) for cell in row] for row in rows])
        case Operation(name, operands) if name in _OPERATIONS:
            try:
                return _checked(_OPERATIONS[name](*(value(operand, point) for operand in operands)))
            except (ZeroDivisionError, ValueError, OverflowError, TypeError):
                raise ExpressionError(phrase("{found} has no value here", found=name)) from None
    if isinstance(expression, Operation):
        raise ExpressionError(phrase("{found} is not computed", found=expression.name))
    raise ExpressionError(phrase("a {words} is no number", words=type(expression).__name__.lower()))


def same_value(first: Value, second: Value) -> bool | None:
    """Whether two values are one; None where they are too near to tell."""
    if isinstance(first, float) or isinstance(second, float):  # infinity
        return isinstance(first, float) and isinstance(second, float) and first == second
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        return first == second
    ours = _context()
    one, other = _inexact(first), _inexact(second)
    apart = abs(one - other) / max(abs(one), abs(other), ours.mpf(1))
    return True if apart < _inexact(_EQUAL) else False if apart > _inexact(_APART) else None


def is_rounded(first: Value, second: Value) -> bool:
    """Whether two values agree to nine digits, as a number and its decimal do; to twelve where both are decimals that end."""
    if isinstance(first, float) or isinstance(second, float):
        return False
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        near = _NEARER if _ends(first) and _ends(second) else _NEAR
        return abs(first - second) < near * abs(second) and first.denominator * second.denominator > 1
    return bool(abs(_inexact(first) - _inexact(second)) < _inexact(_NEAR) * abs(_inexact(second)))


def _ends(number: Fraction) -> bool:
    """Whether its decimal ends within 30 digits."""
    return 10**30 % number.denominator == 0


def is_real(number: Value) -> bool:
    """Whether a value is a real number or infinite."""
    return isinstance(number, (Fraction, float)) or abs(number.imag) < _inexact(_EQUAL)


def real_part(number: Value) -> Any:
    """A real value as something that can be ordered."""
    return number if isinstance(number, (Fraction, float)) else number.real


def product(first: Value, second: Value) -> Value:
    """Two values multiplied. Raises ExpressionError where that is too large."""
    return _checked(_both(lambda one, other: one * other)(first, second))


def _inexact(number: Value) -> Any:
    ours = _context()
    if isinstance(number, Fraction):
        return ours.mpf(number.numerator) / number.denominator
    if isinstance(number, float):
        raise ExpressionError("infinity is no number to calculate with")
    return number


def _checked(number: Value) -> Value:
    """The value, if it is not too large to go on with."""
    if isinstance(number, float):
        return number
    if isinstance(number, Fraction):
        if max(number.numerator.bit_length(), number.denominator.bit_length()) > _BITS:
            raise ExpressionError("a number is too large")
        return number
    if not abs(number) < _LARGEST:
        raise ExpressionError("a number is too large")
    return number


def _constant(name: str) -> Value:
    ours = _context()
    if name == "infinity":
        return float("inf")
    return {"pi": +ours.pi, "e": +ours.e, "i": ours.mpc(0, 1)}[name]


def _both(exact: Callable[[Any, Any], Any]) -> Callable[[Value, Value], Value]:
    """An operation that is exact for two fractions, and otherwise done to 100 digits."""

    def operation(first: Value, second: Value) -> Value:
        if isinstance(first, Fraction) and isinstance(second, Fraction):
            return exact(first, second)
        return exact(_inexact(first), _inexact(second))

    return operation


def _divided(first: Value, second: Value) -> Value:
    if not isinstance(second, (Fraction, float)) and abs(second) < _inexact(Fraction(1, 10**30)):
        raise ExpressionError("it divides by what may be zero")
    return _both(lambda above, below: above / below)(first, second)


def _power(base: Value, exponent: Value) -> Value:
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        return _whole_power(base, exponent.numerator)
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator <= 64 and base >= 0:
        root = _exact_root(base, exponent.denominator)
        if root is not None:
            return _whole_power(root, exponent.numerator)
    if isinstance(exponent, Fraction) and (isinstance(base, Fraction) and base < 0):
        raise ExpressionError("a power of a negative number is not unique")
    ours = _context()
    raised, by = _inexact(base), _inexact(exponent)
    if raised == 0:
        raise ExpressionError("a power of zero")
    if abs(by) > 10**4:
        raise ExpressionError("an exponent is too large")
    return ours.power(raised, by)


def _whole_power(base: Value, exponent: int) -> Value:
    if isinstance(base, Fraction):
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if abs(exponent) * max(bits - 1, bits > 1) > _BITS:
            raise ExpressionError("a power is too large")
        return base**exponent if bits > 1 or base == 0 else base ** (exponent % 2)
    if isinstance(base, float) or abs(exponent) > 10**4:
        raise ExpressionError("a power is too large")
    return base**exponent


def _exact_root(number: Fraction, degree: int) -> Fraction | None:
    """The root where it is rational, of a number that is not negative."""
    above, below = (_whole_root(part, degree) for part in (number.numerator, number.denominator))
    return Fraction(above, below) if above is not None and below is not None else None


def _whole_root(number: int, degree: int) -> int | None:
    if degree == 2:
        root = isqrt(number)
    else:
        low, high = 0, 1 << (number.bit_length() // degree + 1)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if middle**degree < number else (low, middle)
        root = low
    return root if root**degree == number else None


def _root(number: Value, degree: Value) -> Value:
    """The root; of a negative number an odd one is negative, and an even one imaginary."""
    if not (isinstance(degree, Fraction) and degree.denominator == 1 and 2 <= degree <= 64):
        return _power(number, _divided(Fraction(1), degree))
    times = degree.numerator
    if isinstance(number, Fraction):
        if times % 2 and number < 0:
            return -_root(-number, degree)
        if number >= 0 and (exact := _exact_root(number, times)) is not None:
            return exact
    ours, inexact = _context(), _inexact(number)
    if times % 2 and is_real(inexact) and inexact.real < 0:
        return -ours.root(-inexact.real, times)
    if times == 2:
        return ours.sqrt(inexact)
    if is_real(inexact) and inexact.real < 0:
        raise ExpressionError("a root of a negative number is not unique")
    return ours.root(inexact, times)


def _logarithm(number: Value, base: Value) -> Value:
    ours = _context()
    if _inexact(number) == 0:
        raise ExpressionError("a logarithm of zero")
    found = ours.log(_inexact(number)) / ours.log(_inexact(base))
    if isinstance(number, Fraction) and isinstance(base, Fraction) and number > 0 and base > 1 and abs(found) < _BITS:
        nearest = int(ours.nint(found))
        if abs(found - nearest) < _inexact(_EQUAL) and _whole_power(base, nearest) == number:
            return Fraction(nearest)
    return found


def _named(name: str) -> Callable[[Value], Value]:
    """A function of mpmath by its name."""
    return lambda number: getattr(_context(), name)(_inexact(number))


def _factorial(number: Value) -> Value:
    if not (isinstance(number, Fraction) and number.denominator == 1 and 0 <= number <= _MOST_FACTORIAL):
        raise ExpressionError("a factorial is too large, or not of a whole number")
    return Fraction(factorial(number.numerator))


def _binomial(first: Value, second: Value) -> Value:
    whole = [number.numerator for number in (first, second) if isinstance(number, Fraction) and number.denominator == 1]
    if len(whole) == 1 and isinstance(second, Fraction) and second in range(1, _MOST_CHOSEN):
        factors = [_both(lambda one, other: one - other)(first, Fraction(less)) for less in range(whole[0])]
        return _divided(reduce(product, factors), Fraction(factorial(whole[0])))
    if len(whole) < 2 or not 0 <= whole[1] <= whole[0] <= 1000:
        raise ExpressionError("a binomial coefficient is too large, or not of whole numbers")
    return Fraction(comb(*whole))


def _whole(function: Callable[..., int]) -> Callable[..., Value]:
    """A function of whole numbers."""

    def operation(*numbers: Value) -> Value:
        if not all(isinstance(number, Fraction) and number.denominator == 1 for number in numbers):
            raise ExpressionError("it needs whole numbers")
        return Fraction(function(*(number.numerator for number in numbers)))

    return operation


def _rounded(down: bool) -> Callable[[Value], Value]:
    def operation(number: Value) -> Value:
        if not isinstance(number, Fraction):
            raise ExpressionError("only exact numbers are rounded")
        return Fraction(number.__floor__() if down else number.__ceil__())

    return operation


def _extreme(choose: Callable[..., Any]) -> Callable[..., Value]:
    def operation(*numbers: Value) -> Value:
        if not all(isinstance(number, Fraction) for number in numbers):
            raise ExpressionError("only exact numbers are compared")
        return choose(numbers)

    return operation


def _numeral(digits: str, base: int) -> Fraction:
    whole, _, part = digits.partition(".")
    try:
        if base:
            return Fraction(int(whole + part, base), base ** len(part))
        raise ExpressionError("a base is only named")
    except ValueError:
        raise ExpressionError(phrase("{found} is no numeral of base {wanted}", found=digits, wanted=base)) from None


def _determinant(rows: list[list[Value]]) -> Value:
    if any(len(row) != len(rows) for row in rows) or len(rows) > 4:
        raise ExpressionError("no determinant of such a matrix is computed")
    if len(rows) == 1:
        return rows[0][0]
    minors = ([row[:at] + row[at + 1 :] for row in rows[1:]] for at in range(len(rows)))
    terms = [(-1) ** at * (rows[0][at] * _determinant(minor)) for at, minor in enumerate(minors)]
    return _checked(sum(terms[1:], terms[0]))


_OPERATIONS: Mapping[str, Callable[..., Value]] = {
    "+": _both(lambda first, second: first + second),
    "-": _both(lambda first, second: first - second),
    "*": _both(lambda first, second: first * second),
    "/": _divided,
    "^": _power,
    "negative": lambda number: -number,
    "degrees": lambda number: number,
    "abs": abs,
    "root": _root,
    "!": _factorial,
    "binom": _binomial,
    "floor": _rounded(down=True),
    "ceil": _rounded(down=False),
    "gcd": _whole(gcd),
    "lcm": _whole(lcm),
    "max": _extreme(max),
    "min": _extreme(min),
    "ln": lambda number: _logarithm(number, _constant("e")),
    "log": _logarithm,
    "lg": lambda number: _logarithm(number, Fraction(10)),
    **{name: _named(name) for name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "exp")},
    **{f"arc{name}": _named(f"a{name}") for name in ("sin", "cos", "tan", "cot")},
}
