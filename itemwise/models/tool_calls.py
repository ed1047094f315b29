"""A conversation with tool calls as the messages that chat templates take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from itemwise.cases.chat import ToolCall, Turn
from itemwise.models.call_dialects import read_calls

__all__ = ["messages_for_template", "split_calls", "with_system"]


def messages_for_template(turns: Sequence[Turn], tools: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The conversation as `apply_chat_template` takes it: calls and their answers under ids of nine letters and digits.

    A call that could not be read keeps its text as its arguments; where it has no name it goes under the first tool's.
    """
    messages: list[dict[str, Any]] = []
    unanswered: list[dict[str, Any]] = []
    ids = (f"call{number:05d}" for number in count())
    for turn in turns:
        if turn.role == "tool" and unanswered:
            call = unanswered.pop(0)
            messages.append({"role": "tool", "name": call["function"]["name"], "tool_call_id": call["id"], "content": turn.content})
            continue
        unanswered = [_made(call, next(ids), tools) for call in turn.calls]
        message: dict[str, Any] = {"role": turn.role, "content": turn.content}
        if unanswered:
            # the request may offer nothing any more
            called = [{"name": call.name, "parameters": {"properties": call.arguments}} for call in turn.calls]
            message |= {"content": read_calls(turn.content, called)[0], "tool_calls": [*unanswered]}
        messages.append(message)
    return messages


def with_system(messages: Sequence[Mapping[str, Any]], system: str | None) -> list[dict[str, Any]]:
    """The messages behind the `system` prompt of a model's entry; those that begin with a system turn of their own keep that alone."""
    own = not system or (bool(messages) and messages[0]["role"] == "system")
    return [*([] if own else [{"role": "system", "content": system}]), *map(dict, messages)]


def split_calls(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same conversation with one call a message, its answer next: for templates that refuse several at once."""
    answers = {message["tool_call_id"]: dict(message) for message in messages if "tool_call_id" in message}
    split: list[dict[str, Any]] = []
    placed: set[str] = set()
    for message in messages:
        calls = message.get("tool_calls", ())
        if len(calls) > 1:
            split += _pairs(message, answers)
            placed |= {call["id"] for call in calls}
        elif message.get("tool_call_id") not in placed:
            split.append(dict(message))
    return split


def _made(call: ToolCall, id: str, tools: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    name = call.name or next((tool.get("function", tool)["name"] for tool in tools), "unknown")
    return {"type": "function", "id": id, "function": {"name": name, "arguments": dict(call.arguments)}}


def _pairs(message: Mapping[str, Any], answers: Mapping[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for place, call in enumerate(message["tool_calls"]):
        yield {**message, "content": "" if place else message["content"], "tool_calls": [call]}
        if call["id"] in answers:
            yield answers[call["id"]]
