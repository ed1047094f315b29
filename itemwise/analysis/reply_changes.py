"""Reply changes: how two judged replies to one case differ. One taxonomy for snapshots, ``compare`` and both pages."""

from enum import Enum
from typing import NamedTuple

from itemwise.analysis.pairs import Pair
from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry

__all__ = ["Change", "Outcome", "case_change", "change_between", "outcome_of"]


class Change(str, Enum):
    """Every pair of outcomes is of one kind; those that move the score come first. "wrong" is whatever is not correct."""

    LOST = "right -> wrong"
    LOST_UNREADABLE = "right -> no answer"
    GAINED = "wrong -> right"
    UNREADABLE = "wrong -> no answer"
    OTHER_ANSWER = "wrong, another answer"
    OTHER_WORDS = "other words, same answer"
    NEW = "new, no snapshot yet"
    SAME = "unchanged"
    LEFT_OUT = "left out, not judged"

    @property
    def flip(self) -> str:
        """``lost`` or ``gained`` where the verdict turns from right to not right or back, as McNemar's test counts; else empty."""
        return {Change.LOST: "lost", Change.LOST_UNREADABLE: "lost", Change.GAINED: "gained"}.get(self, "")


_NOT_JUDGED = frozenset(verdict.value for verdict in Verdict if not verdict.is_judged)


class Outcome(NamedTuple):
    """What was judged: the verdict's value, the answer that was read (None: nothing), and the reply's text."""

    verdict: str
    answer: str | None
    text: str

    @property
    def is_right(self) -> bool:
        """Whether the reply was judged correct."""
        return self.verdict == Verdict.CORRECT.value


def change_between(before: Outcome | None, now: Outcome) -> Change:
    """The kind of change; `before` is None where no reply was kept yet.

    Where neither is right the answers decide: another answer, no answer any more, or the same answer in other words.
    """
    if before is None:
        return Change.NEW
    if _NOT_JUDGED.intersection((before.verdict, now.verdict)):
        return Change.LEFT_OUT
    if before == now:
        return Change.SAME
    if before.is_right and now.is_right:
        return Change.OTHER_WORDS
    if now.is_right:
        return Change.GAINED
    if before.answer is not None and now.answer is None:
        return Change.LOST_UNREADABLE if before.is_right else Change.UNREADABLE
    if before.is_right:
        return Change.LOST
    return Change.OTHER_WORDS if before.answer == now.answer else Change.OTHER_ANSWER


def case_change(pair: Pair, case: str) -> Change:
    """The change of `case`, which both sides of `pair` hold."""
    return change_between(*(outcome_of(side.entries[case]) for side in (pair.first, pair.second)))


def outcome_of(entry: Entry) -> Outcome:
    """What became of a case that was answered, or ended in an error."""
    return Outcome(entry.verdict.value, entry.answer, entry.texts().reply_text)
