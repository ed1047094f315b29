"""Replicas of a model on a real local Ray: the same replies as one model's, and a death that loses nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import ray

from itemwise.cases.chat import Turn
from itemwise.engine.replicas import DEATHS, ReplicatedModel
from itemwise.engine.running_replicas import DIED, RunningReplicas
from itemwise.models import REGISTRY, Generation, LoadOptions, ModelError, ModelUnavailableError, Request
from itemwise.models.local.load import load

LIMIT = 24
REQUESTS = [Request((Turn("user", f"Calculate:\n{number + 10}+{number + 21}"),)) for number in range(7)]


@pytest.fixture(scope="module")
def replicated() -> Iterator[ReplicatedModel]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(num_cpus=3, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    model = ReplicatedModel(REGISTRY["embedded-text"], LoadOptions("none", LIMIT), replicas=2)
    yield model
    model.release()
    ray.shutdown()


def texts(model: ReplicatedModel) -> list[str]:
    return [generation.text for generation in model.generate(REQUESTS)]


def alone() -> list[str]:
    model = load(REGISTRY["embedded-text"], LoadOptions("none", LIMIT))
    return [generation.text for generation in model.generate(REQUESTS)]


def test_replicas_say_what_one_model_says_in_the_order_asked(replicated: ReplicatedModel) -> None:
    assert texts(replicated) == alone()
    assert replicated.describe()["replicas"] == "2"


def test_a_replica_that_was_killed_is_replaced_and_no_request_is_lost(replicated: ReplicatedModel) -> None:
    before = texts(replicated)
    ray.kill(replicated._actors[1])
    assert texts(replicated) == before


def test_a_replica_that_is_killed_at_work_loses_no_request_and_no_reply(replicated: ReplicatedModel) -> None:
    before, batch = texts(replicated), replicated.running()
    sequences = [batch.prepare(request) for request in REQUESTS]
    batch.admit(sequences)
    said = dict(batch.decode(1))
    ray.kill(replicated._actors[0])
    while len(said) < len(sequences):
        said.update(batch.decode(1))
    assert [said[sequence].text for sequence in sequences] == before


def test_what_the_model_refuses_is_the_models_own_error(replicated: ReplicatedModel) -> None:
    refused, answered = replicated.generate([Request((Turn("user", "word " * 9000),)), REQUESTS[0]])
    assert isinstance(refused, ModelError)
    assert "the context of embedded-text holds 2048" in str(refused)
    assert isinstance(answered, Generation)


def test_a_replica_that_always_dies_stops_the_run(replicated: ReplicatedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ray.remote(_Mortal)
    monkeypatch.setattr(ReplicatedModel, "_new_actor", lambda model: asked.remote())
    model = ReplicatedModel(REGISTRY["embedded-text"], LoadOptions("none", LIMIT), replicas=1)
    with pytest.raises(ModelUnavailableError, match=f"replica 1 of 1 died {DEATHS} times"):
        model.generate(REQUESTS)


class _Mortal:
    def step(self, joining: object) -> None:
        os._exit(1)


class Told:
    """Replicas of a test: each of `ends` is the rank whose step is over, and whether it died; a step finishes the first of what it has."""

    replicas = 2

    def __init__(self, *ends: tuple[int, bool]) -> None:
        self.given: list[tuple[int, list[Request]]] = []
        self._ends = list(ends)
        self._has: list[dict[int, Request]] = [{}, {}]

    def start(self, rank: int, method: str, joining: Sequence[tuple[int, Request]]) -> str:
        self.given.append((rank, [request for _, request in joining]))
        self._has[rank] |= dict(joining)
        return f"{method} of {rank}"

    def wait(self, futures: list[str]) -> list[str]:
        self._over = self._ends.pop(0)
        assert f"step of {self._over[0]}" in futures
        return [f"step of {self._over[0]}"]

    def result(self, rank: int, future: str) -> Any:
        if self._over[1]:
            self._has[rank] = {}
            return DIED
        number = min(self._has[rank])
        return [(number, Generation(self._has[rank].pop(number).turns[0].content, "stop", 1, 1))]


def told(model: Told) -> tuple[RunningReplicas, list[Any]]:
    batch = RunningReplicas(model)  # type: ignore[arg-type]  # which is never asked for its size
    sequences = [batch.prepare(request) for request in REQUESTS[:4]]
    batch.admit(sequences)
    return batch, sequences


def test_a_replica_that_has_finished_something_takes_what_waits_while_another_is_at_work() -> None:
    model = Told(*[(1, False)] * 4)
    batch, sequences = told(model)
    said = batch.decode()
    for request in REQUESTS[4:6]:
        sequences.append(batch.prepare(request))
        batch.admit(sequences[-1:])
        said += batch.decode()
    said += batch.decode()
    assert [sequence for sequence, _ in said] == sequences[2:]
    assert model.given == [(0, REQUESTS[:2]), (1, REQUESTS[2:4]), (1, [REQUESTS[4]]), (1, [REQUESTS[5]]), (1, [])]


def test_what_a_replica_had_that_died_is_given_again() -> None:
    model = Told((0, True), *[(1, False)] * 2, *[(0, False)] * 2)
    batch, sequences = told(model)
    said = dict(pair for _ in sequences for pair in batch.decode())
    assert {sequence: result.text for sequence, result in said.items()} == {each: each.request.turns[0].content for each in sequences}
    assert batch.decode() == []


def test_what_was_dropped_is_not_told_although_a_replica_finishes_it() -> None:
    batch, _ = told(Told(*[(0, False)] * 4))
    batch.decode()
    batch.clear()
    later = batch.prepare(REQUESTS[4])
    batch.admit([later])
    assert [sequence for sequence, _ in batch.decode()] == [later]


def test_more_replicas_than_the_cluster_has_room_for_are_refused(replicated: ReplicatedModel) -> None:
    texts(replicated)
    model = ReplicatedModel(REGISTRY["embedded-text"], LoadOptions("none", LIMIT), replicas=64)
    with pytest.raises(ModelUnavailableError, match="--replicas 64 need 64 CPUs, the Ray cluster has 3"):
        model.generate(REQUESTS)
    worker = ReplicatedModel(REGISTRY["embedded-text"], LoadOptions("none", LIMIT, world_size=2), replicas=2)
    with pytest.raises(ModelUnavailableError, match=r"--replicas 2 in each of 2 workers \(-n\) need 4 CPUs, the Ray cluster has 3"):
        worker.generate(REQUESTS)
    gpus = ReplicatedModel(REGISTRY["embedded-text"], LoadOptions("none", LIMIT), replicas=2, gpus=0.5)
    with pytest.raises(ModelUnavailableError, match="need 1 GPUs, the Ray cluster has 0"):
        gpus.generate(REQUESTS)


def test_several_workers_are_refused_a_ray_of_their_own_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    model = ReplicatedModel(REGISTRY["embedded-text"], LoadOptions("none", LIMIT, rank=1, world_size=2), replicas=2)
    with pytest.raises(ModelUnavailableError, match=r"--engine ray under -n 2 needs one cluster for all workers: .* RAY_ADDRESS=auto"):
        model.generate(REQUESTS)
