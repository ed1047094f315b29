"""Load a local model through transformers and bitsandbytes, in 4-bit by default."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bitsandbytes
import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    AutoTokenizer,
    BitsAndBytesConfig,
)

from itemwise.models.checkpoint import folder_hash, hub_options, require_folder, unreachable
from itemwise.models.local_model import LocalModel, memory_errors, own_quantisation, quiet
from itemwise.models.model import ModelError, OutOfMemoryError
from itemwise.models.registry import ModelEntry

__all__ = ["LocalModel", "load", "unload"]


def load(entry: ModelEntry, *, quantisation: str, max_new_tokens: int, share: tuple[int, int] = (0, 1)) -> LocalModel:
    """Load `entry` in 4-bit (or as `quantisation` says) and say clearly what to do where that fails.

    `share` is this process's number among how many on the machine: each takes its own GPU where there are several,
    and its part of the CPU's threads. Only safetensors are read; a model's own Python runs only if its entry says so.
    """
    number, processes = share
    device = _device(number)
    if device.type == "cpu" and processes > 1:
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // processes))
    with quiet(), _load_errors(entry):
        where = {} if entry.local else hub_options(entry)
        revision = folder_hash(require_folder(entry)) if entry.local else where["revision"]
        options = {"trust_remote_code": entry.trust_remote_code, **where}
        config = AutoConfig.from_pretrained(entry.location, **options)
        model, report = _family(config).from_pretrained(
            entry.location,
            dtype=_compute_dtype(device),
            device_map={"": device},
            use_safetensors=True,
            output_loading_info=True,
            **_quantisation_options(entry, quantisation, config, device),
            **options,
        )
        _require_all_weights(entry, report)
        tokenizer = AutoTokenizer.from_pretrained(entry.location, **options)
        _require_words(entry, tokenizer)
    if device.type == "cpu":
        _keep_float32(model)
    return LocalModel(entry, quantisation, max_new_tokens, revision, model.eval(), tokenizer)


def unload() -> None:
    """Give back the memory of models nobody holds any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _family(config: Any) -> Any:
    """The class that loads a model of this kind; one that reads pictures is asked in words here."""
    pictures = type(config) in AutoModelForImageTextToText._model_mapping and type(config) not in AutoModelForCausalLM._model_mapping
    return AutoModelForImageTextToText if pictures else AutoModelForCausalLM


def _require_all_weights(entry: ModelEntry, report: Any) -> None:
    """Refuse what transformers would quietly fill with random numbers."""
    if missing := sorted(report["missing_keys"]):
        raise ModelError(
            f"{entry.name} is incomplete: {entry.location} lacks {len(missing)} of its weights, such as {missing[0]}. "
            "Check that all its .safetensors files are there and belong to its config.json."
        )


def _require_words(entry: ModelEntry, tokenizer: Any) -> None:
    """Refuse the tokenizer without words that transformers makes where the files of the real one are missing."""
    if not tokenizer.decode(tokenizer("1 + 1 = 2")["input_ids"], skip_special_tokens=True).strip():
        raise ModelError(f"{entry.name} has no tokenizer: {entry.location} lacks tokenizer.json or tokenizer.model.")


def _keep_float32(model: Any) -> None:
    """Keep bitsandbytes from its bfloat16 kernel, which it takes on some CPUs whatever the compute dtype says.

    So the text is the same on every CPU, and widths that the kernel cannot split in blocks of 32 work.
    """
    for module in model.modules():
        if isinstance(module, bitsandbytes.nn.Linear4bit):
            module.support_avx512bf16_for_cpu = False


def _quantisation_options(entry: ModelEntry, quantisation: str, config: Any, device: torch.device) -> dict[str, BitsAndBytesConfig]:
    if quantisation == "none":
        return {}
    if own := own_quantisation(config):
        raise ModelError(
            f"{entry.name} is already quantised ({own}), so --quant {quantisation} cannot be applied; "
            "give --quant none to ask it as it is, or name the model it was made from."
        )
    return {"quantization_config": _bitsandbytes(quantisation, device)}


def _bitsandbytes(quantisation: str, device: torch.device) -> BitsAndBytesConfig:
    if quantisation == "int8":
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type=quantisation,
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=_compute_dtype(device),
    )


def _compute_dtype(device: torch.device) -> torch.dtype:
    if device.type == "cpu":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def _device(number: int) -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda", number % torch.cuda.device_count())
    return torch.device("cpu")


@contextmanager
def _load_errors(entry: ModelEntry) -> Iterator[None]:
    try:
        with memory_errors():
            yield
    except OutOfMemoryError as error:
        raise ModelError(
            f"{entry.name} does not fit in memory ({_first_line(error)}). Take --quant nf4, a smaller model, or a larger device."
        ) from None
    except ModelError:
        raise
    except Exception as error:  # a damaged checkpoint fails in many ways, each library with errors of its own
        raise ModelError(_advice(entry, error)) from None


def _advice(entry: ModelEntry, error: Exception) -> str:
    cause = f"{type(error).__name__}: {_first_line(error)}"
    if "trust_remote_code" in str(error):
        return (
            f"{entry.name} brings Python code of its own, which is not run. If you trust {entry.location}, give it a name with "
            f"trust_remote_code = true under [tool.itemwise.models.NAME] in pyproject.toml."
        )
    if entry.local:
        return f"{entry.name} cannot be loaded from {entry.location} ({cause}). Check that the folder is whole."
    return unreachable(entry, cause)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")
