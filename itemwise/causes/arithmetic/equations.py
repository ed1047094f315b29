"""Every equation written in a text, with the exact value of what it calculates: where a reply calculates wrong, it shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from itemwise.causes.arithmetic.equation_sides import Side, Sides, sides_of
from itemwise.causes.arithmetic.interpretations import agree, readings, unlabelled, unrounded, values_of
from itemwise.causes.arithmetic.operand import before_rate, has_no_unit, is_told, mixes_units
from itemwise.causes.arithmetic.operand_parser import parts_of
from itemwise.extractors.visible import folded
from itemwise.strategies.calculator import number_text

__all__ = ["Equation", "equations"]

_MOST = 2000  # equals signs looked at: a longer text is a model caught in a loop
_PROPER = re.compile(r"\(*(?P<top>[0-9]+)\)?/\(?(?P<bottom>[0-9]+)\)*")


@dataclass(frozen=True)
class Equation:
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


def equations(text: str) -> list[Equation]:
    r"""The equations of numbers in the text, in order, the first 2,000 at most.

    Each side of a ``=`` that calculates is compared with its neighbours; a side in unknowns, a time or a ratio with none.
    Units, currencies, labels, LaTeX, percent signs and JSON around the numbers are read past. Where the sides differ, and
    what stands around them leaves open what is meant (``half of 30 + 5 = 20``), there is no equation to speak of.

    >>> [(found.left, found.right, found.false) for found in equations('{"steps": ["48/2 = 24 clips", "48+24=62"]}')]
    [('48/2', '24', False), ('48+24', '62', True)]
    """
    parts = parts_of(folded(text))
    signs = [place for place, part in enumerate(parts) if part.kind == "equals"][:_MOST]
    found: list[Equation] = []
    rounded: dict[Fraction, Fraction] = {}
    for sign in signs:
        sides = sides_of(parts, sign)
        equation = _equation(sides, rounded, text) if sides else None
        if equation:
            found.append(equation)
            if not equation.false and equation.true != equation.claimed:
                rounded[equation.claimed] = equation.true
    return found


def _equation(sides: Sides, rounded: Mapping[Fraction, Fraction], text: str) -> Equation | None:
    """The equation under the first reading that makes it true, else as it stands unless that is doubtful."""
    values = ((reading, values_of(reading)) for reading in (*readings(sides), *unrounded(sides, rounded)))
    found = next(((reading, pair) for reading, pair in values if pair and agree(*pair, reading)), None)
    if found:
        return _made(*found[0], *found[1], text, false=False)
    reading = unlabelled(sides)
    pair = values_of(reading)
    if pair is None or not reading.left.calculates or _is_doubtful(reading, pair, text):
        return None
    return _made(*reading, *pair, text, false=True)


def _made(left: Side, right: Side, true: Fraction, claimed: Fraction, text: str, *, false: bool) -> Equation:
    start, end = min(left.start, right.start), max(left.end, right.end)
    written = text[left.start : left.end], text[right.start : right.end]
    return Equation(*written, start, end, left.source, true, claimed, false)


def _is_doubtful(reading: Sides, values: tuple[Fraction, Fraction], text: str) -> bool:
    """Whether what is written leaves open what is meant, so that the difference cannot be held against the text."""
    left, right = reading
    operands = [*left.parts, *right.parts[:-1]]
    claim = right.parts[-1]._replace(units=before_rate(right.parts[-1].units))
    unsure = left.doubtful or right.doubtful or claim.doubtful or any(part.doubtful for part in operands)
    unclear = has_no_unit(claim) or any(has_no_unit(operand) or is_told(operand) for operand in operands)
    return unsure or unclear or mixes_units([*operands, claim]) or _is_share(left, right, values[1]) or _is_cut(right, values[0], text)


def _is_share(left: Side, right: Side, claimed: Fraction) -> bool:
    """Whether a share is named with what it comes to: "3/4 = 30 pages", "100% - 20% = 40 pupils"."""
    proper = _PROPER.fullmatch(left.source)
    share = proper is not None and int(proper["top"]) < int(proper["bottom"])
    percents = all(part.source.endswith("%") for part in left.parts[::2]) and "%" not in right.source
    return (share and (abs(claimed) >= 1 or bool(left.parts[-1].units))) or (percents and abs(claimed) > 1)


def _is_cut(right: Side, true: Fraction, text: str) -> bool:
    """Whether the text ends within what may become the true value."""
    return right.end == len(text) and number_text(true).startswith(right.source)
