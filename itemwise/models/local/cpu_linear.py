"""Linear layers on a CPU: their weights once in float32, laid out as oneDNN multiplies them, beside the 4-bit ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bitsandbytes
import torch
from torch import Tensor, nn

__all__ = ["lay_out"]


@dataclass(frozen=True, eq=False)
class _Product:
    """What a layer computes, weight and bias in float32."""

    weight: Tensor
    bias: Tensor | None

    def __call__(self, inputs: Tensor) -> Tensor:
        product: Tensor = torch.ops.mkldnn._linear_pointwise(inputs, self.weight, self.bias, "none", [], "")
        return product


def lay_out(model: nn.Module, most: int) -> bool:
    """Have the linear layers of `model` multiply by copies of their weights, where these take at most `most` bytes; whether they do.

    bitsandbytes unpacks 4-bit weights at every call on a CPU, and torch lays them out for every product. The copies hold the very
    values that would be unpacked; products are summed in another order, as with another batch size. The layers keep their own
    weights. The operator is the one that torch's compiler calls for a linear layer on a CPU.
    """
    layers = list(_layers(model))
    size = sum(4 * layer.in_features * layer.out_features for layer in layers)
    if not layers or size > most or not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    with torch.no_grad():
        for layer in layers:
            bias = None if layer.bias is None else layer.bias.detach().float()
            layer.forward = _Product(torch.ops.mkldnn._reorder_linear_weight(_values(layer)), bias)
    return True


def _layers(model: nn.Module) -> Iterator[Any]:
    """Those in 4-bit, and those in float32 that are left whole."""
    for module in model.modules():
        if isinstance(module, bitsandbytes.nn.Linear4bit) or (type(module) is nn.Linear and module.weight.dtype == torch.float32):
            yield module


def _values(layer: Any) -> Tensor:
    """A layer's weights in float32."""
    if isinstance(layer, bitsandbytes.nn.Linear4bit):
        unpacked: Tensor = bitsandbytes.functional.dequantize_4bit(layer.weight.data, layer.weight.quant_state)
        return unpacked.float()
    return layer.weight.detach().contiguous()  # type: ignore[no-any-return]  # bitsandbytes is untyped
