"""Load a local model through transformers and bitsandbytes, in 4-bit by default."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakSet

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForImageTextToText, AutoTokenizer

from itemwise.models.checkpoint import folder_hash, hub_options, own_quantisation, require_folder, unreachable
from itemwise.models.gguf import gguf_hash, llama_server
from itemwise.models.local.adapter import adapted, adapter_config
from itemwise.models.local.aligned_attention import align_attention
from itemwise.models.local.compute_speed import compute_advice
from itemwise.models.local.cpu_linear import prepack_linear
from itemwise.models.local.eager_bitsandbytes import bitsandbytes
from itemwise.models.local.free_memory import free_bytes
from itemwise.models.local.gguf_checkpoint import complete_gguf, gguf_source
from itemwise.models.local.library_context import memory_errors, quiet
from itemwise.models.local.loaded_checkpoint import LoadedCheckpoint
from itemwise.models.local.local_model import LocalModel
from itemwise.models.local.quantised_weights import (
    compute_dtype,
    finite_before_quantising,
    quantisation_options,
    require_all_weights,
    require_embeddings,
    require_finite,
    require_finite_logits,
    require_tokenizer,
)
from itemwise.models.local.vision import is_multimodal, load_processor
from itemwise.models.model import LoadOptions, ModelEntry, ModelError, OutOfMemoryError, one_line
from itemwise.models.notice_log import LOGGER
from itemwise.models.threads import SMALL, threads_for

__all__ = ["LocalModel", "load", "model_class", "placed", "prepack_for_cpu", "unload"]

Loaded = TypeVar("Loaded")

PREPACKED_SHARE = 0.5  # of the free memory, for prepacked copies of the weights
KV_CACHE_SHARE = 0.6  # of what is free then

_IN_MEMORY: WeakSet[LocalModel] = WeakSet()  # every model that was loaded and is not yet gone
_NO_ADAPTER = {"subfolder": "none", "local_files_only": True}  # with peft installed, transformers looks for an adapter beside a model


def load(entry: ModelEntry, options: LoadOptions, *, copies: bool = True) -> LocalModel:
    """Load `entry`, quantised as `options` say. Raises ModelError that says what to do.

    Each process of the machine takes a GPU of its own if there are several, and its part of the CPU's threads. On a CPU
    torch has as many threads in this process as suit the model, until it is closed. Only safetensors are read; a model's own
    Python runs only if its entry says so. An adapter stays beside the weights, quantised or not: it is never merged into them.
    On a CPU its linear layers are prepacked for oneDNN if there is memory for copies, unless `copies` is False.
    """
    device = _device(options.rank)
    threads_before = torch.get_num_threads()
    with quiet(), _load_errors(entry), ExitStack() as reading:
        adapter = adapter_config(entry, Path(entry.adapter)) if entry.adapter is not None else None  # first, as it is quick
        gguf = reading.enter_context(gguf_source(entry)) if entry.gguf else None
        revision, location, source = (gguf_hash(gguf.file), gguf.location, gguf.options) if gguf else _source(entry)
        config = AutoConfig.from_pretrained(location, **source)
        vision = load_processor(entry, config, source)
        model = _weights(entry, location, config, source, options, device)
        tokenizer = vision.tokenizer if vision else AutoTokenizer.from_pretrained(location, **source)
        if gguf:
            complete_gguf(entry, gguf.header, model, tokenizer)
        require_tokenizer(entry, tokenizer)
        require_embeddings(entry, tokenizer, model)
        if adapter is not None:
            model = adapted(entry, adapter, model)
            require_finite(entry, model)
        memory = partial(_memory, device, options.world_size)
        parameters = _parameters(model)
        if device.type == "cpu":
            torch.set_num_threads(threads_for(parameters, options.world_size, threads_before))
        prepacked = device.type == "cpu" and prepack_for_cpu(model, memory(PREPACKED_SHARE) if copies else 0)
        checkpoint = LoadedCheckpoint(
            entry,
            revision,
            options.quantisation,
            model.eval(),
            tokenizer,
            vision,
            prepacked,
            gguf=gguf.header if gguf else None,
            own_quantisation=own_quantisation(config),
        )
        loaded = LocalModel(checkpoint, options.max_new_tokens, kv_bytes=memory(KV_CACHE_SHARE), threads_before=threads_before)
        require_finite_logits(entry, model, loaded.prompting.first_prompt)
    _IN_MEMORY.add(loaded)
    is_told = device.type == "cpu" and options.rank == 0 and parameters >= SMALL
    if is_told and (advice := compute_advice(model, options.compute)):
        LOGGER.warning("%s: %s.", entry.name, advice)
    return loaded


def placed(read: Callable[..., Loaded], device: torch.device, *, alone: bool) -> Loaded:
    """What `read` loads, on `device`; spread over all GPUs of the machine if it is too large for one and this process is
    `alone` with them. Raises torch.OutOfMemoryError if that does not help either."""
    try:
        return read(device_map={"": device})
    except torch.OutOfMemoryError:
        if not (alone and torch.cuda.device_count() > 1):
            raise
    unload()  # what was loaded so far
    return read(device_map="auto")


def unload() -> list[str]:
    """Free the memory of models nobody holds any more; returns the names of those that somebody still does."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return sorted(model.name for model in _IN_MEMORY)


