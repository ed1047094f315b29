"""Data-parallel replicas of one model as actors on a Ray cluster: each takes work as it finishes some; a death loses no case."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from itemwise.engine.replica import Outcome, Replica
from itemwise.engine.running_replicas import DIED, ReplicaSequence, RunningReplicas
from itemwise.models import LoadOptions, ModelEntry, ModelUnavailableError, Request, RunningBatch
from itemwise.models.extras import install_hint

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["ReplicatedModel"]

DEATHS = 3  # consecutive deaths of one rank, without a reply between them, before the run is stopped


class ReplicatedModel:
    """`replicas` of `entry` as actors of the Ray cluster at ``RAY_ADDRESS``, or of one started here, each with a running batch of at most
    `batch_size` chats where one is given.

    A replica that has finished something takes what waits, whatever the others are at. One that dies is restarted and gets its requests
    again. `gpus` is the part of a GPU that each replica takes (0.5 puts two on one); None is a whole one where the cluster has
    any. Where `options` tell of several processes, each has as many replicas of its own model on one cluster, which has to be at
    ``RAY_ADDRESS``. Loads at the first request. Raises ModelUnavailableError where Ray is missing or the cluster too small.
    """

    def __init__(
        self, entry: ModelEntry, options: LoadOptions, *, replicas: int, gpus: float | None = None, batch_size: int | None = None
    ) -> None:
        self.name = entry.name
        self.replicas = replicas
        self._entry = entry
        self._options = options
        self._gpus = gpus
        self._batch_size = batch_size
        self._actors: list[Any] = []
        self._deaths = [0] * replicas  # of each rank since it last did anything
        self._running = RunningReplicas(self)

    @property
    def is_loaded(self) -> bool:
        """Whether the replicas are running."""
        return bool(self._actors)

    def release(self) -> None:
        """End the replicas."""
        for actor in self._actors:
            _ray().kill(actor)
        self._actors = []
        self._running = RunningReplicas(self)

    def describe(self) -> dict[str, str]:
        """The model's description and the number of replicas."""
        description: dict[str, str] = self.call(0, "describe")
        return description | {"replicas": str(self.replicas)}

    def generate(self, requests: Sequence[Request]) -> list[Outcome]:
        """One generation per request, or its error, in order, by the replicas that have room."""
        batch = RunningReplicas(self)
        sequences = [batch.prepare(request) for request in requests]
        batch.admit(sequences)
        results: dict[ReplicaSequence, Outcome] = {}
        while len(results) < len(sequences):
            results.update(batch.decode())
        return [results[sequence] for sequence in sequences]

    def running(self) -> RunningBatch:
        """The requests that wait for the replicas or run on them."""
        return self._running

    def score(self, requests: Sequence[Request]) -> list[Outcome]:
        """What the replicas score, each an equal share; a model that can score nothing refuses."""
        shares = [list(requests[rank :: self.replicas]) for rank in range(self.replicas)]
        futures = [self.start(rank, "score", share) for rank, share in enumerate(shares)]
        results = [self.call(rank, "score", share, future=future) for rank, (share, future) in enumerate(zip(shares, futures, strict=True))]
        return [results[index % self.replicas][index // self.replicas] for index in range(len(requests))]

    def start(self, rank: int, method: str, *arguments: Any) -> Any:
        """Have a replica begin with a method. Returns the future of what comes of it."""
        self._start_all()
        return getattr(self._actors[rank], method).remote(*arguments)

    def call(self, rank: int, method: str, *arguments: Any, future: Any = None) -> Any:
        """The result of a replica's method, which is called again where it died; `future` of it, where it has begun."""
        future = future or self.start(rank, method, *arguments)
        while (result := self.result(rank, future)) is DIED:
            future = self.start(rank, method, *arguments)
        return result

    def result(self, rank: int, future: Any) -> Any:
        """The result of what a replica does; DIED where it died and has been replaced. Raises the model's own error, and
        ModelUnavailableError where it died too often."""
        ray = _ray()
        try:
            result = ray.get(future)
        except ray.exceptions.RayActorError:
            self._replace(rank)
            return DIED
        except ray.exceptions.RayTaskError as error:
            raise error.cause from None
        self._deaths[rank] = 0
        return result

    def wait(self, futures: list[Any]) -> list[Any]:
        """Those of `futures` that are done, at least one."""
        ready: list[Any] = _ray().wait(futures)[0]
        return ready

    def _replace(self, rank: int) -> None:
        self._deaths[rank] += 1
        if self._deaths[rank] >= DEATHS:
            raise ModelUnavailableError(
                f"{self.name}: replica {rank + 1} of {self.replicas} died {DEATHS} times at the same requests; see Ray's logs, "
                "lower --batch-size, or give it a whole GPU with --gpus-per-replica 1."
            )
        self._actors[rank] = self._new_actor()

    def _start_all(self) -> None:
        if self._actors:
            return
        ray = _ray()
        if not ray.is_initialized():
            _connect(ray, self._options.world_size)
        available = ray.cluster_resources()
        replicas = self.replicas * self._options.world_size
        wanted = {"GPU": self._gpus_each(ray) * replicas, "CPU": replicas}  # Ray would wait for more silently
        if short := next((name for name, amount in wanted.items() if amount > available.get(name, 0)), None):
            workers = f" in each of {self._options.world_size} workers (-n)" if self._options.world_size > 1 else ""
            raise ModelUnavailableError(
                f"--replicas {self.replicas}{workers} need {wanted[short]:g} {short}s, the Ray cluster has {available.get(short, 0):g}; "
                "take fewer, a larger cluster (RAY_ADDRESS), or a smaller --gpus-per-replica."
            )
        self._actors = [self._new_actor() for _ in range(self.replicas)]

    def _gpus_each(self, ray: ModuleType) -> float:
        return self._gpus if self._gpus is not None else float(ray.cluster_resources().get("GPU", 0) > 0)

    def _new_actor(self) -> Any:
        ray = _ray()
        actor = ray.remote(num_cpus=1, num_gpus=self._gpus_each(ray))(Replica)
        options = replace(self._options, rank=0, world_size=1)  # Ray deals out the GPUs
        return actor.remote(self._entry, options, self._batch_size)


def _ray() -> ModuleType:
    try:
        import ray
    except ImportError:
        raise ModelUnavailableError(f"--engine ray needs Ray: {install_hint('ray')}.") from None
    module: ModuleType = ray
    return module


def _connect(ray: ModuleType, processes: int) -> None:
    """Join the cluster at ``RAY_ADDRESS``, or start one here, quietly and without reports to its makers. Several `processes` would each
    start one that takes the whole machine for its own."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    address = os.environ.get("RAY_ADDRESS")
    if processes > 1 and not address:
        raise ModelUnavailableError(
            f"--engine ray under -n {processes} needs one cluster for all workers: start it (ray start --head) and set RAY_ADDRESS=auto, "
            "or leave -n out."
        )
    cluster = {"address": address} if address else {"include_dashboard": False}
    try:
        ray.init(**cluster, log_to_driver=False, logging_level="ERROR")
    except Exception as error:  # Ray's own, by cause and release
        where = f"the cluster at RAY_ADDRESS={address}" if address else "a local Ray"
        raise ModelUnavailableError(f"{where} cannot be had ({type(error).__name__}: {next(iter(str(error).splitlines()), '')}).") from None
