"""GivenReply: one reply that was made elsewhere, as its file tells it; and the error where a file cannot be read so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from itemwise.cases.chat import Turn, TurnCost
from itemwise.cases.plain_data import plain_text, shown_value
from itemwise.cases.reply import FROM_FILE, Reply
from itemwise.models.server.finish_reasons import is_limit, is_plain

__all__ = [
    *("GivenReply", "Replies", "RepliesError", "count_in", "finish_reason_in", "object_in", "objects_in", "repeat_in", "require_names"),
    *("require_once", "text_in", "texts_in"),
]


_DIGITS = 20  # of a count that is a text; int() refuses some thousands


class RepliesError(Exception):
    """Replies from a file cannot be had; the message says which file and line, what was wrong and what to do instead."""


@dataclass(frozen=True)
class GivenReply:
    """What a file tells of one reply: `id` as it stands there, and `place` (file and line) for messages.

    `question` is the question alone, by which a case can be found; `asked` are the turns that the model was sent. `finish_reason` is
    ``stop`` or ``length``. `repeat` counts the replies to one case from 1. What a file does not tell is empty, or None for a count of
    tokens.
    """

    id: str
    text: str
    place: str
    question: str = ""
    asked: tuple[Turn, ...] = ()
    model: str = ""
    finish_reason: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    reasoning: str = ""
    repeat: int = 1

    def __post_init__(self) -> None:
        """Refuse a text that no report could hold."""
        try:
            for name in ("id", "text", "question", "reasoning"):
                plain_text(getattr(self, name), f"{self.place}: {name}")
        except ValueError as error:
            raise RepliesError(str(error)) from None
        if not self.id:
            raise RepliesError(f"{self.place}: the id is empty; give the case's, such as gsm8k-0, or the number of its row.")

    def reply(self) -> Reply:
        """The reply as a case's: it took no time here, and nothing was generated for it."""
        tokens = self.prompt_tokens or 0, self.completion_tokens or 0
        cost = TurnCost(self.finish_reason, *tokens) if self.finish_reason else None
        turn = Turn("assistant", self.text, cost=cost, reasoning=self.reasoning)
        notes = {FROM_FILE: self.place}
        return Reply(self.text, self.finish_reason, *tokens, 0.0, 0, (*self.asked, turn), notes=notes, reasoning=self.reasoning)


class Replies(NamedTuple):
    """What was read in a file: the replies in its order, and what it tells of how they were made, by name."""

    replies: Sequence[GivenReply]
    told: Mapping[str, str] = {}


def text_in(record: Mapping[str, Any], name: str, place: str, default: str | None = None) -> str:
    """The text under `name`; `default`, where one is given, for null or nothing. A number is taken as it is written, and a whole one
    without the ``.0`` that tables add to ids where some are missing."""
    value = record.get(name)
    if _is_missing(value) and default is not None:
        return default
    if isinstance(value, (int, float)) and not isinstance(value, bool) and not _is_missing(value):
        return str(_whole(value))
    if not isinstance(value, str):
        raise RepliesError(f"{place}: {name!r} must be text, got {shown_value(value)}.")
    return value


def texts_in(record: Mapping[str, Any], name: str, place: str) -> list[tuple[int, str]]:
    """The replies under `name`, a text or several in a list, each with its number from 1. Null is none, as where a request failed, and
    those behind it keep their numbers."""
    value = record.get(name)
    listed = value if isinstance(value, list) else [value]
    return [(number, text_in({name: text}, name, place)) for number, text in enumerate(listed, start=1) if not _is_missing(text)]


def object_in(record: Mapping[str, Any], name: str, place: str) -> Mapping[str, Any]:
    """The object under `name`, an empty one for null or nothing."""
    value = record.get(name)
    if not isinstance(value, (Mapping, type(None))):
        raise RepliesError(f"{place}: {name!r} must be an object, got {shown_value(value)}; leave out what is not known.")
    return value or {}


def objects_in(record: Mapping[str, Any], name: str, place: str) -> list[Mapping[str, Any]]:
    """The objects in the list under `name`, none for null or nothing."""
    value = record.get(name)
    if not isinstance(value, (list, type(None))):
        raise RepliesError(f"{place}: {name!r} must be a list of objects, got {shown_value(value)}.")
    for number, each in enumerate(value or [], start=1):
        if not isinstance(each, Mapping):
            raise RepliesError(f"{place}: {name!r} must hold objects alone, got {shown_value(each)} as number {number}; leave it out.")
    return value or []


def require_names(record: Mapping[str, Any], names: Iterable[str], place: str) -> None:
    """Raise RepliesError where a record lacks what makes it one of its file's form."""
    if lacking := [name for name in names if name not in record]:
        has = ", ".join(list(record)[:8]) or "nothing in it"
        raise RepliesError(f"{place}: an object with {has}, where {lacking[0]!r} is missing; all of a file must be of one form.")


def finish_reason_in(record: Mapping[str, Any], place: str) -> str:
    """``stop`` or ``length``, by whatever word of a server stands there for it; empty where none does."""
    reason = text_in(record, "finish_reason", place, "")
    if not is_plain(reason):
        raise RepliesError(
            f"{place}: 'finish_reason' must be stop (the model ended it) or length (the token limit did), or a word of a server for "
            f"either, got {shown_value(reason)}; leave it out where it is not known."
        )
    return "length" if is_limit(reason) else "stop" if reason else ""


def _is_missing(value: Any) -> bool:
    return value is None or value != value  # NaN, which tables have for null


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def count_in(record: Mapping[str, Any], name: str, place: str) -> int | None:
    """The number of tokens under `name`, which tables may have as a text or with ``.0``; None where there is none."""
    value = record.get(name)
    if isinstance(value, str) and value.isdecimal() and len(value) < _DIGITS:
        return int(value)
    value = None if _is_missing(value) else _whole(value)
    if value is not None and (type(value) is not int or value < 0):
        raise RepliesError(f"{place}: {name!r} must be a whole number of at least 0, got {shown_value(value)}.")
    return value


def repeat_in(record: Mapping[str, Any], name: str, place: str) -> int:
    """Which of the replies to its case it is, under `name`; 1 where nothing stands there."""
    value = count_in(record, name, place)
    if value == 0:
        raise RepliesError(f"{place}: {name!r} must be a whole number from 1, got 0.")
    return value or 1


def require_once(replies: Iterable[GivenReply]) -> None:
    """Raise RepliesError where an id stands twice with the same repeat, naming both places."""
    seen: dict[tuple[str, int], GivenReply] = {}
    for reply in replies:
        if (first := seen.setdefault((reply.id, reply.repeat), reply)) is not reply:
            says = "the same text" if first.text == reply.text else "another text"
            raise RepliesError(
                f"{reply.place}: the id {reply.id!r} stands at {first.place} already, with {says}; leave one of them, so that each "
                'case has one reply, or number them: "repeat": 1, 2, ...'
            )
