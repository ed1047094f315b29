"""A model that is loaded at its first request."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from itemwise.cases.chat import Turn
from itemwise.models import Generation, LoadOptions, ModelEntry, ModelError, ModelUnavailableError, Request
from itemwise.models.lazy import LazyModel, ReplayModel

Loads = list[tuple[ModelEntry, LoadOptions]]

ASKED = [Request((Turn("user", "6*7?"),))]


class Loaded:
    name = "tiny"

    def describe(self) -> dict[str, str]:
        return {"model": self.name, "device": "cpu"}

    def generate(self, requests: Sequence[Request]) -> list[Generation]:
        return [Generation("42", "stop", 3, 1) for _ in requests]


@pytest.fixture
def entry(tmp_path: Path) -> ModelEntry:
    """A folder with all that decides a model's text, too small to load."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    for name in ("config.json", "tokenizer.json", "chat_template.jinja", "model.safetensors"):
        (folder / name).write_text(name)
    return ModelEntry("tiny", str(folder), local=True)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Loads:
    """What each load was asked for; nothing real is loaded."""
    asked: Loads = []

    def load(entry: ModelEntry, options: LoadOptions) -> Loaded:
        asked.append((entry, options))
        return Loaded()

    local = ModuleType("itemwise.models.local.load")
    local.load = load  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "itemwise.models.local.load", local)
    return asked


def deferred(entry: ModelEntry) -> LazyModel:
    return LazyModel(entry, LoadOptions("nf4", 64, rank=1, world_size=2))


def test_a_model_never_asked_is_never_loaded(entry: ModelEntry, loads: Loads) -> None:
    model = deferred(entry)
    assert (model.name, model.is_loaded, loads) == ("tiny", False, [])


def test_a_model_is_loaded_once_as_it_was_asked_for(entry: ModelEntry, loads: Loads) -> None:
    model = deferred(entry)
    assert [generation.text for generation in model.generate(ASKED)] == ["42"]
    model.generate(ASKED)
    assert model.describe()["device"] == "cpu"
    assert model.is_loaded
    assert loads == [(entry, LoadOptions("nf4", 64, rank=1, world_size=2))]


def test_a_load_that_fails_is_nobodys_case(entry: ModelEntry, loads: Loads, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(entry: ModelEntry, options: LoadOptions) -> Loaded:
        raise ModelError("no weights")

    monkeypatch.setattr(sys.modules["itemwise.models.local.load"], "load", load)
    with pytest.raises(ModelUnavailableError, match="no weights"):
        deferred(entry).generate(ASKED)


def test_where_replay_forbids_a_model_the_message_says_how_to_ask_one() -> None:
    model = ReplayModel("tiny")
    assert model.describe() == {"model": "tiny"}
    with pytest.raises(ModelError, match="no reply of tiny to this case; run without --replay"):
        model.generate(ASKED)


def test_released_weights_are_given_back_while_the_model_is_still_held(entry: ModelEntry, loads: Loads) -> None:
    model = LazyModel(entry, LoadOptions("none", 8))
    model.generate(ASKED)
    weights = weakref.ref(model._loaded)
    model.release()
    gc.collect()
    assert (weights(), model.is_loaded) == (None, False)


def test_a_model_tells_since_when_it_is_being_loaded(entry: ModelEntry, loads: Loads) -> None:
    model, seen = deferred(entry), []
    local = sys.modules["itemwise.models.local.load"]
    load = local.load

    def looked(*arguments: Any, **options: Any) -> Loaded:
        seen.append(model.loading_since)
        if len(seen) == 1:
            raise ModelError("a disk that is gone")
        return load(*arguments, **options)

    local.load = looked  # type: ignore[attr-defined]
    for _ in range(2):
        with suppress(ModelUnavailableError):
            model.generate(ASKED)
        assert (model.loading_since, model.tokens_underway) == (None, 0)
    assert None not in seen
    assert len(seen) == 2
