"""Copies of weights on a CPU multiply as the layers do, and are made only where there is memory for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bitsandbytes
import pytest
import torch

from itemwise.cases.chat import Turn
from itemwise.models import REGISTRY, Generation, LoadOptions, ModelEntry, Request
from itemwise.models.local import load as local
from itemwise.models.local.cpu_linear import can_prepack, prepack_linear
from itemwise.models.local.load import LocalModel, load
from itemwise.synthetic import word_problems
from tests.models.checkpoints import KINDS, SEEING

ON_CPU = pytest.mark.skipif(torch.cuda.is_available(), reason="copies are made on a CPU only")
IN_BFLOAT16 = pytest.mark.skipif(not can_prepack(torch.bfloat16), reason="this processor has no products in bfloat16")


def four_bit(kind: str, inner: int, outer: int, *, bias: bool) -> bitsandbytes.nn.Linear4bit:
    layer = bitsandbytes.nn.Linear4bit(inner, outer, bias=bias, compute_dtype=torch.float32, compress_statistics=True, quant_type=kind).to(
        "cpu"
    )
    layer.support_avx512bf16_for_cpu = False
    return layer


@torch.inference_mode()
@pytest.mark.parametrize("kind", ["nf4", "fp4"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("inner", "outer"), [(64, 192), (48, 72), (256, 640)])
def test_a_copy_holds_the_values_that_would_be_unpacked(kind: str, bias: bool, inner: int, outer: int) -> None:
    torch.manual_seed(3)
    layer = four_bit(kind, inner, outer, bias=bias)
    kept, unit = layer.weight.data.clone(), torch.eye(inner)
    alone, inputs = layer(unit), torch.randn(2, 7, inner)
    expected = layer(inputs)
    assert prepack_linear(torch.nn.Sequential(layer), 4 * inner * outer)
    assert torch.equal(layer(unit), alone)  # one weight an output, and the bias: nothing is rounded
    torch.testing.assert_close(layer(inputs), expected)
    assert torch.equal(layer.weight.data, kept)


@IN_BFLOAT16
@torch.inference_mode()
@pytest.mark.parametrize("kind", ["nf4", "fp4"])
def test_a_copy_in_bfloat16_holds_the_nearest_values(kind: str) -> None:
    torch.manual_seed(3)
    layer = four_bit(kind, 64, 192, bias=True)
    unpacked, bias = bitsandbytes.functional.dequantize_4bit(layer.weight.data, layer.weight.quant_state).bfloat16(), layer.bias.bfloat16()
    assert prepack_linear(torch.nn.Sequential(layer), 2 * 64 * 192, torch.bfloat16)
    inputs = torch.randn(5, 64).bfloat16()
    product = layer(inputs)
    assert product.dtype == torch.bfloat16
    torch.testing.assert_close(product, (inputs.float() @ unpacked.float().T + bias.float()).bfloat16(), rtol=2**-7, atol=2**-7)


def test_without_memory_for_all_nothing_is_copied() -> None:
    layers = torch.nn.Sequential(torch.nn.Linear(8, 4), torch.nn.Linear(4, 2))
    assert not prepack_linear(layers, 4 * (8 * 4 + 4 * 2) - 1)
    assert not any("forward" in vars(layer) for layer in layers)


def test_a_model_without_linear_layers_is_left_as_it_is() -> None:
    assert not prepack_linear(torch.nn.Embedding(4, 4), 2**30)


def loaded(entry: ModelEntry, quantisation: str, *, copies: bool = True) -> LocalModel:
    return load(entry, LoadOptions(quantisation, 96), copies=copies)


@ON_CPU
@pytest.mark.parametrize("quantisation", ["nf4", "fp4", "none"])
def test_texts_are_those_of_the_layers_as_they_were_loaded(quantisation: str, one_thread: None) -> None:
    entry, problems = REGISTRY["embedded-text"], word_problems(7)
    requests = [Request((Turn("user", next(problems)["question"]),)) for _ in range(24)]
    plain = loaded(entry, quantisation, copies=False)
    assert loaded(entry, quantisation).generate(requests) == [plain.generate([request])[0] for request in requests]


@ON_CPU
@pytest.mark.parametrize("kind", [*KINDS, *SEEING])
def test_how_the_layers_multiply_is_described(checkpoint: Callable[..., Path], kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = checkpoint(kind)
    entry = ModelEntry(folder.name, str(folder), local=True)
    assert loaded(entry, "nf4").describe()["linear layers"] == "float32 copies, multiplied by oneDNN"
    assert "packed nf4" in loaded(entry, "nf4", copies=False).describe()["linear layers"]
    monkeypatch.setattr(local, "free_bytes", lambda device: 1000)
    assert "packed nf4" in loaded(entry, "nf4").describe()["linear layers"]


@ON_CPU
@IN_BFLOAT16
@pytest.mark.parametrize("kind", [*KINDS, *SEEING])
def test_copies_in_bfloat16_are_described(checkpoint: Callable[..., Path], kind: str) -> None:
    folder = checkpoint(kind)
    described = load(ModelEntry(folder.name, str(folder), local=True), LoadOptions("nf4", 96, compute="bfloat16")).describe()
    assert (described["dtype"], described["linear layers"]) == ("bfloat16", "bfloat16 copies, multiplied by oneDNN")


@ON_CPU
@pytest.mark.parametrize("error", [RuntimeError, NotImplementedError, AttributeError])
def test_a_processor_without_products_in_bfloat16_multiplies_by_the_layers_themselves(
    error: type[Exception], checkpoint: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    reorder = torch.ops.mkldnn._reorder_linear_weight

    def refuse(weights: torch.Tensor) -> torch.Tensor:
        if weights.dtype == torch.bfloat16:
            raise error("bf16 path needs the cpu support avx512bw, avx512vl and avx512dq")
        return reorder(weights)

    monkeypatch.setattr(torch.ops.mkldnn, "_reorder_linear_weight", refuse)
    can_prepack.cache_clear()
    folder = checkpoint()
    try:
        model = load(ModelEntry(folder.name, str(folder), local=True), LoadOptions("none", 8, compute="bfloat16"))
        assert model.describe()["linear layers"] == "Linear of torch in bfloat16"
        [generation] = model.generate([Request((Turn("user", "2+2?"),))])
        assert isinstance(generation, Generation)
        assert can_prepack(torch.float32)
    finally:
        can_prepack.cache_clear()
