"""What a person reads of a comparison: the differences one by one, then each kind with its cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from itemwise.results.safe_text import printable, shortened
from itemwise.snapshots.snapshot import Snapshot
from itemwise.snapshots.snapshot_change import Comparison, Kind
from itemwise.snapshots.word_diff import word_diff

__all__ = ["summary_lines"]

_SHOWN = 10  # differences shown in full
_NAMED = 50  # cases named of a kind
_LONG = 200  # characters of an answer or a reason


def summary_lines(title: str, compared: Sequence[Comparison]) -> list[str]:
    """The differences of one file, the most grave first, and the table of its kinds."""
    order = list(Kind)
    differing = sorted((each for each in compared if each.stored and each.differs), key=lambda each: order.index(each.kind))
    lines = [line for each in differing[:_SHOWN] for line in _difference(each)]
    if len(differing) > _SHOWN:
        lines.append(f"... and {len(differing) - _SHOWN} more that differ")
    lines += [title, *(_row(kind, [each.name for each in compared if each.kind is kind]) for kind in order)]
    reasons = Counter(reason for each in differing for reason in each.reasons)
    lines += [f"  may be due to: {shortened(reason, _LONG)} ({count} of {len(differing)})" for reason, count in reasons.most_common(_SHOWN)]
    return [printable(line) for line in lines if line]


def _difference(found: Comparison) -> list[str]:
    stored, now = found.stored, found.now
    assert stored is not None, "what is new differs from nothing"
    lines = [f"{found.name}: {found.kind.value}", f"  kept: {_judged(stored)}", f"  now:  {_judged(now)}"]
    if stored.text != now.text:
        lines += [f"  | {line}" for line in word_diff(stored.text, now.text).split("\n")]
    return [*lines, f"  may be due to: {shortened('; '.join(found.reasons), 2 * _LONG) or 'nothing that is recorded'}"]


def _judged(snapshot: Snapshot) -> str:
    read = "nothing read" if snapshot.answer is None else f"read {shortened(snapshot.answer, _LONG)!r}"
    return f"{snapshot.verdict}, {read}, expected {shortened(snapshot.expected, _LONG)!r}"


def _row(kind: Kind, names: Sequence[str]) -> str:
    """A kind with its cases; nothing for a kind without any, and a mere number for what did not change."""
    if not names:
        return ""
    named = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    return f"  {kind.value:<26}{len(names):>5}" + ("" if kind is Kind.UNCHANGED else f"  {named}")
