"""Small GGUF files made on the spot out of checkpoint folders, as llama.cpp's converter writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFValueType, GGUFWriter
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoTokenizer

__all__ = ["dequantised_folder", "write_gguf"]

_ARCHITECTURES = {"qwen2": "qwen2", "llama": "llama", "mistral": "llama"}
_CONTROL = 3


def write_gguf(
    folder: Path,
    file: Path,
    kind: str = "F32",
    *,
    metadata: Mapping[str, Any] | None = None,
    tensors: Mapping[str, Any] | None = None,
    without: str = "",
    change: Callable[[str, np.ndarray[Any, Any]], np.ndarray[Any, Any]] = lambda _, numbers: numbers,
) -> Path:
    """`folder` as a GGUF whose matrices are of the type `kind`. `metadata` is written in place of or beside the usual, and left out
    where it is None, `tensors` beside the usual; the tensor `without` is left out, and `change` is given each by its name."""
    config = AutoConfig.from_pretrained(folder)
    architecture = _ARCHITECTURES[config.model_type]
    writer = GGUFWriter(file, (metadata or {}).get("general.architecture", architecture))
    writer.arch = architecture
    for key, value in (_settings(config, architecture) | _vocabulary(folder, config.vocab_size) | dict(metadata or {})).items():
        if value is not None and key != "general.architecture":
            _add(writer, key, value)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH[architecture.upper()], config.num_hidden_layers)
    for name, weights in load_file(folder / "model.safetensors").items():
        base, _, suffix = name.rpartition(".")
        stored = f"{names.get_name(base)}.{suffix}"
        numbers = change(stored, _permuted(name, weights.float().numpy(), config) if architecture == "llama" else weights.float().numpy())
        if stored != without:
            _add_tensor(writer, stored, numbers, kind)
    for stored, numbers in (tensors or {}).items():
        _add_tensor(writer, stored, numbers, "F32")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def dequantised_folder(folder: Path, out: Path, kind: str) -> Path:
    """`folder` with the numbers that its GGUF of the type `kind` has, which may be rounded apart only where rows are not moved."""
    out.mkdir()
    for each in folder.iterdir():
        (out / each.name).write_bytes(each.read_bytes())
    type_ = GGMLQuantizationType[kind]
    rounded = {
        name: torch.from_numpy(gguf.dequantize(gguf.quantize(weights.float().numpy(), type_), type_)) if weights.dim() == 2 else weights
        for name, weights in load_file(folder / "model.safetensors").items()
    }
    save_file(rounded, out / "model.safetensors", metadata={"format": "pt"})
    return out


def _settings(config: Any, architecture: str) -> dict[str, Any]:
    heads = {"head_count": config.num_attention_heads, "head_count_kv": config.num_key_value_heads}
    return {
        "general.name": "tiny",
        f"{architecture}.context_length": config.max_position_embeddings,
        f"{architecture}.block_count": config.num_hidden_layers,
        f"{architecture}.embedding_length": config.hidden_size,
        f"{architecture}.feed_forward_length": config.intermediate_size,
        **{f"{architecture}.attention.{name}": count for name, count in heads.items()},
        f"{architecture}.attention.layer_norm_rms_epsilon": float(config.rms_norm_eps),
        f"{architecture}.rope.freq_base": float(config.rope_parameters["rope_theta"]),
        f"{architecture}.rope.dimension_count": config.hidden_size // config.num_attention_heads,
    }


def _vocabulary(folder: Path, size: int) -> dict[str, Any]:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokens = tokenizer.convert_ids_to_tokens(list(range(size)))
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [_CONTROL if token in tokenizer.all_special_tokens else 1 for token in tokens],
        "tokenizer.ggml.scores": [0.0] * size,  # without merges, which an empty array cannot say
        "tokenizer.ggml.bos_token_id": tokenizer.bos_token_id,
        "tokenizer.ggml.eos_token_id": tokenizer.eos_token_id,
        "tokenizer.ggml.padding_token_id": tokenizer.pad_token_id,
        "tokenizer.chat_template": tokenizer.chat_template,
    }


def _add(writer: GGUFWriter, key: str, value: Any) -> None:
    kinds = {bool: GGUFValueType.BOOL, int: GGUFValueType.UINT32, float: GGUFValueType.FLOAT32, str: GGUFValueType.STRING}
    writer.add_key_value(key, value, kinds.get(type(value), GGUFValueType.ARRAY))


def _add_tensor(writer: GGUFWriter, name: str, numbers: np.ndarray[Any, Any], kind: str) -> None:
    if numbers.ndim < 2 or kind == "F32":
        writer.add_tensor(name, np.ascontiguousarray(numbers, dtype=np.float32))
        return
    type_ = GGMLQuantizationType[kind]
    writer.add_tensor(name, gguf.quantize(np.ascontiguousarray(numbers), type_), raw_dtype=type_)


def _permuted(name: str, weights: np.ndarray[Any, Any], config: Any) -> np.ndarray[Any, Any]:
    """Rows of query and key in the order that llama.cpp keeps for Llama's rotary embedding."""
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    if not (count := next((count for part, count in heads.items() if f".{part}." in name), 0)):
        return weights
    pairs = weights.reshape(count, 2, weights.shape[0] // count // 2, *weights.shape[1:])
    return pairs.swapaxes(1, 2).reshape(weights.shape)
