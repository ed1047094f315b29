"""Small checkpoints of many architectures: the real code of each with seeded random weights, two to four layers, a window of 16 tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForImageTextToText

from tests.models.checkpoints import CHAT_TEMPLATE, QWEN_TEMPLATE, SIZES, SPECIAL, byte_tokenizer

__all__ = ["CONTINUOUS", "MASKED", "QWEN_3_IMAGES", "RECURRENT", "SEEING_2026", "UNPADDED", "make_architecture", "make_seeing"]

_FOUR = {"num_hidden_layers": 4}
_WINDOW: Mapping[str, Any] = {"head_dim": 16, "sliding_window": 16, "layer_types": ["sliding_attention", "full_attention"]}
_EXPERTS = {"num_experts": 4, "num_local_experts": 4, "n_routed_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 32}
_LATENT = {"kv_lora_rank": 16, "q_lora_rank": 16, "qk_nope_head_dim": 16, "qk_rope_head_dim": 8, "v_head_dim": 16, "n_shared_experts": 1}
_LATENT |= {**_EXPERTS, "n_group": 1, "topk_group": 1, "first_k_dense_replace": 1}
_DELTA: Mapping[str, Any] = {
    **_FOUR,
    "head_dim": 16,
    "linear_num_key_heads": 2,
    "linear_num_value_heads": 4,
    "linear_key_head_dim": 16,
    "linear_value_head_dim": 16,
    "layer_types": [*["linear_attention"] * 3, "full_attention"],
}
_MAMBA = {"mamba_n_heads": 8, "mamba_d_head": 16, "mamba_d_state": 16, "mamba_n_groups": 1, "mamba_chunk_size": 16}
_NEMOTRON = {"mamba_num_heads": 8, "mamba_head_dim": 16, "ssm_state_size": 16, "n_groups": 1, "chunk_size": 16, "head_dim": 16}
_NEMOTRON |= {"moe_shared_expert_intermediate_size": 32, "n_group": 1, "topk_group": 1}
_JAMBA = {"attn_layer_period": 2, "attn_layer_offset": 1, "use_mamba_kernels": False}
_GRIFFIN = {"lru_width": 64, "block_types": ["recurrent", "recurrent", "attention"]}
_CONVOLUTION = {**_FOUR, "layer_types": ["conv", "conv", "full_attention", "conv"]}

CONTINUOUS: Mapping[str, Mapping[str, Any]] = {  # keys and values in every layer: the running batch
    "qwen3": {"head_dim": 16},
    "qwen3_moe": {"head_dim": 16, **_EXPERTS},
    "llama": {},
    "smollm3": {},
    "ministral3": {"head_dim": 16},
    "granite": {},
    "olmo2": {},
    "deepseek_v3": _LATENT,
}
MASKED: Mapping[str, Mapping[str, Any]] = {  # keys and values, of a window or otherwise not for the running batch
    "gemma3_text": {**_WINDOW, "query_pre_attn_scalar": 16},
    "gemma4_text": {**_WINDOW, "global_head_dim": 16, "hidden_size_per_layer_input": 16, "num_kv_shared_layers": 0},
    "gpt_oss": {**_WINDOW, **_EXPERTS},
    "ministral": _WINDOW,
    "mistral": {"sliding_window": 16},
    "olmo3": _WINDOW,
    "phi3": {"sliding_window": 16},
    "cohere2": _WINDOW,
}
RECURRENT: Mapping[str, Mapping[str, Any]] = {  # a state that padding leaves as it is
    "qwen3_5_text": _DELTA,
    "qwen3_next": {**_DELTA, **_EXPERTS, "shared_expert_intermediate_size": 32},
    "lfm2": {**_CONVOLUTION, "block_auto_adjust_ff_dim": False},
    "lfm3": {**_FOUR, "head_dim": 16, "sliding_window": 16, "layer_types": ["conv", "sliding_attention", "full_attention", "conv"]},
    "lfm2_moe": {**_CONVOLUTION, **_EXPERTS, "num_dense_layers": 1},
    "granitemoehybrid": {**_FOUR, **_EXPERTS, **_MAMBA, "layer_types": ["mamba", "mamba", "attention", "mamba"]},
    "falcon_h1": {**_MAMBA, "head_dim": 16, "mamba_d_ssm": 64, "mamba_n_heads": 4},
    "jamba": {**_FOUR, **_JAMBA, "num_experts": 2, "num_experts_per_tok": 1},
    "nemotron_h": {**_EXPERTS, "layers_block_type": ["mamba", "moe", "attention", "mamba"], "use_mamba_kernels": False, **_NEMOTRON},
    "mamba": {"state_size": 8},
    "mamba2": {"num_heads": 8, "head_dim": 16, "state_size": 16, "n_groups": 1, "chunk_size": 16},
}
UNPADDED: Mapping[str, Mapping[str, Any]] = {  # a state that takes up padding in this transformers, or one of a kind of its own
    "minimax": {**_FOUR, **_EXPERTS, "head_dim": 16, "layer_types": ["linear_attention", "full_attention"] * 2, "block_size": 16},
    "recurrent_gemma": {"num_hidden_layers": 3, "attention_window_size": 32, **_GRIFFIN},
    "rwkv": {"attention_hidden_size": 64},
}
_TOWER = {"hidden_size": 64, "intermediate_size": 128, "num_heads": 4, "depth": 2, "num_attention_heads": 4, "num_hidden_layers": 2}
_TOWER |= {"out_hidden_size": 64, "image_size": 56, "patch_size": 14, "initializer_range": 0.3}
_M_ROPE = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [4, 2, 2], "mrope_interleaved": True}
_QWEN_VISION = {"patch_size": 16, "num_position_embeddings": 64}
_IMAGE = {"image_token_id": SPECIAL.index("<|image_pad|>")}
_QWEN_TOKENS = {
    "image_token_id": SPECIAL.index("<|image_pad|>"),
    "video_token_id": SPECIAL.index("<|video_pad|>"),
    "vision_start_token_id": SPECIAL.index("<|vision_start|>"),
    "vision_end_token_id": SPECIAL.index("<|vision_end|>"),
}
_GEMMA_3 = {**_WINDOW, "model_type": "gemma3_text", "query_pre_attn_scalar": 16}
_LFM = {"model_type": "lfm2", **_CONVOLUTION, "block_auto_adjust_ff_dim": False}

SEEING_2026: Mapping[str, Mapping[str, Mapping[str, Any]]] = {  # language model, vision tower, and what stands beside both
    "qwen3_vl": {"text": {"rope_parameters": _M_ROPE}, "vision": {**_QWEN_VISION, "deepstack_visual_indexes": [0]}, "both": _QWEN_TOKENS},
    "qwen3_5": {
        "text": {**_DELTA, "rope_parameters": {**_M_ROPE, "partial_rotary_factor": 1.0}},
        "vision": _QWEN_VISION,
        "both": _QWEN_TOKENS,
    },
    "gemma3": {"text": _GEMMA_3, "vision": {"model_type": "siglip_vision_model"}, "both": {"mm_tokens_per_image": 4}},
    "smolvlm": {"text": {"model_type": "llama"}, "vision": {}, "both": {**_IMAGE, "scale_factor": 2}},
    "internvl": {"text": {"model_type": "qwen2"}, "vision": {"image_size": [56, 56], "patch_size": [14, 14]}, "both": _IMAGE},
    "mistral3": {"text": {"model_type": "ministral3"}, "vision": {"model_type": "pixtral"}, "both": _IMAGE},
    "lfm2_vl": {"text": _LFM, "vision": {"model_type": "siglip2_vision_model", "num_patches": 16}, "both": _IMAGE},
}

QWEN_3_IMAGES = {
    "image_processor_type": "Qwen2VLImageProcessor",
    "processor_class": "Qwen3VLProcessor",
    "patch_size": 16,
    "temporal_patch_size": 2,
    "merge_size": 2,
    "min_pixels": 4 * 32 * 32,
    "max_pixels": 30 * 32 * 32,
}


def make_seeing(folder: Path, name: str, processor: Mapping[str, Any] | None = None, **sizes: Any) -> Path:
    """Write a checkpoint of `name`, one of SEEING_2026; without the values of its `processor` it is one that sees nothing.
    `sizes` go into the configuration of the language model."""
    tokenizer, parts = byte_tokenizer(adds_bos=False), SEEING_2026[name]
    tokenizer.chat_template = QWEN_TEMPLATE
    text = {
        **SIZES,
        "head_dim": 16,
        "vocab_size": len(tokenizer),
        "pad_token_id": None,
        "tie_word_embeddings": False,
        **parts["text"],
        **sizes,
    }
    torch.manual_seed(0)
    config = AutoConfig.for_model(
        name, text_config=text, vision_config={**_TOWER, **parts["vision"]}, tie_word_embeddings=False, **parts["both"]
    )
    AutoModelForImageTextToText.from_config(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    if processor:
        (folder / "preprocessor_config.json").write_text(json.dumps(dict(processor)), encoding="utf-8")
    return folder


def make_architecture(folder: Path, name: str, **sizes: Any) -> Path:
    """Write a checkpoint of the architecture `name`, one of the four lists; `sizes` go into its configuration."""
    tokenizer = byte_tokenizer(adds_bos=False)
    tokenizer.chat_template = CHAT_TEMPLATE
    known = {**CONTINUOUS, **MASKED, **RECURRENT, **UNPADDED}[name]
    # no padding token in the configuration: its embedding would be zeros, which no state could take up
    common = {**SIZES, "vocab_size": len(tokenizer), "vocab_size_per_layer_input": len(tokenizer), "pad_token_id": None}
    torch.manual_seed(0)
    config = AutoConfig.for_model(name, **{**common, "tie_word_embeddings": False, **known, **sizes})
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
