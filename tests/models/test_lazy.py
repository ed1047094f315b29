"""A model that waits to be loaded, and what is known of it before."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from itemwise.cases.case import Turn
from itemwise.models import Generation, ModelEntry, ModelError, ModelUnavailableError, Request
from itemwise.models.lazy import DeferredModel, RecalledModel, identity_of

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
def loads(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What each load was asked for; nothing real is loaded."""
    asked: list[dict[str, Any]] = []

    def load(entry: ModelEntry, **options: Any) -> Loaded:
        asked.append({"entry": entry, **options})
        return Loaded()

    local = ModuleType("itemwise.models.local.load")
    local.load = load  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "itemwise.models.local.load", local)
    return asked


def deferred(entry: ModelEntry) -> DeferredModel:
    return DeferredModel(entry, quantisation="nf4", max_new_tokens=64, share=(1, 2))


def identity(entry: ModelEntry, quantisation: str = "nf4", max_new_tokens: int = 64) -> dict[str, str]:
    return identity_of(entry, quantisation=quantisation, max_new_tokens=max_new_tokens)


def test_a_model_never_asked_is_never_loaded(entry: ModelEntry, loads: list[dict[str, Any]]) -> None:
    model = deferred(entry)
    assert (model.name, model.is_loaded, loads) == ("tiny", False, [])


def test_a_model_is_loaded_once_as_it_was_asked_for(entry: ModelEntry, loads: list[dict[str, Any]]) -> None:
    model = deferred(entry)
    assert [generation.text for generation in model.generate(ASKED)] == ["42"]
    model.generate(ASKED)
    assert model.describe()["device"] == "cpu"
    assert model.is_loaded
    assert loads == [{"entry": entry, "quantisation": "nf4", "max_new_tokens": 64, "share": (1, 2)}]


def test_a_load_that_fails_is_nobodys_case(entry: ModelEntry, loads: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    def load(entry: ModelEntry, **options: Any) -> Loaded:
        raise ModelError("no weights")

    monkeypatch.setattr(sys.modules["itemwise.models.local.load"], "load", load)
    with pytest.raises(ModelUnavailableError, match="no weights"):
        deferred(entry).generate(ASKED)


def test_where_replay_forbids_a_model_the_message_says_how_to_ask_one() -> None:
    model = RecalledModel("tiny")
    assert model.describe() == {"model": "tiny"}
    with pytest.raises(ModelError, match="no reply of tiny to this case; run without --replay"):
        model.generate(ASKED)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "chat_template.jinja", "model.safetensors", "generation_config.json"])
def test_a_folder_that_differs_in_one_file_is_another_model(entry: ModelEntry, name: str) -> None:
    before = identity(entry)
    Path(entry.location, name).write_text("other")
    assert before["revision"] != identity(entry)["revision"]


def test_a_folder_is_the_same_model_wherever_it_lies_and_whatever_it_is_called(entry: ModelEntry, tmp_path: Path) -> None:
    moved = Path(entry.location).rename(tmp_path / "moved")
    assert identity(replace(entry, name="moved", location=str(moved)))["location"] == ""
    assert identity(replace(entry, name="moved", location=str(moved))) == identity(replace(entry, location=str(moved)))


def test_settings_that_decide_the_text_are_part_of_what_the_model_is(entry: ModelEntry) -> None:
    found = [identity(entry), identity(entry, "int8"), identity(entry, max_new_tokens=65), identity(replace(entry, system="Be brief."))]
    assert len({tuple(each.items()) for each in found}) == 4


def test_the_versions_that_change_text_are_part_of_what_the_model_is(entry: ModelEntry) -> None:
    assert [part.split()[0] for part in identity(entry)["versions"].split(", ")] == ["transformers", "torch", "bitsandbytes"]


def test_a_folder_that_is_gone_stops_the_run_before_anything_is_loaded(entry: ModelEntry, loads: list[dict[str, Any]]) -> None:
    with pytest.raises(ModelUnavailableError, match="no such folder"):
        identity(replace(entry, location=entry.location + "-gone"))
    assert loads == []


def test_released_weights_are_given_back_while_the_model_is_still_held(entry: ModelEntry, loads: list[dict[str, Any]]) -> None:
    model = DeferredModel(entry, quantisation="none", max_new_tokens=8, share=(0, 1))
    model.generate(ASKED)
    weights = weakref.ref(model._loaded)
    model.release()
    gc.collect()
    assert (weights(), model.is_loaded) == (None, False)


def test_a_model_tells_since_when_it_is_being_loaded(entry: ModelEntry, loads: list[dict[str, Any]]) -> None:
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
