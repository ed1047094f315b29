"""Which of a reply's false equations (found by equations.py) decided a wrong answer, and the words for it."""

import re
from collections.abc import Sequence
from fractions import Fraction

from itemwise.causes.arithmetic.equations import Equation
from itemwise.causes.arithmetic.interpretations import value_of
from itemwise.causes.cause import LONGEST, SLIP, Cause, cause
from itemwise.causes.numeric_reply import NumericReply, parse_number
from itemwise.language import phrase
from itemwise.strategies.calculator import number_text

__all__ = ["decisive_slip", "plain_slip"]

_MOST_SLIPS = 8  # false equations that are put right, each by itself
_OPERAND = re.compile(r"(?<![0-9.])(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?![0-9.]*%)")


def plain_slip(text: str, equation: Equation) -> Cause:
    """The false equation with its true value, whatever the later steps make of it."""
    return cause(SLIP, phrase("{words} (it is {true})", **_correction(text, equation)))


def decisive_slip(reply: NumericReply, steps: Sequence[Equation], slips: Sequence[Equation]) -> Cause | None:
    """The slip but for which the steps come to the expected value: one by itself, or all together."""
    for corrected in (*([slip] for slip in slips[:_MOST_SLIPS]), slips):
        if corrected and _result(steps, corrected) == reply.expected:
            told = "{words} (it is {true}); corrected, the steps give {result}"
            return cause(SLIP, phrase(told, **_correction(reply.text, corrected[0]), result=number_text(reply.expected)))
    return None


def _correction(text: str, equation: Equation) -> dict[str, str]:
    return {"words": text[equation.start : equation.end][: LONGEST // 2], "true": number_text(equation.true)}


def _result(steps: Sequence[Equation], corrected: Sequence[Equation]) -> Fraction | None:
    """The value of the last equation that changes when these are corrected and carried through the later ones."""
    right: dict[Fraction, Fraction] = {}  # true values by claimed ones
    spans = {(equation.start, equation.end) for equation in corrected}
    last = None
    for equation in steps:
        value = _recalculated(equation, right)
        if value is None and (equation.start, equation.end) in spans:
            value = equation.true
        if value is None:
            right.pop(equation.claimed, None)
        else:
            last = right[equation.claimed] = value
    return last


def _recalculated(equation: Equation, right: dict[Fraction, Fraction]) -> Fraction | None:
    """The equation's value with the corrected values for its operands; None where it has none of them."""
    expression = _OPERAND.sub(lambda operand: _true_value(operand.group(), right), equation.expression) if right else equation.expression
    return None if expression == equation.expression else value_of(expression)


def _true_value(operand: str, right: dict[Fraction, Fraction]) -> str:
    value = parse_number(operand)
    return f"({right[value]})" if value is not None and value in right else operand
