"""Data-parallel replicas of one model as actors on a Ray cluster; a replica that dies is restarted and loses no case."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from itemwise.models.extras import install_hint
from itemwise.models.lazy import LazyModel
from itemwise.models.model import Generation, LoadOptions, ModelEntry, ModelUnavailableError, Request

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["ReplicatedModel"]

DEATHS = 3  # consecutive deaths of one rank, without a reply between them, before the run is stopped


class ReplicatedModel:
    """`replicas` of `entry` as actors of the Ray cluster at ``RAY_ADDRESS``, or of one started here.

    Requests are dealt round robin. A replica that dies is restarted and gets its requests again; the results of the others are
    kept. `gpus` is the part of a GPU that each replica takes (0.5 puts two on one); None is a whole one where the cluster has
    any. Loads at the first request. Raises ModelUnavailableError where Ray is missing or the cluster too small.
    """

    def __init__(self, entry: ModelEntry, options: LoadOptions, *, replicas: int, gpus: float | None = None) -> None:
        self.name = entry.name
        self._entry = entry
        self._options = options
        self._replicas = replicas
        self._gpus = gpus
        self._actors: list[Any] = []

    @property
    def is_loaded(self) -> bool:
        """Whether the replicas are running."""
        return bool(self._actors)

    def release(self) -> None:
        """End the replicas."""
        for actor in self._actors:
            _ray().kill(actor)
        self._actors = []

    def describe(self) -> dict[str, str]:
        """The model's description and the number of replicas."""
        self._start()
        description: dict[str, str] = self._result(0, self._actors[0].describe.remote(), "describe", ())
        return description | {"replicas": str(self._replicas)}

    def generate(self, requests: Sequence[Request]) -> list[Generation | Exception]:
        """One generation per request, in order; request i goes to replica i modulo their number."""
        return self._dealt("generate", requests)

    def score(self, requests: Sequence[Request]) -> list[Generation | Exception]:
        """The same of what is scored; a model that can score nothing refuses."""
        return self._dealt("score", requests)

    def _dealt(self, method: str, requests: Sequence[Request]) -> list[Generation | Exception]:
        self._start()
        parts = [list(requests[rank :: self._replicas]) for rank in range(self._replicas)]
        pending = [(rank, part, getattr(self._actors[rank], method).remote(part)) for rank, part in enumerate(parts) if part]
        results = {rank: self._result(rank, future, method, (part,)) for rank, part, future in pending}
        return [results[index % self._replicas][index // self._replicas] for index in range(len(requests))]

    def _result(self, rank: int, future: Any, method: str, arguments: tuple[Any, ...]) -> Any:
        """The result of a replica's method; a replica that died is restarted and called again."""
        ray = _ray()
        for _ in range(DEATHS):
            try:
                return ray.get(future)
            except ray.exceptions.RayActorError:  # noqa: PERF203 - a death costs more
                self._actors[rank] = self._new_actor()
                future = getattr(self._actors[rank], method).remote(*arguments)
            except ray.exceptions.RayTaskError as error:
                raise error.cause from None  # the model's own exception
        raise ModelUnavailableError(
            f"{self.name}: replica {rank + 1} of {self._replicas} died {DEATHS} times at the same requests; see Ray's logs, "
            "lower --batch-size, or give it a whole GPU with --gpus-per-replica 1."
        )

    def _start(self) -> None:
        if self._actors:
            return
        ray = _ray()
        if not ray.is_initialized():
            _connect(ray)
        available = ray.cluster_resources()
        wanted = {"GPU": self._gpus_each(ray) * self._replicas, "CPU": self._replicas}  # Ray would wait for more silently
        if short := next((name for name, amount in wanted.items() if amount > available.get(name, 0)), None):
            raise ModelUnavailableError(
                f"--replicas {self._replicas} need {wanted[short]:g} {short}s, the Ray cluster has {available.get(short, 0):g}; "
                "take fewer, a larger cluster (RAY_ADDRESS), or a smaller --gpus-per-replica."
            )
        self._actors = [self._new_actor() for _ in range(self._replicas)]

    def _gpus_each(self, ray: ModuleType) -> float:
        return self._gpus if self._gpus is not None else float(ray.cluster_resources().get("GPU", 0) > 0)

    def _new_actor(self) -> Any:
        ray = _ray()
        actor = ray.remote(num_cpus=1, num_gpus=self._gpus_each(ray))(LazyModel)
        return actor.remote(self._entry, replace(self._options, rank=0, world_size=1))  # Ray deals out the GPUs


def _ray() -> ModuleType:
    try:
        import ray
    except ImportError:
        raise ModelUnavailableError(f"--engine ray needs Ray: {install_hint('ray')}.") from None
    module: ModuleType = ray
    return module


def _connect(ray: ModuleType) -> None:
    """Join the cluster at ``RAY_ADDRESS``, or start one here, quietly and without reports to its makers."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    address = os.environ.get("RAY_ADDRESS")
    cluster = {"address": address} if address else {"include_dashboard": False}
    try:
        ray.init(**cluster, log_to_driver=False, logging_level="ERROR")
    except Exception as error:  # Ray's own, by cause and release
        where = f"the cluster at RAY_ADDRESS={address}" if address else "a local Ray"
        raise ModelUnavailableError(f"{where} cannot be had ({type(error).__name__}: {next(iter(str(error).splitlines()), '')}).") from None
