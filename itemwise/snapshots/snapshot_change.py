"""What became of a reply since its snapshot was kept: the kind of change, and the circumstances that may have made it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from itemwise.analysis.reply_changes import Change, change_between
from itemwise.language import phrase
from itemwise.snapshots.snapshot import MACHINE, UNKNOWN, Snapshot

__all__ = ["FileChanges", "SnapshotChange", "snapshot_change"]


@dataclass(frozen=True)
class SnapshotChange:
    """One case's reply `now` beside the `stored` one, None where none is kept yet.

    `reasons` are the recorded circumstances that changed, each a possible reason; none proves to be the one.
    """

    name: str
    kind: Change
    stored: Snapshot | None
    now: Snapshot
    reasons: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether the snapshot is not what it would be if it were made now."""
        return self.kind is not Change.SAME

    @property
    def fails(self) -> bool:
        """Whether the run fails: it does for every difference but other words on another machine."""
        is_elsewhere = self.stored is not None and MACHINE in _changed(self.stored, self.now)
        return self.differs and not (self.kind is Change.OTHER_WORDS and is_elsewhere)


@dataclass(frozen=True)
class FileChanges:
    """What became of the replies that `file` keeps, by node id.

    `trouble` says why the file could not be read; `updated` that this run was asked to keep what differs as the new snapshots.
    """

    file: str
    changes: Mapping[str, SnapshotChange] = field(default_factory=dict)
    trouble: str = ""
    updated: bool = False


def snapshot_change(name: str, stored: Snapshot | None, now: Snapshot) -> SnapshotChange:
    """Compare the reply to the case `name` with its snapshot; `stored` is None where there is none yet."""
    kind = change_between(stored.outcome if stored else None, now.outcome)
    reasons = _reasons(stored, now) if stored and kind is not Change.SAME else ()
    return SnapshotChange(name, kind, stored, now, reasons)


def _reasons(stored: Snapshot, now: Snapshot) -> tuple[str, ...]:
    reasons = []
    if stored.expected != now.expected:
        reasons.append(phrase("the expected answer {before!r} -> {now!r}", before=stored.expected, now=now.expected))
    if stored.text == now.text:
        return tuple(reasons) or (phrase("the reply is the same, so its extractor or its test changed"),)
    if stored.prompt != now.prompt:
        reasons.append(phrase("the prompt changed"))
    changed = _changed(stored, now).items()
    return (*reasons, *(phrase("{name} {old} -> {new}", name=phrase(name), old=old, new=new) for name, (old, new) in changed))


def _changed(stored: Snapshot, now: Snapshot) -> dict[str, tuple[str, str]]:
    """The circumstances known then and now that are not the same."""
    both = {name: (stored.made.get(name, UNKNOWN), now.made.get(name, UNKNOWN)) for name in now.made}
    return {name: pair for name, pair in both.items() if UNKNOWN not in pair and pair[0] != pair[1]}
