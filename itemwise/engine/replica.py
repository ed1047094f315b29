"""One replica of a model, in a process of its own: its running batch, stepped from the process that asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from itemwise.engine.batching import Batcher, PendingRequest, batcher_for
from itemwise.models import Generation, LoadOptions, ModelEntry, Request
from itemwise.models.lazy import LazyModel

__all__ = ["Outcome", "Replica"]

Outcome = Generation | Exception


@dataclass(eq=False, kw_only=True)
class _NumberedRequest(PendingRequest):
    """A request under the number that the asking process knows it by."""

    number: int


class Replica:
    """The model of `entry` with a batch of its own, of at most `batch_size` chats where one is given. Loads at the first request."""

    def __init__(self, entry: ModelEntry, options: LoadOptions, batch_size: int | None = None) -> None:
        self._model = LazyModel(entry, options)
        self._batch_size = batch_size
        self._batcher: Batcher[_NumberedRequest] | None = None
        self._waiting: list[_NumberedRequest] = []

    def describe(self) -> dict[str, str]:
        """The model's description; loads it."""
        return self._model.describe()

    def score(self, requests: Sequence[Request]) -> Sequence[Outcome]:
        """What the model scores."""
        return self._model.score(requests)

    def size(self) -> int:
        """How many chats it takes at once; loads the model."""
        return self._loaded_batcher().size

    def step(self, joining: Sequence[tuple[int, Request]]) -> list[tuple[int, Outcome]]:
        """Let numbered requests join, and generate until something is finished: that, each under its number. Nothing where nothing runs."""
        batcher = self._loaded_batcher()
        self._waiting += [_NumberedRequest(request, number=number) for number, request in joining]
        while self._waiting or batcher.running:
            if finished := [*chain.from_iterable(batcher.step(self._waiting))]:
                return [(request.number, request.result) for request in finished if request.result is not None]
        return []

    def _loaded_batcher(self) -> Batcher[_NumberedRequest]:
        if self._batcher is None:
            self._batcher = batcher_for(self._model, self._batch_size)
        return self._batcher
