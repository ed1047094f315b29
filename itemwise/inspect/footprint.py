"""What a model's weights take in memory, quantised as bitsandbytes does it: which of them, and in how many bytes, scales included."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from torch import nn
from transformers.quantizers.base import HfQuantizer
from transformers.quantizers.quantizers_utils import should_convert_module

__all__ = ["BLOCK", "Footprint", "Weights", "footprint_of", "four_bit_bytes", "int8_bytes"]

BLOCK = 64  # weights that share one scale
SECOND_BLOCK = 256  # scales that share one scale, where they are quantised too
_FLOAT = 4
_TABLES = (16 + 256 + 1) * _FLOAT  # of each matrix: the 16 values of NF4, the 256 of a quantised scale, the mean of the scales


@dataclass(frozen=True)
class Weights:
    """Weights of one place in all layers, ``model.layers.*.mlp.up_proj.weight``: how many tensors and numbers, in how many bytes."""

    place: str
    tensors: int
    numbers: int
    bytes: int


@dataclass(frozen=True)
class Footprint:
    """The weights that are quantised and those that are kept as they are, by place."""

    quantised: tuple[Weights, ...]
    kept: tuple[Weights, ...]

    @property
    def bytes(self) -> int:
        """All of it; activations and the KV cache come on top."""
        return sum(weights.bytes for weights in (*self.quantised, *self.kept))

    @property
    def bits(self) -> float | None:
        """Bits per quantised weight, scales and tables included; None where nothing is quantised."""
        numbers = sum(weights.numbers for weights in self.quantised)
        return 8 * sum(weights.bytes for weights in self.quantised) / numbers if numbers else None


def four_bit_bytes(numbers: int) -> int:
    """The bytes of a matrix of so many numbers in nf4 or fp4, double quantised (Dettmers et al. 2023, arXiv 2305.14314, section 3).

    Half a byte for each number, a byte for the scale of each 64, a float32 for the scale of each 256 of these, and the
    tables: 4 + 8/64 + 32/(64*256) = 4.127 bits per number, and 1,092 bytes.
    """
    scales = ceil(numbers / BLOCK)
    return ceil(numbers / 2) + scales + ceil(scales / SECOND_BLOCK) * _FLOAT + _TABLES


def int8_bytes(rows: int, columns: int) -> int:
    """The bytes of a matrix in int8: one for each number and a float32 scale for each row (LLM.int8(), arXiv 2208.07339)."""
    return rows * columns + rows * _FLOAT


def footprint_of(model: Any, quantisation: str, outside: Sequence[str] | None = None, *, unquantised: int = 2) -> Footprint:
    """The footprint of `model`, a skeleton, under `quantisation`: nf4, fp4, int8 or none.

    `outside` names the modules that stay as they are; None leaves the choice to transformers: all linear layers but the head.
    `unquantised` is the bytes of every other number: 2 in bf16, 4 on a CPU.
    """
    chosen = set() if quantisation == "none" else _quantised(model, outside)
    quantised: dict[str, Weights] = {}
    kept: dict[str, Weights] = {}
    for name, weight in model.named_parameters():
        if name in chosen:
            size = int8_bytes(*weight.shape) if quantisation == "int8" else four_bit_bytes(weight.numel())
            _add(quantised, _place(name, ()), weight.numel(), size)
        else:
            _add(kept, _place(name, outside or ()), weight.numel(), weight.numel() * unquantised)
    return Footprint(tuple(quantised.values()), tuple(kept.values()))


def _quantised(model: Any, outside: Sequence[str] | None) -> set[str]:
    """The weights that loading would quantise, chosen by the very functions that choose there."""
    stay = HfQuantizer.get_modules_to_not_convert(model, outside and list(outside), model._keep_in_fp32_modules)
    linear = (name for name, module in model.named_modules() if type(module) is nn.Linear)
    return {f"{name}.weight" for name in linear if should_convert_module(name, stay)}


def _place(name: str, outside: Sequence[str]) -> str:
    """The place of a weight in any layer; the module it is in, where that stays whole outside the language model."""
    whole = next((module for module in outside if name.startswith(f"{module}.")), None)
    return whole or re.sub(r"\.\d+\.", ".*.", name)


def _add(places: dict[str, Weights], place: str, numbers: int, size: int) -> None:
    before = places.get(place, Weights(place, 0, 0, 0))
    places[place] = Weights(place, before.tensors + 1, before.numbers + numbers, before.bytes + size)
