"""The body of a chat completion request, as OpenAI's API has it."""

import json
from collections.abc import Mapping
from typing import Any

from itemwise.cases.chat import Turn, in_places
from itemwise.cases.picture import Picture
from itemwise.models.model import ModelError, Request
from itemwise.models.tool_calls import messages_for_template, with_system

__all__ = ["no_penalties", "request_body"]

_TAKES_DEFAULTS = ("vllm", "sglang")  # take what a request leaves open from the model's generation_config.json, and know these fields


def no_penalties(owned_by: str) -> dict[str, float]:
    """The fields that turn penalties off, which change greedy text too, on a server that else has the model's own; `owned_by` is its word
    in the list of models. Empty for any other: most refuse or ignore fields beside OpenAI's."""
    return {"repetition_penalty": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0} if owned_by in _TAKES_DEFAULTS else {}


def request_body(request: Request, system: str | None) -> dict[str, Any]:
    """What a request adds to the body: messages, tools, temperature, the seed where it samples, and `stop` and `top_p` where it has
    them; the token limit goes under a name that the server decides.

    Of a plain text it is the prompt, for the completions API, which has no tools. Raises PictureError where a picture cannot be had or
    decoded, and ModelError for tools beside a text.
    """
    if request.turns[0].role == "text":
        if request.tools:
            raise ModelError("a plain text has no place for tools; take another --strategy, or --prompt-form turns.")
        return {"prompt": request.turns[0].content, **_settings(request)}
    pairs = zip(messages_for_template(request.turns, request.tools), request.turns, strict=True)
    messages = [_message(message, turn) for message, turn in pairs]
    return {
        "messages": with_system(messages, system),
        **({"tools": [dict(tool) for tool in request.tools]} if request.tools else {}),
        **_settings(request),
    }


def _settings(request: Request) -> dict[str, Any]:
    return {
        "temperature": request.temperature,
        **({"seed": request.seed} if request.temperature else {}),
        **({"stop": list(request.stop)} if request.stop else {}),
        **({"top_p": request.top_p} if request.top_p is not None else {}),
    }


def _message(message: Mapping[str, Any], turn: Turn) -> dict[str, Any]:
    if "tool_calls" in message:
        calls = [_call(call) for call in message["tool_calls"]]
        return {"role": message["role"], "content": message["content"] or None, "tool_calls": calls}
    if "tool_call_id" in message:
        return {name: message[name] for name in ("role", "tool_call_id", "content")}
    if turn.pictures:
        return {"role": message["role"], "content": [_part(part) for part in in_places(message["content"], turn.pictures)]}
    return dict(message)


def _part(shown: str | Picture) -> dict[str, Any]:
    if isinstance(shown, str):
        return {"type": "text", "text": shown}
    return {"type": "image_url", "image_url": {"url": shown.data_uri()}}


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    """A call with its arguments as the text that the API has them in."""
    function = {"name": call["function"]["name"], "arguments": json.dumps(call["function"]["arguments"], ensure_ascii=False)}
    return {"id": call["id"], "type": "function", "function": function}
