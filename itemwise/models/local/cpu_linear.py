"""Linear layers on a CPU: copies of the weights in the compute type, prepacked for oneDNN, beside the 4-bit ones."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from itemwise.models.local.eager_bitsandbytes import bitsandbytes

__all__ = ["PrepackedLinear", "can_prepack", "prepack_linear"]


@dataclass(frozen=True, eq=False)
class PrepackedLinear:
    """The forward of a linear layer by oneDNN; weight and bias in the compute type."""

    weight: Tensor
    bias: Tensor | None

    def __call__(self, inputs: Tensor) -> Tensor:
        """The layer's product with `inputs` (..., in_features), plus the bias. A row alone in bfloat16 has one of zeros beside it: its sums
        would be made in another order than in any batch."""
        alone = inputs.dtype == torch.bfloat16 and inputs.ndim > 1 and inputs.numel() == inputs.shape[-1]
        rows = torch.cat([inputs, torch.zeros_like(inputs)]) if alone else inputs
        product: Tensor = torch.ops.mkldnn._linear_pointwise(rows, self.weight, self.bias, "none", [], "")
        return product[:1] if alone else product


def prepack_linear(model: nn.Module, max_bytes: int, dtype: torch.dtype = torch.float32) -> bool:
    """Have the linear layers of `model` multiply by prepacked copies of their weights in `dtype`, if these take at most `max_bytes`;
    returns whether they do.

    On a CPU bitsandbytes dequantises 4-bit weights at every call, and torch reorders them for every product. The copies in
    float32 hold exactly the dequantised values, those in bfloat16 the nearest; products are summed in another order, as with
    another batch size. The layers keep their own weights. The operator is the one that torch's compiler calls for a linear layer on a CPU.
    """
    layers: list[Any] = [module for module in model.modules() if _is_prepackable(module, dtype)]
    size = sum(dtype.itemsize * layer.in_features * layer.out_features for layer in layers)
    if not layers or size > max_bytes or not can_prepack(dtype):
        return False
    with torch.no_grad():
        for layer in layers:
            bias = None if layer.bias is None else layer.bias.detach().to(dtype)
            layer.forward = PrepackedLinear(torch.ops.mkldnn._reorder_linear_weight(_dequantised(layer).to(dtype)), bias)
    return True


@cache
def can_prepack(dtype: torch.dtype) -> bool:
    """Whether this processor multiplies by prepacked weights in `dtype`: not in bfloat16 where it lacks the instructions."""
    try:
        torch.ops.mkldnn._reorder_linear_weight(torch.ones(16, 16, dtype=dtype))
    except (RuntimeError, NotImplementedError, AttributeError):  # without oneDNN there is no such operator
        return False
    return bool(torch.backends.mkldnn.is_available())  # type: ignore[no-untyped-call]


def _is_prepackable(layer: Any, dtype: torch.dtype) -> bool:
    return isinstance(layer, bitsandbytes.nn.Linear4bit) or (type(layer) is nn.Linear and layer.weight.dtype == dtype)


def _dequantised(layer: Any) -> Tensor:
    """A layer's weights as numbers, 4-bit ones in float32."""
    if isinstance(layer, bitsandbytes.nn.Linear4bit):
        weights: Tensor = bitsandbytes.functional.dequantize_4bit(layer.weight.data, layer.weight.quant_state)
        return weights.float()
    return layer.weight.detach().contiguous()  # type: ignore[no-any-return]  # bitsandbytes is untyped
