"""Checks of loaded weights and tokenizer: nothing missing, NaN or infinite, and an embedding for every token."""

from __future__ import annotations

from typing import Any

import torch

from itemwise.models.model import ModelError
from itemwise.models.model_entry import ModelEntry

__all__ = ["are_finite", "not_finite", "require_all_weights", "require_embeddings", "require_finite", "require_tokenizer"]


def require_all_weights(entry: ModelEntry, report: Any) -> None:
    """Raise ModelError for weights that transformers would fill with random numbers; `report` is its loading info."""
    if missing := sorted(report["missing_keys"]):
        raise ModelError(
            f"{entry.name} is incomplete: {entry.location} lacks {len(missing)} of its weights, such as {missing[0]}. "
            "Check that all its .safetensors files are there and belong to its config.json."
        )


def require_finite(entry: ModelEntry, model: Any) -> None:
    """Raise ModelError for NaN or infinite weights."""
    for name, weights in model.named_parameters():
        if weights.is_floating_point() and not are_finite(weights):
            raise ModelError(not_finite(entry, name))


def are_finite(weights: torch.Tensor) -> bool:
    """Whether none is NaN or infinite: minimum and maximum show that, in one pass."""
    return not weights.numel() or all(bool(torch.isfinite(extreme)) for extreme in torch.aminmax(weights.detach()))


def not_finite(entry: ModelEntry, weights: str) -> str:
    """The error for `weights` that are NaN or infinite."""
    return (
        f"{entry.name} has weights that are no numbers (NaN or infinite): {weights}, from {entry.adapter or entry.location}. "
        "A training that diverged or a file that was cut short leaves such; take an earlier checkpoint."
    )


def require_embeddings(entry: ModelEntry, tokenizer: Any, model: Any) -> None:
    """Raise ModelError for a tokenizer with more tokens than the model has embeddings.

    Added tokens may lack one as long as no prompt holds them, as a padding token that was never trained does.
    """
    words, rows = tokenizer.vocab_size, model.get_input_embeddings().weight.shape[0]
    if words > rows:
        raise ModelError(
            f"the tokenizer of {entry.name} has {words} words, its weights an embedding of {rows}: {entry.location} holds a tokenizer "
            "that belongs to other weights. Take the one that was saved with them."
        )


def require_tokenizer(entry: ModelEntry, tokenizer: Any) -> None:
    """Raise ModelError for the empty tokenizer that transformers makes if the files of the real one are missing."""
    if not tokenizer.decode(tokenizer("1 + 1 = 2")["input_ids"], skip_special_tokens=True).strip():
        raise ModelError(f"{entry.name} has no tokenizer: {entry.location} lacks tokenizer.json or tokenizer.model.")
