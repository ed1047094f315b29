"""Static and continuous batching over one model."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from itemwise.models import ContinuousModel, Generation, Model, ModelError, ModelUnavailableError, OutOfMemoryError, Request, RunningBatch

__all__ = ["STATIC_BATCH", "PendingRequest", "Batcher", "batcher_for"]

STATIC_BATCH = 32  # of whole batches, where nobody says how many
MAX_STEPS = 64  # tokens of a step in which no chat is finished
ADMIT_RATIO = 8  # chats join when they are one for so many that run: reading each prompt alone would keep all others waiting


@dataclass(eq=False)
class PendingRequest:
    """A request that waits or runs, and then its result: a generation or an error. `seconds` is its share of the time that its
    batches took, `batch_size` the largest of them."""

    request: Request
    result: Generation | Exception | None = None
    seconds: float = 0.0
    batch_size: int = 0
    row: Any = field(default=None, init=False, repr=False)  # that stands for it in a running batch
    joined: float = field(default=0.0, init=False, repr=False)  # when, by that batch's clock


A = TypeVar("A", bound=PendingRequest)


class Batcher(Protocol[A]):
    """Batching policy. A failing request fails alone; on OOM the batch size is reduced."""

    @property
    def size(self) -> int:
        """How many chats may be continued at once."""
        ...

    @property
    def running(self) -> int:
        """How many chats are being continued between two steps."""
        ...

    def step(self, waiting: list[A]) -> Iterator[list[A]]:
        """Admit requests from `waiting` in order, as many as there is room for, and yield each as soon as it has its result."""
        ...


def batcher_for(model: Model, size: int | None = None) -> Batcher[A]:
    """Continuous batching for a model that can, static for others. Where no `size` is given it is the model's own, within its
    memory, and never more than a model takes whose chats must be asked alone. Raises ModelUnavailableError where it cannot be loaded."""
    if isinstance(model, ContinuousModel) and (batch := model.running()) is not None:
        return ContinuousBatcher(model, size or batch.most_at_once)
    most = getattr(model, "static_batch_size", None)
    return StaticBatcher(model.generate, most or size or STATIC_BATCH)


class StaticBatcher(Generic[A]):
    """Static batching: one call of `generate` for up to `size` requests. A failing batch is halved; OOM reduces the size for good."""

    running = 0

    def __init__(self, generate: Callable[[Sequence[Request]], Sequence[Generation | Exception]], size: int) -> None:
        self.size = size
        self._call = generate

    def step(self, waiting: list[A]) -> Iterator[list[A]]:
        batch = waiting[: self.size]
        del waiting[: self.size]
        if batch:
            yield from self._generate(batch)

    def _generate(self, batch: list[A]) -> Iterator[list[A]]:
        started = time.perf_counter()
        try:
            generations = self._call([pending.request for pending in batch])
        except ModelUnavailableError:
            raise
        except Exception as error:  # whatever fails, only the request at fault may fail with it
            yield from self._bisect(batch, error)
            return
        seconds = (time.perf_counter() - started) / len(batch)
        for pending, generation in zip(batch, generations, strict=True):
            pending.result, pending.seconds, pending.batch_size = generation, seconds, len(batch)
        yield batch

    def _bisect(self, batch: list[A], error: Exception) -> Iterator[list[A]]:
        if len(batch) == 1:
            batch[0].result = _error_of_one(error)
            yield batch
            return
        half = (len(batch) + 1) // 2
        if isinstance(error, OutOfMemoryError):
            self.size = half
        yield from self._generate(batch[:half])
        yield from self._generate(batch[half:])


class ContinuousBatcher(Generic[A]):
    """Continuous batching: one running batch that is kept full. On OOM all are preempted, and half of them are admitted again; as many
    chats as the batch holds must then finish before it may hold one more."""

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
        yield self._admit_waiting(waiting) or self._decode(waiting)

    def _admit_waiting(self, waiting: list[A]) -> list[A]:
        """Admit waiting requests while there is room. Returns those that failed."""
        free = min(self.size - self.running, len(waiting))
        if free <= (0 if self._batch.eager else self.running // ADMIT_RATIO):
            return []
        failed = [pending for pending in waiting[:free] if not self._is_prepared(pending)]
        ready = [pending for pending in waiting[:free] if pending not in failed]
        joining = ready[: self._batch.capacity([pending.row for pending in ready])]
        taken = {*failed, *joining}
        waiting[:] = [pending for pending in waiting if pending not in taken]
        return failed + (self._admit(joining, waiting) if joining else [])

    def _is_prepared(self, pending: A) -> bool:
        """Whether the request can be admitted; if not, its error becomes its result."""
        try:
            if pending.row is None:
                pending.row = self._batch.prepare(pending.request)
        except ModelUnavailableError:
            raise
        except Exception as error:  # a prompt too long, a picture that cannot be read: it concerns this request only
            pending.result = _error_of_one(error)
        return pending.row is not None

    def _admit(self, joining: list[A], waiting: list[A]) -> list[A]:
        """Admit these requests. Returns those that failed."""
        started = time.perf_counter()
        try:
            self._batch.admit([pending.row for pending in joining])
        except ModelUnavailableError:
            raise
        except OutOfMemoryError as error:
            return self._preempt_all(joining, waiting, error)
        except Exception as error:  # whatever fails, only the request at fault may fail with it
            return self._bisect(joining, waiting, error)
        seconds = (time.perf_counter() - started) / len(joining)
        self._running += joining
        for pending in joining:
            pending.seconds += seconds
            pending.joined = self._clock
        for pending in self._running:
            pending.batch_size = max(pending.batch_size, self.running)
        return []

    def _bisect(self, joining: list[A], waiting: list[A], error: Exception) -> list[A]:
        if len(joining) == 1:
            return [self._finish(joining[0], _error_of_one(error))]
        half = (len(joining) + 1) // 2
        return self._admit(joining[:half], waiting) + self._admit(joining[half:], waiting)

    def _decode(self, waiting: list[A]) -> list[A]:
        """Decode until a sequence finishes. Returns the finished requests."""
        if not self._running:
            return []
        started = time.perf_counter()
        try:
            finished = self._batch.decode(MAX_STEPS)
        except ModelUnavailableError:
            raise
        except Exception as error:  # of whichever row: fewer are tried, down to the one at fault
            return self._preempt_all([], waiting, error)
        self._clock += (time.perf_counter() - started) / self.running
        asked = {pending.row: pending for pending in self._running}
        self._regrow(len(finished))
        return [self._finish(asked[row], result) for row, result in finished if row in asked]  # others were left by another engine

    def _preempt_all(self, joining: Sequence[A], waiting: list[A], error: Exception) -> list[A]:
        """Preempt all sequences and halve the batch. With one alone, the out-of-memory error is that request's result."""
        self._batch.clear()
        everyone = [*self._running, *joining]
        if len(everyone) == 1:
            return [self._finish(everyone[0], _error_of_one(error))]
        for pending in self._running:
            pending.seconds += self._clock - pending.joined
        self._running = []
        self.size, self._finished_since = len(everyone) // 2, 0
        waiting += everyone
        return []

    def _regrow(self, finished: int) -> None:
        self._finished_since += finished
        if self.size < self._most and self._finished_since >= self.size:
            self.size, self._finished_since = self.size + 1, 0

    def _finish(self, pending: A, result: Generation | Exception) -> A:
        if pending in self._running:
            pending.seconds += self._clock - pending.joined
            self._running.remove(pending)
        pending.result = result
        return pending


def _error_of_one(error: Exception) -> Exception:
    """The error of one request alone, as its case raises it."""
    if isinstance(error, OutOfMemoryError):
        return ModelError(f"out of memory even for this case alone ({error}); lower --max-new-tokens or take --quant nf4.")
    return error
