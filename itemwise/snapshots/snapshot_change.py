"""What became of a reply since its snapshot was kept: the kind of difference, and what may have made it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from itemwise.snapshots.snapshot import MACHINE, UNKNOWN, Snapshot

__all__ = ["Comparison", "Kind", "compare"]


class Kind(str, Enum):
    """Every difference is of one kind; those that matter most come first."""

    BROKEN = "right -> wrong"
    UNREADABLE = "readable -> no answer"
    STRAYED = "wrong, another answer"
    FIXED = "wrong -> right"
    REWORDED = "other words, same answer"
    NEW = "new, no snapshot yet"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Comparison:
    """`reasons` are the recorded circumstances that changed, each a possible reason; none proves to be the one."""

    name: str
    kind: Kind
    stored: Snapshot | None
    now: Snapshot
    reasons: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether the snapshot is not what it would be if it were made now."""
        return self.kind is not Kind.UNCHANGED

    @property
    def fails(self) -> bool:
        """Whether the difference is one too many: every one is, but for other words on another machine."""
        return self.differs and not (self.kind is Kind.REWORDED and self._elsewhere)

    @property
    def _elsewhere(self) -> bool:
        return self.stored is not None and MACHINE in _changed(self.stored, self.now)


def compare(name: str, stored: Snapshot | None, now: Snapshot) -> Comparison:
    """Hold the reply to the case `name` to its snapshot; `stored` is None where there is none yet."""
    kind = _kind(stored, now)
    reasons = _reasons(stored, now) if stored and kind is not Kind.UNCHANGED else ()
    return Comparison(name, kind, stored, now, reasons)


def _kind(stored: Snapshot | None, now: Snapshot) -> Kind:
    if stored is None:
        return Kind.NEW
    if stored.outcome == now.outcome:
        return Kind.UNCHANGED
    if stored.right and now.right:
        return Kind.REWORDED
    if now.right:
        return Kind.FIXED
    if stored.answer is not None and now.answer is None:
        return Kind.UNREADABLE
    if stored.right:
        return Kind.BROKEN
    return Kind.REWORDED if stored.answer == now.answer else Kind.STRAYED


def _reasons(stored: Snapshot, now: Snapshot) -> tuple[str, ...]:
    found = []
    if stored.expected != now.expected:
        found.append(f"the expected answer {stored.expected!r} -> {now.expected!r}")
    if stored.text == now.text:
        return tuple(found) or ("the reply is the same, so its extractor or its test changed",)
    if stored.prompt != now.prompt:
        found.append("the prompt changed")
    return (*found, *(f"{name} {old} -> {new}" for name, (old, new) in _changed(stored, now).items()))


def _changed(stored: Snapshot, now: Snapshot) -> dict[str, tuple[str, str]]:
    """The circumstances known then and now that are not the same."""
    both = {name: (stored.made.get(name, UNKNOWN), now.made.get(name, UNKNOWN)) for name in now.made}
    return {name: pair for name, pair in both.items() if UNKNOWN not in pair and pair[0] != pair[1]}
