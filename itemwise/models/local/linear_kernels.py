"""Which code multiplies by a loaded model's weights, read from its modules: what a configuration declares may not be what runs."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import torch

from itemwise.models.local.cpu_linear import PrepackedLinear
from itemwise.models.local.eager_bitsandbytes import bitsandbytes

__all__ = ["is_dequantised", "linear_text"]


def linear_text(model: Any) -> str:
    """The kernels of the linear layers and experts of `model` with the type of their weights, and how many layers have each where
    there are several."""
    kernels = Counter(_kernel(module) for module in model.modules() if _multiplies(module))
    if len(kernels) == 1:
        return next(iter(kernels))
    return "; ".join(f"{count} x {kernel}" for kernel, count in kernels.most_common())


def is_dequantised(model: Any) -> bool:
    """Whether all its layers are ordinary ones with weights as floating-point numbers, whatever its checkpoint holds."""
    return all(_is_plain(module) for module in model.modules() if _multiplies(module))


def _multiplies(module: Any) -> bool:
    """Whether a module is a linear layer, of whatever library, or the experts of a layer; one that only wraps others, such as an
    adapter's around a layer, is none."""
    layer = hasattr(module, "in_features") and hasattr(module, "out_features")
    experts = type(module).__name__.endswith("Experts") and bool(list(module.parameters(recurse=False)))
    return experts or (layer and (bool(_own(module)) or not any(map(_multiplies, _inside(module)))))


def _inside(module: Any) -> Iterator[Any]:
    return (other for other in module.modules() if other is not module)


def _own(module: Any) -> list[torch.Tensor]:
    """The module's own weights, not those of modules in it."""
    return [*module.parameters(recurse=False), *module.buffers(recurse=False)]


def _is_plain(module: Any) -> bool:
    library = type(module).__module__.partition(".")[0]
    return library in ("torch", "transformers") and all(weight.dtype in _FLOATS for weight in _own(module))


def _kernel(module: Any) -> str:
    """The kernel in words: a copy in oneDNN's layout, bitsandbytes' packed weights, or the class of the layer."""
    if isinstance(module.__dict__.get("forward"), PrepackedLinear):
        return f"{_short(module.forward.weight.dtype)} copies, multiplied by oneDNN"
    if isinstance(module, bitsandbytes.nn.Linear4bit):
        return f"packed {module.weight.quant_type}, multiplied by bitsandbytes in {_short(module.compute_dtype)}"
    if isinstance(module, bitsandbytes.nn.Linear8bitLt):
        return "packed int8, multiplied by bitsandbytes (LLM.int8())"
    library = type(module).__module__.partition(".")[0]
    types = sorted({_short(weight.dtype) for weight in _own(module)})
    return f"{type(module).__name__} of {library} in {' and '.join(types)}"


def _short(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


_FLOATS = (torch.float32, torch.float16, torch.bfloat16)
