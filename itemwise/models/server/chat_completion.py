"""What the body of a chat completion says: the reply, what the model thought, its calls, why it ended and what it cost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from itemwise.cases.case import ToolCall
from itemwise.models.model import Generation, ModelError, Request
from itemwise.models.server.finish_reasons import is_broken, is_known, is_limit, is_plain
from itemwise.models.server.retry_policy import TRANSIENT_STATUSES, PersistentError, TransientError
from itemwise.models.tool_calls import calls_from_api

__all__ = ["brief", "generation_of", "uncounted"]

_MOST_TOKENS = 10**9  # of one reply; more is no count
_THOUGHTS = ("reasoning", "reasoning_content", "thinking", "thinking_content")  # of a message, by server
_DETAILED = ("reasoning_details", "thinking_blocks")  # the same again in parts, where it is told at all
_WORDS = ("text", "output_text")
_THOUGHT = re.compile("think|thought|reason", re.IGNORECASE)
_NAMES = (
    *("text", "value", "refusal", "thinking", "reasoning", "thought", "think", "reasoning_content", "reasoningContent", "reasoningText"),
    *("summary", "content"),
)  # under which a part has its words
_NO_REPLY = "the server's answer is no reply:"
_LOOK = "look into the server's log."


def generation_of(answer: Any, request: Request, limit: int | None = None) -> Generation:
    """What the body of an answer says, to a request for at most `limit` tokens. Token counts are 0 where it tells none.

    Calls are `calls` where the server tells them apart, and left in the text where it does not. A message without text is an
    empty text: the model gave no answer, whatever it thought or refused, which is kept beside it. Raises ModelError where
    content is of no form that has text, and where the server ended the reply before `limit`; TransientError where the answer
    is none.
    """
    choice = _choice(answer)
    message, reason = choice["message"], choice.get("finish_reason")
    said = _Said(message)
    counted = _count(answer, "completion_tokens")
    if is_limit(reason) and limit and counted > 0 and _generated(answer, counted) < limit:
        raise ModelError(_own_limit(reason, counted, limit, _count(answer, "prompt_tokens")))
    is_end = is_known(reason) and reason not in (None, "")
    at_limit = is_limit(reason) or (not is_end and limit is not None and counted >= limit)
    stopped = request.before_stop(said.text)  # by a server that sends the stop text along, or knows of none
    return Generation(
        text=said.text if stopped is None else stopped,
        finish_reason="length" if at_limit and stopped is None else "stop",
        prompt_tokens=_count(answer, "prompt_tokens"),
        completion_tokens=counted,
        calls=_calls(message, request.tools),
        reasoning=said.reasoning,
        refusal=said.refusal,
        native_finish_reason="" if is_plain(reason) else _well_formed(str(reason))[:100],
    )


def uncounted(answer: Any) -> str:
    """Why the tokens of an answer are not known, in words; empty where they are."""
    usage = answer.get("usage") if isinstance(answer, dict) else None
    if not isinstance(usage, dict) or usage.get("completion_tokens") is None:
        return "the server told no usage"
    wrong = [usage[name] for name in ("prompt_tokens", "completion_tokens") if usage.get(name) is not None and not _is_count(usage[name])]
    return f"the server told a usage of {brief(wrong[0], 30)}, which is no count" if wrong else ""


class _Said:
    """The parts of a message by what they are."""

    def __init__(self, message: Mapping[str, Any]) -> None:
        texts: list[str] = []
        thoughts = list(dict.fromkeys(filter(None, (_words(message.get(name)) for name in _THOUGHTS))))
        refusals = [_words(message.get("refusal"))]
        for kind, words in _parts(message.get("content")):
            (thoughts if kind == "thought" else refusals if kind == "refusal" else texts).append(words)
        thoughts = thoughts or list(dict.fromkeys(_words(message.get(name)) for name in _DETAILED))
        self.text = _well_formed("".join(texts))
        self.reasoning = _well_formed("\n".join(filter(None, thoughts)))
        self.refusal = _well_formed("\n".join(filter(None, refusals)))


def _parts(content: object) -> Iterator[tuple[str, str]]:
    """What a content says, part by part: ``text``, ``thought`` or ``refusal``, and the words. Raises ModelError for a form that
    has no words; a part that has none (a reference, a picture) is passed over beside parts that have."""
    match content:
        case None:
            return
        case str():
            yield "text", content
        case list() | {}:
            parts = content if isinstance(content, list) else [content]
            found = [part for each in parts if (part := _part(each))]
            if parts and not any(kind == "text" for kind, _ in found) and (odd := [each for each in parts if not _part(each)]):
                raise ModelError(f"{_NO_REPLY} its content is a list with {brief(odd[0])}, which is no text; {_LOOK}")
            yield from found
        case _:
            raise ModelError(f"{_NO_REPLY} its content is a {type(content).__name__}; {_LOOK}")


def _part(part: object) -> tuple[str, str] | None:
    """What a part is and says; None for what is neither words of the model's nor its thoughts."""
    if isinstance(part, str):
        return "text", part
    if not isinstance(part, dict):
        return None
    kind = part.get("type")
    if _is_thought(part):
        return "thought", _words(part)
    if kind == "refusal":
        return "refusal", _words(part)
    if kind in _WORDS or (kind is None and "text" in part) or isinstance(part.get("text"), str):
        return "text", _words(part)
    return None