def model_class(config: Any) -> Any:
    """The auto class of transformers that loads a model of this kind."""
    return AutoModelForImageTextToText if is_multimodal(config) else AutoModelForCausalLM


def prepack_for_cpu(model: Any, max_bytes: int) -> bool:
    """Have `model` compute in its dtype on a CPU, by prepacked copies of its weights if these take at most `max_bytes`; returns
    whether by copies.

    bitsandbytes takes a bfloat16 kernel on some CPUs whatever the compute dtype says. It is kept from that: so float32 text is
    the same on every CPU, and widths that the kernel cannot split in blocks of 32 work.
    """
    for module in model.modules():
        if isinstance(module, bitsandbytes.nn.Linear4bit):
            module.support_avx512bf16_for_cpu = False
    if model.dtype == torch.bfloat16:
        align_attention(model)
    return prepack_linear(model, max_bytes, model.dtype)


def _source(entry: ModelEntry) -> tuple[str, str, Mapping[str, Any]]:
    """The revision of a checkpoint, and the location and options of every from_pretrained that reads it."""
    hub = {} if entry.local else hub_options(entry)
    revision = folder_hash(require_folder(entry)) if entry.local else hub["revision"]
    return revision, entry.location, {"trust_remote_code": entry.trust_remote_code, **hub}


def _weights(entry: ModelEntry, location: str, config: Any, source: Mapping[str, Any], options: LoadOptions, device: torch.device) -> Any:
    """The model with its weights on `device`. Raises ModelError if some are missing, NaN or infinite."""
    dtype = compute_dtype(device, options.compute)
    read = partial(
        model_class(config).from_pretrained,
        location,
        dtype=dtype,
        use_safetensors=True,
        output_loading_info=True,
        adapter_kwargs=_NO_ADAPTER,
        **quantisation_options(entry, options.quantisation, config, dtype),
        **source,
    )
    with finite_before_quantising(entry):
        model, report = placed(read, device, alone=options.world_size == 1)
    require_all_weights(entry, report)
    require_finite(entry, model)
    return model


def _parameters(model: Any) -> int:
    """How many numbers the weights are; 4-bit ones are two in a byte."""
    return sum(weights.numel() * (2 if isinstance(weights, bitsandbytes.nn.Params4bit) else 1) for weights in model.parameters())


def _memory(device: torch.device, world_size: int, share: float) -> int:
    """Bytes: a share of the memory that is free now; of a machine's own, each process takes its part."""
    return int(share * free_bytes(device)) // (world_size if device.type == "cpu" else 1)


def _device(rank: int) -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda", rank % torch.cuda.device_count())
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
    if entry.gguf:
        advice = f"Check that it is whole, or {llama_server(entry)}."
        return f"{entry.name} cannot be loaded from {entry.location} by transformers ({cause}). {advice}"
    if entry.local:
        return f"{entry.name} cannot be loaded from {entry.location} ({cause}). Check that the folder is whole."
    return unreachable(entry, cause)


def _first_line(error: Exception) -> str:
    return one_line(next(iter(str(error).splitlines()), ""))
