"""Replicas of a model on a real local Ray: the same replies as one model's, and a death that loses nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import ray

from itemwise.cases.chat import Turn
from itemwise.models import REGISTRY, LoadOptions, ModelError, ModelUnavailableError, Request
from itemwise.models.local.load import load
from itemwise.models.replicas import DEATHS, ReplicatedModel

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


def test_what_the_model_refuses_is_the_models_own_error(replicated: ReplicatedModel) -> None:
    with pytest.raises(ModelError, match="the context of embedded-text holds"):
        replicated.generate([Request((Turn("user", "word " * 9000),))])


def test_a_replica_that_always_dies_stops_the_run(replicated: ReplicatedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ray.remote(_Mortal)
    monkeypatch.setattr(ReplicatedModel, "_new_actor", lambda model: asked.remote())
    model = ReplicatedModel(REGISTRY["embedded-text"], LoadOptions("none", LIMIT), replicas=1)
    with pytest.raises(ModelUnavailableError, match=f"replica 1 of 1 died {DEATHS} times"):
        model.generate(REQUESTS)


class _Mortal:
    def generate(self, requests: object) -> None:
        os._exit(1)


def test_more_replicas_than_the_cluster_has_room_for_are_refused(replicated: ReplicatedModel) -> None:
    texts(replicated)
    model = ReplicatedModel(REGISTRY["embedded-text"], LoadOptions("none", LIMIT), replicas=64)
    with pytest.raises(ModelUnavailableError, match="--replicas 64 need 64 CPUs, the Ray cluster has 3"):
        model.generate(REQUESTS)
    gpus = ReplicatedModel(REGISTRY["embedded-text"], LoadOptions("none", LIMIT), replicas=2, gpus=0.5)
    with pytest.raises(ModelUnavailableError, match="need 1 GPUs, the Ray cluster has 0"):
        gpus.generate(REQUESTS)
