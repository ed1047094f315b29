"""Replies in the output of a batch API: jsonl of ``custom_id`` and the ``response`` that a chat API gave to it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from itemwise.cases.plain_data import shown_value
from itemwise.models.model import ModelError
from itemwise.models.server.chat_completion import message_texts
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


def is_chat_completion(record: Mapping[str, Any]) -> bool:
    """Whether a record is of this form."""
    return {"custom_id", "response"} <= record.keys() and isinstance(record["response"], (Mapping, type(None)))


def is_failed_request(record: Mapping[str, Any]) -> bool:
    """Whether a record may be of this form, and has no response that tells."""
    return {"custom_id", "response"} <= record.keys() and record["response"] is None


def chat_completions(records: Records) -> Replies:
    """``{"custom_id": "gsm8k-0", "response": {"body": {"choices": [...]}}}`` each, of which the choices are repeats; a request that failed
    has no reply. Raises RepliesError."""
    return Replies([reply for place, record in records for reply in _replies(record, place)])


def _replies(record: Mapping[str, Any], place: str) -> Iterator[GivenReply]:
    require_names(record, ("custom_id", "response"), place)
    response = object_in(record, "response", place)
    body = object_in(response, "body", place) or response
    usage, choices = object_in(body, "usage", place), objects_in(body, "choices", place)
    if not choices and record["response"] is not None and not (record.get("error") or body.get("error")):
        raise RepliesError(
            f"{place}: 'response' has no 'choices' and no 'error', got {shown_value(body)}; chat completions and completions are read, and "
            "null is a request that failed."
        )
    for repeat, choice in zip(_repeats(choices, place), choices, strict=True):
        for text, reasoning in _said(choice, place):
            yield GivenReply(
                text_in(record, "custom_id", place),
                text,
                place,
                model=text_in(body, "model", place, ""),
                finish_reason=_finish_reason(choice, place),
                prompt_tokens=count_in(usage, "prompt_tokens", place),
                completion_tokens=count_in(usage, "completion_tokens", place) if len(choices) == 1 else None,
                reasoning=reasoning,
                repeat=repeat,
            )


def _repeats(choices: Sequence[Mapping[str, Any]], place: str) -> Sequence[int]:
    """Which repeat each choice is: by its own number where each has another, else in order."""
    numbers = [count_in(choice, "index", place) for choice in choices]
    told = [number + 1 for number in numbers if number is not None]
    return told if len({*told}) == len(choices) else range(1, len(choices) + 1)


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
