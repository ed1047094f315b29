"""The requests that are in flight to a server, as the running batch that the engine fills."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Protocol

from itemwise.models.model import Generation, ModelError, ModelUnavailableError, Request
from itemwise.models.server.trouble_log import TroubleLog

__all__ = ["RunningRequests", "SentRequest"]

LOG_INTERVAL = 0.5  # seconds until a line on a server in trouble is logged


class Sender(Protocol):
    """What sends requests to a server."""

    log: TroubleLog
    has_generated: bool

    def send(self, request: Request) -> Future[Generation | Exception]:
        """Send a request. The future's result is its generation or its error."""
        ...


@dataclass(eq=False)
class SentRequest:
    """A request in a batch, known by itself: two equal requests are two sequences."""

    request: Request


Finished = list[tuple[SentRequest, Generation | Exception]]


class RunningRequests:
    """The running batch of a server: requests in flight. While nothing was ever generated, a refusal of what every request has in
    common is held back: if all requests are refused so, no case is at fault and the refusal is raised."""

    eager = True
    most_at_once = 32

    def __init__(self, model: Sender) -> None:
        self._model = model
        self._pending: dict[SentRequest, Future[Generation | Exception]] = {}
        self._refused: dict[SentRequest, ModelUnavailableError] = {}

    def prepare(self, request: Request) -> SentRequest:
        """The request, known by itself."""
        return SentRequest(request)

    def capacity(self, sequences: Sequence[SentRequest]) -> int:
        """All of them: a server has memory of its own."""
        return len(sequences)

    def admit(self, sequences: Sequence[SentRequest]) -> None:
        """Send them."""
        for sequence in sequences:
            self._pending[sequence] = self._model.send(sequence.request)

    def decode(self, most: int = 1) -> Finished:  # noqa: ARG002 - tokens come all at once
        """Those that are answered next, at least one while any is in flight. Raises ModelUnavailableError where all are refused."""
        try:
            return self._finished()
        except KeyboardInterrupt:  # wherever it hits: most often while the line is logged that had the user press it
            self._model.log.flush_last()
            raise

    def _finished(self) -> Finished:
        """Wait until a request is done; log the server's trouble meanwhile, on the caller's thread."""
        self._model.log.flush()
        finished: Finished = []
        while not finished and self._pending:
            wait(self._pending.values(), LOG_INTERVAL, return_when=FIRST_COMPLETED)
            for sequence in [sequence for sequence, future in self._pending.items() if future.done()]:
                result = self._pending.pop(sequence).result()
                if isinstance(result, ModelUnavailableError):
                    self._refused[sequence] = result
                else:
                    finished.append((sequence, result))
            if self._model.has_generated:  # so the fault is in the requests that were refused
                finished += [(sequence, ModelError(str(error))) for sequence, error in self._refused.items()]
                self._refused.clear()
            if not finished:  # flushed here, an interrupt in the middle of a line would lose what is finished
                self._model.log.flush()
        if self._refused and not self._pending and not finished:
            raise next(iter(self._refused.values()))
        return finished

    def clear(self) -> None:
        """Cancel what is in flight."""
        for future in self._pending.values():
            future.cancel()
        self._pending.clear()
        self._refused.clear()
