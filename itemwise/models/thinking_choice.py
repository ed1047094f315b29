"""Whether a model thinks before it answers: what an entry may say, as names in ids, parts of the store's key, and a server's body."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from itemwise.models.model import ModelEntry, ModelError, under_each

__all__ = ["SWITCH_NAMES", "THINKING", "template_kwargs", "thinking_identity", "with_thinking"]

THINKING = ("on", "off", "template")
SWITCH_NAMES = ("enable_thinking", "thinking")  # by which nearly all templates read it, the more common first


def with_thinking(entry: ModelEntry, choices: Sequence[str], budgets: Sequence[int] = ()) -> list[ModelEntry]:
    """`entry` under each of the `choices` of THINKING and, where that is not off, with each of the `budgets` of tokens; of several,
    with each in its name: ``qwen3-8b+thinking-off``, ``qwen3-8b+512-thinking-tokens``.

    Without `choices` or `budgets` it keeps its own. Raises ModelError for a budget that cannot be kept.
    """
    told = under_each(entry, "thinking", choices, "thinking-{}")
    if budgets and all(each.thinking == "off" for each in told):
        raise ModelError(f"{entry.name}: --max-thinking-tokens bounds a thought, and thinking is off; leave one of them out.")
    return [bounded for each in told for bounded in _with_budgets(each, budgets)]


def thinking_identity(entry: ModelEntry) -> dict[str, str]:
    """What an entry's choice and budget add to the model's identity: nothing where there is none, as before they could be made."""
    budget = entry.max_thinking_tokens
    return {
        **({"thinking": entry.thinking} if entry.thinking != "template" else {}),
        **({"max thinking tokens": str(budget)} if budget is not None else {}),
    }


def _with_budgets(entry: ModelEntry, budgets: Sequence[int]) -> list[ModelEntry]:
    if entry.thinking == "off":
        return [replace(entry, max_thinking_tokens=None)]
    if budgets and entry.server:
        raise ModelError(
            f"{entry.name} is on a server, where no thought can be closed from here: leave --max-thinking-tokens out, and start the server "
            "with a budget of its own (llama-server: --reasoning-budget, SGLang: --enable-strict-thinking)."
        )
    return under_each(entry, "max_thinking_tokens", budgets, "{}-thinking-tokens")


def template_kwargs(entry: ModelEntry) -> dict[str, Any]:
    """What to send a server as ``chat_template_kwargs``, under each of SWITCH_NAMES as its template is unknown here: templates ignore
    variables that they do not read. Empty where the template decides."""
    return dict.fromkeys(SWITCH_NAMES, entry.thinking == "on") if entry.thinking != "template" else {}
