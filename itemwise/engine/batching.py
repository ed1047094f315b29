"""Two ways to have a model continue many chats: in whole batches, and in one that chats join and leave while it runs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from itemwise.models import (
    ContinuousModel,
    Generation,
    Model,
    ModelError,
    ModelUnavailableError,
    OutOfMemoryError,
    Request,
    RunningBatch,
)

__all__ = ["PLANNED", "WHOLE", "Asking", "Batches", "batches_of"]

PLANNED = 64  # chats at once, while it is not known how many the model can continue
WHOLE = 32  # of whole batches, where nobody says how many
STRIDE = 64  # tokens of a step in which no chat is finished
GROUP = 8  # chats join when they are one for so many that run: reading each prompt alone would keep all others waiting


@dataclass(eq=False)
class Asking:
    """A request on its way to the model and, once there, the result: a generation or what went wrong. `seconds` is its
    share of the time its batches took, `batch_size` the largest of them."""

    request: Request
    result: Generation | Exception | None = None
    seconds: float = 0.0
    batch_size: int = 0
    row: Any = field(default=None, init=False, repr=False)  # that stands for it in a running batch
    joined: float = field(default=0.0, init=False, repr=False)  # when, by that batch's clock


A = TypeVar("A", bound=Asking)


class Batches(Protocol[A]):
    """A way to ask. What fails is the request at fault alone; out of memory makes batches smaller."""

    @property
    def size(self) -> int:
        """How many chats may be continued at once."""
        ...

    @property
    def running(self) -> int:
        """How many chats are being continued between two steps."""
        ...

    def step(self, waiting: list[A]) -> Iterator[list[A]]:
        """Take from `waiting` what there is room for, the first ones first, and give what has its result, as soon as it has."""
        ...


def batches_of(model: Model, size: int | None = None) -> Batches[A]:
    """The best way to ask `model`: a running batch where it has one. Where no `size` is given it is the model's own, within its
    memory. Raises ModelUnavailableError where it cannot be loaded."""
    if isinstance(model, ContinuousModel) and (batch := model.running()) is not None:
        return _Rolling(model, size or batch.most_at_once)
    return _WholeBatches(model, size or WHOLE)


class _WholeBatches(Generic[A]):
    """One generate for all that wait. A failing batch is halved; out of memory makes batches smaller for good."""

    running = 0

    def __init__(self, model: Model, size: int) -> None:
        self.size = size
        self._model = model

    def step(self, waiting: list[A]) -> Iterator[list[A]]:
        batch = waiting[: self.size]
        del waiting[: self.size]
        if batch:
            yield from self._asked(batch)

    def _asked(self, batch: list[A]) -> Iterator[list[A]]:
        started = time.perf_counter()
        try:
            generations = self._model.generate([asking.request for asking in batch])
        except ModelUnavailableError:
            raise
        except Exception as error:  # whatever fails, only the request at fault may fail with it
            yield from self._halved(batch, error)
            return
        seconds = (time.perf_counter() - started) / len(batch)
        for asking, generation in zip(batch, generations, strict=True):
            asking.result, asking.seconds, asking.batch_size = generation, seconds, len(batch)
        yield batch

    def _halved(self, batch: list[A], error: Exception) -> Iterator[list[A]]:
        if len(batch) == 1:
            batch[0].result = _own(error)
            yield batch
            return
        half = (len(batch) + 1) // 2
        if isinstance(error, OutOfMemoryError):
            self.size = half
        yield from self._asked(batch[:half])
        yield from self._asked(batch[half:])


class _Rolling(Generic[A]):
    """One batch that is kept full. Out of memory sends all back to wait, and half of them join again; as many chats as the
    batch holds must then finish before it may hold one more."""

    def __init__(self, model: ContinuousModel, size: int) -> None:
        self.size = size
        self._most = size
        self._model = model
        self._running: list[A] = []
        self._clock = 0.0  # seconds of going on, of one row
        self._finished_since = 0  # memory ran out

    @property
    def running(self) -> int:
        return len(self._running)

    @property
    def _batch(self) -> RunningBatch:
        """The model's, which is gone when that is released."""
        batch = self._model.running()
        assert batch is not None, "what a model can do does not change"
        return batch

    def step(self, waiting: list[A]) -> Iterator[list[A]]:
        yield self._join(waiting) or self._go_on(waiting)

    def _join(self, waiting: list[A]) -> list[A]:
        """Fill the batch; those that failed."""
        free = min(self.size - self.running, len(waiting))
        if free <= (0 if self._batch.eager else self.running // GROUP):
            return []
        failed = [asking for asking in waiting[:free] if not self._is_ready(asking)]
        ready = [asking for asking in waiting[:free] if asking not in failed]
        joining = ready[: self._batch.capacity([asking.row for asking in ready])]
        taken = {*failed, *joining}
        waiting[:] = [asking for asking in waiting if asking not in taken]
        return failed + (self._admitted(joining, waiting) if joining else [])

    def _is_ready(self, asking: A) -> bool:
        """Whether there is a row for it; what was wrong is its result."""
        try:
            if asking.row is None:
                asking.row = self._batch.prepare(asking.request)
        except ModelUnavailableError:
            raise
        except Exception as error:  # a prompt too long, a picture that cannot be read: it concerns this request only
            asking.result = _own(error)
        return asking.row is not None

    def _admitted(self, joining: list[A], waiting: list[A]) -> list[A]:
        """Let them join; those that failed."""
        started = time.perf_counter()
        try:
            self._batch.admit([asking.row for asking in joining])
        except ModelUnavailableError:
            raise
        except OutOfMemoryError as error:
            return self._retreat(joining, waiting, error)
        except Exception as error:  # whatever fails, only the request at fault may fail with it
            return self._halved(joining, waiting, error)
        seconds = (time.perf_counter() - started) / len(joining)
        self._running += joining
        for asking in joining:
            asking.seconds += seconds
            asking.joined = self._clock
        for asking in self._running:
            asking.batch_size = max(asking.batch_size, self.running)
        return []

    def _halved(self, joining: list[A], waiting: list[A], error: Exception) -> list[A]:
        if len(joining) == 1:
            return [self._ended(joining[0], _own(error))]
        half = (len(joining) + 1) // 2
        return self._admitted(joining[:half], waiting) + self._admitted(joining[half:], waiting)

    def _go_on(self, waiting: list[A]) -> list[A]:
        """Continue the chats until one is finished; those that are."""
        if not self._running:
            return []
        started = time.perf_counter()
        try:
            finished = self._batch.decode(STRIDE)
        except ModelUnavailableError:
            raise
        except Exception as error:  # of whichever row: fewer are tried, down to the one at fault
            return self._retreat([], waiting, error)
        self._clock += (time.perf_counter() - started) / self.running
        asked = {asking.row: asking for asking in self._running}
        self._grow_back(len(finished))
        return [self._ended(asked[row], result) for row, result in finished if row in asked]  # others were left by another engine

    def _retreat(self, joining: Sequence[A], waiting: list[A], error: Exception) -> list[A]:
        """Send all back to wait, and have half as many at once; an error with one alone is its own."""
        self._batch.clear()
        everyone = [*self._running, *joining]
        if len(everyone) == 1:
            return [self._ended(everyone[0], _own(error))]
        for asking in self._running:
            asking.seconds += self._clock - asking.joined
        self._running = []
        self.size, self._finished_since = len(everyone) // 2, 0
        waiting += everyone
        return []

    def _grow_back(self, finished: int) -> None:
        self._finished_since += finished
        if self.size < self._most and self._finished_since >= self.size:
            self.size, self._finished_since = self.size + 1, 0

    def _ended(self, asking: A, result: Generation | Exception) -> A:
        if asking in self._running:
            asking.seconds += self._clock - asking.joined
            self._running.remove(asking)
        asking.result = result
        return asking


def _own(error: Exception) -> Exception:
    """The error of one request alone, as its case is told it."""
    if isinstance(error, OutOfMemoryError):
        return ModelError(f"out of memory even for this case alone ({error}); lower --max-new-tokens or take --quant nf4.")
    return error
