"""Continuations that vLLM scores: the log-probability of each token of a prompt (`prompt_logprobs`), behind a chat template too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from itemwise.extractors.reply_marks import is_thought_mark
from itemwise.models.model import Generation, ModelError, Request
from itemwise.models.server.openai_format import request_body

__all__ = ["prompt_bodies", "scored", "tells_prompts"]

_ASKED = {"prompt_logprobs": 0, "return_token_ids": True}  # of each token of the prompt no other beside it
_BEGUN = {"add_generation_prompt": False, "continue_final_message": True}  # a chat whose last message is a reply that goes on


class _Token(NamedTuple):
    id: int
    text: str
    logprob: float | None  # None of the first


def tells_prompts(owned_by: str) -> bool:
    """Whether a server has such log-probabilities, by its word in the list of models."""
    return owned_by == "vllm"


def prompt_bodies(request: Request, system: str | None) -> list[dict[str, Any]]:
    """The bodies of the prompt alone, and with each of the continuations behind it: of a chat, as the beginning of its reply.

    What is no field of OpenAI's stands under ``extra_body``.
    """
    body = {name: value for name, value in request_body(request, system).items() if name != "stop"} | {"extra_body": _ASKED}
    if "prompt" in body:
        return [{**body, "prompt": body["prompt"] + text} for text in ("", *request.continuations)]
    replies = [[*body["messages"], {"role": "assistant", "content": text}] for text in request.continuations]
    return [body, *({**body, "messages": messages, "extra_body": {**_ASKED, **_BEGUN}} for messages in replies)]


def scored(bodies: Sequence[Any], request: Request) -> Generation:
    """The generation in the responses to those bodies. A continuation begins where its tokens part from the prompt's, and all begin
    with the first that does.

    Raises ModelError where the server tells no log-probabilities of a prompt, where its chat template has a thought first or writes a
    reply that is given in another way, and where nothing is left to be scored.
    """
    is_chat = request.turns[0].role != "text"
    before, *whole = [_tokens_of(body, is_chat) for body in bodies]
    if is_chat:
        _refuse_thought(bodies[0])
    common = [_common_length(before, tokens) for tokens in whole]
    shared = min(common)
    for tokens, text in zip(whole, request.continuations, strict=True):
        _require_scored(tokens[shared:], _spelt(before[shared:]), text, shared)
    logprobs = tuple(sum(token.logprob or 0.0 for token in tokens[shared:]) for tokens in whole)
    return Generation("", "stop", shared, 0, logprobs=logprobs, merged=sum(length < len(before) for length in common))


def _require_scored(tokens: Sequence[_Token], end: str, text: str, shared: int) -> None:
    """Raise ModelError where the tokens behind those that are `shared` are not the `end` of the prompt and `text`."""
    if not tokens or not shared or any(token.logprob is None for token in tokens):
        raise ModelError(f"no token of its own is left of {text!r}, or none of the prompt before it, so that nothing of it can be scored.")
    spelt, wanted = _spelt(tokens), end + "".join(text.split())
    if spelt != wanted and "\ufffd" not in spelt + end:
        raise ModelError(
            f"the server's chat template writes a reply that is given in another way than it begins one ({spelt[-60:]!r} for "
            f"{wanted[-60:]!r}), so it cannot be scored; take --prompt-form completion, or load the model here."
        )


def _spelt(tokens: Sequence[_Token]) -> str:
    """The text of the tokens without white space, some of which is lost where they are spelt one by one."""
    return "".join("".join(token.text for token in tokens).split())


def _common_length(first: Sequence[_Token], second: Sequence[_Token]) -> int:
    length = min(len(first), len(second))
    return next((place for place in range(length) if first[place].id != second[place].id), length)


def _refuse_thought(body: Any) -> None:
    """Raise ModelError where the token that the model would begin its reply with is of a thought."""
    choices = body.get("choices") or [{}]
    message = choices[0].get("message") or {}
    if message.get("reasoning_content") or message.get("reasoning") or is_thought_mark(str(message.get("content") or "")):
        raise ModelError("the model thinks before it answers, so that an answer without a thought is none of its own; take --thinking off.")


def _tokens_of(body: Any, is_chat: bool) -> list[_Token]:
    choices = body.get("choices") if isinstance(body, Mapping) else None
    told = body if is_chat or not choices else choices[0]
    ids, logprobs = (told.get(name) if isinstance(told, Mapping) else None for name in ("prompt_token_ids", "prompt_logprobs"))
    if not isinstance(ids, list) or not isinstance(logprobs, list) or len(ids) != len(logprobs):
        raise ModelError(
            "the server does not tell the log-probabilities of a prompt (prompt_logprobs, return_token_ids), as vLLM does from 0.10.2 on, "
            "so options cannot be scored; take another --strategy, or load the model here."
        )
    return [_token(number, each) for number, each in zip(ids, logprobs, strict=True)]


def _token(number: int, told: Any) -> _Token:
    own = told.get(str(number)) if isinstance(told, Mapping) else None
    return _Token(number, str(own.get("decoded_token") or ""), float(own["logprob"])) if own else _Token(number, "", None)
