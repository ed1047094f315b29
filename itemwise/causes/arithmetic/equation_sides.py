"""Sides of an equation: the operands that operators join before and behind an equals sign, and whether they are all of it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from itemwise.causes.arithmetic.operand import LONGEST, Element, mixes_units, words_alter_value

__all__ = ["EquationSide", "EquationSides", "side_of", "sides_around"]

_CALCULATES = re.compile(r"[0-9)%][-+*/]|%[0-9(]")


class EquationSide(NamedTuple):
    """Operands and operators in turn; `doubtful` where they may not be all of it, or mean something else."""

    elements: Sequence[Element]
    source: str
    doubtful: bool = False
    dashed: bool = False  # a bullet before it, or a minus

    @property
    def start(self) -> int:
        """Where its first operand begins in the text."""
        return self.elements[0].start

    @property
    def end(self) -> int:
        """Where its last operand ends in the text."""
        return self.elements[-1].end

    @property
    def calculates(self) -> bool:
        """Whether it is more than a number."""
        return _CALCULATES.search(self.source) is not None


class EquationSides(NamedTuple):
    """The two sides of an equation under one interpretation."""

    left: EquationSide
    right: EquationSide


def sides_around(elements: list[Element], sign: int) -> EquationSides | None:
    """The calculation and its claimed value around the equals sign at `sign`; None where neither side calculates."""
    left, right = _before(elements, sign - 1), _behind(elements, sign + 1)
    if left is None or right is None or not (left.calculates or right.calculates):
        return None
    if left.calculates:
        return EquationSides(left, right)
    chained = sign >= 2 and elements[sign - 2].kind == "equals"
    continues = right.elements[0].source == left.source  # 5*12 = 60 = 60/2 = 30: the result so far, and on
    return None if continues else EquationSides(right, left._replace(doubtful=left.doubtful or not chained))


def side_of(elements: Sequence[Element], *, doubtful: bool = False, dashed: bool = False) -> EquationSide:
    """The side that these elements make up, with its source in the calculator's spelling."""
    return EquationSide(elements, "".join(element.source for element in elements), doubtful, dashed)


def _before(elements: list[Element], last: int) -> EquationSide | None:
    """The operands that end here, as far back as operators join them."""
    if last < 0 or elements[last].kind != "operand":
        return None
    first = last
    while first >= 2 and last - first < LONGEST and elements[first - 1].kind == "operator" and elements[first - 2].kind == "operand":
        first -= 2
    dashed = first > 0 and elements[first - 1].kind == "stop" and elements[first - 1].source == "-"
    return side_of(elements[first : last + 1], doubtful=first > 0 and _may_belong_before(elements, first), dashed=dashed)


def _behind(elements: list[Element], first: int) -> EquationSide | None:
    """The operands that begin here, as far as operators join them."""
    if first >= len(elements) or elements[first].kind != "operand":
        return None
    last = first
    while last - first < LONGEST and [element.kind for element in elements[last + 1 : last + 3]] == ["operator", "operand"]:
        last += 2
    return side_of(elements[first : last + 1], doubtful=last + 1 < len(elements) and _continues(elements, last))


def _may_belong_before(elements: list[Element], first: int) -> bool:
    """Whether what stands before an operand may belong to it: "half of 30", "x + 30", "1,5"."""
    before, operand = elements[first - 1], elements[first]
    if before.kind == "operand":
        label = before.source.startswith("(") and before.source[1:-1].isdigit() and not operand.source.startswith("(")
        bare = len(before.units) <= operand.source.startswith("(")
        return (bare and not label) or (bool(before.units) and words_alter_value(before.units))
    if before.kind == "word":
        start = first
        while start > 0 and elements[start - 1].kind == "word" and first - start < LONGEST:
            start -= 1
        function = operand.source.startswith("(") and before.end == operand.start
        joined = start > 0 and elements[start - 1].kind == "operator"
        return function or joined or words_alter_value([element.source.lower() for element in elements[start:first]])
    continued = before.source == "\n" and first >= 2 and elements[first - 2].kind == "operator"
    return continued or before.kind not in ("stop", "equals", "open")


def _continues(elements: list[Element], last: int) -> bool:
    """Whether what stands behind an operand may belong to it: "8 + x", "5 hours 45 minutes", "2(3+4)", "9?"."""
    operand, behind = elements[last], elements[last + 1]
    following = elements[last + 2] if last + 2 < len(elements) else None
    if behind.kind == "operand":
        aside = behind.source.startswith("(") and behind.start > operand.end and (following is None or following.kind in ("stop", "word"))
        return (not operand.units and not aside) or mixes_units([operand, behind])
    if behind.kind == "operator" and following is not None:
        unknown = following.kind == "word" and (len(following.source) == 1 or following.source.startswith("\\"))
        return unknown if behind.source == "-" else following.kind not in ("stop", "equals")
    return behind.kind in ("odd", "money", "sign")
