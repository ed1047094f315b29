"""One process that runs tests: its model is asked ahead of them, and what stops it stops the run with one message."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from itemwise.models import Generation, ModelError, ModelUnavailableError, Request
from itemwise.plugin.items import parameters
from itemwise.plugin.worker import ALONE, REPLY, WorkerSession
from itemwise.results.progress import Counts
from tests.plugin.conftest import SUMS, Collect, a_config, worker_of


class Asked:
    """A model that says what `script` says to a prompt, and notes its batches."""

    name = "embedded-text"

    def __init__(self, script: Callable[[str], str]) -> None:
        self.batches: list[list[str]] = []
        self.script = script

    def describe(self) -> dict[str, str]:
        return {"model": self.name}

    def generate(self, requests: Sequence[Request]) -> list[Generation]:
        self.batches.append([request.turns[-1].content for request in requests])
        return [Generation(self.script(prompt), "stop", 5, 3) for prompt in self.batches[-1]]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Stands where the local model is loaded."""
    asked = Asked(lambda prompt: f"said to {prompt}")
    local = ModuleType("itemwise.models.local.load")
    local.load, local.unload = lambda *_, **__: asked, list  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "itemwise.models.local.load", local)
    return asked


@pytest.fixture
def ready(collect: Collect, model: Asked) -> Callable[..., tuple[list[pytest.Function], Any]]:
    """The cases of a run that is about to ask, and its session."""

    def ready(*options: str) -> tuple[list[pytest.Function], Any]:
        items = collect(SUMS, *options)
        session = SimpleNamespace(items=items, shouldfail=False, shouldstop=False)
        worker_of(items[0]).pytest_collection_finish(session)  # type: ignore[arg-type]
        worker_of(items[0]).use(parameters(items[0])["model"])
        return items[:-1], session

    return ready


Ready = Callable[..., "tuple[list[pytest.Function], Any]"]


def test_the_first_reply_is_made_in_one_batch_with_those_ahead(ready: Ready, model: Asked) -> None:
    items, _ = ready("--batch-size", "3")
    texts = [worker_of(item).reply(item).text for item in items]
    prompts = [f"How much is {n} + {n}?" for n in range(4)]
    assert texts == [f"said to {prompt}" for prompt in prompts]
    assert model.batches[0] == prompts[:3]
    assert [prompt for batch in model.batches for prompt in batch] == prompts
    assert items[0].stash[REPLY].text == texts[0]


def test_a_process_tells_what_is_under_way_and_what_is_ready(ready: Ready) -> None:
    items, _ = ready("--batch-size", "4")
    worker = worker_of(items[0])
    assert worker.counts() == Counts(model="embedded-text")
    worker.reply(items[0])
    assert worker.counts() == Counts(ready=3, tokens=12, model="embedded-text")
    worker.unload()
    assert worker.counts() == Counts(tokens=12)


def test_a_fault_of_one_case_fails_that_case_alone(ready: Ready, model: Asked) -> None:
    def script(prompt: str) -> str:
        if "1 + 1" in prompt:
            raise ModelError("too long")
        return "fine"

    model.script = script
    items, session = ready("--batch-size", "4")
    assert worker_of(items[0]).reply(items[0]).text == "fine"
    with pytest.raises(pytest.fail.Exception, match="too long"):
        worker_of(items[1]).reply(items[1])
    assert worker_of(items[2]).reply(items[2]).text == "fine"
    assert (session.shouldfail, worker_of(items[0]).fault) == (False, "")


def test_a_case_that_its_strategy_cannot_ask_is_told_in_one_line(ready: Ready) -> None:
    items, _ = ready("--strategy", "likelihood")
    with pytest.raises(pytest.fail.Exception, match=r"^--strategy likelihood scores the options .*another strategy\.$") as caught:
        worker_of(items[0]).reply(items[0])
    assert not caught.value.pytrace


def test_a_model_that_is_gone_stops_the_run_and_nothing_is_asked_after_it(ready: Ready, model: Asked) -> None:
    def script(_: str) -> str:
        raise ModelUnavailableError("no longer there\x1b[31m")

    model.script = script
    items, session = ready()
    for item in items[:2]:
        with pytest.raises(pytest.fail.Exception, match="no longer there"):
            worker_of(item).reply(item)
    assert session.shouldfail == worker_of(items[0]).fault
    assert "\x1b" not in session.shouldfail
    assert len(model.batches) == 1


def test_a_model_of_another_fixture_is_told_by_name(collect: Collect) -> None:
    items = collect()
    worker = worker_of(items[0])
    worker.pytest_collection_finish(SimpleNamespace(items=items))  # type: ignore[arg-type]
    with pytest.raises(pytest.fail.Exception, match="another fixture called 'model'"):
        worker.reply(items[0])
    assert (worker.described(), worker.identity) == ({}, {})


def test_what_answered_is_described_and_has_an_identity_in_the_store(ready: Ready) -> None:
    items, _ = ready()
    worker_of(items[0]).reply(items[0])
    assert worker_of(items[0]).described()["model"] == "embedded-text"
    assert worker_of(items[0]).identity


def test_cases_of_a_batch_are_asked_again_alone_once_the_model_is_done(ready: Ready, model: Asked) -> None:
    items, _ = ready("--batch-invariance", "2", "--batch-size", "4")
    for item in items:
        worker_of(item).reply(item)
    worker_of(items[0]).unload()
    assert model.batches[1:] == [["How much is 0 + 0?"], ["How much is 1 + 1?"]]
    assert [(check.case, check.is_same_text) for check in worker_of(items[0]).batch_check] == [("sum-0", True), ("sum-1", True)]


@pytest.mark.parametrize("stopped", ["interrupted", "failed"])
def test_after_a_stop_nothing_is_asked_again(ready: Ready, model: Asked, stopped: str) -> None:
    items, session = ready("--batch-invariance", "2", "--batch-size", "4")
    worker_of(items[0]).reply(items[0])
    if stopped == "interrupted":
        worker_of(items[0]).pytest_keyboard_interrupt()
    else:
        session.shouldfail = "stopped"
    worker_of(items[0]).unload()
    assert len(model.batches) == 1


def test_a_worker_hands_over_what_it_asked_alone(collect: Collect) -> None:
    config = a_config(workerid="gw1")
    worker = WorkerSession(config, worker_of(collect()[0]).settings)
    worker.pytest_sessionfinish()
    assert json.loads(config.workeroutput[ALONE]) == []


def test_the_case_that_killed_a_worker_is_not_run_again(collect: Collect) -> None:
    items = collect()
    config = a_config(workerid="gw2", itemwise_crashed={items[0].nodeid: "worker gw0 died"}, itemwise_regrouped={})  # type: ignore[arg-type]
    worker = WorkerSession(config, worker_of(items[0]).settings)
    worker.samples = worker_of(items[0]).samples
    worker.pytest_collection_finish(SimpleNamespace(items=items))  # type: ignore[arg-type]
    with pytest.raises(pytest.fail.Exception, match="worker gw0 died"):
        worker.refuse_crashed(items[0])
    worker.refuse_crashed(items[1])


def test_the_store_is_opened_once_and_closed_with_the_run(collect: Collect) -> None:
    worker = worker_of(collect()[0])
    store = worker.store()
    assert worker.store() is store
    worker.pytest_unconfigure()
    with pytest.raises(Exception, match="closed"):
        len(store)
