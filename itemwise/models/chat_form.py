"""A chat in the form of OpenAI's chat completions, there and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from itemwise.case import ToolCall, Turn
from itemwise.models.model import Generation, ModelError, Request
from itemwise.models.patience import TransientError
from itemwise.models.tool_calls import messages_for_template, told_calls

__all__ = ["asked", "generation_of"]

_BROKEN = ("abort", "error")  # reasons to finish that are none of the model's


def asked(request: Request, system: str | None) -> dict[str, Any]:
    """What a request adds to the body: messages, tools, temperature, and the seed where it samples.

    Raises PictureError where a picture cannot be had or decoded.
    """
    told = messages_for_template(request.turns, request.tools)
    messages = [_message(message, turn) for message, turn in zip(told, request.turns, strict=True)]
    return {
        "messages": [{"role": "system", "content": system}, *messages] if system else messages,
        "temperature": request.temperature,
        **({"tools": [dict(tool) for tool in request.tools]} if request.tools else {}),
        **({"seed": request.seed} if request.temperature else {}),
    }


def generation_of(answer: Any, request: Request) -> Generation:
    """What the body of an answer says. Token counts are 0 where it tells none.

    Calls are `calls` where the server tells them apart, and left in the text where it does not. Raises ModelError where
    there is no text at all: nobody knows what the model said. Raises TransientError where the answer is none.
    """
    choice = _choice(answer)
    message, reason = choice["message"], choice.get("finish_reason")
    calls = _calls(message, request.tools)
    usage = answer.get("usage") or {}
    return Generation(
        text=_text(message, reason, calls),
        finish_reason="length" if reason == "length" else "stop",
        prompt_tokens=int(usage.get("prompt_tokens") or 0),
        completion_tokens=int(usage.get("completion_tokens") or 0),
        calls=calls,
    )


# There


def _message(message: Mapping[str, Any], turn: Turn) -> dict[str, Any]:
    if "tool_calls" in message:
        calls = [_call(call) for call in message["tool_calls"]]
        return {"role": message["role"], "content": message["content"] or None, "tool_calls": calls}
    if "tool_call_id" in message:
        return {name: message[name] for name in ("role", "tool_call_id", "content")}
    if turn.pictures:
        shown = [{"type": "image_url", "image_url": {"url": picture.data_uri()}} for picture in turn.pictures]
        return {"role": message["role"], "content": [*shown, {"type": "text", "text": message["content"]}]}
    return dict(message)


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    """A call with its arguments as the text that the API has them in."""
    function = {"name": call["function"]["name"], "arguments": json.dumps(call["function"]["arguments"], ensure_ascii=False)}
    return {"id": call["id"], "type": "function", "function": function}


# And back


def _choice(answer: Any) -> Mapping[str, Any]:
    """The one choice of an answer, which has a message."""
    match answer:
        case {"choices": [{"message": {}, "finish_reason": str() as reason}, *_]} if reason in _BROKEN:
            raise TransientError(f"broke off its answer ({reason})")
        case {"choices": [{"message": {}} as choice, *_]}:
            found: Mapping[str, Any] = choice
            return found
    raise TransientError(f"answered without a message ({json.dumps(answer)})")


def _calls(message: Mapping[str, Any], tools: Sequence[Mapping[str, Any]]) -> tuple[ToolCall, ...] | None:
    """The calls that the server told apart; None where it told none."""
    told = message.get("tool_calls")
    if not told:
        return None
    if not isinstance(told, list) or not all(isinstance(call, dict) and isinstance(call.get("function"), dict) for call in told):
        raise TransientError(f"answered with calls that are none ({json.dumps(told)})")
    return told_calls([call["function"] for call in told], tools)


def _text(message: Mapping[str, Any], reason: object, calls: Sequence[ToolCall] | None) -> str:
    match message.get("content"):
        case str() as text:
            return text
        case None if calls or reason == "length":  # the limit may end a model that still thinks, before its first word
            return ""
    found = "null" if message.get("content") is None else f"a {type(message['content']).__name__}"
    raise ModelError(f"the server's answer is no reply: its content is {found}, and it calls no tool; look into the server's log.")
