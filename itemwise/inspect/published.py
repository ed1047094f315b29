"""Published configurations of the registry's 7B models, so that they can be inspected without the hub.

Qwen2.5: arXiv 2412.15115; Qwen2.5-Math: 2409.12122; Llama 2: 2307.09288; Qwen2-VL: 2409.12191; Qwen2.5-VL: 2502.13923;
LLaVA-1.5: 2310.03744. What is missing here is the architecture's default in transformers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from itemwise.models import REGISTRY, ModelEntry

__all__ = ["PUBLISHED", "Published", "published"]


@dataclass(frozen=True)
class Published:
    """The values of a configuration, `model_type` among them, and the fewest and most `pixels` a picture is scaled to."""

    config: Mapping[str, Any]
    pixels: tuple[int, int] | None = None


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
}


def published(entry: ModelEntry) -> Published | None:
    """The published configuration of `entry`, by its location on the hub; None for other models, and other revisions of these."""
    for name, values in PUBLISHED.items():
        known = REGISTRY[name]
        if entry.location == known.location and entry.revision in (None, known.revision):
            return values
    return None
