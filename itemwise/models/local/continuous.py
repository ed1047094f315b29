"""A running batch: chats join it and leave it while others go on, so that the model stays full."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache, GenerationMixin
from transformers.cache_utils import DynamicLayer

from itemwise.inspect.counts import attention_of
from itemwise.models.local.kv_cache import KeyValues
from itemwise.models.local.prefix_cache import Prefix, Prefixes, Read
from itemwise.models.local.sampling import Noise, chosen
from itemwise.models.local.turn_end import Ends
from itemwise.models.local.vision import Prompt, left_padded
from itemwise.models.model import OutOfMemoryError, Request

__all__ = ["ContinuousBatch", "Row", "can_run"]

READ_AT_ONCE = 8192  # tokens of prompts, padding included
EXPECTED = 128  # tokens of a reply, before longer ones were seen
MOST = {"cpu": 96, "cuda": 256}  # rows, where more at once gain nothing: measured on two cores, estimated for a GPU
WORTH = {"cpu": 64, "cuda": 512}  # tokens read in the time that a forward takes whatever its size, roughly

_SEEING = ("llava", "qwen2_vl", "qwen2_5_vl")  # kinds that differ from text models in what `_read` and `_positions` know of


@dataclass(eq=False)
class Row:
    """One chat of a running batch: what it continues, the most tokens it may say and how they are chosen, and those said so far."""

    request: Request
    prompt: Prompt
    limit: int
    noise: Noise | None = None
    said: list[int] = field(default_factory=list)
    position: int = 0  # of the token said last
    fault: int | None = None  # the place in `said` of the first token whose logits were no numbers

    @property
    def length(self) -> int:
        """Tokens so far."""
        return len(self.prompt.ids) + len(self.said)

    def since(self, length: int) -> Prompt:
        """All that was said in the chat but its first `length` tokens."""
        beside = {name: [*values, *([0] * len(self.said))][length:] for name, values in self.prompt.beside.items()}
        return Prompt([*self.prompt.ids, *self.said][length:], beside, self.prompt.pictures)


class ContinuousBatch:
    """Rows that go on together: each says one token a forward, whoever its neighbours are.

    Prompts are read apart and join with their keys and values. A beginning that they share is read once, and so are the
    turns of a chat with tools. Keys and values stay within `memory` bytes. Where memory runs out, only `clear` may follow.
    """

    def __init__(self, model: Any, pad: int, ends: Ends, memory: int) -> None:
        self.rows: list[Row] = []
        self._model = model
        self._pad = pad
        self._ends = ends
        self._kept = KeyValues()
        self._finished: list[Row] = []
        self._longest = EXPECTED
        self._positions = memory // _bytes_of_a_position(model)
        self.most_at_once = MOST.get(model.device.type, MOST["cuda"])
        self._worth = WORTH.get(model.device.type, WORTH["cuda"])
        self._prefixes = self._no_prefixes()
        self._parameters = set(inspect.signature(model.forward).parameters)

    def capacity(self, rows: Sequence[Row]) -> int:
        """How many of `rows`, the first ones first, may join now; at least one where none runs."""
        width = self._kept.width
        for number, row in enumerate(rows):
            width = max(width, row.length + min(self._longest, row.limit))
            if (len(self.rows) + number + 1) * width > self._positions and len(self.rows) + number > 0:
                return number
        return len(rows)

    def admit(self, rows: Sequence[Row]) -> None:
        """Read what was said in `rows` so far and let them join. Nothing has joined where reading one of them fails."""
        going_on = [row for row in rows if not self._is_finished(row)]
        self._finished += [row for row in rows if self._is_finished(row)]  # as it had to leave in the step that finished it
        if going_on:
            self._join(going_on)

    def decode(self, most: int) -> list[Row]:
        """Say tokens until a row is finished, `most` at most; the finished rows have left."""
        for _ in range(most):
            if self._finished or not self.rows:
                break
            self._step()
        finished, self._finished = self._finished, []
        return finished

    def clear(self) -> None:
        """Let all rows leave as they are; those admitted again go on where they were."""
        self.rows, self._finished, self._kept, self._prefixes = [], [], KeyValues(), self._no_prefixes()
        if self._model.device.type == "cuda":
            torch.cuda.empty_cache()

    def _join(self, rows: Sequence[Row]) -> None:
        read = [(group, *self._read(group, beginnings)) for group, beginnings in self._groups(rows)]
        begun = len(self.rows)
        for group, keys_and_values, mask, _ in read:
            self._kept.join(keys_and_values, mask)
            self.rows += group
        self._say(torch.cat([logits for *_, logits in read]), begun)

    def _no_prefixes(self) -> Prefixes:
        return Prefixes(self._beginning, self._worth, self._positions // 4)

    def _step(self) -> None:
        if len(self.rows) > 1 and len(self.rows) * (self._kept.width + 1) > self._positions:
            raise OutOfMemoryError(f"{len(self.rows)} chats of {self._kept.width} tokens")
        cache = self._kept.cache
        last = torch.tensor([[row.said[-1] for row in self.rows], [row.position for row in self.rows]], device=self._model.device)
        logits = self._forward(cache, last[1, :, None], input_ids=last[0, :, None], attention_mask=self._kept.mask)
        self._kept.grow()
        self._say(logits)

    def _say(self, logits: Tensor, begun: int = 0) -> None:
        """The next token of each row from place `begun` on."""
        rows = self.rows[begun:]
        for row, token in zip(rows, chosen(logits, [row.noise for row in rows]), strict=True):
            if token is None:
                row.fault = len(row.said)
            row.said.append(token or 0)
            row.position += 1
        if any(map(self._is_finished, rows)):
            self._leave()

    def _is_finished(self, row: Row) -> bool:
        return row.fault is not None or len(row.said) >= row.limit or self._ends.is_at_end(row.said)

    def _leave(self) -> None:
        """Part with the rows that are finished."""
        finished = [row for row in self.rows if self._is_finished(row)]
        self._longest = max(self._longest, *(len(row.said) for row in finished))
        self._finished += finished
        for place, row in enumerate(self.rows):
            may_go_on = row.request.tools and not row.prompt.pictures and row.fault is None
            if may_go_on and row in finished:  # when it was told a result
                self._prefixes.keep_turn([*row.prompt.ids, *row.said[:-1]], self._kept.row(place))
        staying = [place for place, row in enumerate(self.rows) if not self._is_finished(row)]
        self.rows = [self.rows[place] for place in self._kept.keep(staying)]

    def _groups(self, rows: Sequence[Row]) -> Iterator[tuple[list[Row], list[Prefix | None]]]:
        """The rows by what is to be read at once, with what was read before of each."""
        words = [row for row in rows if not row.prompt.pictures]
        found = self._prefixes.beginnings([[*row.prompt.ids, *row.said] for row in words])
        known = dict(zip(words, found, strict=True))
        lengths = {row: row.length - _length(known.get(row)) for row in rows}
        for group in self._parts(lengths):
            yield group, [known.get(row) for row in group]

    def _parts(self, lengths: Mapping[Row, int]) -> Iterator[list[Row]]:
        """Rows of about one length, so that little is read but padding, and of no more tokens than may be read at once."""
        part: list[Row] = []
        for row in sorted(lengths, key=lambda row: lengths[row]):
            padding = sum(lengths[row] - lengths[each] for each in part)
            if part and (padding > self._worth or (len(part) + 1) * lengths[row] > READ_AT_ONCE):
                yield part
                part = []
            part.append(row)
        yield part

    def _read(self, rows: Sequence[Row], known: Sequence[Prefix | None]) -> tuple[Read, Tensor, Tensor]:
        """Keys and values of `rows` by layer, the mask of what they hold, and the logits of their next tokens."""
        whole = left_padded([row.since(_length(prefix)) for row, prefix in zip(rows, known, strict=True)], self._pad)
        batch = {name: self._placed(value) for name, value in whole.items()}
        cache, before = _stacked(known, batch["input_ids"])
        mask = torch.cat([before, batch.pop("attention_mask").bool()], dim=1)
        logits = self._forward(cache, self._aligned_positions(rows, batch["input_ids"].shape[1]), attention_mask=mask, **batch)
        return _keys_and_values(cache), mask, logits

    def _beginning(self, ids: list[int], known: Prefix | None) -> Read:
        """Keys and values of the tokens that prompts begin with, of which some are known."""
        tokens = torch.tensor([ids[_length(known) :]], device=self._model.device)
        cache, before = _stacked([known], tokens)
        mask = torch.cat([before, torch.ones_like(tokens, dtype=torch.bool)], dim=1)
        self._forward(cache, torch.arange(_length(known), len(ids), device=tokens.device)[None], input_ids=tokens, attention_mask=mask)
        return _keys_and_values(cache)

    def _forward(self, cache: Any, positions: Tensor, **batch: Tensor) -> Tensor:
        """The logits behind the last column; positions are [rows, columns], or [3, rows, columns] in time, height and width."""
        if self._turns_in_three and positions.ndim == 2:
            positions = positions.expand(3, -1, -1)
        last = {"logits_to_keep": 1} if "logits_to_keep" in self._parameters else {}
        name = "cache" if "cache" in self._parameters else "past_key_values"
        output = self._model(**batch, position_ids=positions, use_cache=True, **{name: cache}, **last)
        return output.logits[:, -1]  # type: ignore[no-any-return]  # transformers is untyped

    @property
    def _turns_in_three(self) -> bool:
        """Whether a picture's height and width are positions of their own (M-RoPE: Wang et al. 2024, arXiv:2409.12191)."""
        return hasattr(getattr(self._model, "model", None), "get_rope_index")

    def _aligned_positions(self, rows: Sequence[Row], width: int) -> Tensor:
        """The positions of the last `width` tokens of `rows`; where the next token of each will stand is noted in the row."""
        found = [self._row_positions(row) for row in rows]
        for row, positions in zip(rows, found, strict=True):
            row.position = int(positions.max())
        aligned = [torch.nn.functional.pad(each[..., -width:], (max(0, width - each.shape[-1]), 0)) for each in found]
        return torch.stack(aligned, dim=-2).to(self._model.device)

    def _row_positions(self, row: Row) -> Tensor:
        length = torch.arange(row.length)
        if not self._turns_in_three:
            return length
        if not row.prompt.pictures:
            return length.expand(3, -1)
        whole = left_padded([row.since(0)], self._pad)
        known = inspect.signature(self._model.model.get_rope_index).parameters
        positions, _ = self._model.model.get_rope_index(**{name: value for name, value in whole.items() if name in known})
        return positions[:, 0]  # type: ignore[no-any-return]  # transformers is untyped

    def _placed(self, value: Tensor) -> Tensor:
        return value.to(self._model.device, self._model.dtype if value.is_floating_point() else None)


