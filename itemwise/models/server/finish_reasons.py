"""Finish reasons of OpenAI's API and of the servers and gateways that have words of their own: end, limit, filter or failure."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["is_broken", "is_known", "is_limit", "is_plain"]

# By their words, since gateways put them together as they like: max_tokens, MODEL_LENGTH, token_limit, ERROR_LIMIT, num_predict.
_LIMIT = {"length", "limit", "truncated", "truncation", "incomplete", "predict", "maxtokens"}
_EXCEEDED = {"max", "maximum", "maxed", "out", "exceed", "exceeds", "exceeded", "full", "overflow", "exhausted"}  # of what follows
_LIMITED = {"token", "tokens", "context", "output", "window", "budget"}
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
}  # of the server, not of the model
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
    return not words & {"time", "rate"} and bool(words & _LIMIT or (words & _EXCEEDED and words & _LIMITED))


def is_broken(reason: object) -> bool:
    """Whether the server broke off a reply that the model had not ended."""
    words = _words(reason)
    return bool(words & _BROKEN) and not is_limit(reason) and not words & _FILTERED


def is_known(reason: object) -> bool:
    """Whether the meaning of the reason is known; a server may also give none."""
    return is_plain(reason) or is_broken(reason) or bool(_words(reason) & _FILTERED)


def is_plain(reason: object) -> bool:
    """Whether the reply was ended by the model or by the token limit, the two usual ways."""
    return reason in (None, "") or _spelled(reason) in _END or is_limit(reason)


def _words(reason: object) -> set[str]:
    return set(_spelled(reason).split("_"))


def _spelled(reason: object) -> str:
    """``MAX_TOKENS``, ``maxTokens``, ``max-tokens``, ``FinishReason.MAX_TOKENS`` and SGLang's ``{"type": "max_tokens"}`` are one reason."""
    text = reason.get("type") if isinstance(reason, Mapping) else reason
    if not isinstance(text, str):
        return ""
    return _BETWEEN.sub("_", _HUMPS.sub("_", text.strip().rpartition(".")[2]).lower()).removeprefix("finish_reason_")
