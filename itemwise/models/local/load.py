"""Load a local model through transformers and bitsandbytes, in 4-bit by default."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakSet

import bitsandbytes
import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    AutoTokenizer,
    BitsAndBytesConfig,
)

from itemwise.models.checkpoint import folder_hash, hub_options, own_quantisation, require_adapter, require_folder, unreachable
from itemwise.models.entry import LoadOptions, ModelEntry
from itemwise.models.local.cpu_linear import lay_out
from itemwise.models.local.free_memory import free_bytes
from itemwise.models.local.local_model import LocalModel, memory_errors, quiet
from itemwise.models.local.vision import is_seeing, outside_language, sight_of
from itemwise.models.model import ModelError, OutOfMemoryError, one_line
from itemwise.models.threads import threads_for

__all__ = ["LocalModel", "load", "placed", "unload"]

Loaded = TypeVar("Loaded")

COPIES = 0.5  # of the free memory that copies of the weights may take
KEYS_AND_VALUES = 0.6  # of what is free then

_IN_MEMORY: WeakSet[LocalModel] = WeakSet()  # every model that was loaded and is not yet gone
_BESIDE = ("POLY", "SHADOW", "VBLORA", "XLORA")  # kinds of adapter that keep part of themselves outside the layers they change
_NONE_BESIDE = {"subfolder": "none", "local_files_only": True}  # where peft is installed, transformers looks for an adapter beside a model


def load(entry: ModelEntry, options: LoadOptions, *, copies: bool = True) -> LocalModel:
    """Load `entry`, quantised as `options` say, and say clearly what to do where that fails.

    Each process of the machine takes a GPU of its own where there are several, and its part of the CPU's threads. On a CPU
    torch has as many threads in this process as suit the model, until it is closed. Only safetensors are read; a model's own
    Python runs only if its entry says so.
    An adapter stays beside the weights, quantised or not: it is never merged into them. On a CPU its linear layers are copied
    as oneDNN wants them where there is memory for that, unless `copies` is False.
    """
    device = _device(options.rank)
    before = torch.get_num_threads()
    with quiet(), _load_errors(entry):
        adapter = _adapter_config(entry, Path(entry.adapter)) if entry.adapter is not None else None  # first, as it is quick
        where = {} if entry.local else hub_options(entry)
        revision = folder_hash(require_folder(entry)) if entry.local else where["revision"]
        hub = {"trust_remote_code": entry.trust_remote_code, **where}
        config = AutoConfig.from_pretrained(entry.location, **hub)
        sight = sight_of(entry, config, hub)
        read = partial(
            _family(config).from_pretrained,
            entry.location,
            dtype=_compute_dtype(device),
            use_safetensors=True,
            output_loading_info=True,
            adapter_kwargs=_NONE_BESIDE,
            **_quantisation_options(entry, options.quantisation, config, device),
            **hub,
        )
        with _quantised_numbers(entry):
            model, report = placed(read, device, alone=options.world_size == 1)
        _require_all_weights(entry, report)
        _require_numbers(entry, model)
        tokenizer = sight.tokenizer if sight else AutoTokenizer.from_pretrained(entry.location, **hub)
        _require_words(entry, tokenizer)
        _require_embeddings(entry, tokenizer, model)
        if adapter is not None:
            model = _adapted(entry, adapter, model)
            _require_numbers(entry, model)
        memory = partial(_memory, device, options.world_size)
        if device.type == "cpu":
            torch.set_num_threads(threads_for(_parameters(model), options.world_size, before))
        copied = device.type == "cpu" and _on_cpu(model, memory(COPIES) if copies else 0)
        loaded = LocalModel(
            entry,
            options.quantisation,
            options.max_new_tokens,
            revision,
            model.eval(),
            tokenizer,
            sight,
            memory=memory(KEYS_AND_VALUES),
            copied=copied,
            threads_before=before,
        )
    _IN_MEMORY.add(loaded)
    return loaded


def placed(read: Callable[..., Loaded], device: torch.device, *, alone: bool) -> Loaded:
    """What `read` loads, on `device`; spread over all GPUs of the machine where it is too large for one and this process is
    `alone` with them. Raises what running out of memory raises where that does not help either."""
    try:
        return read(device_map={"": device})
    except torch.OutOfMemoryError:
        if not (alone and torch.cuda.device_count() > 1):
            raise
    unload()  # what was loaded so far
    return read(device_map="auto")


def unload() -> list[str]:
    """Give back the memory of models nobody holds any more; the names of those that somebody still does."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return sorted(model.name for model in _IN_MEMORY)