def _is_thought(part: Mapping[str, Any]) -> bool:
    """Whether the model thought a part, by its type (``reasoning_text``), name (Bedrock) or flag (Gemini)."""
    kind = part.get("type", next(iter(part), ""))
    return part.get("thought") is True or (isinstance(kind, str) and bool(_THOUGHT.search(kind)))


def _words(value: object) -> str:
    """What a field or part says, in whichever of the forms that servers have; empty where it says nothing."""
    match value:
        case str():
            return value
        case list():
            return "".join(_words(each) for each in value)
        case {}:
            return next(filter(None, (_words(value.get(name)) for name in _NAMES)), "")
    return ""


def _choice(answer: Any) -> Mapping[str, Any]:
    """The one choice of an answer, which has a message."""
    match answer:
        case {"choices": [{"finish_reason": reason, **more}, *_]} if is_broken(reason):
            why = more.get("error") or answer.get("error")
            raise TransientError(f"broke off its answer ({brief(reason, 100)}{f': {brief(why)}' if why else ''})")
        case {"choices": [{"message": {}} as choice, *_]}:
            found: Mapping[str, Any] = choice
            return found
        case {"error": error} if error and not _is_refusal(error):
            raise TransientError(f"answered without a message ({brief(answer)})")
    raise PersistentError(f"answered without a message ({brief(answer)})", "it answers no chat completion to this request; see its log")


def _is_refusal(error: object) -> bool:
    """Whether an error that came as a success, as gateways pass it on, is of the request, which waiting does not mend."""
    code = error.get("code", error.get("status")) if isinstance(error, dict) else None
    code = int(code) if isinstance(code, str) and re.fullmatch("[0-9]{3}", code) else code
    kind = error.get("type") if isinstance(error, dict) else None
    is_client = isinstance(code, int) and 400 <= code < 500 and code not in TRANSIENT_STATUSES
    return is_client or kind in ("invalid_request_error", "authentication_error", "permission_error", "not_found_error")


def _calls(message: Mapping[str, Any], tools: Sequence[Mapping[str, Any]]) -> tuple[ToolCall, ...] | None:
    """The calls that the server told apart; None where it told none."""
    single = message.get("function_call")  # the form before tool_calls
    told = message.get("tool_calls") or ([{"function": single}] if single else None)
    if not told:
        return None
    if not isinstance(told, list) or not all(isinstance(call, dict) and isinstance(call.get("function"), dict) for call in told):
        raise PersistentError(f"answered with calls that are none ({brief(told)})", "its parser of tool calls may not fit the model")
    return calls_from_api([call["function"] for call in told], tools)


def _count(answer: Mapping[str, Any], name: str) -> int:
    """A number of tokens as the answer tells it; 0 for what is no count."""
    usage = answer.get("usage")
    told = usage.get(name) if isinstance(usage, dict) else None
    return told if _is_count(told) else 0


def _generated(answer: Mapping[str, Any], counted: int) -> int:
    """How many tokens the model made at most: some servers count those of its thoughts only in the total, or beside."""
    details = answer["usage"].get("completion_tokens_details")
    thoughts = details.get("reasoning_tokens") if isinstance(details, dict) else None
    beside = thoughts if _is_count(thoughts) and thoughts > counted else 0
    return max(counted + beside, _count(answer, "total_tokens") - _count(answer, "prompt_tokens"))


def _is_count(told: object) -> TypeGuard[int]:
    return isinstance(told, int) and not isinstance(told, bool) and 0 <= told <= _MOST_TOKENS


def _own_limit(reason: object, counted: int, limit: int, prompt: int) -> str:
    read = f" behind {prompt} of the prompt" if prompt else ""
    return (
        f"the server ended the reply ({reason}) after {counted} tokens{read}, where {limit} were asked for: that is a limit of its own, "
        "not the model's end. Raise its context or limit of output (vLLM: --max-model-len, llama.cpp: -c, Ollama: num_ctx), or lower "
        "--max-new-tokens."
    )


def brief(told: object, most: int = 400) -> str:
    """`told` as JSON, as far as a message shows it."""
    try:
        said = told if isinstance(told, str) else json.dumps(told)
    except (ValueError, RecursionError):
        said = f"a {type(told).__name__}"
    return said if len(said) <= most else said[:most] + "..."


def _well_formed(text: str) -> str:
    """`text` without halves of surrogate pairs, which JSON can spell and no file or request can hold."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
