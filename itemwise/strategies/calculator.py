"""Exact arithmetic on text a model wrote: parsed against a whitelist, bounded, never evaluated as code."""

from __future__ import annotations

import ast
import json
import math
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import accumulate
from typing import Any

__all__ = ["CALCULATOR", "CALCULATOR_WITHOUT_EXAMPLE", "CalculatorError", "answer_text", "calculate", "evaluate", "number_text"]


def _described(expression: str) -> dict[str, Any]:
    """The calculator as chat templates take a tool, with these words on its argument."""
    parameters = {"type": "object", "properties": {"expression": {"type": "string", "description": expression}}, "required": ["expression"]}
    description = "Exact result of one arithmetic expression."
    return {"type": "function", "function": {"name": "calculator", "description": description, "parameters": parameters}}


CALCULATOR = _described("such as 12*(3+4)")  # the words that the models of the package learned
CALCULATOR_WITHOUT_EXAMPLE = _described("numbers with + - * / and parentheses")  # small models call with the example

LONGEST = 200  # characters of an expression
DEEPEST = 32  # parentheses inside each other, or signs in a row
LARGEST = 10**40  # magnitude of any number, and of any denominator, on the way
HIGHEST_POWER = 64

_NO_EXPRESSION = 'the call holds no expression; call with {"name": "calculator", "arguments": {"expression": "..."}}'
_SHOWN = 60  # characters of a refused expression that its error repeats

_BINARY: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: lambda left, right: Fraction(left // right),
    ast.Mod: operator.mod,
    ast.Pow: lambda base, exponent: _power(base, exponent),
}

# What models write for what the parser knows.
_SIGNS = {"×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "⁄": "/", "∕": "/", "−": "-", "–": "-", "^": "**", "$": " "}  # noqa: RUF001
_FULL_WIDTH = {chr(ord(plain) + 0xFEE0): _SIGNS.get(plain, plain) for plain in "0123456789+-*/^()%.,$xX"} | {"\u3000": " "}
_SPELLINGS = str.maketrans(_SIGNS | _FULL_WIDTH)
_LATEX = {"\\times": "*", "\\cdot": "*", "\\div": "/", "\\left": "", "\\right": "", "\\%": "%", "\\$": " ", "{,}": ","}
_LATEX_WORD = re.compile(r"\\(?:times|cdot|div|left|right)(?![A-Za-z])|\\[%$]|\{,\}")
_BRACES = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}|\^\s*\{([^{}]*)\}")
_FRACTIONS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}
_MIXED = re.compile(r"(?<![\d.,])(\d*)([½¼¾⅓⅔])(?!\d)", re.ASCII)
_TIMES = re.compile(r"(?<=[\d.)%])\s*(?<!(?<![\d.,])0)[xX]\s*(?=[\d.(+-])", re.ASCII)  # 6x7, 6 x 7; 0x10 could be sixteen
_GROUPED = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])", re.ASCII)  # 1,234,567; 0,125 could be an eighth
_PERCENT = re.compile(r"(?<=[\d.)])\s*%(?=\s*(?:$|[-+*/)]))")
_LEADING_ZEROS = re.compile(r"(?<![\d.])0+(?=\d)")  # 05 is 5 to people, a mistake to Python
_PERCENT_SIGN = "[0]"  # a subscript: like a percent sign it stands behind its number and binds before any operator
_RESULT = re.compile(r"(?<=[\d.)%\s])={1,2}\s*(?:\?|\$?-?[\d.,]+\s*%?)?\s*\Z", re.ASCII)  # of 6*7 = 42, which asks for 6*7
_ALLOWED = re.compile(r"[\d\s.+\-*/%()]*", re.ASCII)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_TWO_NUMBERS = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([-+*/]) ?([0-9]+(?:\.[0-9]+)?)")  # most steps of a reply: calculated without the parser
_BY_SIGN = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
_SIGNS_IN_A_ROW = re.compile(r"[+-][+\- ]*")


class CalculatorError(ValueError):
    """The expression is not arithmetic, or is larger than the bounds; the message is fit to show a model."""


def calculate(arguments: Mapping[str, object]) -> str:
    """The reply to a call with these `arguments`: the exact result, or ``error: `` and what to do about it.

    The expression may be a text or a number. Never raises, whatever JSON the arguments came from.

    >>> calculate({"expression": "10/3"})
    '10/3 (about 3.333333)'
    """
    try:
        return answer_text(_asked(arguments))
    except CalculatorError as error:
        return f"error: {error}"


def evaluate(expression: str) -> Fraction:
    r"""The exact value of an arithmetic `expression`.

    Knows ``+ - * / // % **``, parentheses, signs, decimals, thousands commas and a trailing percent sign
    (``15%`` is 3/20), also as ``6 x 7``, ``6÷7``, ``2½``, ``\frac{1}{2}``, ``\times`` or in full-width characters.
    Anything else, and anything past the bounds, raises CalculatorError before it costs time; nothing is ever run.
    """
    source = _plain(expression[: LONGEST + 1])
    if max(len(expression), len(source)) > LONGEST:  # ½ is longer in plain
        raise CalculatorError(f"expression longer than {LONGEST} characters; calculate it in several calls")
    if _NUMBER.fullmatch(source):
        return _bounded(Fraction(source))
    if not _ALLOWED.fullmatch(source):
        raise _not_arithmetic(expression)
    source = _PERCENT.sub(_PERCENT_SIGN, _LEADING_ZEROS.sub("", " ".join(source.split())))
    if _nesting(source) > DEEPEST:
        raise CalculatorError(f"parentheses or signs nested more than {DEEPEST} deep; leave out those that change nothing")
    try:
        if two := _TWO_NUMBERS.fullmatch(source):
            return _bounded(_BY_SIGN[two[2]](_bounded(Fraction(two[1])), _bounded(Fraction(two[3]))))
        return _value(ast.parse(source, mode="eval").body, source)
    except ZeroDivisionError:
        raise CalculatorError("division by zero; divide by another number") from None
    except CalculatorError:
        raise
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _not_arithmetic(expression) from None


