"""The keys and values of a running batch: one rectangle whose rows end together, so that rows may join it and leave it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache, DynamicLayer

__all__ = ["KeyValues"]

SLACK = 64  # columns to grow by, at least


class KeyValues:
    """Keys and values of each layer as [rows, heads, columns, width of a head], with a mask over rows and columns.

    Every row's last token stands in the last column in use; what a shorter row has before its first token is masked.
    Positions were turned into the keys before they came here, so that a row may stand in any column.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._layers: list[_Layer] = []
        self._mask = torch.zeros(0, 0, dtype=torch.bool)
        self._begins: list[int] = []  # each row's first column
        self._end = 0

    @property
    def cache(self) -> Any:
        """The rectangle as a model's forward takes it, with room for one token more in each row."""
        if self._end == self._mask.shape[1]:
            self._move(self._mask.shape[0], 0)
        return Cache(layers=self._layers)

    @property
    def width(self) -> int:
        """The columns in use: the longest row's tokens."""
        return self._end - self.begin

    @property
    def begin(self) -> int:
        """The first column that a row needs."""
        return min(self._begins, default=self._end)

    @property
    def end(self) -> int:
        """The column that the next token of every row will stand in."""
        return self._end

    @property
    def mask(self) -> Tensor:
        """What each row sees, [rows, width + 1], the next token among it."""
        return self._mask[: self.rows, self.begin : self._end + 1]

    def grow(self) -> None:
        """Keep the token that the last forward computed in each row."""
        self._end += 1

    def join(self, read: Sequence[tuple[Tensor, Tensor]], mask: Tensor) -> None:
        """Add rows whose keys and values, by layer, were computed elsewhere; `mask` is False where they hold nothing."""
        rows, columns = mask.shape
        if not self._layers:
            self._layers = [_Layer(self, keys, values) for keys, values in read]
            self._mask = self._mask.to(mask.device)
        if not self.rows:
            self._end = columns
        if self.rows + rows > self._mask.shape[0] or columns > self._end or self._end >= self._mask.shape[1]:
            self._move(max(self._mask.shape[0], self.rows + rows), max(0, columns - self.width))
        there = slice(self.rows, self.rows + rows), slice(self._end - columns, self._end)
        for layer, (keys, values) in zip(self._layers, read, strict=True):
            layer.keys[there[0], :, : self._end - columns] = 0  # a row that stood there may have left NaN, which no mask takes out
            layer.values[there[0], :, : self._end - columns] = 0
            layer.keys[there[0], :, there[1]] = keys
            layer.values[there[0], :, there[1]] = values
        self._mask[there[0]] = True  # of the tokens to come
        self._mask[there[0], : self._end] = False
        self._mask[there] = mask
        self._begins += [self._end - columns + int(row.int().argmax()) for row in mask]
        self.rows += rows

    def row(self, place: int) -> tuple[tuple[Tensor, Tensor], ...]:
        """A copy of one row's keys and values, by layer."""
        own = self._mask[place, : self._end].nonzero()[:, 0]
        return tuple((layer.keys[place, None][:, :, own], layer.values[place, None][:, :, own]) for layer in self._layers)

    def keep(self, places: Sequence[int]) -> list[int]:
        """Let all rows leave but those at `places`; gives for each place that is left which row now stands there."""
        order = list(range(self.rows))
        staying, last = set(places), self.rows
        for hole in sorted(set(order) - staying):
            while last > hole and last - 1 not in staying:
                last -= 1
            if last <= hole:
                break
            last -= 1
            order[hole] = last
        order = order[: len(staying)]
        self._copy([(place, row) for place, row in enumerate(order) if place != row])
        self._begins = [self._begins[row] for row in order]
        self.rows = len(order)
        return order

    def _copy(self, moves: Sequence[tuple[int, int]]) -> None:
        if not moves:
            return
        to, of = (torch.tensor(places, device=self._mask.device) for places in zip(*moves, strict=True))
        used = slice(self.begin, self._end)
        for layer in self._layers:
            layer.keys[to, :, used] = layer.keys[of, :, used]
            layer.values[to, :, used] = layer.values[of, :, used]
        self._mask[to] = self._mask[of]

    def _move(self, rows: int, left: int) -> None:
        """Into memory for `rows`, with what is in use behind `left` empty columns and columns to grow by after it."""
        begin, width = self.begin, self.width
        if not self.rows:
            begin, width, left = self._end, 0, self._end
        columns = left + width + max(SLACK, (left + width) // 4)
        of, to = slice(begin, begin + width), slice(left, left + width)
        for layer in self._layers:
            layer.keys = _moved(layer.keys, rows, columns, self.rows, of, to)
            layer.values = _moved(layer.values, rows, columns, self.rows, of, to)
        mask = torch.ones(rows, columns, dtype=torch.bool, device=self._mask.device)
        mask[: self.rows, :left] = False
        mask[: self.rows, to] = self._mask[: self.rows, of]
        self._mask = mask
        self._begins = [left + each - begin for each in self._begins]
        self._end = left + width


def _moved(old: Tensor, rows: int, columns: int, used: int, of: slice, to: slice) -> Tensor:
    new = torch.zeros(rows, old.shape[1], columns, old.shape[3], dtype=old.dtype, device=old.device)  # masked, and yet no NaN
    new[:used, :, to] = old[:used, :, of]
    return new


class _Layer(DynamicLayer):  # type: ignore[misc]  # transformers is untyped
    """One layer of the rectangle, as a model's attention asks for it."""

    def __init__(self, whole: KeyValues, keys: Tensor, values: Tensor) -> None:
        super().__init__()
        self.lazy_initialization(keys, values)
        self._whole = whole
        self.keys = keys.new_zeros(0, keys.shape[1], 0, keys.shape[3])
        self.values = values.new_zeros(0, values.shape[1], 0, values.shape[3])

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        """Write one token of each row behind its others; what each row attends to."""
        rows, begin, end = self._whole.rows, self._whole.begin, self._whole.end
        self.keys[:rows, :, end] = key_states[:, :, 0]
        self.values[:rows, :, end] = value_states[:, :, 0]
        return self.keys[:rows, :, begin : end + 1], self.values[:rows, :, begin : end + 1]

    def get_seq_length(self) -> int:
        """The columns in use."""
        return self._whole.width
