"""In bfloat16 on a CPU a row attends to what it would attend to alone, laid out in the same way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from itemwise.models import REGISTRY, LoadOptions, ModelEntry
from itemwise.models.local import aligned_attention
from itemwise.models.local.aligned_attention import STEP, _AlignedAttention, align_attention
from itemwise.models.local.cpu_linear import PrepackedLinear, can_prepack
from itemwise.models.local.load import load
from tests.models.checkpoints import KINDS, SEEING
from tests.models.local.loading import LIMIT, ask, in_batches

ON_CPU = pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU keeps torch's own attention")
HEADS, GROUPS, SIZE = 6, 2, 16
LAYER = SimpleNamespace(num_key_value_groups=HEADS // GROUPS, is_causal=True, training=False)
Called = list[tuple[Tensor, Tensor, Tensor, Tensor]]


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Called:
    """Query, keys, values and mask of each product that is asked of torch."""
    seen = Called()

    def attend(query: Tensor, keys: Tensor, values: Tensor, *, attn_mask: Tensor, scale: float | None) -> Tensor:
        seen.append((query, keys, values, attn_mask))
        return scaled_dot_product_attention(query, keys, values, attn_mask=attn_mask, scale=scale)

    monkeypatch.setattr(aligned_attention, "scaled_dot_product_attention", attend)
    return seen


def states(rows: int, queries: int, columns: int) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(rows + queries + columns)
    shapes = ((rows, HEADS, queries, SIZE), (rows, GROUPS, columns, SIZE), (rows, GROUPS, columns, SIZE))
    query, key, value = (torch.randn(shape, generator=generator) for shape in shapes)
    return query, key, value


def mask_of(used: Tensor, queries: int) -> Tensor:
    """Each of the last `queries` columns sees those in use before it and itself."""
    columns = used.shape[1]
    causal = torch.ones(queries, columns, dtype=torch.bool).tril(columns - queries)
    return (used[:, None] & causal)[:, None]


def used_columns(*rows: str) -> Tensor:
    """Of each row a letter a column, ``.`` for padding."""
    return torch.tensor([[sign != "." for sign in row] for row in rows])


@pytest.mark.parametrize("queries", [1, 3])
def test_it_is_the_attention_that_torch_has(queries: int) -> None:
    used = used_columns("....xxxx", ".xx..xxx", "xxxxxxxx")
    query, key, value = states(3, queries, 8)
    expected, _ = sdpa_attention_forward(LAYER, query, key, value, mask_of(used, queries), scaling=0.3)
    found, _ = _AlignedAttention()(LAYER, query, key, value, mask_of(used, queries), scaling=0.3)
    seen = used[:, -queries:]  # a query that is padding means nothing
    torch.testing.assert_close(found[seen], expected[seen])


def test_values_may_have_another_size_than_keys(called: Called) -> None:
    query, key, _ = states(2, 1, 7)
    value = torch.randn(2, GROUPS, 7, SIZE // 2, generator=torch.Generator().manual_seed(5))
    mask = mask_of(used_columns("..xxxxx", "xxxxxxx"), 1)
    expected, _ = sdpa_attention_forward(LAYER, query, key, value, mask)
    found, _ = _AlignedAttention()(LAYER, query, key, value, mask)
    torch.testing.assert_close(found, expected)
    assert called


@pytest.mark.parametrize("queries", [1, 5])
def test_without_a_mask_each_query_sees_those_before_it(queries: int) -> None:
    query, key, value = states(2, queries, 7)
    whole = mask_of(torch.ones(2, 7, dtype=torch.bool), queries)
    expected, _ = sdpa_attention_forward(LAYER, query, key, value, whole)
    found, _ = _AlignedAttention()(LAYER, query, key, value, None)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize(
    ("row", "queries"),
    [("....xxxxx", 1), ("xx...xxxx", 1), ("xx...xxxx", 4), ("....xxxxx", 5), (70 * "." + 130 * "x", 1), (70 * "." + 130 * "x", 100)],
)
def test_keys_of_a_row_stand_where_they_stand_alone(row: str, queries: int, called: Called) -> None:
    used = used_columns(len(row) * "x", row)
    query, key, value = states(2, queries, len(row))
    _AlignedAttention()(LAYER, query, key, value, mask_of(used, queries))
    own = used[1]
    _AlignedAttention()(LAYER, query[1:], key[1:, :, own], value[1:, :, own], None)
    (_, keys, values, mask), (_, keys_alone, values_alone, mask_alone) = called
    count, width = int(own.sum()), keys_alone.shape[2]
    assert width % STEP == keys.shape[2] % STEP == 0
    assert torch.equal(keys[1, :, :count], keys_alone[0, :, :count])
    assert torch.equal(values[1, :, :count], values_alone[0, :, :count])
    assert torch.equal(mask[1, :, :queries, :width], mask_alone[0, :, :queries])
    assert not mask[1, :, :, width:].any()


def test_queries_come_in_whole_steps_or_alone(called: Called) -> None:
    attend = _AlignedAttention()
    for queries in (1, 2, STEP, STEP + 1):
        attend(LAYER, *states(1, queries, 80), None)
    heads = [(query.shape[1], query.shape[2]) for query, *_ in called]
    assert heads == [(GROUPS, HEADS // GROUPS), (HEADS, STEP), (HEADS, STEP), (HEADS, 2 * STEP)]


def test_layers_of_a_forward_share_what_is_found_of_their_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    attend, mask = _AlignedAttention(), mask_of(used_columns("..xx", "xxxx"), 1)
    made, find = list[Tensor](), aligned_attention._aligned
    monkeypatch.setattr(aligned_attention, "_aligned", lambda mask, made_for: made.append(mask) or find(mask, made_for))
    for _ in range(3):
        attend(LAYER, *states(2, 1, 4), mask)
    attend(LAYER, *states(2, 1, 4), mask.clone())
    assert len(made) == 2
    for columns in (4, 4, 5):
        attend(LAYER, *states(2, 2, columns), None)
    assert len(made) == 4


@pytest.mark.parametrize(
    ("mask", "options"),
    [
        (torch.zeros(1, 1, 1, 4), {}),
        (torch.ones(1, HEADS, 1, 4, dtype=torch.bool), {}),
        (None, {"is_causal": False}),
        (None, {"position_bias": torch.zeros(1, HEADS, 1, 4)}),
    ],
    ids=["added", "for each head", "not causal", "with a bias"],
)
def test_another_kind_of_attention_is_left_to_transformers(mask: Tensor | None, options: dict[str, Any], called: Called) -> None:
    query, key, value = states(1, 1, 4)
    expected, _ = sdpa_attention_forward(LAYER, query, key, value, mask, **options)
    found, _ = _AlignedAttention()(LAYER, query, key, value, mask, **options)
    assert torch.equal(found, expected)
    assert not called


@ON_CPU
@pytest.mark.parametrize("kind", KINDS)
def test_the_language_part_has_it_in_bfloat16_alone(checkpoint: Callable[..., Path], kind: str) -> None:
    attention = {}
    for compute in ("float32", "bfloat16"):
        entry = ModelEntry("made", str(checkpoint(kind)), local=True)
        model = load(entry, LoadOptions("none", LIMIT, compute=compute))
        config = model.checkpoint.model.config
        attention[compute] = config.get_text_config()._attn_implementation
        if kind in SEEING:
            assert config.vision_config._attn_implementation == "sdpa"
        [generation] = ask(model, "2+2?")
        assert 0 < generation.completion_tokens <= LIMIT
    assert attention == {"float32": "sdpa", "bfloat16": aligned_attention.NAME}


def test_a_model_with_attention_of_its_own_keeps_it(checkpoint: Callable[..., Path]) -> None:
    model = load(ModelEntry("made", str(checkpoint()), local=True), LoadOptions("none", LIMIT, compute="float32")).checkpoint.model
    model.set_attn_implementation("eager")
    assert not align_attention(model)
    assert model.config._attn_implementation == "eager"


@pytest.mark.parametrize(
    ("code", "compares"),
    [
        ('if self.config._attn_implementation in ("eager", "sdpa"):', True),
        ('mask = config._attn_implementation == "sdpa"', True),
        ('if config._attn_implementation != "eager":', True),
        ('if config._attn_implementation not in ("eager",):', True),
        ("ALL_ATTENTION_FUNCTIONS.get_interface(self.config._attn_implementation, eager)", False),
        ("self.inner._attn_implementation = other", False),
    ],
)
def test_a_model_whose_code_goes_by_the_name_keeps_its_attention(
    code: str, compares: bool, checkpoint: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load(ModelEntry("made", str(checkpoint()), local=True), LoadOptions("none", LIMIT, compute="float32")).checkpoint.model
    monkeypatch.setattr(aligned_attention.inspect, "getsource", lambda _: code)
    assert align_attention(model) is not compares
    assert (model.config._attn_implementation == aligned_attention.NAME) is not compares


@ON_CPU
@pytest.mark.parametrize(("refuses", "said"), [(False, "each row laid out as if it were alone"), (True, "a text may depend on its batch")])
def test_the_record_says_whether_a_batch_may_change_a_text(
    refuses: bool, said: str, checkpoint: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    if refuses:
        monkeypatch.setattr(aligned_attention, "_asks_for_names", lambda _: True)
    entry = ModelEntry("made", str(checkpoint()), local=True)
    assert said in load(entry, LoadOptions("none", LIMIT, compute="bfloat16")).describe()["attention"]
    assert "attention" not in load(entry, LoadOptions("none", LIMIT, compute="float32")).describe()


@ON_CPU
def test_texts_in_bfloat16_are_those_of_each_chat_alone() -> None:
    model = load(REGISTRY["embedded-text"], LoadOptions("none", 24, compute="bfloat16"))
    prompts = ["1 + 1", "What is 17 * 3? Think step by step.", "Name a colour.", "7", "How much is 12 - 5, and why?" * 4]
    together = in_batches(model, prompts)
    assert [one.text for one in together] == [ask(model, prompt)[0].text for prompt in prompts]  # type: ignore[union-attr]


@pytest.mark.skipif(not can_prepack(torch.bfloat16), reason="this processor has no products in bfloat16")
@pytest.mark.parametrize(("dtype", "rows"), [(torch.bfloat16, 2), (torch.float32, 1)])
def test_a_row_alone_is_multiplied_as_one_of_two_in_bfloat16(dtype: torch.dtype, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    weight = torch.randn(8, 4, generator=torch.Generator().manual_seed(1)).to(dtype)
    layer = PrepackedLinear(torch.ops.mkldnn._reorder_linear_weight(weight), None)
    shapes, multiply = list[tuple[int, ...]](), torch.ops.mkldnn._linear_pointwise
    monkeypatch.setattr(
        torch.ops.mkldnn, "_linear_pointwise", lambda inputs, *rest: shapes.append(tuple(inputs.shape)) or multiply(inputs, *rest)
    )
    inputs = torch.randn(1, 1, 4, generator=torch.Generator().manual_seed(2)).to(dtype)
    found = layer(inputs)
    assert (found.shape, shapes) == ((1, 1, 8), [(rows, 1, 4)])
    torch.testing.assert_close(found, torch.nn.functional.linear(inputs, weight))


def test_a_vector_is_multiplied_whole() -> None:
    weight = torch.randn(8, 4, generator=torch.Generator().manual_seed(1))
    layer, inputs = PrepackedLinear(torch.ops.mkldnn._reorder_linear_weight(weight), None), torch.ones(4)
    torch.testing.assert_close(layer(inputs), torch.nn.functional.linear(inputs, weight))