def number_text(value: Fraction) -> str:
    """`value` as people write it: ``12``, ``3.5``; a value without a short decimal form to six places."""
    millionths = round(value * 10**6)  # exact, where a float would not be
    whole, rest = divmod(abs(millionths), 10**6)
    return f"{'-' if millionths < 0 else ''}{whole}.{rest:06d}".rstrip("0").rstrip(".")


def answer_text(value: Fraction) -> str:
    """`value` so that nothing is lost: ``12``, ``3.5``, ``10/3 (about 3.333333)``. The fraction can be calculated with."""
    text = number_text(value)
    return text if Fraction(text) == value else f"{value.numerator}/{value.denominator} (about {text})"


def _asked(arguments: Mapping[str, object]) -> Fraction:
    match arguments:
        case {"expression": str(text)}:
            asked = _RESULT.sub("", text[: LONGEST + 1])
            return evaluate(asked if _is_arithmetic(asked) else text)
        case {"expression": bool()}:
            raise CalculatorError(_NO_EXPRESSION)
        case {"expression": int(number)}:
            return _bounded(Fraction(number))
        case {"expression": float(number)} if math.isfinite(number):
            return _bounded(Fraction(repr(number)))  # the digits as they were written
        case {"expression": float(number)}:
            raise _not_arithmetic(str(number))
    raise CalculatorError(_wrong_key(arguments) or _NO_EXPRESSION)


def _wrong_key(arguments: Mapping[str, object]) -> str | None:
    """What to call with where the one argument is an expression under another name, which is told and not guessed at."""
    match [*arguments.items()]:
        case [(key, str(text))] if key != "expression" and _is_arithmetic(text):
            call = json.dumps({"name": "calculator", "arguments": {"expression": text}})
            return f"the argument is called expression, not {key[:_SHOWN]!r}; call with {call}"
    return None


def _is_arithmetic(text: str) -> bool:
    try:
        evaluate(text)
    except CalculatorError:
        return False
    return True


def _plain(expression: str) -> str:
    """The expression in the parser's own spelling, as far as it has one."""
    if _ALLOWED.fullmatch(expression):
        return expression
    source = _LATEX_WORD.sub(lambda word: _LATEX[word.group()], expression)
    for _ in range(min(source.count("{"), DEEPEST)):  # from the inside out
        source = _BRACES.sub(_without_braces, source)
    source = _MIXED.sub(lambda number: f"({number[1] or 0}+{_FRACTIONS[number[2]]})", source.translate(_SPELLINGS))
    return _GROUPED.sub(lambda number: number.group().replace(",", ""), _TIMES.sub("*", source))


def _without_braces(braces: re.Match[str]) -> str:
    above, below, power = braces.groups()
    return f"(({above})/({below}))" if power is None else f"^({power})"


def _nesting(source: str) -> int:
    parentheses = accumulate((char == "(") - (char == ")") for char in source)
    signs = (len(row.replace(" ", "")) for row in _SIGNS_IN_A_ROW.findall(source))
    return max([0, *parentheses, *signs])


def _value(node: ast.expr, source: str) -> Fraction:
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _bounded(_BINARY[type(op)](_value(left, source), _value(right, source)))
        case ast.Constant(value=int(number)):
            return _bounded(Fraction(number))
        case ast.Constant(value=float()):  # the digits, where the float is only near them
            return _bounded(Fraction(source[node.col_offset : node.end_col_offset]))
        case ast.Subscript(value=hundredths):  # only a percent sign made it
            return _bounded(_value(hundredths, source) / 100)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, source)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, source)
    raise ValueError("a call, an empty tuple or the like")  # for evaluate to put into words


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > HIGHEST_POWER:
        raise CalculatorError(f"exponent must be a whole number up to {HIGHEST_POWER}, got {answer_text(exponent)}")
    doublings = max(abs(base.numerator), base.denominator).bit_length() - 1
    if doublings * abs(exponent) > LARGEST.bit_length():  # seen before it is computed
        raise _too_large()
    return base ** int(exponent)


def _bounded(value: Fraction) -> Fraction:
    if abs(value.numerator) > LARGEST or value.denominator > LARGEST:
        raise _too_large()
    return value


def _too_large() -> CalculatorError:
    return CalculatorError("number too large: above and below the line at most 10**40; round or split the calculation")


def _not_arithmetic(expression: str) -> CalculatorError:
    shown = repr(expression[:_SHOWN]) + ("..." if len(expression) > _SHOWN else "")
    return CalculatorError(f"not arithmetic: {shown}; write numbers with + - * / // % ** and parentheses")
