"""Published configurations of models of the registry, so that they can be inspected without the hub.

Qwen2.5: arXiv 2412.15115; Qwen2.5-Math: 2409.12122; Llama 2: 2307.09288; Qwen2-VL: 2409.12191; Qwen2.5-VL: 2502.13923;
LLaVA-1.5: 2310.03744. What is missing here is the architecture's default in transformers. Those of 2026 say their `source`; the
sums of their parameters are what their makers publish, which the tests hold them to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from itemwise.models import REGISTRY, ModelEntry

__all__ = ["PUBLISHED", "Published", "published"]


@dataclass(frozen=True)
class Published:
    """The values of a configuration, `model_type` among them, the fewest and most `pixels` a picture is scaled to, and in words the
    `source` of the values."""

    config: Mapping[str, Any]
    pixels: tuple[int, int] | None = None
    source: str = "as published"


_QWEN_7B = {
    "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "vocab_size": 152064,
    "max_position_embeddings": 32768,
    "rms_norm_eps": 1e-6,
    "tie_word_embeddings": False,
}
_LLAMA_7B = {
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "max_position_embeddings": 4096,
    "rms_norm_eps": 1e-5,
    "tie_word_embeddings": False,
}
_ROPE = {"rope_type": "default", "rope_theta": 1e6}
_M_ROPE = {**_ROPE, "mrope_section": [16, 24, 24]}
_QWEN_VISION = {"depth": 32, "num_heads": 16, "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2}
_CLIP_L_336 = {
    "model_type": "clip_vision_model",
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "image_size": 336,
    "patch_size": 14,
    "projection_dim": 768,
}
_QWEN3_4B = {"hidden_size": 2560, "intermediate_size": 9728, "num_hidden_layers": 36, "tie_word_embeddings": True}
_QWEN3 = {"num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151936, "max_position_embeddings": 40960}
_LLAMA_3 = {"num_key_value_heads": 8, "vocab_size": 128256, "max_position_embeddings": 131072}
_LLAMA_3_ROPE = {"rope_type": "llama3", "rope_theta": 500000.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
_LLAMA_3_ROPE |= {"original_max_position_embeddings": 8192}
_COPIED = "from copies of its config.json, not from the hub"
_PHI_4_MINI = {"hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 32, "num_attention_heads": 24, "num_key_value_heads": 8}


def _defaults(model_type: str, what: str = "") -> Published:
    """What transformers takes where nothing is given; its documentation calls that similar to the checkpoint, which may differ from it."""
    source = f"transformers' defaults for this architecture{what}: similar to the checkpoint, whose context and positions may be others"
    return Published({"model_type": model_type}, source=source)


_QWEN_PIXELS = (56 * 56, 14 * 14 * 4 * 16384)

PUBLISHED: dict[str, Published] = {
    "qwen2.5-7b-instruct": Published({"model_type": "qwen2", **_QWEN_7B, "rope_parameters": _ROPE}),
    "qwen2.5-math-7b-instruct": Published(
        {"model_type": "qwen2", **_QWEN_7B, "max_position_embeddings": 4096, "rope_parameters": {**_ROPE, "rope_theta": 10000.0}}
    ),
    "llama-2-7b-chat": Published({"model_type": "llama", **_LLAMA_7B, "vocab_size": 32000}),
    "qwen2-vl-7b-instruct": Published(
        {
            "model_type": "qwen2_vl",
            "text_config": {**_QWEN_7B, "rope_parameters": _M_ROPE},
            "vision_config": {**_QWEN_VISION, "embed_dim": 1280, "mlp_ratio": 4, "hidden_size": 3584},
        },
        _QWEN_PIXELS,
    ),
    "qwen2.5-vl-7b-instruct": Published(
        {
            "model_type": "qwen2_5_vl",
            "text_config": {**_QWEN_7B, "max_position_embeddings": 128000, "rope_parameters": _M_ROPE},
            "vision_config": {**_QWEN_VISION, "hidden_size": 1280, "intermediate_size": 3420, "out_hidden_size": 3584, "window_size": 112},
        },
        _QWEN_PIXELS,
    ),
    "llava-1.5-7b": Published(
        {
            "model_type": "llava",
            "text_config": {"model_type": "llama", **_LLAMA_7B, "vocab_size": 32064},
            "vision_config": _CLIP_L_336,
            "vision_feature_layer": -2,
            "vision_feature_select_strategy": "default",
        }
    ),
    "qwen3-4b": Published({"model_type": "qwen3", **_QWEN3, **_QWEN3_4B, "rope_parameters": _ROPE}, source=_COPIED),
    "qwen3-4b-instruct-2507": Published(
        {
            "model_type": "qwen3",
            **_QWEN3,
            **_QWEN3_4B,
            "max_position_embeddings": 262144,
            "rope_parameters": {**_ROPE, "rope_theta": 5e6},
        },
        source=_COPIED,
    ),
    "llama-3.1-8b-instruct": Published(
        {
            "model_type": "llama",
            **_LLAMA_7B,
            **_LLAMA_3,
            "intermediate_size": 14336,
            "rope_parameters": {**_LLAMA_3_ROPE, "factor": 8.0},
        },
        source=_COPIED,
    ),
    "llama-3.2-3b-instruct": Published(
        {
            "model_type": "llama",
            **_LLAMA_3,
            "hidden_size": 3072,
            "intermediate_size": 8192,
            "num_hidden_layers": 28,
            "num_attention_heads": 24,
            "head_dim": 128,
            "tie_word_embeddings": True,
            "rope_parameters": {**_LLAMA_3_ROPE, "factor": 32.0},
        },
        source=_COPIED,
    ),
    "gpt-oss-20b": Published(
        {"model_type": "gpt_oss", "num_hidden_layers": 24, "num_local_experts": 32},
        source="from arXiv 2508.10925 and transformers' defaults, as if it were not MXFP4",
    ),
    "phi-4-mini-instruct": Published(
        {"model_type": "phi3", **_PHI_4_MINI, "vocab_size": 200064, "tie_word_embeddings": True, "max_position_embeddings": 131072},
        source="from arXiv 2503.01743, its positions as transformers takes them for Phi-3",
    ),
    "smollm3-3b": _defaults("smollm3"),
    "qwen3.5-9b": _defaults("qwen3_5_text", " (the language model alone, without its vision tower)"),
    "lfm3-1.7b": _defaults("lfm3"),
    "lfm3-vl-2b": _defaults("lfm3_vl"),
    "molmo2-8b": _defaults("molmo2"),
}


def published(entry: ModelEntry) -> Published | None:
    """The published configuration of `entry`, by its location on the hub; None for other models, and other revisions of these."""
    for name, values in PUBLISHED.items():
        known = REGISTRY[name]
        if entry.location == known.location and entry.revision in (None, known.revision):
            return values
    return None
