"""Rows join and leave a rectangle of keys and values, and each keeps its own."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from itemwise.models.local.kv_cache import KeyValues

HEADS, WIDTH, LAYERS = 2, 3, 2
moves = st.one_of(
    st.tuples(st.just("join"), st.lists(st.integers(1, 90), min_size=1, max_size=4)),
    st.tuples(st.just("grow"), st.integers(1, 80)),
    st.tuples(st.just("keep"), st.integers(0, 255)),
)


def numbered(row: int, first: int, count: int) -> torch.Tensor:
    """What stands for `count` tokens of a row, each value once: [heads, tokens, width]."""
    tokens = torch.arange(first, first + count, dtype=torch.float32) + 1000 * row
    return tokens[None, :, None].expand(HEADS, -1, WIDTH)


@given(st.lists(moves, max_size=30))
def test_each_row_sees_its_own_tokens_in_order_whoever_joins_and_leaves(played: list[tuple[str, object]]) -> None:
    kept, rows, lengths = KeyValues(), [], {}
    for move, given_ in played:
        if move == "join":
            joining = [len(lengths) + number for number in range(len(given_))]  # type: ignore[arg-type]
            lengths |= dict(zip(joining, given_, strict=True))  # type: ignore[call-overload]
            widest = max(given_)  # type: ignore[call-overload]
            keys = torch.full((len(joining), HEADS, widest, WIDTH), -1.0)
            mask = torch.zeros(len(joining), widest, dtype=torch.bool)
            for place, row in enumerate(joining):
                keys[place, :, widest - lengths[row] :] = numbered(row, 0, lengths[row])
                mask[place, widest - lengths[row] :] = True
            kept.join([(keys, -keys)] * LAYERS, mask)
            rows += joining
        elif move == "keep" and rows:
            order = kept.keep([place for place in range(len(rows)) if int(given_) >> place % 8 & 1])  # type: ignore[call-overload]
            rows = [rows[place] for place in order]
        elif move == "grow" and rows:
            for _ in range(int(given_)):  # type: ignore[call-overload]
                cache = kept.cache
                new = torch.stack([numbered(row, lengths[row], 1) for row in rows])
                for layer in range(LAYERS):
                    keys, values = cache.update(new, -new, layer)
                    assert keys.shape[-2] == kept.mask.shape[1]
                seen = [(keys[place][:, kept.mask[place]], values[place][:, kept.mask[place]]) for place in range(len(rows))]
                kept.grow()
                for row, (own, negative) in zip(rows, seen, strict=True):
                    lengths[row] += 1
                    assert torch.equal(own, numbered(row, 0, lengths[row]))
                    assert torch.equal(negative, -own)
        assert kept.rows == len(rows)
        assert kept.width == max((lengths[row] for row in rows), default=0)
