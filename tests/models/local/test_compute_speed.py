"""A run is told where this processor multiplies another type faster, once, and not of models too small to gain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from itemwise.models import LoadOptions, ModelEntry
from itemwise.models.local import compute_speed
from itemwise.models.local import load as loading
from itemwise.models.local.compute_speed import compute_advice, product_seconds
from itemwise.models.local.cpu_linear import can_prepack
from itemwise.models.notice_log import LOGGER

LAYERS = nn.Sequential(nn.Linear(4, 4))


def takes(monkeypatch: pytest.MonkeyPatch, float32: float, bfloat16: float) -> None:
    seconds = {torch.float32: float32, torch.bfloat16: bfloat16}
    monkeypatch.setattr(compute_speed, "product_seconds", lambda _, dtype: seconds[dtype])


@pytest.fixture(autouse=True)
def _any_processor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where times are given, what this processor can do decides nothing."""
    if "product" not in request.node.name:
        monkeypatch.setattr(compute_speed, "can_prepack", lambda _: True)


@pytest.mark.parametrize("dtype", [dtype for dtype in (torch.float32, torch.bfloat16) if can_prepack(dtype)])
def test_a_product_of_the_shape_with_most_weights_is_measured(dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    model = nn.Sequential(*[nn.Linear(16, 24) for _ in range(5)], nn.Linear(64, 48), nn.ReLU(), nn.Linear(64, 48))
    shapes = list[tuple[int, ...]]()
    reorder = torch.ops.mkldnn._reorder_linear_weight
    monkeypatch.setattr(torch.ops.mkldnn, "_reorder_linear_weight", lambda weights: shapes.append(tuple(weights.shape)) or reorder(weights))
    assert product_seconds(model, dtype) > 0
    assert shapes == [(48, 64)]


def test_no_more_weights_than_needed_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute_speed, "MOST_WEIGHTS", 64 * 10)
    shapes = list[tuple[int, ...]]()
    reorder = torch.ops.mkldnn._reorder_linear_weight
    monkeypatch.setattr(torch.ops.mkldnn, "_reorder_linear_weight", lambda weights: shapes.append(tuple(weights.shape)) or reorder(weights))
    product_seconds(nn.Sequential(nn.Linear(64, 48)), torch.float32)
    assert shapes == [(10, 64)]


@pytest.mark.parametrize(
    ("compute", "float32", "bfloat16", "said"),
    [
        ("bfloat16", 2.0, 3.0, "float32 1.5 times as fast as bfloat16: --compute float32 is faster"),
        ("bfloat16", 2.0, 2.2, ""),
        ("bfloat16", 3.0, 1.0, ""),
        ("auto", 5.0, 1.0, "bfloat16 5.0 times as fast as float32: --compute bfloat16 is faster"),
        ("auto", 1.0, 1.5, ""),
        ("float32", 5.0, 1.0, ""),
    ],
)
def test_the_faster_type_is_told_where_it_was_not_chosen(
    compute: str, float32: float, bfloat16: float, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    takes(monkeypatch, float32, bfloat16)
    assert (said in compute_advice(LAYERS, compute)) if said else not compute_advice(LAYERS, compute)


@pytest.mark.parametrize(("compute", "said"), [("auto", ""), ("float32", ""), ("bfloat16", "has no instructions for bfloat16")])
def test_on_a_processor_without_bfloat16_nothing_is_measured(compute: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute_speed, "can_prepack", lambda _: False)
    monkeypatch.setattr(compute_speed, "product_seconds", lambda *_: 1 / 0)
    assert said in compute_advice(LAYERS, compute)
    assert bool(compute_advice(LAYERS, compute)) is bool(said)


def test_a_model_without_linear_layers_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute_speed, "product_seconds", lambda *_: 1 / 0)
    assert compute_advice(nn.Sequential(nn.ReLU(), nn.Bilinear(2, 3, 4)), "bfloat16") == ""


@pytest.mark.skipif(torch.cuda.is_available(), reason="on a GPU nothing is told")
@pytest.mark.parametrize(("rank", "small", "lines"), [(0, 1, 1), (1, 1, 0), (0, 10**9, 0)])
def test_one_process_tells_it_of_a_model_that_is_not_small(
    rank: int,
    small: int,
    lines: int,
    checkpoint: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    takes(monkeypatch, 1.0, 2.0)
    monkeypatch.setattr(loading, "SMALL", small)
    entry = ModelEntry("made", str(checkpoint()), local=True)
    with caplog.at_level("WARNING", LOGGER.name):
        loading.load(entry, LoadOptions("none", 8, rank, 2, "bfloat16"))
    told = [record.getMessage() for record in caplog.records if record.name == LOGGER.name]
    assert len(told) == lines
    assert all(line.startswith("made: this processor multiplies float32 2.0 times as fast") for line in told)
