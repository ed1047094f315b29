"""Attention heads and the KV cache of a token, from a configuration."""

from __future__ import annotations

from itemwise.models.attention import Attention, attention_of
from tests.inspect.test_shapes import config


def test_layers_that_see_a_window_are_told_apart() -> None:
    attention = attention_of(config("qwen2", use_sliding_window=True, sliding_window=16, max_window_layers=3))
    assert attention is not None
    assert (attention.layers, attention.caching, attention.sliding, attention.window) == (4, 4, 1, 16)


def test_a_latent_cache_is_not_told_as_one_of_keys_and_values() -> None:
    assert attention_of(config("deepseek_v3")) is None


def test_heads_of_several_sizes_are_no_one_size() -> None:
    assert attention_of(config("gemma4_text", head_dim=16, global_head_dim=32)) is None


def test_grouped_heads_share_keys_and_values() -> None:
    attention = attention_of(config("qwen2", num_key_value_heads=2))
    assert attention == Attention(layers=4, heads=4, kv_heads=2, head_dim=16, caching=4)
    assert attention.kv_bytes() == 2 * 4 * 2 * 16 * 2  # key and value, layers, KV heads, head dimension, bytes in bf16
    assert attention.kv_bytes(4) == 2 * attention.kv_bytes()
