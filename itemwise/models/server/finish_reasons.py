"""Why servers say that a reply ended: OpenAI's words, and those of the servers and gateways that speak its form in their own."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["is_broken", "is_known", "is_limit", "is_plain"]

# Told by their words, since gateways put them together as they like: max_tokens, MODEL_LENGTH, token_limit, ERROR_LIMIT, num_predict.
_LIMIT = {"length", "limit", "truncated", "truncation", "incomplete", "predict", "maxtokens"}
_MOST = {"max", "maximum", "maxed", "out", "exceed", "exceeds", "exceeded", "full", "overflow", "exhausted"}  # of what follows
_MEASURED = {"token", "tokens", "context", "output", "window", "budget"}
_FILTERED = {
    "filter",
    "filtered",
    "safety",
    "toxic",
    "recitation",
    "blocklist",
    "blocked",
    "prohibited",
    "spii",
    "refusal",
    "sensitive",
    "guardrail",
    "moderation",
}
_BROKEN = {
    "abort",
    "aborted",
    "error",
    "cancel",
    "cancelled",
    "canceled",
    "fail",
    "failed",
    "failure",
    "timeout",
    "interrupted",
    "disconnect",
    "disconnected",
    "overloaded",
    "preempted",
    "insufficient",
    "time",
    "rate",
}  # none of the model's
_END = {
    "stop",
    "eos",
    "eos_token",
    "stop_token",
    "end_turn",
    "end",
    "stop_sequence",
    "stop_str",
    "complete",
    "completed",
    "done",
    "finished",
    "tool_calls",
    "tool_call",
    "tool_use",
    "function_call",
}
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BETWEEN = re.compile(r"[^a-z0-9]+")


def is_limit(reason: object) -> bool:
    """Whether a limit on tokens ended the reply."""
    words = _words(reason)
    return not words & {"time", "rate"} and bool(words & _LIMIT or (words & _MOST and words & _MEASURED))


def is_broken(reason: object) -> bool:
    """Whether the server broke off a reply that the model had not ended."""
    words = _words(reason)
    return bool(words & _BROKEN) and not is_limit(reason) and not words & _FILTERED


def is_known(reason: object) -> bool:
    """Whether it is known what the reason means; a server may also give none."""
    return is_plain(reason) or is_broken(reason) or bool(_words(reason) & _FILTERED)


def is_plain(reason: object) -> bool:
    """Whether a reply that ended so is what the model wanted to say, or was cut by the limit: there is no more to be told of it."""
    return reason in (None, "") or _spelled(reason) in _END or is_limit(reason)


def _words(reason: object) -> set[str]:
    return set(_spelled(reason).split("_"))


def _spelled(reason: object) -> str:
    """``MAX_TOKENS``, ``maxTokens``, ``max-tokens``, ``FinishReason.MAX_TOKENS`` and SGLang's ``{"type": "max_tokens"}`` are one reason."""
    said = reason.get("type") if isinstance(reason, Mapping) else reason
    if not isinstance(said, str):
        return ""
    return _BETWEEN.sub("_", _HUMPS.sub("_", said.strip().rpartition(".")[2]).lower()).removeprefix("finish_reason_")
