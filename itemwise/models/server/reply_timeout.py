"""When a request has waited too long: servers that answer one request after the other have the last of many wait for all before it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

__all__ = ["ReplyTimeout"]

REPLY_TIMEOUT = 600.0  # seconds of the shortest wait
SECONDS_PER_TOKEN = 0.1  # of a request's limit, where these are more: a long thought takes longer, and its tokens come all at once
T = TypeVar("T")


class ReplyTimeout:
    """The waits of the requests in flight. Each begins anew with every reply to a request that was sent before: whether or not the
    server queues them, nothing says yet that this one is lost."""

    def __init__(self) -> None:
        self._began: dict[asyncio.Future[Any], float] = {}  # by request in flight, in the order sent

    async def wait_for(self, reply: Awaitable[T], limit: int) -> T:
        """The reply to a request for at most `limit` tokens, to its last byte. Raises asyncio.TimeoutError where the wait is too long."""
        seconds = max(REPLY_TIMEOUT, limit * SECONDS_PER_TOKEN)
        now = asyncio.get_running_loop().time
        task = asyncio.ensure_future(reply)
        self._began[task] = now()
        try:
            while not task.done():
                left = self._began[task] + seconds - now()
                if left <= 0:
                    raise asyncio.TimeoutError
                await asyncio.wait({task}, timeout=left)
            if not task.exception():
                self._begin_behind(task, now())
            return task.result()
        finally:
            del self._began[task]
            task.cancel()

    def _begin_behind(self, answered: asyncio.Future[Any], now: float) -> None:
        """Begin the waits of the requests that were sent after the one that is `answered`."""
        sent = list(self._began)
        for task in sent[sent.index(answered) + 1 :]:
            self._began[task] = now