def can_run(model: Any) -> bool:
    """Whether rows of `model` may join and leave: plain keys and values in every layer, positions as they are told, and
    nothing that generate() would do for this kind alone."""
    if model.config.is_encoder_decoder or not type(model).__module__.startswith("transformers."):
        return False
    layers = DynamicCache(config=model.config).layers
    parameters = set(inspect.signature(model.forward).parameters)
    told = {"position_ids", "attention_mask"} <= parameters and parameters & {"cache", "past_key_values"}
    plain = bool(layers) and all(type(layer) is DynamicLayer for layer in layers)
    return bool(told) and plain and (model.config.model_type in _SEEING or _is_generated_as_others(type(model)))


def _is_generated_as_others(kind: type) -> bool:
    prepared = ("prepare_inputs_for_generation", "_prepare_position_ids_for_generation", "_update_model_kwargs_for_generation")
    return all(getattr(kind, name, None) is getattr(GenerationMixin, name, None) for name in prepared)


def _bytes_of_a_position(model: Any) -> int:
    """What the keys and values of one token take; roughly, where they are made of something smaller (latent attention)."""
    if attention := attention_of(model.config):
        return attention.kv_bytes(model.dtype.itemsize)
    config = model.config.get_text_config()
    return int(2 * config.num_hidden_layers * config.hidden_size * model.dtype.itemsize)


def _stacked(known: Sequence[Prefix | None], like: Tensor) -> tuple[Any, Tensor]:
    """A cache in which the keys and values of each row end together, on the device of `like`, and the mask of what it holds."""
    cache, width = DynamicCache(), max(map(_length, known))
    mask = torch.zeros(len(known), width, dtype=torch.bool, device=like.device)
    some = next((prefix for prefix in known if prefix), None)
    for number, (keys, values) in enumerate(some.read if some else ()):
        stacked = [part.new_zeros(len(known), part.shape[1], width, part.shape[3]) for part in (keys, values)]
        for row, prefix in enumerate(known):
            for part, whole in zip(prefix.read[number] if prefix else (), stacked, strict=False):
                whole[row, :, width - part.shape[2] :] = part[0]
        cache.update(*stacked, number)
    for row, prefix in enumerate(known):
        mask[row, width - _length(prefix) :] = True
    return cache, mask


def _length(prefix: Prefix | None) -> int:
    return len(prefix.ids) if prefix else 0


def _keys_and_values(cache: Any) -> Read:
    return tuple((layer.keys, layer.values) for layer in cache.layers)
