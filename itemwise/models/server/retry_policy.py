"""Retry policy for servers: exponential backoff with jitter, an AIMD limit on concurrent requests, a deadline and a circuit breaker."""

import asyncio
import math
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from itemwise.cases.duration import duration_text
from itemwise.models.server.attempt_errors import TransientError

__all__ = ["MAX_PERSISTENT", "AdaptiveConcurrency", "Attempts", "RetryPolicy", "ServerDownError"]

MAX_ATTEMPTS = 16  # of one request
MAX_SECONDS = 300.0  # from a request's first failure to its last attempt: a server with a large model takes minutes to restart
MAX_PERSISTENT = 3  # attempts of one request that is answered each time with what waiting cannot mend
MIN_BACKOFF, MAX_BACKOFF = 0.5, 30.0  # seconds between attempts; doubled from one to the other


class ServerDownError(Exception):
    """The server is down, and another request is probing at this moment whether it answers again."""


class AdaptiveConcurrency:
    """The limit on requests in flight: none, until the server has trouble.

    A failure halves what was in flight, once for all requests sent before the halving; then each answer adds its share of
    one more: additive increase, multiplicative decrease, as of a TCP window.
    """

    def __init__(self) -> None:
        self.limit = math.inf
        self._in_flight = 0
        self._freed = asyncio.Condition()
        self._sent = 0
        self._sent_before_decrease = 0

    @asynccontextmanager
    async def slot(self, is_free: Callable[[], bool] = lambda: False) -> AsyncIterator[None]:
        """A slot among the requests in flight, once one is free, or at once when `is_free`."""
        async with self._freed:
            await self._freed.wait_for(lambda: self._in_flight < self.limit or is_free())
            self._in_flight += 1
            self._sent += 1
            number = self._sent
        try:
            yield
            self.limit += 1 / self.limit
        except TransientError:
            self._decrease(number)
            raise
        finally:
            self._in_flight -= 1
            async with self._freed:
                self._freed.notify_all()

    def _decrease(self, number: int) -> None:
        if number > self._sent_before_decrease:
            self.limit = max(1.0, min(self.limit, self._in_flight) / 2)
            self._sent_before_decrease = self._sent


@dataclass
class Attempts:
    """The failed attempts of one request: their times by the loop's clock, and how many met a PersistentError."""

    failed_at: list[float] = field(default_factory=list)
    persistent: int = 0


class RetryPolicy:
    """When a request is tried again. Each has MAX_ATTEMPTS within MAX_SECONDS of its first failure. Once one has used them up and no
    other was answered meanwhile, the server `is_down`: until it answers again nobody waits, and one request at a time probes it
    (a circuit breaker), so that a server that hangs costs its time once."""

    def __init__(self) -> None:
        self.is_down = False
        self._answered_at = -math.inf
        self._is_probed = False

    def note_answer(self) -> None:
        """Note that the server answered."""
        self.is_down = False
        self._answered_at = asyncio.get_running_loop().time()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Around one attempt. Raises ServerDownError while another request probes a server that is down."""
        if self.is_down and self._is_probed:
            raise ServerDownError
        is_probe, self._is_probed = self.is_down, self._is_probed or self.is_down
        try:
            yield
        finally:
            self._is_probed &= not is_probe

    def backoff(self, attempts: Attempts, retry_after: float | None) -> float | None:
        """Seconds until the next attempt after one that failed just now, at least `retry_after`; None where there is no next."""
        now = asyncio.get_running_loop().time()
        attempts.failed_at.append(now)
        longest = min(MAX_BACKOFF, MIN_BACKOFF * 2.0 ** (len(attempts.failed_at) - 1))
        seconds = max(longest * random.uniform(0.5, 1), retry_after or 0.0)  # jitter, or all would come back at once
        if self.is_down or len(attempts.failed_at) >= MAX_ATTEMPTS or now + seconds > attempts.failed_at[0] + MAX_SECONDS:
            self.is_down = self.is_down or self._answered_at < attempts.failed_at[0]
            return None
        return seconds

    def outlook(self, attempts: Attempts) -> str:
        """How long a request that failed is still tried again, in words."""
        now = asyncio.get_running_loop().time()
        left = max(0.0, next(iter(attempts.failed_at), now) + MAX_SECONDS - now)
        return f"asked again for up to {duration_text(left)}, {MAX_ATTEMPTS} times at most"
