"""The output layer in float32 while continuations are scored: in a shorter type logits are so coarse that likely tokens tie."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["float32_head"]

SHORT = (torch.bfloat16, torch.float16)
PART = 2**14  # tokens of the vocabulary whose weights are held in float32 at once


@contextmanager
def float32_head(model: Any) -> Iterator[None]:
    """Have the output layer of `model` multiply in float32 while this lasts, where its weights are of a shorter type.

    Logits between 16 and 32 have steps of 0.125 in bfloat16. The layer's weights are the same numbers, and what comes before it stays in
    the model's type, so that logits still carry its rounding, but no longer fall on the same few values. Left as it is where the
    layer is none of torch's own with weights at hand (quantised, or offloaded).
    """
    head: Any = model.get_output_embeddings()
    if not _is_short(head):
        yield
        return
    usual = vars(head).get("forward")  # one that was put before the class's, such as a prepacked one
    head.forward = _Float32Product(head.weight, head.bias)
    try:
        yield
    finally:
        if usual is None:
            del head.forward
        else:
            head.forward = usual


def _is_short(head: Any) -> bool:
    return type(head) is nn.Linear and head.weight.dtype in SHORT and not head.weight.is_meta


class _Float32Product:
    """The forward of a linear layer in float32, by weights of another type."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self._weight = weight
        self._bias = None if bias is None else bias.float()

    def __call__(self, inputs: Tensor) -> Tensor:
        """The product with `inputs` (..., in_features), plus the bias: (..., out_features)."""
        inputs = inputs.to(self._weight.device, torch.float32)
        product = inputs.new_empty((*inputs.shape[:-1], len(self._weight)))
        for start in range(0, len(self._weight), PART):
            weights = self._weight[start : start + PART].float()
            product[..., start : start + PART] = inputs @ weights.T
        return product if self._bias is None else product + self._bias
