"""The two sides of an equals sign: the operands that operators join before it and behind it, and whether they are all of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from itemwise.causes.arithmetic.operand import LONGEST, Part, is_changed_by, mixes_units

__all__ = ["Side", "Sides", "side_of", "sides_of"]

_CALCULATES = re.compile(r"[0-9)%][-+*/]|%[0-9(]")


@dataclass(frozen=True)
class Side:
    """Operands and operators in turn; `doubtful` where they may not be all of it, or mean something else."""

    parts: Sequence[Part]
    source: str
    doubtful: bool = False
    dashed: bool = False  # a bullet before it, or a minus

    @property
    def start(self) -> int:
        """Where its first operand begins in the text."""
        return self.parts[0].start

    @property
    def end(self) -> int:
        """Where its last operand ends in the text."""
        return self.parts[-1].end

    @property
    def calculates(self) -> bool:
        """Whether it is more than a number."""
        return _CALCULATES.search(self.source) is not None


class Sides(NamedTuple):
    """The two sides, in one way to read them."""

    left: Side
    right: Side


def sides_of(parts: list[Part], sign: int) -> Sides | None:
    """The calculation and what it is said to be; None where neither side of the equals sign calculates."""
    left, right = _before(parts, sign - 1), _behind(parts, sign + 1)
    if left is None or right is None or not (left.calculates or right.calculates):
        return None
    if left.calculates:
        return Sides(left, right)
    chained = sign >= 2 and parts[sign - 2].kind == "equals"
    goes_on = right.parts[0].source == left.source  # 5*12 = 60 = 60/2 = 30: the result so far, and on
    return None if goes_on else Sides(right, replace(left, doubtful=left.doubtful or not chained))


def side_of(parts: Sequence[Part], *, doubtful: bool = False, dashed: bool = False) -> Side:
    """The side that these parts make, with its source in the calculator's spelling."""
    return Side(parts, "".join(part.source for part in parts), doubtful, dashed)


def _before(parts: list[Part], last: int) -> Side | None:
    """The operands that end here, as far back as operators join them."""
    if last < 0 or parts[last].kind != "operand":
        return None
    first = last
    while first >= 2 and last - first < LONGEST and parts[first - 1].kind == "operator" and parts[first - 2].kind == "operand":
        first -= 2
    dashed = first > 0 and parts[first - 1].kind == "stop" and parts[first - 1].source == "-"
    return side_of(parts[first : last + 1], doubtful=first > 0 and _changes(parts, first), dashed=dashed)


def _behind(parts: list[Part], first: int) -> Side | None:
    """The operands that begin here, as far as operators join them."""
    if first >= len(parts) or parts[first].kind != "operand":
        return None
    last = first
    while last + 2 < len(parts) and last - first < LONGEST and parts[last + 1].kind == "operator" and parts[last + 2].kind == "operand":
        last += 2
    return side_of(parts[first : last + 1], doubtful=last + 1 < len(parts) and _goes_on(parts, last))


def _changes(parts: list[Part], first: int) -> bool:
    """Whether what stands before an operand may belong to it: "half of 30", "x + 30", "1,5"."""
    before, operand = parts[first - 1], parts[first]
    if before.kind == "operand":
        label = before.source.startswith("(") and before.source[1:-1].isdigit() and not operand.source.startswith("(")
        bare = len(before.units) <= operand.source.startswith("(")
        return (bare and not label) or (bool(before.units) and is_changed_by(before.units))
    if before.kind == "word":
        start = first
        while start > 0 and parts[start - 1].kind == "word" and first - start < LONGEST:
            start -= 1
        function = operand.source.startswith("(") and before.end == operand.start
        joined = start > 0 and parts[start - 1].kind == "operator"
        return function or joined or is_changed_by([part.source.lower() for part in parts[start:first]])
    continued = before.source == "\n" and first >= 2 and parts[first - 2].kind == "operator"
    return continued or before.kind not in ("stop", "equals", "open")


def _goes_on(parts: list[Part], last: int) -> bool:
    """Whether what stands behind an operand may belong to it: "8 + x", "5 hours 45 minutes", "2(3+4)", "9?"."""
    operand, behind = parts[last], parts[last + 1]
    following = parts[last + 2] if last + 2 < len(parts) else None
    if behind.kind == "operand":
        aside = behind.source.startswith("(") and behind.start > operand.end and (following is None or following.kind in ("stop", "word"))
        return (not operand.units and not aside) or mixes_units([operand, behind])
    if behind.kind == "operator" and following is not None:
        unknown = following.kind == "word" and (len(following.source) == 1 or following.source.startswith("\\"))
        return unknown if behind.source == "-" else following.kind not in ("stop", "equals")
    return behind.kind in ("odd", "money", "sign")
