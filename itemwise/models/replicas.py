"""One model several times over, on a Ray cluster: each replica is a process of its own, and the death of one loses no case."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from itemwise.models.lazy import DeferredModel
from itemwise.models.model import Generation, ModelUnavailableError, Request
from itemwise.models.registry import ModelEntry

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["ReplicatedModel"]

DEATHS = 3  # of one replica after another in the same place, without a reply between them, before the run is stopped


class ReplicatedModel:
    """`replicas` of `entry` as actors of the Ray cluster at ``RAY_ADDRESS``, or of one started here.

    Requests are dealt out evenly. A replica that dies is started anew and asked its share again; what the others said is kept.
    `gpus` is what each replica takes of a GPU (0.5 puts two on one); None is a whole one where the cluster has any. Loads when
    it is first asked. Raises ModelUnavailableError where Ray is not there or has no room for so many.
    """

    def __init__(self, entry: ModelEntry, *, quantisation: str, max_new_tokens: int, replicas: int, gpus: float | None = None) -> None:
        self.name = entry.name
        self._entry = entry
        self._settings = {"quantisation": quantisation, "max_new_tokens": max_new_tokens}
        self._replicas = replicas
        self._gpus = gpus
        self._actors: list[Any] = []

    @property
    def is_loaded(self) -> bool:
        """Whether there are replicas."""
        return bool(self._actors)

    def release(self) -> None:
        """End the replicas."""
        if self._actors:
            ray = _ray()
            for actor in self._actors:
                ray.kill(actor)
        self._actors = []

    def describe(self) -> dict[str, str]:
        """What exactly answers, and how many of it."""
        self._start()
        described: dict[str, str] = self._got(0, self._actors[0].describe.remote(), "describe", ())
        return described | {"replicas": str(self._replicas)}

    def generate(self, requests: Sequence[Request]) -> list[Generation | Exception]:
        """One generation per request, in order, each replica its share."""
        self._start()
        shares = [list(requests[number :: self._replicas]) for number in range(self._replicas)]
        asked = [(number, share, self._actors[number].generate.remote(share)) for number, share in enumerate(shares) if share]
        said = {number: self._got(number, future, "generate", (share,)) for number, share, future in asked}
        return [said[place % self._replicas][place // self._replicas] for place in range(len(requests))]

    def _got(self, number: int, future: Any, method: str, arguments: tuple[Any, ...]) -> Any:
        """What a replica answers; one that died is started anew and asked again."""
        ray = _ray()
        for _ in range(DEATHS):
            try:
                return ray.get(future)
            except ray.exceptions.RayActorError:  # noqa: PERF203 - a death costs more
                self._actors[number] = self._new_actor()
                future = getattr(self._actors[number], method).remote(*arguments)
            except ray.exceptions.RayTaskError as error:
                raise error.cause from None  # what the model itself said was wrong
        raise ModelUnavailableError(
            f"{self.name}: replica {number + 1} of {self._replicas} died {DEATHS} times at the same requests; see Ray's logs, "
            "lower --batch-size, or give it a whole GPU with --gpus-per-replica 1."
        )

    def _start(self) -> None:
        if self._actors:
            return
        ray = _ray()
        if not ray.is_initialized():
            _connect(ray)
        self._require_room(ray)
        self._actors = [self._new_actor() for _ in range(self._replicas)]

    def _require_room(self, ray: ModuleType) -> None:
        """Refuse what Ray would wait for without a word."""
        there = ray.cluster_resources()
        wanted = {"GPU": self._gpus_each(ray) * self._replicas, "CPU": self._replicas}
        if short := next((name for name, amount in wanted.items() if amount > there.get(name, 0)), None):
            raise ModelUnavailableError(
                f"--replicas {self._replicas} need {wanted[short]:g} {short}s, the Ray cluster has {there.get(short, 0):g}; "
                "take fewer, a larger cluster (RAY_ADDRESS), or a smaller --gpus-per-replica."
            )

    def _gpus_each(self, ray: ModuleType) -> float:
        return self._gpus if self._gpus is not None else float(ray.cluster_resources().get("GPU", 0) > 0)

    def _new_actor(self) -> Any:
        ray = _ray()
        actor = ray.remote(num_cpus=1, num_gpus=self._gpus_each(ray))(_Replica)
        return actor.remote(self._entry, **self._settings)


class _Replica:
    """What runs in each actor."""

    def __init__(self, entry: ModelEntry, *, quantisation: str, max_new_tokens: int) -> None:
        self._model = DeferredModel(entry, quantisation=quantisation, max_new_tokens=max_new_tokens, share=(0, 1))

    def describe(self) -> dict[str, str]:
        return self._model.describe()

    def generate(self, requests: Sequence[Request]) -> Sequence[Generation | Exception]:
        return self._model.generate(requests)


def _ray() -> ModuleType:
    try:
        import ray
    except ImportError:
        raise ModelUnavailableError('--engine ray needs Ray: pip install "pytest-itemwise[ray]".') from None
    found: ModuleType = ray
    return found


def _connect(ray: ModuleType) -> None:
    """Join the cluster at ``RAY_ADDRESS``, or start one here, quietly and without reports to its makers."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    address = os.environ.get("RAY_ADDRESS")
    try:
        if address:
            ray.init(address=address, log_to_driver=False, logging_level="ERROR")
        else:
            ray.init(include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    except Exception as error:  # Ray's own, by cause and release
        where = f"the cluster at RAY_ADDRESS={address}" if address else "a local Ray"
        raise ModelUnavailableError(f"{where} cannot be had ({type(error).__name__}: {next(iter(str(error).splitlines()), '')}).") from None
