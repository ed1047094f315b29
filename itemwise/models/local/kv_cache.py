"""KV cache of a continuous batch: one left-padded tensor of keys and of values per layer, with room to insert and evict sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache, DynamicLayer

__all__ = ["KVCache"]

SLACK = 64  # columns to grow by, at least


class KVCache:
    """Keys and values of each layer as [rows, heads, columns, head_dim], with a mask over rows and columns; a row is one sequence.

    Every row's last token stands in the last column in use; the columns before a shorter row's first token are masked.
    Rotary positions are already in the keys, so a row may stand in any columns.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._layers: list[_Layer] = []
        self._mask = torch.zeros(0, 0, dtype=torch.bool)
        self._begins: list[int] = []  # each row's first column
        self.end = 0  # the column of every row's next token

    @property
    def cache(self) -> Any:
        """The cache as a model's forward takes it, with space for one more token in each row."""
        if self.end == self._mask.shape[1]:
            self._make_room(self._mask.shape[0], 0)
        return Cache(layers=self._layers)

    @property
    def width(self) -> int:
        """The columns in use: the longest row's tokens."""
        return self.end - self.begin

    @property
    def begin(self) -> int:
        """The first column that any row uses."""
        return min(self._begins, default=self.end)

    @property
    def mask(self) -> Tensor:
        """The attention mask, [rows, width + 1], the next token included."""
        return self._mask[: self.rows, self.begin : self.end + 1]

    def append(self) -> None:
        """Keep the token that the last forward computed in each row."""
        self.end += 1

    def insert(self, *groups: tuple[Sequence[tuple[Tensor, Tensor]], Tensor]) -> None:
        """Add rows whose keys and values were prefilled elsewhere: of each group the layers, and a mask that is False in their padding."""
        if not self._layers:
            layers, mask = groups[0]
            self._layers = [_Layer(self, keys, values) for keys, values in layers]
            self._mask = self._mask.to(mask.device)
        rows, columns = self.rows + sum(mask.shape[0] for _, mask in groups), max(mask.shape[1] for _, mask in groups)
        if not self.rows:
            self.end = columns
        if rows > self._mask.shape[0] or columns > self.end or self.end >= self._mask.shape[1]:
            self._make_room(max(self._mask.shape[0], rows), max(0, columns - self.width))
        for layers, mask in groups:
            self._insert(layers, mask)

    def _insert(self, layers: Sequence[tuple[Tensor, Tensor]], mask: Tensor) -> None:
        rows, columns = mask.shape
        target = slice(self.rows, self.rows + rows), slice(self.end - columns, self.end)
        for layer, (keys, values) in zip(self._layers, layers, strict=True):
            layer.keys[target[0], :, : self.end - columns] = 0  # an evicted row may have left NaN, which no mask takes out
            layer.values[target[0], :, : self.end - columns] = 0
            layer.keys[target[0], :, target[1]] = keys
            layer.values[target[0], :, target[1]] = values
        self._mask[target[0]] = True  # of the tokens to come
        self._mask[target[0], : self.end] = False
        self._mask[target] = mask
        self._begins += [self.end - columns + int(row.int().argmax()) for row in mask]
        self.rows += rows

    def copy_row(self, row: int) -> tuple[tuple[Tensor, Tensor], ...]:
        """A copy of one row's keys and values, by layer, without padding."""
        used = self._mask[row, : self.end].nonzero()[:, 0]
        return tuple((layer.keys[row, None][:, :, used], layer.values[row, None][:, :, used]) for layer in self._layers)

    def retain(self, rows: Sequence[int]) -> list[int]:
        """Evict all rows but `rows`; the result has, for each row that is left, the row that it was before."""
        order = list(range(self.rows))
        staying, last = set(rows), self.rows
        for hole in sorted(set(order) - staying):
            while last > hole and last - 1 not in staying:
                last -= 1
            if last <= hole:
                break
            last -= 1
            order[hole] = last
        order = order[: len(staying)]
        self._copy([(new, old) for new, old in enumerate(order) if new != old])
        self._begins = [self._begins[old] for old in order]
        self.rows = len(order)
        return order

    def _copy(self, moves: Sequence[tuple[int, int]]) -> None:
        """Copy rows; a move is (target, source)."""
        if not moves:
            return
        targets, sources = (torch.tensor(rows, device=self._mask.device) for rows in zip(*moves, strict=True))
        used = slice(self.begin, self.end)
        for layer in self._layers:
            layer.keys[targets, :, used] = layer.keys[sources, :, used]
            layer.values[targets, :, used] = layer.values[sources, :, used]
        self._mask[targets] = self._mask[sources]

    def _make_room(self, rows: int, left: int) -> None:
        """Move what is in use behind `left` empty columns, with columns to grow by after it, in memory for `rows` rows.

        Where it fits it stays in the memory that it has: one block after the other of nearly the same size would leave memory in pieces.
        """
        begin, width = self.begin, self.width
        if not self.rows:
            begin, width, left = self.end, 0, self.end
        needed, columns = left + width, self._mask.shape[1]
        if not needed + max(SLACK // 2, needed // 8) <= columns <= 2 * (needed + SLACK):
            columns = needed + max(SLACK, needed // 4)
        source, target = slice(begin, begin + width), slice(left, needed)
        for layer in self._layers:
            layer.keys = _moved(layer.keys, rows, columns, self.rows, source, target)
            layer.values = _moved(layer.values, rows, columns, self.rows, source, target)
        mask = torch.ones(rows, columns, dtype=torch.bool, device=self._mask.device)
        mask[: self.rows, :left] = False
        mask[: self.rows, target] = self._mask[: self.rows, source]
        self._mask = mask
        self._begins = [left + column - begin for column in self._begins]
        self.end = needed


def _moved(old: Tensor, rows: int, columns: int, used: int, source: slice, target: slice) -> Tensor:
    """The `source` columns of the rows in use at `target`, with zeros before them, as a mask keeps NaN."""
    if old.shape[::2] == (rows, columns):
        old[:used, :, target] = old[:used, :, source].clone()
        old[:used, :, : target.start] = 0
        return old
    new = old.new_zeros(rows, old.shape[1], columns, old.shape[3])
    new[:used, :, target] = old[:used, :, source]
    return new


class _Layer(DynamicLayer):  # type: ignore[misc]  # transformers is untyped
    """One layer of the cache, as a model's attention uses it."""

    def __init__(self, whole: KVCache, keys: Tensor, values: Tensor) -> None:
        super().__init__()
        self.lazy_initialization(keys, values)
        self._whole = whole
        self.keys = keys.new_zeros(0, keys.shape[1], 0, keys.shape[3])
        self.values = values.new_zeros(0, values.shape[1], 0, values.shape[3])

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        """Write one token of each row behind its others; returns the keys and values that each row attends to."""
        rows, begin, end = self._whole.rows, self._whole.begin, self._whole.end
        self.keys[:rows, :, end] = key_states[:, :, 0]
        self.values[:rows, :, end] = value_states[:, :, 0]
        return self.keys[:rows, :, begin : end + 1], self.values[:rows, :, begin : end + 1]

    def get_seq_length(self) -> int:
        """The columns in use."""
        return self._whole.width
