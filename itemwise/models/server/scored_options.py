"""Options that a server scores: a plain text echoed with the log-probabilities of its tokens, or the likeliest first tokens of a chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from itemwise.extractors.reply_marks import is_thought_mark
from itemwise.models.model import Generation, ModelError, Request
from itemwise.models.server.openai_format import request_body

__all__ = ["LISTED", "echoed", "listed", "require_continuations", "scoring_bodies"]

LISTED = 20  # first tokens that a chat is asked for, the most that servers give
_INSTEAD = "so its options cannot be scored; take another --strategy, or load the model here"


def require_continuations(request: Request) -> None:
    """Raise ModelError for what no server is asked: how likely a whole text is."""
    if request.window:
        raise ModelError("a server is not asked how likely a whole text is; load the model here.")


def scoring_bodies(request: Request, system: str | None) -> list[dict[str, Any]]:
    """The bodies that score the continuations of `request`: of a plain text one for each, of a chat one for all of them."""
    body = {name: value for name, value in request_body(request, system).items() if name != "stop"}
    if "prompt" in body:
        return [{**body, "prompt": body["prompt"] + text, "echo": True, "logprobs": 1} for text in request.continuations]
    return [{**body, "logprobs": True, "top_logprobs": LISTED}]


def echoed(bodies: Sequence[Any], request: Request) -> Generation:
    """The generation in the responses to the bodies of a plain text, one for each continuation.

    Where the tokens of an option begin within the prompt, all options are scored from that place on. Raises ModelError where a server
    does not echo the text with the log-probabilities of its tokens.
    """
    prompt = request.turns[0].content
    found = [_tokens_of(body, prompt + text) for body, text in zip(bodies, request.continuations, strict=True)]
    begins = [max(begin for begin, _, _ in tokens if begin <= len(prompt)) for tokens in found]
    ends = [len(prompt) + len(text) for text in request.continuations]
    logprobs = tuple(_sum(tokens, min(begins), end) for tokens, end in zip(found, ends, strict=True))
    merged = sum(begin < len(prompt) for begin in begins)
    tokens = sum(begin < min(begins) for begin, _, _ in found[0])
    return Generation("", "stop", tokens, 0, logprobs=logprobs, merged=merged)


def _sum(tokens: Sequence[tuple[int, str, float | None]], begin: int, end: int) -> float:
    scored = [logprob for place, _, logprob in tokens if begin <= place < end]
    if any(logprob is None for logprob in scored):
        raise ModelError("nothing of the prompt is left before the options, for whose first token the server has no log-probability.")
    return float(sum(logprob for logprob in scored if logprob is not None))


def _tokens_of(body: Any, text: str) -> list[tuple[int, str, float | None]]:
    """The echoed tokens, each with the place in `text` at which it begins; what stands before the text, such as its beginning, has one
    below 0."""
    told = _choice(body).get("logprobs")
    tokens, logprobs = (told.get(name) if isinstance(told, Mapping) else None for name in ("tokens", "token_logprobs"))
    if not isinstance(tokens, list) or not isinstance(logprobs, list) or len(tokens) != len(logprobs):
        raise ModelError(
            "the server does not echo a prompt with the log-probabilities of its tokens (echo, logprobs), so the options of a plain text "
            "cannot be scored; score letters behind a chat (--prompt-form turns), take another --strategy, or load the model here."
        )
    spelt = "".join(map(str, tokens))
    start = spelt.find(text)
    if start < 0:
        raise ModelError(f"the tokens that the server echoes do not spell the prompt (they begin with {spelt[:40]!r}), {_INSTEAD}.")
    places, place = [], -start
    for token, logprob in zip(tokens, logprobs, strict=True):
        places.append((place, str(token), float(logprob) if isinstance(logprob, (int, float)) else None))
        place += len(str(token))
    return places


def listed(body: Any, request: Request) -> Generation:
    """The generation in the response to the body of a chat: an option that is none of the LISTED likeliest first tokens has at most the
    log-probability of the last of these, which it is given and counted for as `outside`.

    Raises ModelError where the server lists none, where no option is among them, and where a thought comes first.
    """
    choice = _choice(body)
    message = choice.get("message")
    told = choice.get("logprobs")
    content = told.get("content") if isinstance(told, Mapping) else None
    tops = content[0].get("top_logprobs") if isinstance(content, list) and content and isinstance(content[0], Mapping) else None
    if not tops:
        raise ModelError(f"the server lists no likeliest tokens of a reply (logprobs, top_logprobs={LISTED}), {_INSTEAD}.")
    by_token = {str(top["token"]): float(top["logprob"]) for top in tops}
    likeliest = max(by_token, key=by_token.__getitem__)
    reasoning = message.get("reasoning_content") or message.get("reasoning") if isinstance(message, Mapping) else None
    if reasoning or is_thought_mark(likeliest):
        raise ModelError("the model thinks before it answers, so that the first token is of its thought; take --thinking off.")
    missing = [text for text in request.continuations if text not in by_token]
    if len(missing) == len(request.continuations):
        what = ", ".join(map(repr, request.continuations[:3]))
        raise ModelError(
            f"none of the options ({what}, ...) is among the {len(by_token)} likeliest first tokens, and of no others does a server tell; "
            "score letters (form=letter) behind a prompt that asks for one, or a plain text (--prompt-form completion)."
        )
    least = min(by_token.values())
    usage = body.get("usage") if isinstance(body, Mapping) else None
    tokens = usage.get("prompt_tokens") if isinstance(usage, Mapping) else None
    logprobs = tuple(by_token.get(text, least) for text in request.continuations)
    return Generation("", "stop", tokens if isinstance(tokens, int) else 0, 0, logprobs=logprobs, outside=len(missing))


def _choice(body: Any) -> Mapping[str, Any]:
    choices = body.get("choices") if isinstance(body, Mapping) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], Mapping):
        raise ModelError(f"the server's answer has no choices, {_INSTEAD}.")
    return choices[0]
