"""Weights while a checkpoint loads: quantised by bitsandbytes (nf4, fp4, int8), and checked for what is missing, NaN or infinite."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from transformers import BitsAndBytesConfig, GgufConfig

from itemwise.models.checkpoint import own_quantisation
from itemwise.models.local.eager_bitsandbytes import bitsandbytes
from itemwise.models.local.vision import is_multimodal, outside_language
from itemwise.models.model import ModelEntry, ModelError

__all__ = [
    "compute_dtype",
    "finite_before_quantising",
    "quantisation_options",
    "require_all_weights",
    "require_embeddings",
    "require_finite",
    "require_finite_logits",
    "require_tokenizer",
]


def compute_dtype(device: torch.device, compute: str = "auto") -> torch.dtype:
    """The type that `compute` names; ``auto`` is float32 on a CPU, bfloat16 on a GPU that has it, else float16."""
    if compute != "auto":
        named: torch.dtype = getattr(torch, compute)
        return named
    if device.type == "cpu":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def quantisation_options(entry: ModelEntry, quantisation: str, config: Any, dtype: torch.dtype) -> dict[str, Any]:
    """Options for from_pretrained of a model that computes in `dtype`. Raises ModelError for a checkpoint that is already quantised."""
    if entry.gguf:
        return {"quantization_config": GgufConfig(dequantize=True)}
    if quantisation == "none":
        return {}
    if own := own_quantisation(config):
        raise ModelError(
            f"{entry.name} is already quantised ({own}), so --quant {quantisation} cannot be applied; "
            "give --quant none to ask it as it is, or name the model it was made from."
        )
    # None leaves the choice of modules to transformers, which would quantise a vision tower too
    unquantised = outside_language(config, entry.trust_remote_code) if is_multimodal(config) else None
    if quantisation == "int8":
        return {"quantization_config": BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=unquantised)}
    four_bit = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type=quantisation,
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
        llm_int8_skip_modules=unquantised,  # of 4-bit weights too, whatever its name says
    )
    return {"quantization_config": four_bit}


@contextmanager
def finite_before_quantising(entry: ModelEntry) -> Iterator[None]:
    """Raises ModelError for NaN or infinite weights before they are quantised: some kernels turn them into numbers."""
    functional, faults = bitsandbytes.functional, list[str]()

    def checked(quantise: Callable[..., Any]) -> Callable[..., Any]:
        def quantised(weights: torch.Tensor, *arguments: Any, **options: Any) -> Any:
            if not _are_finite(weights):
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
        raise ModelError(_not_finite(entry, faults[0]))


def require_all_weights(entry: ModelEntry, report: Any) -> None:
    """Raise ModelError for weights that transformers would fill with random numbers; `report` is its loading info."""
    if missing := sorted(report["missing_keys"]):
        files = "Check that all its .safetensors files are there and belong to its config.json."
        raise ModelError(
            f"{entry.name} is incomplete: {entry.location} lacks {len(missing)} of its weights, such as {missing[0]}. "
            f"{'Take another conversion of the model.' if entry.gguf else files}"
        )


def require_finite(entry: ModelEntry, model: Any) -> None:
    """Raise ModelError for NaN or infinite weights."""
    for name, weights in model.named_parameters():
        if weights.is_floating_point() and not _are_finite(weights):
            raise ModelError(_not_finite(entry, name))


def require_finite_logits(entry: ModelEntry, model: Any, ids: Sequence[int]) -> None:
    """Raise ModelError where the logits behind the tokens `ids` are NaN or infinite: then no case can be answered."""
    with torch.inference_mode():
        logits = model(input_ids=torch.tensor([list(ids)], device=model.device), use_cache=False).logits[0, -1]
    if not _are_finite(logits):
        raise ModelError(
            f"the logits of {entry.name} are no numbers (NaN or infinite) behind a first prompt, although its weights are: they are too "
            f"large for {str(model.dtype).removeprefix('torch.')}, or belong to another configuration. Check {entry.location}, or try "
            "--quant none."
        )


def _are_finite(weights: torch.Tensor) -> bool:
    """Whether none is NaN or infinite: minimum and maximum show that, in one pass."""
    return not weights.numel() or all(bool(torch.isfinite(extreme)) for extreme in torch.aminmax(weights.detach()))


def _not_finite(entry: ModelEntry, weights: str) -> str:
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
