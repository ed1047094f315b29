"""Which reply is to which case: by the case's id, by the number of its row, or by the text of its question."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from itemwise.cases.case import Case
from itemwise.cases.chat import Turn
from itemwise.cases.repeats import item_of, repeat_name
from itemwise.cases.reply import Reply
from itemwise.replies.given_reply import GivenReply, RepliesError
from itemwise.replies.reply_file import ReplyFile

__all__ = ["MatchedReplies", "matched"]

BY_ID, BY_ROW, BY_QUESTION = "by id", "by the id of the row", "by the text of the question"
_NAMED = 3  # ids in a line


@dataclass(frozen=True)
class MatchedReplies:
    """The replies of `file` to the cases of a sample, by the case's name, and by which rule each was found."""

    file: ReplyFile
    cases: Sequence[Case]
    replies: Mapping[str, GivenReply]
    rules: Counter[str]

    @property
    def without_reply(self) -> list[str]:
        """The names of the cases that have none."""
        return [case.name for case in self.cases if case.name not in self.replies]

    @property
    def without_case(self) -> list[str]:
        """The ids of the replies that are to none of the cases."""
        used = {id(reply) for reply in self.replies.values()}
        return [repeat_name(reply.id, reply.repeat) for reply in self.file.replies if id(reply) not in used]

    def reply(self, case: str) -> Reply:
        """The reply to the case of that name. Raises RepliesError where there is none."""
        if case not in self.replies:
            failed = self.file.told.get("failed requests")
            why = f" (failed requests: {failed})" if failed else ""
            raise RepliesError(f"{self.file.path} holds no reply to {case}{why}; it counts for nothing until one is there.")
        return self.replies[case].reply()

    def lines(self) -> list[str]:
        """The words for the header of a run."""
        return [told if what == "replies" else f"{what}: {told}" for what, told in self.words.items() if what != "prompt"]

    @cached_property
    def words(self) -> Mapping[str, str]:
        """What the record of the rows tells of them."""
        by = ", ".join(f"{count} {rule}" for rule, count in self.rules.items())
        cases, have = "case" if len(self.cases) == 1 else "cases", "has" if len(self.replies) == 1 else "have"
        found = f"{len(self.replies)} of {len(self.cases)} {cases} {have} a reply in {self.file.path.name}" + (f" ({by})" if by else "")
        return {
            "replies": found,
            "prompt": self._prompt(),
            **({"row ids": _FROM_ONE} if self.rules[BY_ROW] and _begin_at_one(self.file) else {}),
            **_named("cases without a reply", self.without_reply),
            **_named("replies without a case", self.without_case),
        }

    def _prompt(self) -> str:
        """What the model was asked, as far as the file tells: its turns are compared with those of the case."""
        asked = [(case, self.replies[case.name].asked) for case in self.cases if case.name in self.replies]
        if not any(turns for _, turns in asked):
            return "unknown, as the replies were made elsewhere"
        equal = sum(_said(turns) == _said(case.chat) for case, turns in asked)
        return f"as the file tells; {equal} of {len(asked)} are the same here"


_FROM_ONE = (
    "they run from 1 in the file, and rows from 0 here; where its 1 is the first row give the questions too, or ids such as gsm8k-0, as a "
    "number alone is taken for the row of that number"
)


def _begin_at_one(file: ReplyFile) -> bool:
    """Whether the ids of a file are 1, 2, ..., as where a harness counts what it asked."""
    ids = {reply.id for reply in file.replies}
    return len(ids) > 1 and ids == {str(number) for number in range(1, len(ids) + 1)}


def matched(file: ReplyFile, cases: Sequence[Case]) -> MatchedReplies:
    """The replies of `file` to `cases`. Raises RepliesError where two are to one case, naming both places."""
    repeats: defaultdict[int, list[Case]] = defaultdict(list)
    for case in cases:
        repeats[case.repeat].append(case)
    known = {repeat: _Cases(asked) for repeat, asked in repeats.items()}
    found: dict[str, GivenReply] = {}
    rules: Counter[str] = Counter()
    for reply in file.replies:
        to, rule = known[reply.repeat].asked_for(reply) if reply.repeat in known else (None, "")
        if to is None:
            continue
        if first := found.get(to.name):
            raise RepliesError(f"{reply.place} and {first.place} are both to {to.name}; leave one of them.")
        found[to.name] = reply
        rules[rule] += 1
    return MatchedReplies(file, cases, found, rules)


class _Cases:
    """The cases of one repeat, by their names without it, by the numbers of their rows and by what they ask."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._named = {item_of(case.name, case.repeat): case for case in cases}
        self._rows: dict[str, str | None] = {}
        self._lines: dict[str, list[str]] = {}
        for name, case in self._named.items():
            number = name.partition("-")[2]
            self._rows[number] = None if number in self._rows else name  # a number that several cases end in tells none of them
            for line in {_plain(line) for line in case.chat[-1].content.split("\n")}:
                self._lines.setdefault(line, []).append(name)
        self._texts = {name: _plain(case.chat[-1].content) for name, case in self._named.items()}

    def asked_for(self, reply: GivenReply) -> tuple[Case | None, str]:
        """The case that a reply is to and the rule that tells so. A question that is not the case's is another row's of that number."""
        question = _plain(reply.question)
        if case := self._named.get(reply.id):
            return case, BY_ID
        if (name := self._rows.get(reply.id)) and question in self._texts[name]:
            return self._named[name], f"{BY_ROW}, confirmed by the question" if question else BY_ROW
        asking = self._asking(question) if question else []
        return (self._named[asking[0]], BY_QUESTION) if len(asking) == 1 else (None, "")

    def _asking(self, question: str) -> Sequence[str]:
        """The names of those in whose text it stands: looked up where it is a whole line, else searched for."""
        return self._lines.get(question) or [name for name, text in self._texts.items() if question in text]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _said(turns: Iterable[Turn]) -> list[tuple[str, str]]:
    return [("user" if turn.role == "text" else turn.role, turn.content) for turn in turns]


def _named(what: str, ids: Sequence[str]) -> dict[str, str]:
    """How many ids there are, and the first; nothing where there is none."""
    more = ", ..." if len(ids) > _NAMED else ""
    return {what: f"{len(ids)} ({', '.join(ids[:_NAMED])}{more})"} if ids else {}
