"""Which of the types that a model may compute in this processor multiplies faster."""

import math
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from itemwise.models.local.cpu_linear import PrepackedLinear, can_prepack

__all__ = ["compute_advice", "product_seconds"]

ROWS = 32  # of inputs: chats of a batch
MOST_WEIGHTS = 2**22  # of the layer that is measured
RUNS = 5
SHOWN = 1.25  # times as fast, from which another type is worth a word


def product_seconds(model: Any, dtype: torch.dtype) -> float:
    """Seconds that a product by layers of the shape that most of `model`'s weights have takes in `dtype`, the least of a few."""
    shapes = Counter((layer.out_features, layer.in_features) for layer in model.modules() if isinstance(layer, nn.Linear))
    outputs, inputs = max(shapes, key=lambda shape: shapes[shape] * math.prod(shape))
    weights = torch.ones(min(outputs, max(1, MOST_WEIGHTS // inputs)), inputs, dtype=dtype)
    rows = torch.ones(ROWS, inputs, dtype=dtype)
    with torch.inference_mode():
        product = PrepackedLinear(torch.ops.mkldnn._reorder_linear_weight(weights), None)
        return min(_seconds(lambda: product(rows)) for _ in range(RUNS + 1))  # the first compiles the kernel


def compute_advice(model: Any, compute: str) -> str:
    """That another `--compute` than `compute` is faster on this CPU, and what it costs; empty where it is not, float32 was chosen, or
    nothing can be measured."""
    if compute == "float32" or not any(isinstance(layer, nn.Linear) for layer in model.modules()):
        return ""
    if not can_prepack(torch.bfloat16):
        lacking = "this processor has no instructions for bfloat16, so it computes it slowly: --compute float32 is faster"
        return lacking if compute == "bfloat16" else ""
    float32, bfloat16 = (product_seconds(model, dtype) for dtype in (torch.float32, torch.bfloat16))
    if compute == "bfloat16" and bfloat16 >= SHOWN * float32:
        return f"this processor multiplies float32 {bfloat16 / float32:.1f} times as fast as bfloat16: --compute float32 is faster"
    if compute == "auto" and float32 >= SHOWN * bfloat16:
        return (
            f"this processor multiplies bfloat16 {float32 / bfloat16:.1f} times as fast as float32: --compute bfloat16 is faster, and a "
            "measurement of its own"
        )
    return ""


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
