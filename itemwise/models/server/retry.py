"""How a server in trouble is treated: fewer requests at once, longer between tries, and an end to both."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

__all__ = ["PASSING", "LostError", "Pace", "Patience", "TransientError", "Tries", "UnmendableError", "duration"]

TRIES = 16  # of one request
SECONDS = 300.0  # from a request's first failure to its last try: a server with a large model takes minutes to start again
REPEATS = 3  # tries of one request that is answered each time with what waiting cannot mend
PASSING = (408, 409, 425, 429)  # statuses below 500 that a later try may not meet again
SHORTEST, LONGEST = 0.5, 30.0  # seconds between tries; doubled from one to the other


class TransientError(Exception):
    """A server did not answer as it would in good health. `wait` is how many seconds it asked for, where it did."""

    def __init__(self, said: str, wait: float | None = None) -> None:
        super().__init__(said)
        self.wait = wait


class UnmendableError(TransientError):
    """A server answered with what waiting will hardly mend. `remedy` says what will; with `alike` every request would meet it."""

    def __init__(self, said: str, remedy: str = "", *, alike: bool = False) -> None:
        super().__init__(said)
        self.remedy = remedy
        self.alike = alike


class LostError(Exception):
    """The server is lost, and another request is just trying whether it answers again."""


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
    async def place(self, is_free: Callable[[], bool] = lambda: False) -> AsyncIterator[None]:
        """A place among those in flight, as soon as there is one, or nobody need wait for one."""
        async with self._freed:
            await self._freed.wait_for(lambda: self._in_flight < self.limit or is_free())
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
    """What one request has been through: when each of its tries failed, by the loop's clock, and how many met the unmendable."""

    failed: list[float] = field(default_factory=list)
    unmendable: int = 0


class Patience:
    """How long to wait before a request is tried again. Each has TRIES within SECONDS of its first failure; once one has
    used them up and nobody was answered meanwhile, the server is `lost`: until it answers again nobody waits, and one
    request at a time tries whether it does (a circuit breaker), so that a server that hangs costs its time once."""

    def __init__(self) -> None:
        self.lost = False
        self._answered = -math.inf
        self._is_probed = False

    def hear(self) -> None:
        """Note that the server answered."""
        self.lost = False
        self._answered = asyncio.get_running_loop().time()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Around one try. Raises LostError where it is another's turn to try a lost server."""
        if self.lost and self._is_probed:
            raise LostError
        is_probe, self._is_probed = self.lost, self._is_probed or self.lost
        try:
            yield
        finally:
            self._is_probed &= not is_probe

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

    def outlook(self, tries: Tries) -> str:
        """How long a request that failed is still tried again, in words."""
        now = asyncio.get_running_loop().time()
        left = max(0.0, next(iter(tries.failed), now) + SECONDS - now)
        return f"asked again for up to {duration(left)}, {TRIES} times at most"


def duration(seconds: float) -> str:
    """So many seconds as one says it."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
