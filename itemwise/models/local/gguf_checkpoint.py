"""GGUF files through transformers, which dequantises them: refused where it would leave out what decides the text."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import torch

from itemwise.models.extras import install_hint
from itemwise.models.gguf import GGUFHeader, gguf_file, llama_server, read_header
from itemwise.models.model import ModelEntry, ModelError

__all__ = ["GGUFSource", "complete_gguf", "gguf_note", "gguf_source", "gguf_type"]

_ROPE_FACTORS = "rope_freqs.weight"  # Llama 3: what each frequency of the rotary embedding is divided by
_NO_NUMBERS = ("attention.key_length", "attention.value_length", "rope.dimension_count", "vocab_size", "expert_feed_forward_length")
_LOADED_BY_PATTERN = ("_exps.", "output.weight")  # experts, which are taken apart, and a head that may be tied


@dataclass(frozen=True)
class GGUFSource:
    """A file to load: its `header`, and the `location` and `options` by which transformers' from_pretrained reads it and nothing else."""

    file: Path
    header: GGUFHeader
    location: str
    options: Mapping[str, Any]


@contextmanager
def gguf_source(entry: ModelEntry) -> Iterator[GGUFSource]:
    """The file of `entry`, to be loaded while the context lasts.

    Raises ModelError where it is not whole, or transformers, with the package gguf, does not know its architecture.
    """
    file = gguf_file(entry)
    header = read_header(entry, file)
    _require_package(entry)
    _require_whole(entry, file, header)
    _require_known(entry, header)
    # transformers also takes what stands beside the file, such as tokenizer_config.json: the folder that it is given is empty
    with TemporaryDirectory() as empty, _read_once():
        yield GGUFSource(file, header, empty, {"gguf_file": str(file.resolve())})


def complete_gguf(entry: ModelEntry, header: GGUFHeader, model: Any, tokenizer: Any) -> None:
    """Give `model` and `tokenizer` what transformers leaves out of the file: named chat templates, further ends, Llama 3's rotary factors.

    Raises ModelError where it leaves out more that decides the text.
    """
    left = _left_out(header, model)
    rotary = getattr(model.base_model, "rotary_emb", None)
    if _ROPE_FACTORS in left and hasattr(rotary, "original_inv_freq"):
        _scale_rotary(entry, rotary)
        left.remove(_ROPE_FACTORS)
    if left:
        raise ModelError(
            f"{entry.name}: transformers would leave out {len(left)} of the file's tensors, such as {min(left)}, and compute another "
            f"text than the model's; {llama_server(entry)}."
        )
    _require_same_rope(entry, header, model)
    if len(header.templates) > 1:
        tokenizer.chat_template = header.templates
    if header.ends:
        model.generation_config.eos_token_id = header.ends


def gguf_type(header: GGUFHeader) -> str:
    """What the file is quantised as, such as ``Q4_K_M``; of a file that does not say, the type of most of its numbers."""
    from gguf import GGMLQuantizationType, LlamaFileType

    declared = header.metadata.get("general.file_type")
    if declared in {kind.value for kind in LlamaFileType}:
        return LlamaFileType(declared).name.removeprefix("MOSTLY_").removeprefix("ALL_")
    numbers: Counter[int] = Counter()
    for tensor in header.tensors.values():
        numbers[tensor.kind] += tensor.numbers
    return GGMLQuantizationType(numbers.most_common(1)[0][0]).name


def gguf_note(header: GGUFHeader) -> str:
    """What transformers does not read of the file and may tell in the text; empty if nothing."""
    from transformers.integrations.gguf.gguf_tokenizer_mapping import GGUF_PRE_TOKENIZER_SPLITS

    notes = []
    splits = header.metadata.get("tokenizer.ggml.pre", "default")
    if header.metadata.get("tokenizer.ggml.model") == "gpt2" and splits not in (*GGUF_PRE_TOKENIZER_SPLITS, "default", "gpt-2"):
        notes.append(f"the pre-tokenizer {splits} (text is split as GPT-2 does)")
    return ", ".join([*notes, *_settings_left_out(header)])


def _settings_left_out(header: GGUFHeader) -> list[str]:
    """The settings of the architecture that the loader has no place for."""
    from transformers.modeling_gguf_pytorch_utils import GGUF_TO_TRANSFORMERS_MAPPING

    known = GGUF_TO_TRANSFORMERS_MAPPING["config"].get(_loader_name(header))
    if known is None:  # a newer loader, which reads all
        return []
    prefix = f"{header.architecture}."
    given = [key.removeprefix(prefix) for key in header.metadata if key.startswith(prefix)]
    return [name for name in given if name not in known and name not in _NO_NUMBERS]


def _require_package(entry: ModelEntry) -> None:
    try:
        import gguf as _  # noqa: F401 - transformers reads by it
    except ImportError as error:
        raise ModelError(
            f"{entry.name} is a GGUF, which transformers reads by the package gguf ({error}): {install_hint('gguf')}; "
            f"or {llama_server(entry)}."
        ) from None


