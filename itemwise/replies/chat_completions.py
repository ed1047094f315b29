"""Replies in the output of a batch API: jsonl of ``custom_id`` and the ``response`` that a chat API gave to it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from itemwise.cases.plain_data import shown_value
from itemwise.models.model import ModelError
from itemwise.models.server.chat_completion import brief, message_texts
from itemwise.models.server.finish_reasons import is_limit, is_plain
from itemwise.replies.given_reply import (
    GivenReply,
    Replies,
    RepliesError,
    count_in,
    object_in,
    objects_in,
    require_names,
    text_in,
    texts_in,
)
from itemwise.replies.records import Records

__all__ = ["chat_completions", "is_chat_completion", "is_failed_request"]

_FAILED = 400  # the least HTTP status of a request that failed
_NAMED = 3  # failed requests in a line
_MOST_SAID = 120  # characters of what a server said of one


def is_chat_completion(record: Mapping[str, Any]) -> bool:
    """Whether a record is of this form."""
    return {"custom_id", "response"} <= record.keys() and isinstance(record["response"], (Mapping, type(None)))


def is_failed_request(record: Mapping[str, Any]) -> bool:
    """Whether a record may be of this form, and has no response that tells."""
    return "custom_id" in record and record.get("response") is None and ("response" in record or bool(record.get("error")))


def chat_completions(records: Records) -> Replies:
    """``{"custom_id": "gsm8k-0", "response": {"body": {"choices": [...]}}}`` each, of which the choices are repeats; a request that failed
    has no reply, and `told` counts and names these. Raises RepliesError."""
    answers = [answer for place, record in records if (answer := _answer(record, place))]
    begins: dict[str, int] = {}
    for answer in answers:
        begins[answer.id] = min([*answer.indices, begins.get(answer.id, 1)])
    failed = [f"{answer.id}: {answer.failure}" for answer in answers if answer.failure]
    replies = [reply for answer in answers for reply in _replies(answer, begins[answer.id])]
    return Replies(replies, {"failed requests": _named(failed)} if failed else {})


class _Answer(NamedTuple):
    """What a line tells: the response's body with its choices, or why the request failed. `indices` are the choices' own, where each has
    another."""

    id: str
    place: str
    body: Mapping[str, Any]
    choices: Sequence[Mapping[str, Any]]
    indices: Sequence[int]
    failure: str


def _answer(record: Mapping[str, Any], place: str) -> _Answer:
    if not is_failed_request(record):
        require_names(record, ("custom_id", "response"), place)
    custom_id, response = text_in(record, "custom_id", place), object_in(record, "response", place)
    status = count_in(response, "status_code", place) or 0
    body = {} if status >= _FAILED and isinstance(response.get("body"), str) else object_in(response, "body", place) or response
    choices = objects_in(body, "choices", place)
    if choices:
        return _Answer(custom_id, place, body, choices, _indices(choices, place), "")
    error = record.get("error") or body.get("error")
    if record.get("response") is not None and not error and status < _FAILED:
        raise RepliesError(
            f"{place}: 'response' has no 'choices' and no 'error', got {shown_value(body)}; chat completions and completions are read, and "
            "null is a request that failed."
        )
    return _Answer(custom_id, place, body, (), (), _failure(status, error or response.get("body") or response.get("message")))


def _failure(status: int, said: Any) -> str:
    """Why a request failed: its status where there is one, and what the server said, on one line."""
    told = [f"status {status}"] * bool(status) + [brief(repr(said) if isinstance(said, str) else said, _MOST_SAID)] * bool(said)
    return ", ".join(told) or "null"


def _named(failed: Sequence[str]) -> str:
    """How many requests failed, and the first of them."""
    return f"{len(failed)} ({'; '.join(failed[:_NAMED])}{'; ...' * (len(failed) > _NAMED)})"


def _replies(answer: _Answer, begin: int) -> Iterator[GivenReply]:
    """The replies that the choices are, of which the first has the index `begin`, 0 or 1."""
    custom_id, place, body, choices, indices, _ = answer
    usage = object_in(body, "usage", place)
    repeats = [index - begin + 1 for index in indices] or range(1, len(choices) + 1)
    for repeat, choice in zip(repeats, choices, strict=True):
        for text, reasoning in _said(choice, place):
            yield GivenReply(
                custom_id,
                text,
                place,
                model=text_in(body, "model", place, ""),
                finish_reason=_finish_reason(choice, place),
                prompt_tokens=count_in(usage, "prompt_tokens", place),
                completion_tokens=count_in(usage, "completion_tokens", place) if len(choices) == 1 else None,
                reasoning=reasoning,
                repeat=repeat,
            )


def _indices(choices: Sequence[Mapping[str, Any]], place: str) -> Sequence[int]:
    """The index of each choice where each has another, which may count from 0 or from 1; none else, as the order tells then."""
    told = [index for choice in choices if (index := count_in(choice, "index", place)) is not None]
    return told if len({*told}) == len(choices) else ()


def _said(choice: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    """The text of a choice with its reasoning; nothing for a null without a finish reason."""
    if "message" not in choice and "text" in choice:
        yield from ((text, "") for _, text in texts_in(choice, "text", place))
        return
    message = choice.get("message")
    if not isinstance(message, Mapping):
        raise RepliesError(
            f"{place}: 'message' of a choice must be an object, got {shown_value(message)}; leave out the choice if it has none."
        )
    told = text_in(message, "reasoning_content", place, text_in(message, "reasoning", place, ""))
    try:
        text, reasoning = message_texts(message)
    except ModelError:
        content = shown_value(message.get("content"))
        raise RepliesError(f"{place}: 'content' must be text, parts of text or null, got {content}.") from None
    if message.get("content") is not None or _finish_reason(choice, place) or told:
        yield text, told or reasoning


def _finish_reason(choice: Mapping[str, Any], place: str) -> str:
    """``stop`` or ``length``; empty where the server tells none, or one that is neither, such as a filter."""
    reason = choice.get("finish_reason")
    reason = reason if isinstance(reason, Mapping) else text_in(choice, "finish_reason", place, "")
    return "length" if is_limit(reason) else "stop" if reason and is_plain(reason) else ""
