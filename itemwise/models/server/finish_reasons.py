"""Finish reasons of OpenAI's API and of the servers and gateways that have words of their own: end, limit, filter or failure."""

import re
from collections.abc import Mapping

__all__ = ["is_broken", "is_known", "is_limit", "is_plain"]

# By their words, since gateways put them together as they like: max_tokens, MODEL_LENGTH, token_limit, ERROR_LIMIT, num_predict.
_LIMIT = re.compile(r"\b(length|limit|truncated|truncation|incomplete|predict|maxtokens)\b")
_EXCEEDED = re.compile(r"\b(max|maximum|maxed|out|exceeds?|exceeded|full|overflow|exhausted)\b")  # of what follows
_LIMITED = re.compile(r"\b(token|tokens|context|output|window|budget)\b")
_OF_TIME = re.compile(r"\b(time|rate)\b")
_FILTERED = re.compile(
    r"\b(filter|filtered|safety|toxic|recitation|blocklist|blocked|prohibited|spii|refusal|sensitive|guardrail|moderation)\b"
)
_BROKEN = re.compile(  # of the server, not of the model
    r"\b(abort|aborted|error|cancel|cancelled|canceled|fail|failed|failure|timeout|interrupted|disconnect|disconnected|overloaded|preempted|"
    r"insufficient|time|rate)\b"
)
_END = re.compile("stop( token| sequence| str)?|eos( token)?|end( turn)?|completed?|done|finished|tool (calls?|use)|function call")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BETWEEN = re.compile(r"[^a-z0-9]+")


def is_limit(reason: object) -> bool:
    """Whether a limit on tokens ended the reply."""
    words = _words(reason)
    return not _OF_TIME.search(words) and bool(_LIMIT.search(words) or (_EXCEEDED.search(words) and _LIMITED.search(words)))


def is_broken(reason: object) -> bool:
    """Whether the server broke off a reply that the model had not ended."""
    words = _words(reason)
    return bool(_BROKEN.search(words)) and not is_limit(reason) and not _FILTERED.search(words)


def is_known(reason: object) -> bool:
    """Whether the meaning of the reason is known; a server may also give none."""
    return is_plain(reason) or is_broken(reason) or bool(_FILTERED.search(_words(reason)))


def is_plain(reason: object) -> bool:
    """Whether the reply was ended by the model or by the token limit, the two usual ways."""
    return reason in (None, "") or bool(_END.fullmatch(_words(reason))) or is_limit(reason)


def _words(reason: object) -> str:
    """``MAX_TOKENS``, ``maxTokens``, ``FinishReason.MAX_TOKENS`` and SGLang's ``{"type": "max_tokens"}`` are all ``max tokens``."""
    text = reason.get("type") if isinstance(reason, Mapping) else reason
    if not isinstance(text, str):
        return ""
    return _BETWEEN.sub(" ", _HUMPS.sub(" ", text.strip().rpartition(".")[2]).lower()).removeprefix("finish reason ")
