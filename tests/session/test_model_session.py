"""The model a process asks, with what was said before."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from itemwise.cases.reply import Reply
from itemwise.models import ModelEntry, ModelError
from itemwise.models import identity as identity_module
from itemwise.results.store import Store
from itemwise.session.model_session import ModelSession
from itemwise.session.settings import Settings, read_settings
from itemwise.strategies.direct import direct
from tests.scripted import ScriptedModel, asked


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelEntry:
    """A model that loads as one that shouts."""
    folder = tmp_path / "shouts"
    folder.mkdir()
    (folder / "model.safetensors").write_text("A")
    local = ModuleType("itemwise.models.local.load")
    local.load = lambda *_, **__: ScriptedModel(str.upper)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "itemwise.models.local.load", local)
    return ModelEntry("shouts", str(folder), local=True)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "replies.sqlite")


def settings(tmp_path: Path, **given: object) -> Settings:
    return read_settings(given, root=tmp_path, here=tmp_path)


def outcome(session: ModelSession, prompt: str = "a") -> Reply | Exception:
    asked(session.engine, "case", prompt, direct)
    while not session.engine.idle:
        session.engine.step()
    return session.engine.outcomes.pop("case")


def said(session: ModelSession, prompt: str = "a") -> tuple[str, int]:
    """The text of the reply, and how many of its turns were generated for it."""
    reply = outcome(session, prompt)
    assert isinstance(reply, Reply)
    return reply.text, reply.generated


def test_a_reply_is_generated_once_and_then_recalled(entry: ModelEntry, store: Store, tmp_path: Path) -> None:
    first = ModelSession(entry, settings(tmp_path), store)
    again = ModelSession(entry, settings(tmp_path), store)
    assert [said(first), said(first), said(again)] == [("A", 1), ("A", 0), ("A", 0)]


def test_a_recalled_reply_took_no_time(entry: ModelEntry, store: Store, tmp_path: Path) -> None:
    session = ModelSession(entry, settings(tmp_path), store)
    outcome(session)
    reply = outcome(session)
    assert isinstance(reply, Reply)
    assert (reply.seconds, reply.generated_tokens, reply.completion_tokens) == (0.0, 0, 1)


def test_fresh_generates_what_is_known(entry: ModelEntry, store: Store, tmp_path: Path) -> None:
    said(ModelSession(entry, settings(tmp_path), store))
    assert said(ModelSession(entry, settings(tmp_path, fresh=True), store)) == ("A", 1)


def test_replay_recalls_and_generates_nothing(entry: ModelEntry, store: Store, tmp_path: Path) -> None:
    said(ModelSession(entry, settings(tmp_path), store))
    replayed = ModelSession(entry, settings(tmp_path, replay=True), store)
    assert said(replayed) == ("A", 0)
    assert isinstance(outcome(replayed, "never asked"), ModelError)


def test_a_model_that_is_not_loaded_is_described_as_it_was_when_it_was(entry: ModelEntry, store: Store, tmp_path: Path) -> None:
    first = ModelSession(entry, settings(tmp_path), store)
    said(first)
    described = first.describe()
    again = ModelSession(entry, settings(tmp_path), store)
    said(again)
    assert again.describe() == described | {"model": "shouts"}


def test_a_run_killed_before_it_described_its_model_is_made_good_by_the_next_that_loads_it(
    entry: ModelEntry, store: Store, tmp_path: Path
) -> None:
    said(ModelSession(entry, settings(tmp_path), store))
    again = ModelSession(entry, settings(tmp_path), store)
    said(again)
    assert again.describe() == again.identity | {"model": "shouts"}
    said(again, "b")
    assert again.describe() == {"model": "scripted"}


def test_what_another_machine_measured_is_replayed_but_is_no_measurement_of_this_one(
    entry: ModelEntry, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ModelSession(entry, settings(tmp_path), store).identity
    monkeypatch.setattr(identity_module, "_device", lambda: "another device")
    there = ModelSession(entry, settings(tmp_path), store)
    said(there)
    there.describe()
    monkeypatch.undo()
    replayed = ModelSession(entry, settings(tmp_path, replay=True), store)
    assert said(replayed) == ("A", 0)
    assert replayed.identity not in (here, there.identity)
    assert "compute" not in replayed.describe()
