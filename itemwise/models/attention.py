"""The attention heads and KV cache of a language model, from its configuration alone."""

from dataclasses import dataclass
from typing import Any

__all__ = ["Attention", "attention_of"]

CACHING_LAYERS = ("full_attention", "sliding_attention", "chunked_attention")


@dataclass(frozen=True)
class Attention:
    """The language model's attention. `kv_heads` below `heads` is grouped-query attention (Ainslie et al. 2023, arXiv 2305.13245).

    `caching` layers keep keys and values for the cache; of these, `sliding` ones only for the last `window` tokens.
    """

    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    caching: int
    sliding: int = 0
    window: int | None = None

    def kv_bytes(self, number: int = 2) -> int:
        """Bytes that one token adds to the cache, a key and a value for each KV head of each layer; `number` is 2 for bf16."""
        return 2 * self.caching * self.kv_heads * self.head_dim * number


def attention_of(config: Any) -> Attention | None:
    """The attention of `config`'s language model; None where keys and values are not kept as such (latent attention, or none), or heads
    differ from layer to layer (Gemma 4)."""
    text = config.get_text_config()
    heads = getattr(text, "num_attention_heads", None)
    if not isinstance(heads, int) or getattr(text, "kv_lora_rank", None) or _has_heads_of_several_sizes(text):
        return None
    kinds = list(getattr(text, "layer_types", None) or ["full_attention"] * text.num_hidden_layers)
    return Attention(
        layers=text.num_hidden_layers,
        heads=heads,
        kv_heads=getattr(text, "num_key_value_heads", None) or heads,
        head_dim=getattr(text, "head_dim", None) or text.hidden_size // heads,
        caching=sum(kind in CACHING_LAYERS for kind in kinds),
        sliding=kinds.count("sliding_attention"),
        window=getattr(text, "sliding_window", None),
    )


def _has_heads_of_several_sizes(text: Any) -> bool:
    try:
        getattr(text, "head_dim", None)
    except RuntimeError:  # transformers' word for it
        return True
    return False
