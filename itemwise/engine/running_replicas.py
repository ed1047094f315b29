"""The running batch of several replicas: what waits goes to whichever has finished something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from itemwise.engine.replica import Outcome
from itemwise.models import Request

__all__ = ["DIED", "ReplicaSequence", "Replicas", "RunningReplicas"]

DIED: Final = object()  # in the place of a result: the replica did, and there is another


class Replicas(Protocol):
    """Several replicas of one model, told apart by their rank."""

    replicas: int

    def start(self, rank: int, method: str, *arguments: Any) -> Any:
        """Have one begin with a method. Returns the future of what comes of it."""

    def wait(self, futures: list[Any]) -> list[Any]:
        """Those of `futures` that are done, at least one."""

    def result(self, rank: int, future: Any) -> Any:
        """The result of what one does; DIED where it died."""

    def call(self, rank: int, method: str, *arguments: Any, future: Any = None) -> Any:
        """The result of one's method, which is called again where it died; `future` of it, where it has begun."""


@dataclass(frozen=True, eq=False)
class ReplicaSequence:
    """A request known by itself: two equal requests are two sequences."""

    request: Request


@dataclass(eq=False)
class _Share:
    """What one replica has: the sequences that it was given and has not finished, by number, and the future of its step under way."""

    sequences: dict[int, ReplicaSequence] = field(default_factory=dict)
    step: Any = None


class RunningReplicas:
    """The running batch of all replicas: what waits goes to whichever has room."""

    eager = True

    def __init__(self, model: Replicas) -> None:
        self._model = model
        self._waiting: list[ReplicaSequence] = []
        self._shares = [_Share() for _ in range(model.replicas)]
        self._given = 0

    @property
    def most_at_once(self) -> int:
        """What all replicas take together; loads them."""
        sizes = [self._model.start(rank, "size") for rank in range(self._model.replicas)]
        return sum(self._model.call(rank, "size", future=size) for rank, size in enumerate(sizes))

    def prepare(self, request: Request) -> ReplicaSequence:
        """What stands for a request."""
        return ReplicaSequence(request)

    def capacity(self, sequences: Sequence[ReplicaSequence]) -> int:
        """All of them: what no replica has room for waits here."""
        return len(sequences)

    def admit(self, sequences: Sequence[ReplicaSequence]) -> None:
        """Have these wait for a replica."""
        self._waiting += sequences

    def decode(self, most: int = 1) -> list[tuple[ReplicaSequence, Outcome]]:  # noqa: ARG002 - a replica stops where it has finished something
        """Give what waits to replicas that are not at work, and wait until one has finished something."""
        finished: list[tuple[ReplicaSequence, Outcome]] = []
        while not finished and (self._waiting or any(share.step or share.sequences for share in self._shares)):
            for rank, share in enumerate(self._shares):
                self._begin(rank, share)
            steps = {share.step: rank for rank, share in enumerate(self._shares) if share.step}
            ready = self._model.wait(list(steps))
            for step in ready:
                finished += self._ended(steps[step])
        return finished

    def clear(self) -> None:
        """Forget all; what a replica still finishes of it goes nowhere."""
        self._waiting = []
        for share in self._shares:
            share.sequences = {}

    def _begin(self, rank: int, share: _Share) -> None:
        """Have a replica that is not at work begin a step, with as much of what waits as makes the shares equal."""
        if share.step:
            return
        everything = len(self._waiting) + sum(len(other.sequences) for other in self._shares)
        room = max(0, -(-everything // len(self._shares)) - len(share.sequences))
        joining, self._waiting = self._waiting[:room], self._waiting[room:]
        numbered = {self._given + place: sequence for place, sequence in enumerate(joining)}
        self._given += len(joining)
        share.sequences |= numbered
        if share.sequences:
            asked = [(number, sequence.request) for number, sequence in numbered.items()]
            share.step = self._model.start(rank, "step", asked)

    def _ended(self, rank: int) -> list[tuple[ReplicaSequence, Outcome]]:
        """What a replica's step has finished; what one that died had waits again, before all else."""
        share = self._shares[rank]
        step, share.step = share.step, None
        results = self._model.result(rank, step)
        if results is DIED:
            self._waiting[:0] = share.sequences.values()
            share.sequences = {}
            return []
        known = [(number, outcome) for number, outcome in results if number in share.sequences]
        return [(share.sequences.pop(number), outcome) for number, outcome in known]
