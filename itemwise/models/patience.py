"""How a server in trouble is treated: fewer requests at once, longer between tries, and an end to both."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

__all__ = ["Pace", "Patience", "TransientError", "Tries"]

TRIES = 16  # of one request
SECONDS = 300.0  # from a request's first failure to its last try: a server with a large model takes minutes to start again
SHORTEST, LONGEST = 0.5, 30.0  # seconds between tries; doubled from one to the other


class TransientError(Exception):
    """A server did not answer as it would in good health. `wait` is how many seconds it asked for, where it did."""

    def __init__(self, said: str, wait: float | None = None) -> None:
        super().__init__(said)
        self.wait = wait


class Pace:
    """How many requests may be in flight at once: all that there are, until the server has trouble.

    Trouble halves what was in flight, once for all that were sent before the halving; then each answer adds its share of
    one more, as TCP does to its window (additive increase, multiplicative decrease).
    """

    def __init__(self) -> None:
        self.limit = math.inf
        self._in_flight = 0
        self._freed = asyncio.Condition()
        self._sent = 0
        self._sent_before_slowing = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place among those in flight, as soon as there is one."""
        async with self._freed:
            await self._freed.wait_for(lambda: self._in_flight < self.limit)
            self._in_flight += 1
            self._sent += 1
            number = self._sent
        try:
            yield
            self._quicken()
        except TransientError:
            self._slow_down(number)
            raise
        finally:
            self._in_flight -= 1
            async with self._freed:
                self._freed.notify_all()

    def _quicken(self) -> None:
        self.limit += 1 / self.limit

    def _slow_down(self, number: int) -> None:
        if number > self._sent_before_slowing:
            self.limit = max(1.0, min(self.limit, self._in_flight) / 2)
            self._sent_before_slowing = self._sent


@dataclass
class Tries:
    """What one request has been through: when each of its tries failed, by the loop's clock."""

    failed: list[float] = field(default_factory=list)


class Patience:
    """How long to wait before a request is tried again. Each has TRIES within SECONDS of its first failure; once one has
    used them up and nobody was answered meanwhile, the server is `lost` and nobody waits until it answers again."""

    def __init__(self) -> None:
        self.lost = False
        self._answered = -math.inf

    def hear(self) -> None:
        """Note that the server answered."""
        self.lost = False
        self._answered = asyncio.get_running_loop().time()

    def delay(self, tries: Tries, asked: float | None) -> float | None:
        """Seconds until the next try after one that failed just now; None where there is none. The server may have `asked` for more."""
        now = asyncio.get_running_loop().time()
        tries.failed.append(now)
        longest = min(LONGEST, SHORTEST * 2.0 ** (len(tries.failed) - 1))
        seconds = max(longest * random.uniform(0.5, 1), asked or 0.0)  # apart, or all would come back at once
        if self.lost or len(tries.failed) >= TRIES or now + seconds > tries.failed[0] + SECONDS:
            self.lost = self.lost or self._answered < tries.failed[0]
            return None
        return seconds
