"""Why servers say that a reply ended: OpenAI's words, and those of the servers and gateways that speak its form in their own."""

from __future__ import annotations

__all__ = ["is_broken", "is_known", "is_limit", "is_plain"]

_LIMIT = {
    "length",  # OpenAI, vLLM, SGLang, llama.cpp, Ollama
    "max_tokens",  # Anthropic, Gemini
    "model_length",  # Mistral
    "max_output_tokens",  # OpenAI's responses
    "token_limit",  # watsonx
    "max_length",
    "max_new_tokens",
    "max_completion_tokens",
    "max_tokens_reached",
    "limit",  # llama.cpp's stop_type
    "model_context_window_exceeded",  # Anthropic
    "context_length_exceeded",
}
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
    "tool_calls",
    "tool_call",
    "tool_use",
    "function_call",
}
_FILTERED = {
    "content_filter",
    "content_filtered",
    "safety",
    "recitation",
    "blocklist",
    "prohibited_content",
    "spii",
    "refusal",
    "sensitive",
    "guardrail_intervened",
}
_BROKEN = {"abort", "error", "cancelled", "canceled", "network_error", "insufficient_system_resource"}  # none of the model's


def is_limit(reason: object) -> bool:
    """Whether a limit on tokens ended the reply."""
    return _spelled(reason) in _LIMIT


def is_broken(reason: object) -> bool:
    """Whether the server broke off a reply that the model had not ended."""
    return _spelled(reason) in _BROKEN


def is_known(reason: object) -> bool:
    """Whether it is known what the reason means; a server may also give none."""
    return reason in (None, "") or _spelled(reason) in _LIMIT | _END | _FILTERED | _BROKEN


def is_plain(reason: object) -> bool:
    """Whether a reply that ended so is what the model wanted to say, or was cut by the limit: there is no more to be told of it."""
    return reason in (None, "") or _spelled(reason) in _LIMIT | _END


def _spelled(reason: object) -> str:
    """``MAX_TOKENS``, ``max-tokens`` and ``FinishReason.MAX_TOKENS`` are one reason."""
    return reason.strip().lower().rpartition(".")[2].replace("-", "_").replace(" ", "_") if isinstance(reason, str) else ""
