"""Replies as jsonl of ``id`` and ``text``; and the results.jsonl that a run of this suite left."""

from collections.abc import Iterator, Mapping
from typing import Any

from itemwise.cases.chat import Turn
from itemwise.cases.plain_data import shown_value
from itemwise.cases.repeats import item_of
from itemwise.replies.given_reply import GivenReply, Replies, RepliesError, count_in, repeat_in, text_in

__all__ = ["Lines", "is_own_results", "is_plain", "own_results", "plain_replies"]

Lines = Iterator[tuple[str, Mapping[str, Any]]]  # the place of each line, for messages, and its object
_FINISHED = ("", "stop", "length")


def is_plain(record: Mapping[str, Any]) -> bool:
    """Whether a line of a file is of this form."""
    return {"id", "text"} <= record.keys()


def plain_replies(lines: Lines) -> Replies:
    """``{"id": "gsm8k-0", "text": "..."}`` a line, where known with question, prompt, model, finish_reason, prompt_tokens,
    completion_tokens, reasoning and repeat. Raises RepliesError."""
    return Replies([_reply(record, place) for place, record in lines])


def _reply(record: Mapping[str, Any], place: str) -> GivenReply:
    prompt = text_in(record, "prompt", place, "")
    return GivenReply(
        text_in(record, "id", place),
        text_in(record, "text", place),
        place,
        question=text_in(record, "question", place, ""),
        asked=(Turn("user", prompt),) if prompt else (),
        model=text_in(record, "model", place, ""),
        finish_reason=_finish_reason(record, place),
        prompt_tokens=count_in(record, "prompt_tokens", place),
        completion_tokens=count_in(record, "completion_tokens", place),
        reasoning=text_in(record, "reasoning", place, ""),
        repeat=repeat_in(record, "repeat", place),
    )


def _finish_reason(record: Mapping[str, Any], place: str) -> str:
    reason = text_in(record, "finish_reason", place, "")
    if reason not in _FINISHED:
        raise RepliesError(
            f"{place}: 'finish_reason' must be stop (the model ended it) or length (the token limit did), got {shown_value(reason)}; "
            "leave it out where it is not known."
        )
    return reason


def is_own_results(record: Mapping[str, Any]) -> bool:
    """Whether a line of a file is a case of a run's results.jsonl."""
    return {"case", "reply", "verdict", "model_name"} <= record.keys()


def own_results(lines: Lines) -> Replies:
    """The replies of a run's results.jsonl; a case that ended in an error has none. Raises RepliesError."""
    return Replies([_own_reply(record, place) for place, record in lines if record["reply"]])


def _own_reply(record: Mapping[str, Any], place: str) -> GivenReply:
    reply = record["reply"]
    if not isinstance(reply, Mapping):
        raise RepliesError(f"{place}: 'reply' must be an object, got {shown_value(reply)}.")
    repeat = repeat_in(record, "repeat", place)
    return GivenReply(
        item_of(text_in(record, "case", place), repeat),
        text_in(reply, "text", place),
        place,
        model=text_in(record, "model_name", place),
        finish_reason=_finish_reason(reply, place),
        prompt_tokens=count_in(reply, "prompt_tokens", place),
        completion_tokens=count_in(reply, "completion_tokens", place),
        reasoning=text_in(reply, "reasoning", place, ""),
        repeat=repeat,
    )
