"""Replies in the output of a batch API: jsonl of ``custom_id`` and the ``response`` that a chat API gave to it."""

from collections.abc import Iterator, Mapping
from typing import Any

from itemwise.models.server.finish_reasons import is_limit
from itemwise.replies.given_reply import GivenReply, Replies, count_in, text_in, texts_in
from itemwise.replies.records import Records

__all__ = ["chat_completions", "is_chat_completion"]


def is_chat_completion(record: Mapping[str, Any]) -> bool:
    """Whether a record is of this form."""
    return {"custom_id", "response"} <= record.keys() and isinstance(record["response"], (Mapping, type(None)))


def chat_completions(records: Records) -> Replies:
    """``{"custom_id": "gsm8k-0", "response": {"body": {"choices": [...]}}}`` each, of which the choices are repeats; a request that failed
    has no reply. Raises RepliesError."""
    return Replies([reply for place, record in records for reply in _replies(record, place)])


def _replies(record: Mapping[str, Any], place: str) -> Iterator[GivenReply]:
    response = record.get("response") or {}
    body = response.get("body") or response
    usage = body.get("usage") or {}
    for repeat, choice in enumerate(body.get("choices") or [], start=1):
        message, reason = choice.get("message") or {}, choice.get("finish_reason")
        yield GivenReply(
            text_in(record, "custom_id", place),
            "".join(texts_in(message, "content", place)),
            place,
            model=text_in(body, "model", place, ""),
            finish_reason="length" if is_limit(reason) else "stop" if reason == "stop" else "",
            prompt_tokens=count_in(usage, "prompt_tokens", place),
            completion_tokens=count_in(usage, "completion_tokens", place) if len(body["choices"]) == 1 else None,
            reasoning=text_in(message, "reasoning_content", place, text_in(message, "reasoning", place, "")),
            repeat=repeat,
        )
