"""The output layer in float32: products of the same weights, no ties that a short type makes, and the usual layer afterwards."""

from __future__ import annotations

from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from itemwise.models.local.float32_head import PART, float32_head


def model_with(head: nn.Module) -> Any:
    return SimpleNamespace(get_output_embeddings=lambda: head)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("short", [torch.bfloat16, torch.float16])
def test_products_are_those_of_the_same_numbers_in_float32(short: torch.dtype, bias: bool) -> None:
    torch.manual_seed(1)
    head = nn.Linear(8, PART + 3, bias=bias, dtype=short)
    inputs = torch.randn(2, 3, 8).to(short)
    usual = head(inputs)
    with float32_head(model_with(head)), torch.inference_mode():
        product = head(inputs)
    added = 0 if head.bias is None else head.bias.detach().double()
    exact = inputs.double() @ head.weight.detach().double().T + added
    assert product.dtype == torch.float32
    assert torch.allclose(product.double(), exact, atol=1e-6)
    assert torch.equal(head(inputs), usual)
    assert usual.dtype == short


def test_logits_that_a_short_type_makes_equal_differ() -> None:
    head = nn.Linear(2, 2, bias=False, dtype=torch.bfloat16)
    head.weight.data = torch.tensor([[1.0, 0.01], [1.0, 0.0]], dtype=torch.bfloat16)
    inputs = torch.tensor([[20.0, 1.0]], dtype=torch.bfloat16)
    tied = head(inputs)[0].tolist()
    with float32_head(model_with(head)):
        apart = head(inputs)[0].tolist()
    assert tied == [20.0, 20.0]
    assert apart == [pytest.approx(20.01, abs=1e-4), 20.0]


def test_a_forward_of_its_own_comes_back_also_after_an_error() -> None:
    head = nn.Linear(2, 2, dtype=torch.bfloat16)

    def own(inputs: torch.Tensor) -> torch.Tensor:
        return inputs

    head.forward = own
    with suppress(ZeroDivisionError), float32_head(model_with(head)):
        assert head.forward is not own
        1 / 0  # noqa: B018 - the error itself
    assert head.forward is own


@pytest.mark.parametrize(
    "head",
    [nn.Linear(2, 2), nn.Linear(2, 2, dtype=torch.bfloat16, device="meta"), nn.Identity(), None],
    ids=["float32", "meta", "other", "none"],
)
def test_another_layer_is_left_as_it_is(head: nn.Module | None) -> None:
    with float32_head(model_with(head)):  # type: ignore[arg-type]
        assert head is None or "forward" not in vars(head)
