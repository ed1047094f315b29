"""Exact arithmetic on text a model wrote: parsed against a whitelist, bounded, never evaluated as code."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from fractions import Fraction

__all__ = ["CALCULATOR", "CalculatorError", "evaluate", "number_text"]

CALCULATOR = {
    "type": "function",
    "function": {
        "name": "calculator",
        "description": "Exact result of one arithmetic expression.",
        "parameters": {
            "type": "object",
            "properties": {"expression": {"type": "string", "description": "such as 12*(3+4)"}},
            "required": ["expression"],
        },
    },
}  # as chat templates take a tool

LONGEST = 200  # characters of an expression
LARGEST = 10**40  # magnitude of any number, and of any denominator, on the way
HIGHEST_POWER = 64

_BINARY: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: lambda left, right: Fraction(left // right),
    ast.Mod: operator.mod,
}
_SPELLINGS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "^": "**", "$": " "})  # noqa: RUF001 - what models write
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_PERCENT = re.compile(r"(?<=[\d.)])\s*%(?=\s*(?:$|[-+*/)]))")
_LEADING_ZEROS = re.compile(r"(?<![\d.])0+(?=\d)")  # 05 is 5 to people, a mistake to Python
_PERCENT_SIGN = "[0]"  # a subscript: like a percent sign it stands behind its number and binds before any operator
_ALLOWED = re.compile(r"[\d\s.+\-*/%()]*", re.ASCII)


class CalculatorError(ValueError):
    """The expression is not arithmetic, or is larger than the bounds; the message is fit to show a model."""


def evaluate(expression: str) -> Fraction:
    """The exact value of an arithmetic `expression`.

    Knows ``+ - * / // % **``, parentheses, signs, decimals, thousands commas and a trailing percent sign
    (``15%`` is 3/20). Anything else, and anything past the bounds, raises CalculatorError; nothing is ever run.
    """
    if len(expression) > LONGEST:
        raise CalculatorError(f"expression longer than {LONGEST} characters")
    source = _THOUSANDS.sub("", expression.translate(_SPELLINGS)).strip()
    if not _ALLOWED.fullmatch(source):
        raise CalculatorError(f"not arithmetic: {expression!r}")
    source = _PERCENT.sub(_PERCENT_SIGN, _LEADING_ZEROS.sub("", source))
    try:
        tree = ast.parse(source, mode="eval")
        return _value(tree.body, source)
    except ZeroDivisionError:
        raise CalculatorError("division by zero") from None
    except CalculatorError:
        raise
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise CalculatorError(f"not arithmetic: {expression!r}") from None


def number_text(value: Fraction) -> str:
    """`value` as people write it: ``12``, ``3.5``; a value without a short decimal form to six places."""
    millionths = round(value * 10**6)  # exact, where a float would not be
    whole, rest = divmod(abs(millionths), 10**6)
    return f"{'-' if millionths < 0 else ''}{whole}.{rest:06d}".rstrip("0").rstrip(".")


def _value(node: ast.expr, source: str) -> Fraction:
    match node:
        case ast.Constant(value=int() | float()):
            return _bounded(Fraction(ast.get_source_segment(source, node) or "0"))
        case ast.Subscript(value=hundredths):  # only a percent sign made it
            return _bounded(_value(hundredths, source) / 100)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, source)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, source)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_value(left, source), _value(right, source))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _bounded(_BINARY[type(op)](_value(left, source), _value(right, source)))
    raise ValueError("a call, an empty tuple or the like")  # for evaluate to put into words


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > HIGHEST_POWER:
        raise CalculatorError(f"exponent must be a whole number up to {HIGHEST_POWER}")
    return _bounded(base ** int(exponent))


def _bounded(value: Fraction) -> Fraction:
    if abs(value.numerator) > LARGEST or value.denominator > LARGEST:
        raise CalculatorError("number too large")
    return value
