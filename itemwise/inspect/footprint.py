"""Memory of a model's weights under bitsandbytes: which are quantised, and their bytes with scales and tables."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from torch import nn
from transformers.quantizers.base import HfQuantizer
from transformers.quantizers.quantizers_utils import should_convert_module

__all__ = ["BLOCK", "Footprint", "Weights", "footprint_of", "four_bit_bytes", "int8_bytes"]

BLOCK = 64  # weights per scale
SECOND_BLOCK = 256  # scales per second scale, under double quantisation
_FLOAT = 4
_TABLES = (16 + 256 + 1) * _FLOAT  # per matrix: the 16 values of NF4, the 256 of a quantised scale, the mean of the scales


@dataclass(frozen=True)
class Weights:
    """The weights of one name in all layers, ``model.layers.*.mlp.up_proj.weight``: their count, numbers and bytes."""

    name: str
    tensors: int
    numbers: int
    bytes: int


@dataclass(frozen=True)
class Footprint:
    """Quantised and unquantised weights, by name."""

    quantised: tuple[Weights, ...]
    kept: tuple[Weights, ...]

    @property
    def bytes(self) -> int:
        """Bytes of all weights; activations and the KV cache come on top."""
        return sum(weights.bytes for weights in (*self.quantised, *self.kept))

    @property
    def bits(self) -> float | None:
        """Bits per quantised weight, scales and tables included; None if nothing is quantised."""
        numbers = sum(weights.numbers for weights in self.quantised)
        return 8 * sum(weights.bytes for weights in self.quantised) / numbers if numbers else None


def four_bit_bytes(numbers: int) -> int:
    """The bytes of a matrix of `numbers` weights in nf4 or fp4, double quantised (Dettmers et al. 2023, arXiv 2305.14314, section 3).

    Half a byte per number, a byte per scale of 64 numbers, a float32 per 256 scales, and the
    tables: 4 + 8/64 + 32/(64*256) = 4.127 bits per number, and 1,092 bytes.
    """
    scales = ceil(numbers / BLOCK)
    return ceil(numbers / 2) + scales + ceil(scales / SECOND_BLOCK) * _FLOAT + _TABLES


def int8_bytes(rows: int, columns: int) -> int:
    """The bytes of a matrix in int8: one per number and a float32 scale per row (LLM.int8(), arXiv 2208.07339)."""
    return rows * columns + rows * _FLOAT


def footprint_of(model: Any, quantisation: str, outside: Sequence[str] | None = None, *, unquantised: int = 2) -> Footprint:
    """The footprint of `model`, a skeleton, under `quantisation`: nf4, fp4, int8 or none.

    `outside` names the modules that stay unquantised; None leaves the choice to transformers: all linear layers but the head.
    `unquantised` is the bytes of an unquantised number: 2 in bf16, 4 on a CPU.
    """
    chosen = set() if quantisation == "none" else _quantised(model, outside)
    quantised: dict[str, Weights] = {}
    kept: dict[str, Weights] = {}
    for name, weight in model.named_parameters():
        if name in chosen:
            size = int8_bytes(*weight.shape) if quantisation == "int8" else four_bit_bytes(weight.numel())
            _add(quantised, _layer_name(name, ()), weight.numel(), size)
        else:
            _add(kept, _layer_name(name, outside or ()), weight.numel(), weight.numel() * unquantised)
    return Footprint(tuple(quantised.values()), tuple(kept.values()))


def _quantised(model: Any, outside: Sequence[str] | None) -> set[str]:
    """The weights that loading would quantise, by the functions of transformers that decide there."""
    unquantised = HfQuantizer.get_modules_to_not_convert(model, outside and list(outside), model._keep_in_fp32_modules)
    linear = (name for name, module in model.named_modules() if type(module) is nn.Linear)
    return {f"{name}.weight" for name in linear if should_convert_module(name, unquantised)}


def _layer_name(name: str, outside: Sequence[str]) -> str:
    """The name of a weight with ``*`` for the layer; for one outside the language model, its whole module."""
    module = next((module for module in outside if name.startswith(f"{module}.")), None)
    return module or re.sub(r"\.\d+\.", ".*.", name)


def _add(totals: dict[str, Weights], name: str, numbers: int, size: int) -> None:
    total = totals.get(name, Weights(name, 0, 0, 0))
    totals[name] = Weights(name, total.tensors + 1, total.numbers + numbers, total.bytes + size)
