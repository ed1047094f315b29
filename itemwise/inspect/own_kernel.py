"""What would multiply by the weights of a checkpoint that is already quantised, on this machine, found without loading them."""

from copy import deepcopy
from typing import Any

import torch
from transformers.quantizers import AutoHfQuantizer

from itemwise.models.checkpoint import own_quantisation

__all__ = ["own_kernel"]


def own_kernel(config: Any) -> str | None:
    """Whether the weights would stay packed or be dequantised, by the quantiser of transformers that would load them, or what it lacks
    here; None for a checkpoint that is not quantised."""
    if (own := own_quantisation(config)) is None:
        return None
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        quantiser = AutoHfQuantizer.from_config(deepcopy(config.quantization_config), pre_quantized=True)
        quantiser.validate_environment(device_map={"": device}, weights_only=True)
    except Exception as error:  # a library that is missing, a device that is too old: each quantiser has errors of its own
        return f"{own}; cannot be loaded here ({next(iter(str(error).splitlines()), type(error).__name__)})"
    dequantised = getattr(quantiser.quantization_config, "dequantize", False)
    return f"{own}, {'dequantised when it is loaded' if dequantised else 'kept packed'} on this machine ({device})"