def _parameters(model: Any) -> int:
    """How many numbers the weights are; of 4-bit ones two are in a byte."""
    return sum(weights.numel() * (2 if isinstance(weights, bitsandbytes.nn.Params4bit) else 1) for weights in model.parameters())


def _family(config: Any) -> Any:
    """The class that loads a model of this kind."""
    return AutoModelForImageTextToText if is_seeing(config) else AutoModelForCausalLM


def _require_all_weights(entry: ModelEntry, report: Any) -> None:
    """Refuse what transformers would quietly fill with random numbers."""
    if missing := sorted(report["missing_keys"]):
        raise ModelError(
            f"{entry.name} is incomplete: {entry.location} lacks {len(missing)} of its weights, such as {missing[0]}. "
            "Check that all its .safetensors files are there and belong to its config.json."
        )


def _require_numbers(entry: ModelEntry, model: Any) -> None:
    """Refuse weights that are no numbers: whatever meets them says nothing."""
    for name, weights in model.named_parameters():
        if weights.is_floating_point() and not _are_numbers(weights):
            raise ModelError(_not_numbers(entry, name))


@contextmanager
def _quantised_numbers(entry: ModelEntry) -> Iterator[None]:
    """Refuse weights that are no numbers before they are quantised: some kernels make numbers of them, and nothing would be seen."""
    functional, faults = bitsandbytes.functional, list[str]()

    def watched(quantise: Callable[..., Any]) -> Callable[..., Any]:
        def quantised(weights: torch.Tensor, *arguments: Any, **options: Any) -> Any:
            if not _are_numbers(weights):
                faults.append(f"one of {' x '.join(map(str, weights.shape))}")
            return quantise(weights, *arguments, **options)

        return quantised

    whole = {name: getattr(functional, name) for name in ("quantize_4bit", "int8_vectorwise_quant")}
    for name, quantise in whole.items():
        setattr(functional, name, watched(quantise))
    try:
        yield
    finally:
        for name, quantise in whole.items():
            setattr(functional, name, quantise)
    if faults:
        raise ModelError(_not_numbers(entry, faults[0]))


def _are_numbers(weights: torch.Tensor) -> bool:
    """Whether none of them is NaN or infinite; both ends of them tell, and one pass finds those."""
    return not weights.numel() or all(bool(torch.isfinite(end)) for end in torch.aminmax(weights.detach()))


def _not_numbers(entry: ModelEntry, weights: str) -> str:
    return (
        f"{entry.name} has weights that are no numbers (NaN or infinite): {weights}, from {entry.adapter or entry.location}. "
        "A training that diverged or a file that was cut short leaves such; take an earlier checkpoint."
    )


def _require_embeddings(entry: ModelEntry, tokenizer: Any, model: Any) -> None:
    """Refuse a tokenizer whose words have no embedding. Tokens that were added to it may lack one as long as no prompt holds them, as
    a padding token that was never trained does."""
    words, rows = tokenizer.vocab_size, model.get_input_embeddings().weight.shape[0]
    if words > rows:
        raise ModelError(
            f"the tokenizer of {entry.name} has {words} words, its weights an embedding of {rows}: {entry.location} holds a tokenizer "
            "that belongs to other weights. Take the one that was saved with them."
        )


def _require_words(entry: ModelEntry, tokenizer: Any) -> None:
    """Refuse the tokenizer without words that transformers makes where the files of the real one are missing."""
    if not tokenizer.decode(tokenizer("1 + 1 = 2")["input_ids"], skip_special_tokens=True).strip():
        raise ModelError(f"{entry.name} has no tokenizer: {entry.location} lacks tokenizer.json or tokenizer.model.")


def _adapter_config(entry: ModelEntry, folder: Path) -> Any:
    """What peft reads in the adapter's configuration. Raises ModelError for a kind that is more than changed layers."""
    require_adapter(folder)
    try:
        from peft import PeftConfig
        from peft import __version__ as peft_version
    except ImportError as error:
        raise ModelError(f'{entry.name} has an adapter, which needs peft ({error}): pip install "pytest-itemwise[adapter]".') from None
    try:
        config = PeftConfig.from_pretrained(str(folder))
    except Exception as error:  # each kind of adapter checks its configuration in its own way
        raise ModelError(
            f"the adapter {folder} cannot be read by peft {peft_version} ({_cause(error)}). "
            "Check its adapter_config.json, or upgrade peft if a newer one wrote it."
        ) from None
    if kind := _kind_beside_layers(config):
        raise ModelError(f"the adapter {folder} is of the kind {kind}, which is more than changed layers and not supported; give a LoRA.")
    return config


