"""Models of the registry without the hub: what is computed is what their authors published."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from itemwise.inspect.model_structure import Structure, structure_of
from itemwise.inspect.published import PUBLISHED, published
from itemwise.models import REGISTRY, ModelEntry, ModelError
from itemwise.models.checkpoint import unreachable

NAMES = sorted(PUBLISHED)
NAMED = {name: size[1] for name in NAMES if (size := re.search(r"-([\d.]+)b", name))} | {"gpt-oss-20b": "21", "phi-4-mini-instruct": "3.8"}


@cache
def of(name: str) -> Structure:
    return structure_of(REGISTRY[name])


@pytest.fixture(autouse=True)
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("the hub was asked")

    monkeypatch.setattr("itemwise.inspect.architecture.hub_options", refused)


def test_every_pinned_model_of_the_registry_is_kept_here_as_published() -> None:
    pinned = {name for name, entry in REGISTRY.items() if entry.revision}
    assert pinned <= {name for name in NAMES if PUBLISHED[name].source == "as published"}
    assert set(NAMES) <= set(REGISTRY)


@pytest.mark.parametrize(
    ("name", "billions", "non_embedding"),
    [
        ("qwen3-4b", 4.0, 3.6),  # their model cards
        ("qwen3-4b-instruct-2507", 4.0, 3.6),
        ("llama-3.1-8b-instruct", 8.03, None),
        ("llama-3.2-3b-instruct", 3.21, None),
        ("gpt-oss-20b", 20.9, None),  # arXiv 2508.10925
        ("phi-4-mini-instruct", 3.8, None),  # arXiv 2503.01743
        ("smollm3-3b", 3.08, None),
    ],
)
def test_parameters_of_models_of_2026_are_those_published(name: str, billions: float, non_embedding: float | None) -> None:
    counted = of(name).parameters
    assert counted.total / 1e9 == pytest.approx(billions, abs=0.05)
    assert non_embedding is None or counted.non_embedding / 1e9 == pytest.approx(non_embedding, abs=0.05)


@pytest.mark.parametrize("name", [name for name in NAMES if PUBLISHED[name].source != "as published"])
def test_where_the_numbers_are_from_is_said_where_it_is_no_publication(name: str) -> None:
    structure = of(name)
    assert structure.architecture.origin == f"{REGISTRY[name].location}, {PUBLISHED[name].source}"
    assert any(word in PUBLISHED[name].source for word in ("copies", "arXiv", "transformers' defaults"))
    assert structure.parameters.total / 1e9 == pytest.approx(float(NAMED[name]), rel=0.1)


def test_a_model_whose_configuration_is_not_known_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(entry: ModelEntry) -> None:
        raise ModelError(unreachable(entry, "HF_HUB_OFFLINE is set"))

    monkeypatch.setattr("itemwise.inspect.architecture.hub_options", absent)
    with pytest.raises(ModelError) as caught:
        structure_of(REGISTRY["gemma-4-e4b-it"])
    message = str(caught.value)
    assert "google/gemma-4-E4B-it is unconfirmed" in message
    assert "This package keeps no configuration of it; a folder with its config.json alone is enough." in message


@pytest.mark.parametrize(
    ("name", "total", "published_billions"),
    [
        ("qwen2.5-7b-instruct", 7_615_616_512, 7.61),
        ("qwen2.5-math-7b-instruct", 7_615_616_512, 7.61),
        ("llama-2-7b-chat", 6_738_415_616, 6.74),
        ("qwen2-vl-7b-instruct", 8_291_375_616, 8.29),
        ("qwen2.5-vl-7b-instruct", 8_292_166_656, 8.29),
        ("llava-1.5-7b", 7_063_427_072, 7.06),
    ],
)
def test_parameters_are_those_published(name: str, total: int, published_billions: float) -> None:
    assert of(name).parameters.total == total
    assert abs(total / 1e9 - published_billions) < 0.01


@pytest.mark.parametrize("name", ["qwen2.5-7b-instruct", "qwen2.5-math-7b-instruct"])
def test_qwen25_has_6_53_billion_parameters_outside_its_embeddings(name: str) -> None:
    assert of(name).parameters.non_embedding == 6_525_621_760


@pytest.mark.parametrize(
    ("name", "millions"), [("qwen2-vl-7b-instruct", 675.8), ("qwen2.5-vl-7b-instruct", 676.6), ("llava-1.5-7b", 324.5)]
)
def test_parameters_outside_the_language_model_are_vision_and_projector(name: str, millions: float) -> None:
    assert round(of(name).parameters.outside_language / 1e6, 1) == millions


@pytest.mark.parametrize(
    ("name", "layers", "heads", "kv_heads", "kv_bytes"),
    [
        ("qwen2.5-7b-instruct", 28, 28, 4, 57_344),
        ("qwen2.5-math-7b-instruct", 28, 28, 4, 57_344),
        ("qwen2-vl-7b-instruct", 28, 28, 4, 57_344),
        ("qwen2.5-vl-7b-instruct", 28, 28, 4, 57_344),
        ("llama-2-7b-chat", 32, 32, 32, 524_288),
        ("llava-1.5-7b", 32, 32, 32, 524_288),
    ],
)
def test_heads_and_the_kv_cache_of_a_token(name: str, layers: int, heads: int, kv_heads: int, kv_bytes: int) -> None:
    attention = of(name).attention
    assert attention is not None
    assert (attention.layers, attention.heads, attention.kv_heads, attention.head_dim) == (layers, heads, kv_heads, 128)
    assert attention.kv_bytes() == kv_bytes


@pytest.mark.parametrize(
    ("name", "base", "sections", "context"),
    [
        ("qwen2.5-7b-instruct", 1e6, (), 32_768),
        ("qwen2.5-math-7b-instruct", 1e4, (), 4_096),
        ("llama-2-7b-chat", 1e4, (), 4_096),
        ("qwen2-vl-7b-instruct", 1e6, (16, 24, 24), 32_768),
        ("qwen2.5-vl-7b-instruct", 1e6, (16, 24, 24), 128_000),
        ("llava-1.5-7b", 1e4, (), 4_096),
    ],
)
def test_positions(name: str, base: float, sections: tuple[int, ...], context: int) -> None:
    positions = of(name).positions
    assert (positions.rope_base, positions.sections, positions.context) == (base, sections, context)


@pytest.mark.parametrize("name", ["qwen2-vl-7b-instruct", "qwen2.5-vl-7b-instruct"])
@pytest.mark.parametrize(
    ("size", "tokens"),
    [((224, 224), 64), ((28, 28), 4), ((640, 480), 391), ((480, 640), 391), ((1, 1), 4), ((8000, 8000), 16_384)],
)
def test_a_picture_for_qwen_is_as_many_tokens_as_its_size_asks_for(name: str, size: tuple[int, int], tokens: int) -> None:
    path = structure_of(REGISTRY[name], picture=size).path
    assert path is not None
    assert path.tokens == tokens


def test_the_patches_of_qwen2_vl_are_merged_by_four() -> None:
    path = of("qwen2-vl-7b-instruct").path
    assert path is not None
    assert (path.patches, path.frames, path.merge, path.layers, path.width) == ((16, 16), 2, 2, 32, 1280)
    assert path.projector == (5120, 5120, 3584)


@pytest.mark.parametrize("size", [(336, 336), (20, 3000)])
def test_a_picture_for_llava_is_576_tokens_whatever_its_size(size: tuple[int, int]) -> None:
    path = structure_of(REGISTRY["llava-1.5-7b"], picture=size).path
    assert path is not None
    assert (path.scaled, path.patches, path.tokens, path.projector) == ((336, 336), (24, 24), 576, (1024, 4096, 4096))


@pytest.mark.parametrize(("name", "gigabytes"), [("qwen2.5-7b-instruct", 5.55), ("llama-2-7b-chat", 3.87), ("qwen2-vl-7b-instruct", 6.90)])
def test_nf4_takes_4_127_bits_of_each_quantised_weight(name: str, gigabytes: float) -> None:
    footprint = of(name).footprint
    assert footprint.bits == pytest.approx(4.127, abs=0.0005)
    assert footprint.bytes / 1e9 == pytest.approx(gigabytes, abs=0.005)


def test_what_is_kept_here_is_of_one_revision() -> None:
    entry = REGISTRY["qwen2.5-7b-instruct"]
    assert published(entry) is published(ModelEntry("mine", entry.location)) is PUBLISHED[entry.name]
    assert published(replace(entry, revision="another")) is None
    assert published(ModelEntry("else", "owner/name")) is None


def test_limits_of_pixels_that_an_entry_sets_come_first() -> None:
    entry = replace(REGISTRY["qwen2-vl-7b-instruct"], max_pixels=4 * 28 * 28)
    path = structure_of(entry, picture=(640, 480)).path
    assert path is not None
    assert (path.scaled, path.tokens) == ((56, 28), 2)
