"""What the terminal shows of a snapshot file: the differences one by one, then each kind with its cases."""

from collections import Counter
from collections.abc import Iterator, Sequence

from itemwise.analysis.reply_changes import Change
from itemwise.analysis.word_diff import changed_excerpt, marked_text
from itemwise.language import ENGLISH, Language, joined, phrase
from itemwise.reporting.table import and_more, padded
from itemwise.results.safe_text import printable, shortened
from itemwise.snapshots import Snapshot, SnapshotChange

__all__ = ["snapshot_lines"]

_SHOWN = 10  # differences shown in full
_NAMED = 50  # cases named of a kind
_LONG = 200  # characters of an answer or a reason
_KIND = 26  # places of a terminal


def snapshot_lines(title: str, changes: Sequence[SnapshotChange], say: Language = ENGLISH) -> list[str]:
    """The differences of one file in the order of their kinds, and the table of its kinds."""
    order = list(Change)
    differing = sorted((change for change in changes if change.stored and change.differs), key=lambda change: order.index(change.kind))
    lines = [line for change in differing[:_SHOWN] for line in _difference(change, say)]
    if len(differing) > _SHOWN:
        lines.append(say("... and {n} more that differ", n=len(differing) - _SHOWN))
    lines += [title, *(_row(kind, [change.name for change in changes if change.kind is kind], say) for kind in order)]
    reasons = Counter(reason for change in differing for reason in change.reasons)
    told = "may be due to: {reason} ({n} of {all})"
    lines += ["  " + say(told, reason=_short(say(reason)), n=count, all=len(differing)) for reason, count in reasons.most_common(_SHOWN)]
    return [printable(line) for line in lines if line]


def _difference(change: SnapshotChange, say: Language) -> Iterator[str]:
    stored, now = change.stored, change.now
    assert stored is not None, "what is new differs from nothing"
    yield f"{change.name}: {say(change.kind.value)}"
    yield "  " + say("kept: {outcome}", outcome=_judged(stored))
    yield "  " + say("now:  {outcome}", outcome=_judged(now))
    if stored.text != now.text:
        yield from (f"  | {line}" for line in marked_text(changed_excerpt(stored.text, now.text)).split("\n"))
    reasons = joined(change.reasons, "; ") if change.reasons else phrase("nothing that is recorded")
    yield "  " + say("may be due to: {reasons}", reasons=shortened(say(reasons), 2 * _LONG))


def _short(text: str) -> str:
    return shortened(text, _LONG)


def _judged(snapshot: Snapshot) -> str:
    read = phrase("nothing read") if snapshot.answer is None else phrase("read {answer!r}", answer=_short(snapshot.answer))
    return phrase(
        "{verdict}, {read}, expected {expected!r}", verdict=phrase(snapshot.verdict), read=read, expected=_short(snapshot.expected)
    )


def _row(kind: Change, names: Sequence[str], say: Language) -> str:
    """A kind with its cases; nothing for a kind without any, and a mere number for what did not change."""
    if not names:
        return ""
    (listed,) = say.cells([and_more(", ".join(names[:_NAMED]), len(names) - _NAMED)])
    return f"  {padded(say(kind.value), _KIND, True)}{len(names):>5}" + ("" if kind is Change.SAME else f"  {listed}")
