"""Finds every equation in a text, with the exact value of what it calculates: a false one is a miscalculation."""

import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from itemwise.causes.arithmetic.equation_sides import EquationSide, EquationSides, sides_around
from itemwise.causes.arithmetic.interpretations import agree, before_rounding, interpretations, values_of, without_label
from itemwise.causes.arithmetic.operand import before_rate, has_trailing_text, mixes_units, unit_alters_value
from itemwise.causes.arithmetic.operand_parser import parse_elements
from itemwise.extractors.plain_characters import folded
from itemwise.strategies.calculator import number_text

__all__ = ["Equation", "find_equations"]

_MOST = 2000  # equals signs looked at: a longer text is a model caught in a loop
_PROPER = re.compile(r"\(*(?P<top>[0-9]+)\)?/\(?(?P<bottom>[0-9]+)\)*")


class Equation(NamedTuple):
    """A calculation and the value that a text gives it.

    `left` is the calculation and `right` the claimed value, both as written; `start` and `end` are the span of the two in
    the text. `expression` is `left` in the calculator's spelling, `true` its exact value, `claimed` the value of `right`.
    `false` says that the two differ however charitably they are read; rounded as far as it shows is not false.
    """

    left: str
    right: str
    start: int
    end: int
    expression: str
    true: Fraction
    claimed: Fraction
    false: bool


def find_equations(text: str) -> list[Equation]:
    r"""The equations of numbers in the text, in order, the first 2,000 at most.

    Each side of a ``=`` that calculates is compared with its neighbours; a side in unknowns, a time or a ratio with none.
    Units, currencies, labels, LaTeX, percent signs and JSON around the numbers are read past. Where the sides differ, and
    what stands around them leaves open what is meant (``half of 30 + 5 = 20``), there is no equation to speak of.

    >>> [(result.left, result.right, result.false) for result in find_equations('{"steps": ["48/2 = 24 clips", "48+24=62"]}')]
    [('48/2', '24', False), ('48+24', '62', True)]
    """
    plain = folded(text)
    if "=" not in plain:
        return []
    elements = parse_elements(plain)
    signs = [index for index, element in enumerate(elements) if element.kind == "equals"][:_MOST]
    result: list[Equation] = []
    rounded: dict[Fraction, Fraction] = {}
    for sign in signs:
        sides = sides_around(elements, sign)
        equation = _equation(sides, rounded, text) if sides else None
        if equation:
            result.append(equation)
            if not equation.false and equation.true != equation.claimed:
                rounded[equation.claimed] = equation.true
    return result


def _equation(sides: EquationSides, rounded: Mapping[Fraction, Fraction], text: str) -> Equation | None:
    """The equation under the first interpretation that makes it true, else as it stands unless that is doubtful."""
    for interpretation in chain(interpretations(sides), before_rounding(sides, rounded)):
        values = values_of(interpretation)
        if values and agree(*values, interpretation):
            return _equation_of(*interpretation, *values, text, false=False)
    interpretation = without_label(sides)
    values = values_of(interpretation)
    if values is None or not interpretation.left.calculates or _is_doubtful(interpretation, values, text):
        return None
    return _equation_of(*interpretation, *values, text, false=True)


def _equation_of(left: EquationSide, right: EquationSide, true: Fraction, claimed: Fraction, text: str, *, false: bool) -> Equation:
    start, end = min(left.start, right.start), max(left.end, right.end)
    texts = text[left.start : left.end], text[right.start : right.end]
    return Equation(*texts, start, end, left.source, true, claimed, false)


def _is_doubtful(interpretation: EquationSides, values: tuple[Fraction, Fraction], text: str) -> bool:
    """Whether what is written leaves open what is meant, so that the difference cannot be held against the text."""
    left, right = interpretation
    operands = [*left.elements, *right.elements[:-1]]
    claim = right.elements[-1]._replace(units=before_rate(right.elements[-1].units))
    unsure = left.doubtful or right.doubtful or claim.doubtful or any(element.doubtful for element in operands)
    unclear = unit_alters_value(claim) or any(unit_alters_value(operand) or has_trailing_text(operand) for operand in operands)
    unsettled = unsure or unclear or mixes_units([*operands, claim])
    return unsettled or _is_share(left, right, values[1]) or _is_truncated(right, values[0], text)


def _is_share(left: EquationSide, right: EquationSide, claimed: Fraction) -> bool:
    """Whether a share is named with what it comes to: "3/4 = 30 pages", "100% - 20% = 40 pupils"."""
    proper = _PROPER.fullmatch(left.source)
    share = proper is not None and int(proper["top"]) < int(proper["bottom"])
    percents = all(element.source.endswith("%") for element in left.elements[::2]) and "%" not in right.source
    return (share and (abs(claimed) >= 1 or bool(left.elements[-1].units))) or (percents and abs(claimed) > 1)


def _is_truncated(right: EquationSide, true: Fraction, text: str) -> bool:
    """Whether the text ends within what may become the true value."""
    return right.end == len(text) and number_text(true).startswith(right.source)