def _require_whole(entry: ModelEntry, file: Path, header: GGUFHeader) -> None:
    from gguf import GGML_QUANT_SIZES

    sizes = {kind.value: size for kind, size in GGML_QUANT_SIZES.items()}
    if unknown := sorted(name for name, tensor in header.tensors.items() if tensor.kind not in sizes):
        raise ModelError(
            f"{entry.name}: {unknown[0]} of {file} is of a type that the package gguf does not know; upgrade it, or {llama_server(entry)}."
        )
    ends = [tensor.offset + tensor.numbers // sizes[tensor.kind][0] * sizes[tensor.kind][1] for tensor in header.tensors.values()]
    needed, size = header.data_start + max(ends, default=0), file.stat().st_size
    if not ends:
        raise ModelError(f"{entry.name}: {file} holds no weights, only a vocabulary; give the file with the model's weights.")
    if size < needed:
        raise ModelError(f"{entry.name}: {file} is cut short: it has {size:,} bytes of {needed:,}; download it again.")


def _require_known(entry: ModelEntry, header: GGUFHeader) -> None:
    """Refuse kinds of model that transformers' loader does not know, and those that generate no text as a language model does."""
    from transformers.integrations.gguf import GGUF_CONFIG_ARCHS
    from transformers.modeling_gguf_pytorch_utils import GGUF_SUPPORTED_ARCHITECTURES

    if header.architecture == "clip":
        raise ModelError(f"{entry.name} is the vision part of a model; give the file of the language model, or {llama_server(entry)}.")
    if header.architecture in ("t5", "t5encoder", "umt5") or not {header.architecture, _loader_name(header)} & {
        *GGUF_CONFIG_ARCHS,
        *GGUF_SUPPORTED_ARCHITECTURES,
    }:
        raise ModelError(
            f"{entry.name} is a GGUF of the architecture {header.architecture}, which is not loaded here; {llama_server(entry)}."
        )


def _loader_name(header: GGUFHeader) -> str:
    """The architecture as transformers' loader calls it."""
    return {"gpt-oss": "gpt_oss", "minimax-m2": "minimax_m2", "qwen2moe": "qwen2_moe", "qwen3moe": "qwen3_moe"}.get(
        header.architecture, header.architecture
    )


@contextmanager
def _read_once() -> Iterator[None]:
    """Transformers makes a reader for configuration, tokenizer and weights each, and the vocabulary takes gguf seconds: they share one.
    Its bar is drawn whether bars are wanted or not, so it is given none."""
    import gguf
    from transformers import modeling_gguf_pytorch_utils

    package, loader = cast(Any, gguf), cast(Any, modeling_gguf_pytorch_utils)
    reader, bar = package.GGUFReader, loader.tqdm
    package.GGUFReader = cache(reader)
    loader.tqdm = lambda tensors, **_: tensors
    try:
        yield
    finally:
        package.GGUFReader = reader
        loader.tqdm = bar


def _left_out(header: GGUFHeader, model: Any) -> set[str]:
    """The tensors that transformers' older loader has no weight for; the newer one reports them itself."""
    from transformers.integrations.gguf.utils import is_gguf_arch_supported
    from transformers.modeling_gguf_pytorch_utils import TENSOR_PROCESSORS, TensorProcessor, get_gguf_hf_weights_map

    if is_gguf_arch_supported(header.architecture):
        return set()
    processor = TENSOR_PROCESSORS.get(header.architecture, TensorProcessor)(config=model.config.to_dict())
    weights = get_gguf_hf_weights_map(model, processor)
    return {name for name in header.tensors if name not in weights and not any(part in name for part in _LOADED_BY_PATTERN)}


def _scale_rotary(entry: ModelEntry, rotary: Any) -> None:
    """Divide the frequencies of the rotary embedding by the file's factors, as llama.cpp does."""
    from gguf import GGUFReader

    reader = GGUFReader(str(gguf_file(entry).resolve()))
    factors = torch.tensor(next(tensor.data for tensor in reader.tensors if tensor.name == _ROPE_FACTORS).copy())
    if factors.shape != rotary.inv_freq.shape:
        raise ModelError(
            f"{entry.name}: its rotary embedding has {rotary.inv_freq.numel()} frequencies and the file {factors.numel()} factors for "
            f"them; {llama_server(entry)}."
        )
    for name in ("inv_freq", "original_inv_freq"):
        frequencies = getattr(rotary, name)
        setattr(rotary, name, frequencies / factors.to(frequencies))


def _require_same_rope(entry: ModelEntry, header: GGUFHeader, model: Any) -> None:
    """Refuse a scaling of the rotary embedding that the loader left out."""
    prefix = f"{header.architecture}.rope."
    named = header.metadata.get(f"{prefix}scaling.type", "none")
    factor = max(header.metadata.get(f"{prefix}{key}", 1.0) for key in ("scaling.factor", "scale_linear"))
    declared = named if named != "none" else "linear" if factor != 1.0 else None
    read = (getattr(model.config.get_text_config(), "rope_parameters", None) or {}).get("rope_type", "default")
    if declared and read == "default":
        raise ModelError(
            f"{entry.name}: transformers would leave out the scaling of its rotary embedding ({declared}, factor {factor:g}), and compute "
            f"another text than the model's; {llama_server(entry)}."
        )
