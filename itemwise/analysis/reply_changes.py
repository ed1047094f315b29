"""How the two replies to one case differ, from what matters most to what matters least."""

from __future__ import annotations

from enum import Enum

from itemwise.analysis.pairs import Pair
from itemwise.cases.case import Verdict
from itemwise.results.ledger import Entry

__all__ = ["Change", "change", "reply_text"]


class Change(Enum):
    """The kinds in the order in which they are read."""

    LOST = "lost"
    GAINED = "gained"
    OTHER_ANSWER = "other answer"
    OTHER_WORDS = "other words"
    SAME = "the same"
    LEFT_OUT = "left out"


def change(pair: Pair, case: str) -> Change:
    """The kind of `case`, which both series hold.

    A case that neither got right is another answer where verdict or answer differ; where these are as they were, or
    where both are right, it is other words unless the replies are the same to the character.
    """
    first, second = pair.first.entries[case], pair.second.entries[case]
    if Verdict.ERROR in (first.verdict, second.verdict):
        return Change.LEFT_OUT
    was, now = (each.verdict is Verdict.CORRECT for each in (first, second))
    if was != now:
        return Change.LOST if was else Change.GAINED
    if not was and (first.verdict, first.answer) != (second.verdict, second.answer):
        return Change.OTHER_ANSWER
    return Change.SAME if reply_text(first) == reply_text(second) else Change.OTHER_WORDS


def reply_text(entry: Entry) -> str:
    """What was replied to the case; empty where an error left no reply."""
    return str(entry.reply.get("text", ""))
