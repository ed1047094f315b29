"""Parses chat completions of many servers: text, reasoning, refusal, tool calls, finish reason and token counts."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from itemwise.cases.chat import ToolCall
from itemwise.models.call_dialects import calls_from_api
from itemwise.models.model import Generation, ModelError, Request
from itemwise.models.server.attempt_errors import TRANSIENT_STATUSES, PersistentError, TransientError
from itemwise.models.server.finish_reasons import is_broken, is_known, is_limit, is_plain

__all__ = ["brief", "generation_of", "message_texts", "uncounted"]

_MAX_TOKENS = 10**9  # of one reply; more is no count
_REASONING_FIELDS = ("reasoning", "reasoning_content", "thinking", "thinking_content")  # of a message, by server
_REASONING_PARTS = ("reasoning_details", "thinking_blocks")  # the same again in parts
_TEXT_TYPES = ("text", "output_text")
_REASONING = re.compile("think|thought|reason", re.IGNORECASE)
_TEXT_FIELDS = (
    *("text", "value", "refusal", "thinking", "reasoning", "thought", "think", "reasoning_content", "reasoningContent", "reasoningText"),
    *("summary", "content"),
)  # of a part
_NO_REPLY = "the server's answer is no reply:"
_LOOK = "look into the server's log."


def generation_of(body: Any, request: Request, limit: int | None = None) -> Generation:
    """The generation in the `body` of a response to a request for at most `limit` tokens. Token counts are 0 where it has none.

    `calls` are those that the server parsed; others are left in the text. A message without text is an empty text: the model
    gave no answer, whatever its reasoning or refusal, which are kept beside it. Raises ModelError where content has no form of
    text, and where the server ended the reply before `limit`; TransientError where there is no message.
    """
    choice = _choice(body, is_completion=request.turns[0].role == "text")
    message, reason = choice["message"], choice.get("finish_reason")
    parts = _Parts(message)
    completion_tokens = _count(body, "completion_tokens")
    if is_limit(reason) and limit and completion_tokens > 0 and _generated(body, completion_tokens) < limit:
        raise ModelError(_own_limit(reason, completion_tokens, limit, _count(body, "prompt_tokens")))
    is_end = is_known(reason) and reason not in (None, "")
    at_limit = is_limit(reason) or (not is_end and limit is not None and completion_tokens >= limit)
    stopped = request.before_stop(parts.text)  # by a server that sends the stop text along, or knows of none
    return Generation(
        text=parts.text if stopped is None else stopped,
        finish_reason="length" if at_limit and stopped is None else "stop",
        prompt_tokens=_count(body, "prompt_tokens"),
        completion_tokens=completion_tokens,
        calls=_calls(message, request.tools),
        reasoning=parts.reasoning,
        refusal=parts.refusal,
        thinking_tokens=_thinking_tokens(body, completion_tokens),
        native_finish_reason="" if is_plain(reason) else _well_formed(str(reason))[:100],
    )


def uncounted(body: Any) -> str:
    """Why the tokens of a response are not known, in words; empty where they are."""
    usage = body.get("usage") if isinstance(body, dict) else None
    if not isinstance(usage, dict) or usage.get("completion_tokens") is None:
        return "the server told no usage"
    wrong = [usage[name] for name in ("prompt_tokens", "completion_tokens") if usage.get(name) is not None and not _is_count(usage[name])]
    return f"the server told a usage of {brief(wrong[0], 30)}, which is no count" if wrong else ""


def message_texts(message: Mapping[str, Any]) -> tuple[str, str]:
    """The text of a message and its reasoning. Raises ModelError where its content has no form of text."""
    parts = _Parts(message)
    return parts.text, parts.reasoning


class _Parts:
    """A message's text, reasoning and refusal, each put together from its fields and the parts of its content."""

    def __init__(self, message: Mapping[str, Any]) -> None:
        texts: list[str] = []
        reasoning = list(dict.fromkeys(filter(None, (_text_of(message.get(name)) for name in _REASONING_FIELDS))))
        refusals = [_text_of(message.get("refusal"))]
        for kind, text in _parts(message.get("content")):
            (reasoning if kind == "reasoning" else refusals if kind == "refusal" else texts).append(text)
        reasoning = reasoning or list(dict.fromkeys(_text_of(message.get(name)) for name in _REASONING_PARTS))
        self.text = _well_formed("".join(texts))
        self.reasoning = _well_formed("\n".join(filter(None, reasoning)))
        self.refusal = _well_formed("\n".join(filter(None, refusals)))


def _parts(content: object) -> Iterator[tuple[str, str]]:
    """The parts of a content, each as its kind (``text``, ``reasoning``, ``refusal``) and its text. A part without text (a reference,
    a picture) is passed over beside parts that have some. Raises ModelError where none has, or the form is unknown."""
    match content:
        case None:
            return
        case str():
            yield "text", content
        case list() | {}:
            parts = content if isinstance(content, list) else [content]
            parsed = [_part(part) for part in parts]
            without = [part for part, pair in zip(parts, parsed, strict=True) if not pair]
            if without and not any(pair[0] == "text" for pair in parsed if pair):
                raise ModelError(f"{_NO_REPLY} its content is a list with {brief(without[0])}, which is no text; {_LOOK}")
            yield from filter(None, parsed)
        case _:
            raise ModelError(f"{_NO_REPLY} its content is a {type(content).__name__}; {_LOOK}")


