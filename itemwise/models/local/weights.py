"""Quantisation by bitsandbytes while a checkpoint loads: nf4, fp4 or int8, and the modules that stay unquantised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import bitsandbytes
import torch
from transformers import BitsAndBytesConfig

from itemwise.models.checkpoint import own_quantisation
from itemwise.models.local.vision import is_multimodal, outside_language
from itemwise.models.local.weight_checks import are_finite, not_finite
from itemwise.models.model import ModelError
from itemwise.models.model_entry import ModelEntry

__all__ = ["compute_dtype", "finite_before_quantising", "quantisation_options"]


def compute_dtype(device: torch.device) -> torch.dtype:
    """float32 on a CPU, bfloat16 on a GPU that has it, else float16."""
    if device.type == "cpu":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def quantisation_options(entry: ModelEntry, quantisation: str, config: Any, device: torch.device) -> dict[str, BitsAndBytesConfig]:
    """Options for from_pretrained. Raises ModelError for a checkpoint that is already quantised."""
    if quantisation == "none":
        return {}
    if own := own_quantisation(config):
        raise ModelError(
            f"{entry.name} is already quantised ({own}), so --quant {quantisation} cannot be applied; "
            "give --quant none to ask it as it is, or name the model it was made from."
        )
    return {"quantization_config": _bitsandbytes(quantisation, device, _unquantised(entry, config))}


@contextmanager
def finite_before_quantising(entry: ModelEntry) -> Iterator[None]:
    """Raises ModelError for NaN or infinite weights before they are quantised: some kernels turn them into numbers."""
    functional, faults = bitsandbytes.functional, list[str]()

    def checked(quantise: Callable[..., Any]) -> Callable[..., Any]:
        def quantised(weights: torch.Tensor, *arguments: Any, **options: Any) -> Any:
            if not are_finite(weights):
                faults.append(f"one of {' x '.join(map(str, weights.shape))}")
            return quantise(weights, *arguments, **options)

        return quantised

    originals = {name: getattr(functional, name) for name in ("quantize_4bit", "int8_vectorwise_quant")}
    for name, quantise in originals.items():
        setattr(functional, name, checked(quantise))
    try:
        yield
    finally:
        for name, quantise in originals.items():
            setattr(functional, name, quantise)
    if faults:
        raise ModelError(not_finite(entry, faults[0]))


def _unquantised(entry: ModelEntry, config: Any) -> list[str] | None:
    """The modules to leave unquantised; None leaves the choice to transformers, which would quantise a vision tower too."""
    return outside_language(config, entry.trust_remote_code) if is_multimodal(config) else None


def _bitsandbytes(quantisation: str, device: torch.device, unquantised: list[str] | None) -> BitsAndBytesConfig:
    if quantisation == "int8":
        return BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=unquantised)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type=quantisation,
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=compute_dtype(device),
        llm_int8_skip_modules=unquantised,  # of 4-bit weights too, whatever its name says
    )
