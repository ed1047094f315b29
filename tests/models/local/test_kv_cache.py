"""Rows join and leave a rectangle of keys and values, and each keeps its own."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from itemwise.models.local.kv_cache import KVCache

HEADS, WIDTH, LAYERS = 2, 3, 2
moves = st.one_of(
    st.tuples(st.just("insert"), st.lists(st.integers(1, 90), min_size=1, max_size=4)),
    st.tuples(st.just("append"), st.integers(1, 80)),
    st.tuples(st.just("retain"), st.integers(0, 255)),
)


def numbered(row: int, first: int, count: int) -> torch.Tensor:
    """What stands for `count` tokens of a row, each value once: [heads, tokens, width]."""
    tokens = torch.arange(first, first + count, dtype=torch.float32) + 1000 * row
    return tokens[None, :, None].expand(HEADS, -1, WIDTH)


def prefilled(rows: list[int], lengths: dict[int, int]) -> tuple[list[tuple[torch.Tensor, torch.Tensor]], torch.Tensor]:
    """Rows as they are inserted together, padded on the left with what nobody may see."""
    widest = max(lengths[row] for row in rows)
    keys = torch.full((len(rows), HEADS, widest, WIDTH), -1.0)
    mask = torch.zeros(len(rows), widest, dtype=torch.bool)
    for place, row in enumerate(rows):
        keys[place, :, widest - lengths[row] :] = numbered(row, 0, lengths[row])
        mask[place, widest - lengths[row] :] = True
    return [(keys, -keys)] * LAYERS, mask


@given(st.lists(moves, max_size=30))
def test_each_row_sees_its_own_tokens_in_order_whoever_joins_and_leaves(played: list[tuple[str, object]]) -> None:
    kv_cache, rows, lengths = KVCache(), [], {}
    for move, given_ in played:
        if move == "insert":
            joining = [len(lengths) + number for number in range(len(given_))]  # type: ignore[arg-type]
            lengths |= dict(zip(joining, given_, strict=True))  # type: ignore[call-overload]
            kv_cache.insert(*(prefilled(part, lengths) for part in (joining[::2], joining[1::2]) if part))
            joining = [*joining[::2], *joining[1::2]]
            rows += joining
        elif move == "retain" and rows:
            order = kv_cache.retain([place for place in range(len(rows)) if int(given_) >> place % 8 & 1])  # type: ignore[call-overload]
            rows = [rows[place] for place in order]
        elif move == "append" and rows:
            for _ in range(int(given_)):  # type: ignore[call-overload]
                cache = kv_cache.cache
                new = torch.stack([numbered(row, lengths[row], 1) for row in rows])
                for layer in range(LAYERS):
                    keys, values = cache.update(new, -new, layer)
                    assert keys.shape[-2] == kv_cache.mask.shape[1]
                seen = [(keys[place][:, kv_cache.mask[place]], values[place][:, kv_cache.mask[place]]) for place in range(len(rows))]
                kv_cache.append()
                for row, (own, negative) in zip(rows, seen, strict=True):
                    lengths[row] += 1
                    assert torch.equal(own, numbered(row, 0, lengths[row]))
                    assert torch.equal(negative, -own)
        assert kv_cache.rows == len(rows)
        assert kv_cache.width == max((lengths[row] for row in rows), default=0)


def test_rows_that_come_and_go_stay_in_the_memory_that_there_is() -> None:
    kv_cache, places = KVCache(), []
    kv_cache.insert(prefilled([0, 1], {0: 40, 1: 40}))
    for row in range(2, 20):
        for _ in range(30):
            kv_cache.cache.update(*[torch.ones(kv_cache.rows, HEADS, 1, WIDTH)] * 2, 0)
            kv_cache.append()
        kv_cache.retain([1])  # the older one leaves
        kv_cache.insert(prefilled([row], {row: 40}))
        places.append(kv_cache.cache.layers[0].keys.data_ptr())
    assert (len(set(places[8:])), kv_cache.width) == (1, 70)
