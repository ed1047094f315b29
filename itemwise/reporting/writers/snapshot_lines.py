"""Terminal summary of snapshot changes: the differences one by one, then each kind with its cases."""

from collections import Counter
from collections.abc import Sequence

from itemwise.analysis.reply_changes import Change
from itemwise.analysis.word_diff import changed_excerpt, marked_text
from itemwise.results.safe_text import printable, shortened
from itemwise.snapshots.snapshot import Snapshot
from itemwise.snapshots.snapshot_change import SnapshotChange

__all__ = ["summary_lines"]

_SHOWN = 10  # differences shown in full
_NAMED = 50  # cases named of a kind
_LONG = 200  # characters of an answer or a reason


def summary_lines(title: str, changes: Sequence[SnapshotChange]) -> list[str]:
    """The differences of one file in the order of their kinds, and the table of its kinds."""
    order = list(Change)
    differing = sorted((change for change in changes if change.stored and change.differs), key=lambda change: order.index(change.kind))
    lines = [line for change in differing[:_SHOWN] for line in _difference(change)]
    if len(differing) > _SHOWN:
        lines.append(f"... and {len(differing) - _SHOWN} more that differ")
    lines += [title, *(_row(kind, [change.name for change in changes if change.kind is kind]) for kind in order)]
    reasons = Counter(reason for change in differing for reason in change.reasons)
    lines += [f"  may be due to: {shortened(reason, _LONG)} ({count} of {len(differing)})" for reason, count in reasons.most_common(_SHOWN)]
    return [printable(line) for line in lines if line]


def _difference(change: SnapshotChange) -> list[str]:
    stored, now = change.stored, change.now
    assert stored is not None, "what is new differs from nothing"
    lines = [f"{change.name}: {change.kind.value}", f"  kept: {_judged(stored)}", f"  now:  {_judged(now)}"]
    if stored.text != now.text:
        lines += [f"  | {line}" for line in marked_text(changed_excerpt(stored.text, now.text)).split("\n")]
    return [*lines, f"  may be due to: {shortened('; '.join(change.reasons), 2 * _LONG) or 'nothing that is recorded'}"]


def _judged(snapshot: Snapshot) -> str:
    read = "nothing read" if snapshot.answer is None else f"read {shortened(snapshot.answer, _LONG)!r}"
    return f"{snapshot.verdict}, {read}, expected {shortened(snapshot.expected, _LONG)!r}"


def _row(kind: Change, names: Sequence[str]) -> str:
    """A kind with its cases; nothing for a kind without any, and a mere number for what did not change."""
    if not names:
        return ""
    listed = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    return f"  {kind.value:<26}{len(names):>5}" + ("" if kind is Change.SAME else f"  {listed}")
