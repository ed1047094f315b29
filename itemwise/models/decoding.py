"""How a model chooses its tokens where a strategy does not say: greedily, or as its own configuration samples."""

from collections.abc import Sequence
from dataclasses import replace

from itemwise.models.model import ModelEntry

__all__ = ["DECODINGS", "thinks_greedily", "with_decoding"]

DECODINGS = ("greedy", "model")


def with_decoding(entry: ModelEntry, choices: Sequence[str]) -> list[ModelEntry]:
    """`entry` under each of the `choices` of DECODINGS; of several, with each in its name: ``qwen3-8b+decoding-model``.

    Without `choices` it keeps its own.
    """
    ends = [f"+decoding-{choice}" * (len(choices) > 1) for choice in choices]
    return [replace(entry, name=entry.name + end, decoding=choice) for choice, end in zip(choices, ends, strict=True)] or [entry]


def thinks_greedily(entry: ModelEntry) -> bool:
    """Whether the model is told to think and is decoded greedily, which makes some models repeat themselves until the limit."""
    return entry.thinking == "on" and entry.decoding == "greedy"
