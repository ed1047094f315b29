"""Replies in the output of a batch API: jsonl of ``custom_id`` and the ``response`` that a chat API gave to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

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

__all__ = ["chat_completions", "is_chat_completion", "is_failed_request", "is_text_response"]

_FAILED = 400  # the least HTTP status of a request that failed
_NAMED = 3  # failed requests in a line
_MOST_SAID = 120  # characters of what a server said of one


def is_chat_completion(record: Mapping[str, Any]) -> bool:
    """Whether a record is of this form."""
    return {"custom_id", "response"} <= record.keys() and isinstance(record["response"], (Mapping, type(None)))


def is_failed_request(record: Mapping[str, Any]) -> bool:
    """Whether a record may be of this form, and has no response that tells."""
    return "custom_id" in record and record.get("response") is None and ("response" in record or bool(record.get("error")))


def is_text_response(record: Mapping[str, Any]) -> bool:
    """Whether a record has a text as the response: why the request failed if others are of this form, else a reply under other names."""
    return "custom_id" in record and isinstance(record.get("response"), str)


def chat_completions(records: Records) -> Replies:
    """``{"custom_id": "gsm8k-0", "response": {"body": {"choices": [...]}}}`` each, of which the choices are repeats by their `index`: from
    0 where one of the file has that, else from 1. A request that failed has no reply; `told` counts and names those that no other line
    answers. Raises RepliesError."""
    found: list[tuple[GivenReply, bool]] = []  # as if the file counted from 0, with whether the index was used
    failures: dict[str, str] = {}
    begin = 1
    for place, record in records:
        custom_id, body, choices, failure = _answer(record, place)
        if failure:
            failures[custom_id] = failure
        indices = [index for choice in choices if (index := count_in(choice, "index", place)) is not None]
        begin = min([begin, *indices])
        by_index = len({*indices}) == len(choices)
        repeats = [index + 1 for index in indices] if by_index else range(1, len(choices) + 1)
        found += ((reply, by_index) for reply in _replies(custom_id, body, zip(repeats, choices, strict=True), place))
    replies = [replace(reply, repeat=reply.repeat - begin) if begin and by_index else reply for reply, by_index in found]
    answered = {reply.id for reply in replies}
    failed = [f"{custom_id}: {failure}" for custom_id, failure in failures.items() if custom_id not in answered]
    return Replies(replies, {"failed requests": _named(failed)} if failed else {})


def _answer(record: Mapping[str, Any], place: str) -> tuple[str, Mapping[str, Any], Sequence[Mapping[str, Any]], str]:
    """The id, the body of the response and its choices; or, where there are none, why the request failed."""
    if not is_failed_request(record):
        require_names(record, ("custom_id", "response"), place)
    custom_id, is_text = text_in(record, "custom_id", place), is_text_response(record)
    response = {"message": record["response"]} if is_text else object_in(record, "response", place)
    status = count_in(response, "status_code", place) or 0
    said = response.get("body")
    has_failed = is_text or status >= _FAILED or not response or ("body" in response and not said)
    body = response if has_failed and not isinstance(said, Mapping) else object_in(response, "body", place) or response
    if choices := objects_in(body, "choices", place):
        return custom_id, body, choices, ""
    error = record.get("error") or body.get("error")
    if not (has_failed or error):
        raise RepliesError(
            f"{place}: 'response' has no 'choices' and no 'error', got {shown_value(body)}; chat completions and completions are read, and "
            "null is a request that failed."
        )
    nothing = "null" if record.get("response") is None else "" if status >= _FAILED else "nothing to read"
    return custom_id, body, (), _failure(status, error or said or response.get("message"), nothing)


def _failure(status: int, said: Any, nothing: str) -> str:
    """Why a request failed: its status where there is one, and what the server said, on one line; `nothing` where it said nothing."""
    why = brief(repr(said) if isinstance(said, str) else said, _MOST_SAID) if said else nothing
    return ", ".join([f"status {status}"] * bool(status) + [why] * bool(why))


def _named(failed: Sequence[str]) -> str:
    """How many requests failed, and the first of them."""
    return f"{len(failed)} ({'; '.join(failed[:_NAMED])}{'; ...' * (len(failed) > _NAMED)})"


def _replies(custom_id: str, body: Mapping[str, Any], choices: Iterable[tuple[int, Mapping[str, Any]]], place: str) -> Iterator[GivenReply]:
    """The replies that the choices of a response's body are, each choice with its repeat."""
    usage = object_in(body, "usage", place)
    is_alone = len(body.get("choices") or ()) == 1
    for repeat, choice in choices:
        for text, reasoning in _said(choice, place):
            yield GivenReply(
                custom_id,
                text,
                place,
                model=text_in(body, "model", place, ""),
                finish_reason=_finish_reason(choice, place),
                prompt_tokens=count_in(usage, "prompt_tokens", place),
                completion_tokens=count_in(usage, "completion_tokens", place) if is_alone else None,
                reasoning=reasoning,
                repeat=repeat,
            )


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
