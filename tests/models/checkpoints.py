"""Small checkpoints made on the spot: the real architectures with seeded random weights and a tokenizer of bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import (
    CLIPVisionConfig,
    LlamaConfig,
    LlamaForCausalLM,
    LlavaConfig,
    LlavaForConditionalGeneration,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen2VLConfig,
    Qwen2VLForConditionalGeneration,
)

__all__ = [
    "BOS",
    "CHAT_TEMPLATE",
    "CONTEXT",
    "EOS",
    "KINDS",
    "QWEN_TEMPLATE",
    "SEEING",
    "SIZES",
    "SPECIAL",
    "TOOL_TEMPLATE",
    "byte_tokenizer",
    "make_checkpoint",
    "overwrite",
]

BOS, EOS, PAD = "<s>", "</s>", "<pad>"
VISION = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>", "<image>")
SPECIAL = (BOS, EOS, PAD, "<|system|>", "<|user|>", "<|assistant|>", *VISION)
CONTEXT = 160
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message.role == 'tool' %}{{ raise_exception('no tools here') }}{% endif %}"
    "<|{{ message.role }}|>{{ message.content }}{{ eos_token }}"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
_PARTS = (
    "{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content %}"
    "{% if part.type == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part.text }}{% endif %}"
    "{% endfor %}{% endif %}"
)
QWEN_TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>" + _PARTS + "{{ eos_token }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
TOOL_TEMPLATE = (  # of a kind that sees and calls
    "{% for tool in tools or [] %}{{ tool.function.name }} {% endfor %}{% for message in messages %}"
    "<|{{ 'user' if message.role == 'tool' else message.role }}|>" + _PARTS + "{% for call in message.tool_calls or [] %}"
    "<tool_call>{{ call.function | tojson }}</tool_call>{% endfor %}{{ eos_token }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
_LLAVA_TEMPLATE = (  # a string has no parts: its characters are passed over
    "{% for message in messages %}{{ message.role | upper }}: "
    "{% for part in message.content | selectattr('type', 'equalto', 'image') %}<image>\n{% endfor %}"
    "{% for part in message.content | selectattr('type', 'equalto', 'text') %}{{ part.text }} {% endfor %}"
    "{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}"
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
SEEING = ("qwen2_vl", "qwen2_5_vl", "llava")


def make_checkpoint(folder: Path, kind: str = "qwen2", *, chat: bool = True, seed: int = 0, **sizes: Any) -> Path:
    """Write a checkpoint as save_pretrained does: `kind` is one of KINDS or SEEING; `sizes` go into its config."""
    tokenizer = byte_tokenizer(adds_bos=kind in ("llama", "mistral", "llava"))
    if chat:
        tokenizer.chat_template = _LLAVA_TEMPLATE if kind == "llava" else QWEN_TEMPLATE if kind in SEEING else CHAT_TEMPLATE
    torch.manual_seed(seed)
    _model(kind, {**SIZES, "vocab_size": len(tokenizer), **sizes}).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for name, values in _PROCESSORS.get(kind, {}).items():
        (folder / name).write_text(json.dumps(values), encoding="utf-8")
    return folder


def overwrite(folder: Path, name: str, values: Mapping[str, Any]) -> Path:
    """Change `values` in the JSON file `name` of a checkpoint."""
    file = folder / name
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | dict(values)), encoding="utf-8")
    return folder


def byte_tokenizer(*, adds_bos: bool) -> PreTrainedTokenizerFast:
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
            vision = {"depth": 2, "embed_dim": 64, "hidden_size": 64, "num_heads": 4, "mlp_ratio": 2, "initializer_range": 0.3}
            return Qwen2VLForConditionalGeneration(Qwen2VLConfig(text_config=_mrope(sizes), vision_config=vision, **_TOKENS))
        case "qwen2_5_vl":
            vision = {"depth": 2, "hidden_size": 64, "out_hidden_size": 64, "num_heads": 4, "intermediate_size": 128, "window_size": 56}
            vision |= {"fullatt_block_indexes": [1], "initializer_range": 0.3}
            return Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig(text_config=_mrope(sizes), vision_config=vision, **_TOKENS))
        case "llava":
            return LlavaForConditionalGeneration(_llava_config(sizes))
    raise ValueError(f"kind must be one of {', '.join((*KINDS, *SEEING))}, got {kind!r}")


def _mrope(sizes: dict[str, Any]) -> dict[str, Any]:
    """Of 8 pairs of a head's width, 2 turn with a picture's time, 3 with its height and 3 with its width."""
    return {**sizes, "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]}}


def _llava_config(sizes: dict[str, Any]) -> LlavaConfig:
    layers = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
    vision = CLIPVisionConfig(**layers, image_size=56, patch_size=14, initializer_factor=10.0)
    image = {"image_token_index": SPECIAL.index("<image>"), "image_seq_length": 16}
    return LlavaConfig(vision_config=vision, text_config=LlamaConfig(**sizes), initializer_range=0.3, **image)


_TOKENS = {
    "vision_start_token_id": SPECIAL.index("<|vision_start|>"),
    "vision_end_token_id": SPECIAL.index("<|vision_end|>"),
    "image_token_id": SPECIAL.index("<|image_pad|>"),
    "video_token_id": SPECIAL.index("<|video_pad|>"),
}
_QWEN_IMAGES = {"image_processor_type": "Qwen2VLImageProcessor", "min_pixels": 4 * 28 * 28, "max_pixels": 30 * 28 * 28}
_LLAVA_IMAGES = {"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 56}, "crop_size": {"height": 56, "width": 56}}
_PATCHES = {"patch_size": 14, "num_additional_image_tokens": 1, "vision_feature_select_strategy": "default"}
_PROCESSORS = {  # the files of each family on the hub
    "qwen2_vl": {"preprocessor_config.json": {**_QWEN_IMAGES, "processor_class": "Qwen2VLProcessor"}},
    "qwen2_5_vl": {"preprocessor_config.json": {**_QWEN_IMAGES, "processor_class": "Qwen2_5_VLProcessor"}},
    "llava": {
        "preprocessor_config.json": {**_LLAVA_IMAGES, "processor_class": "LlavaProcessor"},
        "processor_config.json": {**_PATCHES, "image_token": "<image>", "processor_class": "LlavaProcessor"},
    },
}
