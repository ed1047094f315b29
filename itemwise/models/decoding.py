"""How a model chooses its tokens where a strategy does not say: greedily, greedily behind the repetition penalty of its own configuration,
or as that samples."""

from collections.abc import Sequence

from itemwise.models.model import ModelEntry, under_each

__all__ = ["DECODINGS", "thinks_greedily", "with_decoding"]

DECODINGS = ("greedy", "greedy-penalised", "model")


def with_decoding(entry: ModelEntry, choices: Sequence[str]) -> list[ModelEntry]:
    """`entry` under each of the `choices` of DECODINGS; of several, with each in its name: ``qwen3-8b+decoding-model``.

    Without `choices` it keeps its own.
    """
    return under_each(entry, "decoding", choices, "decoding-{}")


def thinks_greedily(entry: ModelEntry) -> bool:
    """Whether the model is told to think and is decoded greedily, which makes some models repeat themselves until the limit."""
    return entry.thinking == "on" and entry.decoding != "model"