def _part(part: object) -> tuple[str, str] | None:
    """Kind and text of a part; None for what is neither the model's text nor its reasoning."""
    if isinstance(part, str):
        return "text", part
    if not isinstance(part, dict):
        return None
    kind = part.get("type")
    if _is_reasoning(part):
        return "reasoning", _text_of(part)
    if kind == "refusal":
        return "refusal", _text_of(part)
    if kind in _TEXT_TYPES or (kind is None and "text" in part) or isinstance(part.get("text"), str):
        return "text", _text_of(part)
    return None


def _is_reasoning(part: Mapping[str, Any]) -> bool:
    """Whether a part is reasoning, by its type (``reasoning_text``), name (Bedrock) or flag (Gemini)."""
    kind = part.get("type", next(iter(part), ""))
    return part.get("thought") is True or (isinstance(kind, str) and bool(_REASONING.search(kind)))


def _text_of(value: object) -> str:
    """The text of a field or part, in whichever form a server has; empty where it has none."""
    match value:
        case str():
            return value
        case list():
            return "".join(_text_of(item) for item in value)
        case {}:
            return next(filter(None, (_text_of(value.get(name)) for name in _TEXT_FIELDS)), "")
    return ""


def _choice(body: Any, *, is_completion: bool) -> Mapping[str, Any]:
    """The first choice of a response, with its message; the text of a completion is made one.

    Raises TransientError where there is none.
    """
    match body:
        case {"choices": [{"finish_reason": reason, **more}, *_]} if is_broken(reason):
            why = more.get("error") or body.get("error")
            raise TransientError(f"broke off its answer ({brief(reason, 100)}{f': {brief(why)}' if why else ''})")
        case {"choices": [{"message": {}} as choice, *_]}:
            first: Mapping[str, Any] = choice
            return first
        case {"choices": [{"text": str() as text} as choice, *_]} if is_completion:
            return {"finish_reason": choice.get("finish_reason"), "message": {"content": text}}
        case {"error": error} if error and not _is_refusal(error):
            raise TransientError(f"answered without a message ({brief(body)})")
    raise PersistentError(f"answered without a message ({brief(body)})", "it answers no chat completion to this request; see its log")


def _is_refusal(error: object) -> bool:
    """Whether an error that came as a success, as gateways pass it on, is of the request, which waiting does not mend."""
    code = error.get("code", error.get("status")) if isinstance(error, dict) else None
    code = int(code) if isinstance(code, str) and re.fullmatch("[0-9]{3}", code) else code
    kind = error.get("type") if isinstance(error, dict) else None
    is_client = isinstance(code, int) and 400 <= code < 500 and code not in TRANSIENT_STATUSES
    return is_client or kind in ("invalid_request_error", "authentication_error", "permission_error", "not_found_error")


def _calls(message: Mapping[str, Any], tools: Sequence[Mapping[str, Any]]) -> tuple[ToolCall, ...] | None:
    """The calls that the server parsed; None where there are none."""
    single = message.get("function_call")  # the form before tool_calls
    calls = message.get("tool_calls") or ([{"function": single}] if single else None)
    if not calls:
        return None
    if not isinstance(calls, list) or not all(isinstance(call, dict) and isinstance(call.get("function"), dict) for call in calls):
        raise PersistentError(f"answered with calls that are none ({brief(calls)})", "its parser of tool calls may not fit the model")
    return calls_from_api([call["function"] for call in calls], tools)


def _count(body: Mapping[str, Any], name: str) -> int:
    """A number of tokens from the response's usage; 0 for what is no count."""
    usage = body.get("usage")
    value = usage.get(name) if isinstance(usage, dict) else None
    return value if _is_count(value) else 0


def _generated(body: Mapping[str, Any], counted: int) -> int:
    """How many tokens the model generated at most: some servers count those of its reasoning only in the total, or beside."""
    reasoning = _reasoning_tokens(body)
    beside = reasoning if reasoning > counted else 0
    return max(counted + beside, _count(body, "total_tokens") - _count(body, "prompt_tokens"))


def _thinking_tokens(body: Any, counted: int) -> int:
    """How many of the `counted` tokens the server says are of the thought; 0 where it does not, or counts them beside."""
    reasoning = _reasoning_tokens(body) if _count(body, "completion_tokens") else 0
    return reasoning if reasoning <= counted else 0


def _reasoning_tokens(body: Mapping[str, Any]) -> int:
    details = body["usage"].get("completion_tokens_details")
    reasoning = details.get("reasoning_tokens") if isinstance(details, dict) else None
    return reasoning if _is_count(reasoning) else 0


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_TOKENS


def _own_limit(reason: object, counted: int, limit: int, prompt: int) -> str:
    read = f" behind {prompt} of the prompt" if prompt else ""
    return (
        f"the server ended the reply ({reason}) after {counted} tokens{read}, where {limit} were asked for: that is a limit of its own, "
        "not the model's end. Raise its context or limit of output (vLLM: --max-model-len, llama.cpp: -c, Ollama: num_ctx), or lower "
        "--max-new-tokens."
    )


def brief(value: object, most: int = 400) -> str:
    """`value` as JSON, cut to `most` characters."""
    try:
        text = value if isinstance(value, str) else json.dumps(value)
    except (ValueError, RecursionError):
        text = f"a {type(value).__name__}"
    return text if len(text) <= most else text[:most] + "..."


def _well_formed(text: str) -> str:
    """`text` without halves of surrogate pairs, which JSON can spell and no file or request can hold."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