def _kind_beside_layers(config: Any) -> str | None:
    """The kind of an adapter that works through peft's wrapper: without that, nothing would be left of it, and nothing said."""
    if getattr(config, "alora_invocation_tokens", None):
        return "aLoRA"
    return str(config.peft_type.value) if config.is_prompt_learning or config.peft_type in _BESIDE else None


def _adapted(entry: ModelEntry, config: Any, model: Any) -> Any:
    """`model` itself, with the adapter in its layers. Raises ModelError where a weight has no place, or a place no weight."""
    from peft import PeftModel

    try:
        with memory_errors(), warnings.catch_warnings():  # the libraries' own, about themselves
            warnings.simplefilter("ignore", FutureWarning)
            wrapper = PeftModel(model, config)
            report = wrapper.load_adapter(entry.adapter, "default", torch_device=str(model.device))
    except OutOfMemoryError:
        raise
    except Exception as error:  # layers not found, other sizes, another kind of layer: each an error of its own
        raise ModelError(_misfit(entry, config, model, _cause(error))) from None
    if report.unexpected_keys:
        raise ModelError(_misfit(entry, config, model, f"the model has no place for its {min(report.unexpected_keys)}"))
    if report.missing_keys:
        raise ModelError(_misfit(entry, config, model, f"it lacks {min(report.missing_keys)}"))
    return wrapper.get_base_model()


def _misfit(entry: ModelEntry, config: Any, model: Any, cause: str) -> str:
    made_for = config.base_model_name_or_path or "a model that its adapter_config.json does not name"
    return (
        f"the adapter {entry.adapter} does not fit {entry.location} ({cause}). It was made for {made_for}: "
        "ask it on top of that, and check that the folder is whole."
        + (" Some adapters also need --quant none." if own_quantisation(model.config) else "")
    )


def _memory(device: torch.device, processes: int, share: float) -> int:
    """A share of the memory that is free now; of a machine's own, each of its `processes` takes a part."""
    return int(share * free_bytes(device)) // (processes if device.type == "cpu" else 1)


def _on_cpu(model: Any, memory: int) -> bool:
    """Have `model` compute in float32, by copies of its weights where these take at most `memory` bytes; whether by copies.

    bitsandbytes takes a bfloat16 kernel on some CPUs whatever the compute dtype says. It is kept from that: so the text is
    the same on every CPU, and widths that the kernel cannot split in blocks of 32 work.
    """
    for module in model.modules():
        if isinstance(module, bitsandbytes.nn.Linear4bit):
            module.support_avx512bf16_for_cpu = False
    return lay_out(model, memory)


def _quantisation_options(entry: ModelEntry, quantisation: str, config: Any, device: torch.device) -> dict[str, BitsAndBytesConfig]:
    if quantisation == "none":
        return {}
    if own := own_quantisation(config):
        raise ModelError(
            f"{entry.name} is already quantised ({own}), so --quant {quantisation} cannot be applied; "
            "give --quant none to ask it as it is, or name the model it was made from."
        )
    return {"quantization_config": _bitsandbytes(quantisation, device, _kept(entry, config))}


def _kept(entry: ModelEntry, config: Any) -> list[str] | None:
    """The modules to leave unquantised; None leaves the choice to transformers, which would quantise a vision tower too."""
    return outside_language(config, entry.trust_remote_code) if is_seeing(config) else None


def _bitsandbytes(quantisation: str, device: torch.device, kept: list[str] | None) -> BitsAndBytesConfig:
    if quantisation == "int8":
        return BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=kept)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type=quantisation,
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=_compute_dtype(device),
        llm_int8_skip_modules=kept,  # of 4-bit weights too, whatever its name says
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


def _cause(error: Exception) -> str:
    """The kind of the error and its first two lines: of weights that do not fit, the second says which."""
    return f"{type(error).__name__}: {one_line(' '.join(str(error).splitlines()[:2]))}"


def _first_line(error: Exception) -> str:
    return one_line(next(iter(str(error).splitlines()), ""))
