"""Chats join and leave a running batch, and each says what it would have said alone."""

from __future__ import annotations

import gc
import random
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import transformers

from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply
from itemwise.engine.batching import PendingRequest, batcher_for
from itemwise.engine.engine import Engine
from itemwise.models import ContextFullError, Generation, LoadOptions, ModelEntry, OutOfMemoryError, Request
from itemwise.models.lazy import LazyModel
from itemwise.models.local import continuous_batch as continuous
from itemwise.models.local import kv_cache
from itemwise.models.local import load as local
from itemwise.models.local.load import LocalModel, load
from itemwise.strategies.calculator import CALCULATOR
from itemwise.strategies.direct import direct
from tests.models.checkpoints import BOS, CONTEXT, SEEING, TOOL_TEMPLATE, make_checkpoint, overwrite
from tests.models.local.test_vision import noise
from tests.scripted import asked

LIMIT = 12
SHARED = "Solve the problem and reply with the number only, please: "


def loaded(folder: Path, quantisation: str = "none", limit: int = LIMIT) -> LocalModel:
    return load(ModelEntry(folder.name, str(folder), local=True), LoadOptions(quantisation, limit))


@pytest.fixture(scope="module")
def talkative(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Path:
    """A model whose replies end by themselves after one token, or a few, or never."""
    folder = make_checkpoint(tmp_path_factory.mktemp("talkative") / "qwen2", num_key_value_heads=2)
    return overwrite(folder, "generation_config.json", {"eos_token_id": [1, *range(150, 180)]})


def mixed() -> list[Request]:
    """Short and long, alike at the beginning and not, greedy and sampled."""
    random_ = random.Random(7)
    questions = [SHARED * (number % 2) + f"{number}+{number}" * random_.randint(1, 9) for number in range(14)]
    greedy = [Request((Turn("user", question),)) for question in questions]
    sampled = [Request((Turn("user", question),), (), 0.8, seed) for question in questions[:3] for seed in (1, 2)]
    return [*greedy, *sampled]


def alone(model: LocalModel, requests: Sequence[Request]) -> list[Generation]:
    return [model.generate([request])[0] for request in requests]


def together(model: LocalModel, requests: Sequence[Request], size: int, order: int = 0) -> list[Generation | Exception | None]:
    """What comes of `requests` in a batch of `size`, where they begin to wait bit by bit, in an order of their own."""
    asked = [PendingRequest(request) for request in requests]
    arriving, waiting, random_ = random.Random(order).sample(asked, len(asked)), [], random.Random(order)
    batches = batcher_for(model, size)
    while arriving or waiting or batches.running:
        count = random_.randint(0, size)
        waiting += arriving[:count]
        del arriving[:count]
        list(batches.step(waiting))
    return [asking.result for asking in asked]


# Text


@pytest.mark.parametrize("size", [1, 3, 8])
@pytest.mark.parametrize("quantisation", ["none", "nf4"])
def test_the_text_is_that_of_each_chat_alone_whoever_joins_when(talkative: Path, quantisation: str, size: int) -> None:
    model = loaded(talkative, quantisation)
    expected = alone(model, mixed())
    assert {generation.finish_reason for generation in expected} == {"stop", "length"}
    for order in range(6):
        assert together(model, mixed(), size, order) == expected


@pytest.mark.parametrize("kind", ["llama", "mistral"])
def test_other_kinds_of_text_models_run_too(tmp_path: Path, one_thread: None, kind: str) -> None:
    sizes = {"sliding_window": None} if kind == "mistral" else {}
    model = loaded(make_checkpoint(tmp_path / kind, kind, **sizes))
    assert model.describe()["batching"] == "continuous"
    assert together(model, mixed(), 5) == alone(model, mixed())


@pytest.mark.parametrize("quantisation", ["none", "nf4"])
@pytest.mark.parametrize("kind", SEEING)
def test_chats_with_pictures_of_any_size_join_chats_without(checkpoint: Callable[..., Path], kind: str, quantisation: str) -> None:
    model = loaded(checkpoint(kind), quantisation)
    assert model.describe()["batching"] == "continuous"
    sizes = [(40, 60), (56, 56), (61, 97), (84, 28), (112, 112)]
    shown = [Request((Turn("user", "What? " * (seed + 1), pictures=(noise(*size, seed),)),)) for seed, size in enumerate(sizes)]
    two = Request((Turn("user", "Alike?", pictures=(noise(seed=7), noise(84, 56, 8))), Turn("assistant", "No."), Turn("user", "Sure?")))
    words = [Request((Turn("user", "2+2? " * (2 * number + 1)),)) for number in range(3)]
    requests = [*shown, *words, two]
    expected = alone(model, requests)
    for size in (1, 3, 8):
        assert together(model, requests, size, order=size) == expected


def test_offers_of_tools_share_a_batch_with_others(copied: Callable[..., Path]) -> None:
    folder = copied()
    (folder / "chat_template.jinja").write_text(TOOL_TEMPLATE)
    model = loaded(folder)
    requests = [Request(request.turns, (CALCULATOR,) * (number % 2)) for number, request in enumerate(mixed()[:8])]
    assert together(model, requests, 4) == alone(model, requests)


def test_a_chat_that_had_to_leave_goes_on_where_it_was(talkative: Path) -> None:
    model = loaded(talkative)
    expected = alone(model, mixed())
    batch = model.running()
    assert batch is not None
    rows = [batch.prepare(request) for request in mixed()]
    found: dict[Any, Generation] = {}
    while len(found) < len(rows):
        for _ in range(2):  # a row may have to leave before it could be told that it is finished
            batch.clear()
            batch.admit([row for row in rows if row not in found])
        found |= dict(batch.decode(1)) | dict(batch.decode(2))
    assert [found[row] for row in rows] == expected


def test_a_reply_ends_where_the_context_does(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint())
    requests = [Request((Turn("user", "?" * length),)) for length in (CONTEXT - 9, 3, CONTEXT - 5)]
    generations = together(model, requests, 3)
    assert generations == alone(model, requests)
    assert [generation.completion_tokens for generation in generations if isinstance(generation, Generation)] == [5, 12, 1]


# Beginnings that are shared


def forwards(model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """The shapes of what the model computes from now on."""
    shapes: list[tuple[int, ...]] = []
    forward = continuous.ContinuousBatch._forward

    def noted(self: Any, cache: Any, positions: torch.Tensor, **batch: torch.Tensor) -> torch.Tensor:
        shapes.append(tuple(batch["input_ids"].shape))
        return forward(self, cache, positions, **batch)

    monkeypatch.setattr(continuous.ContinuousBatch, "_forward", noted)
    return shapes


def test_a_beginning_that_prompts_share_is_computed_once(checkpoint: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    model = loaded(checkpoint(), limit=1)
    requests = [Request((Turn("user", f"{SHARED}{number}"),)) for number in (11, 22, 33, 44, 55)]
    expected = alone(model, requests)
    shapes = forwards(model, monkeypatch)
    batch = model.running()
    assert batch is not None
    for arriving in (requests[:3], requests[3:]):
        batch.admit([batch.prepare(request) for request in arriving])
    assert [generation for _, generation in batch.decode(1)] == expected
    beginning = len([BOS, "<|user|>", *SHARED])
    assert shapes == [(1, beginning), (3, 4), (2, 4)]  # the number, </s> and <|assistant|>


def test_a_chat_with_tools_is_read_on_from_where_it_was(copied: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copied()
    (folder / "chat_template.jinja").write_text(TOOL_TEMPLATE)
    model = loaded(folder)
    firsts = [Request((Turn("user", f"{number}+{number}?"),), (CALCULATOR,)) for number in range(3)]
    said = alone(model, firsts)
    told = [(Turn("assistant", said.text), Turn("tool", "42")) for said in said]
    seconds = [Request((*first.turns, *more), (CALCULATOR,)) for first, more in zip(firsts, told, strict=True)]
    expected = alone(model, seconds)
    shapes = forwards(model, monkeypatch)
    assert together(model, firsts, 3) == said
    del shapes[:]
    assert together(model, seconds, 3) == expected
    later = [second.prompt_tokens - first.prompt_tokens for first, second in zip(said, expected, strict=True)]
    assert max(columns for _, columns in shapes) <= max(later)


# Failures


def test_a_prompt_too_long_concerns_its_own_case_only(talkative: Path) -> None:
    engine = Engine(loaded(talkative), 4)
    for key, prompt in {"a": "2+2?", "long": "?" * CONTEXT, "b": "3+3?"}.items():
        asked(engine, key, prompt, direct)
    while not engine.idle:
        engine.step()
    assert {key: type(outcome) for key, outcome in engine.outcomes.items()} == {"a": Reply, "long": ContextFullError, "b": Reply}


def test_a_picture_that_breaks_the_model_concerns_its_own_case_only(
    checkpoint: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = loaded(checkpoint("qwen2_vl"))
    requests = [Request((Turn("user", f"What is it, {seed}?", pictures=(noise(28 * (seed + 2), 56, seed),)),)) for seed in range(6)]
    expected = alone(model, requests)
    see = model.checkpoint.model.model.get_image_features

    def broken(pixel_values: torch.Tensor, image_grid_thw: torch.Tensor, **others: Any) -> Any:
        if (image_grid_thw[:, 2] == 10).any():  # the one of 140 pixels
            raise RuntimeError("unheard-of picture")
        return see(pixel_values, image_grid_thw, **others)

    monkeypatch.setattr(model.checkpoint.model.model, "get_image_features", broken)
    results = together(model, requests, 4)
    assert isinstance(results[3], RuntimeError)
    assert results[:3] + results[4:] == expected[:3] + expected[4:]


@pytest.mark.parametrize("positions", [60, 150, 400])
def test_within_little_memory_all_is_said_and_nothing_else(talkative: Path, positions: int) -> None:
    model = loaded(talkative)
    expected = alone(model, mixed())
    assert model.continuous is not None
    model.continuous.max_positions = positions
    assert together(model, mixed(), 8) == expected


def test_a_model_within_little_free_memory_takes_fewer_chats_at_once(talkative: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = alone(loaded(talkative), mixed())
    position = 2 * 2 * 2 * 16 * 4  # keys and values of two layers, two heads of 16 numbers in float32
    monkeypatch.setattr(local, "free_bytes", lambda device: int(250 * position / local.KV_CACHE_SHARE))
    model = loaded(talkative)
    asked = [PendingRequest(request) for request in mixed()]
    waiting, batches = list(asked), batcher_for(model)
    while waiting or batches.running:
        list(batches.step(waiting))
    assert [asking.result for asking in asked] == expected
    assert 1 < max(asking.batch_size for asking in asked) < len(asked) // 2


def test_the_size_of_latent_keys_and_values_is_estimated() -> None:
    config = transformers.DeepseekV3Config(num_hidden_layers=3, hidden_size=64)
    assert continuous._kv_bytes_of_a_token(SimpleNamespace(config=config, dtype=torch.bfloat16)) == 2 * 3 * 64 * 2


@pytest.mark.parametrize("seed", range(4))
def test_memory_that_runs_out_at_any_moment_loses_nothing(talkative: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    model = loaded(talkative)
    expected = alone(model, mixed())
    random_ = random.Random(seed)
    assert model.continuous is not None
    batch = model.continuous

    def scarce(work: Callable[..., Any]) -> Callable[..., Any]:
        def done(*given: Any, **named: Any) -> Any:
            full = random_.random() < 0.1 and len(batch.sequences) > 1
            if full and random_.random() < 0.5:
                raise OutOfMemoryError("full")
            found = work(*given, **named)
            if full:
                raise OutOfMemoryError("full")
            return found

        return done

    monkeypatch.setattr(continuous.ContinuousBatch, "_forward", scarce(continuous.ContinuousBatch._forward))
    monkeypatch.setattr(kv_cache, "_moved", scarce(kv_cache._moved))
    assert together(model, mixed(), 8, seed) == expected


def test_freed_memory_is_returned_now_and_then(talkative: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    returned: list[None] = []
    monkeypatch.setattr(continuous, "RETURNED_AFTER", 2)
    monkeypatch.setattr(continuous, "return_freed", lambda: returned.append(None))
    requests = mixed()
    together(loaded(talkative), requests, 8)
    assert 1 <= len(returned) <= len(requests) // 2


# What cannot run


def test_a_model_with_a_sliding_window_is_asked_in_whole_batches(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint("mistral"))
    assert (model.running(), model.describe()["batching"]) == (None, "static")
    assert together(model, mixed(), 4) == alone(model, mixed())


def test_a_kind_that_prepares_its_inputs_in_its_own_way_is_asked_in_whole_batches(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint()).checkpoint.model
    assert continuous.supports_continuous_batching(model)
    own = type("Own", (type(model),), {"prepare_inputs_for_generation": lambda self: {}, "__module__": type(model).__module__})
    model.__class__ = own
    assert not continuous.supports_continuous_batching(model)
    model.__class__ = type("Remote", (own.__mro__[1],), {"__module__": "transformers_modules.x"})
    assert not continuous.supports_continuous_batching(model)


def test_released_weights_are_given_back_while_an_engine_is_still_held(talkative: Path) -> None:
    entry = ModelEntry("tiny", str(talkative), local=True)
    model = LazyModel(entry, LoadOptions("none", LIMIT))
    engine = Engine(model, 2)
    asked(engine, "case", "2+2?", direct)
    while not engine.idle:
        engine.step()
    weights = weakref.ref(model._loaded)
    model.release()
    gc.collect()
    assert weights() is None


def test_tokens_are_counted_while_they_are_said_in_whole_batches_and_in_a_running_one(talkative: Path) -> None:
    model, seen = loaded(talkative), []
    model.checkpoint.model.register_forward_hook(lambda *_: seen.append(model.tokens_underway))
    said = sum(generation.completion_tokens for generation in model.generate(mixed()))
    assert seen[0] == 0
    assert seen == sorted(seen)
    assert 0 < seen[-1] < said  # of the last forward nothing is said yet
    assert model.tokens_underway == 0
    batch = model.running()
    assert batch is not None
    batch.admit([batch.prepare(request) for request in mixed()])
    assert model.tokens_underway > 0
    batch.clear()
    assert model.tokens_underway == 0
