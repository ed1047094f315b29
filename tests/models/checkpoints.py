"""Small checkpoints made on the spot: the real architectures with seeded random weights and a tokenizer of bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen2VLConfig,
    Qwen2VLForConditionalGeneration,
)

__all__ = ["BOS", "CHAT_TEMPLATE", "CONTEXT", "EOS", "KINDS", "make_checkpoint", "overwrite"]

BOS, EOS, PAD = "<s>", "</s>", "<pad>"
SPECIAL = (BOS, EOS, PAD, "<|system|>", "<|user|>", "<|assistant|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
CONTEXT = 160
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message.role == 'tool' %}{{ raise_exception('no tools here') }}{% endif %}"
    "<|{{ message.role }}|>{{ message.content }}{{ eos_token }}"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SIZES = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "max_position_embeddings": CONTEXT,
    "initializer_range": 0.3,  # wide, so that the likeliest token leads by far more than rounding
    "bos_token_id": 0,
    "eos_token_id": 1,
}
KINDS = ("qwen2", "llama", "mistral")


def make_checkpoint(folder: Path, kind: str = "qwen2", *, chat: bool = True, seed: int = 0, **sizes: Any) -> Path:
    """Write a checkpoint as save_pretrained does: `kind` is one of KINDS or ``qwen2_vl``; `sizes` go into its config."""
    tokenizer = _tokenizer(adds_bos=kind in ("llama", "mistral"))
    if chat:
        tokenizer.chat_template = CHAT_TEMPLATE
    torch.manual_seed(seed)
    _model(kind, {**SIZES, "vocab_size": len(tokenizer), **sizes}).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def overwrite(folder: Path, name: str, values: Mapping[str, Any]) -> Path:
    """Change `values` in the JSON file `name` of a checkpoint."""
    file = folder / name
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | dict(values)), encoding="utf-8")
    return folder


def _tokenizer(*, adds_bos: bool) -> PreTrainedTokenizerFast:
    pieces = [*SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    backend = Tokenizer(models.BPE(vocab={piece: number for number, piece in enumerate(pieces)}, merges=[]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    if adds_bos:
        backend.post_processor = processors.TemplateProcessing(single=f"{BOS} $A", special_tokens=[(BOS, 0)])
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, bos_token=BOS, eos_token=EOS, pad_token=PAD, additional_special_tokens=list(SPECIAL[3:])
    )


def _model(kind: str, sizes: dict[str, Any]) -> Any:
    match kind:
        case "qwen2":
            return Qwen2ForCausalLM(Qwen2Config(**sizes))
        case "llama":
            return LlamaForCausalLM(LlamaConfig(**sizes))
        case "mistral":
            return MistralForCausalLM(MistralConfig(**sizes))
        case "qwen2_vl":
            return Qwen2VLForConditionalGeneration(_vision_config(sizes))
    raise ValueError(f"kind must be one of {', '.join(KINDS)}, qwen2_vl, got {kind!r}")


def _vision_config(sizes: dict[str, Any]) -> Qwen2VLConfig:
    text = {**sizes, "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]}}
    vision = {"depth": 1, "embed_dim": 64, "hidden_size": 64, "num_heads": 4, "mlp_ratio": 2}
    tokens = {"vision_start_token_id": 6, "vision_end_token_id": 7, "image_token_id": 8, "video_token_id": 9}
    return Qwen2VLConfig(text_config=text, vision_config=vision, **tokens)
