"""Whether a model thinks before it answers: what an entry may say, as names in ids, parts of the store's key, and a server's body."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from itemwise.models.model import ModelEntry

__all__ = ["SWITCH_NAMES", "THINKING", "template_kwargs", "thinking_identity", "with_thinking"]

THINKING = ("on", "off", "template")
SWITCH_NAMES = ("enable_thinking", "thinking")  # by which nearly all templates read it, the more common first


def with_thinking(entry: ModelEntry, choices: Sequence[str]) -> list[ModelEntry]:
    """`entry` under each of the `choices` of THINKING; of several, with each in its name: ``qwen3-8b+thinking-off``.

    Without `choices` it keeps its own.
    """
    ends = [f"+thinking-{choice}" * (len(choices) > 1) for choice in choices]
    return [replace(entry, name=entry.name + end, thinking=choice) for choice, end in zip(choices, ends, strict=True)] or [entry]


def thinking_identity(entry: ModelEntry) -> dict[str, str]:
    """What an entry's choice adds to the model's identity: nothing where the template decides, as before there was a choice."""
    return {"thinking": entry.thinking} if entry.thinking != "template" else {}


def template_kwargs(entry: ModelEntry) -> dict[str, Any]:
    """What to send a server as ``chat_template_kwargs``, under each of SWITCH_NAMES as its template is unknown here: templates ignore
    variables that they do not read. Empty where the template decides."""
    return dict.fromkeys(SWITCH_NAMES, entry.thinking == "on") if entry.thinking != "template" else {}
