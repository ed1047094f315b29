"""Requests in flight: a client on an event loop of its own thread, and what was sent through it and has not come back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Hashable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, TypeVar

__all__ = ["InFlight", "Line"]

T = TypeVar("T")
Client = TypeVar("Client", bound=AbstractAsyncContextManager[Any])
Row = TypeVar("Row", bound=Hashable)

CLOSING = 5.0  # seconds for what is cancelled to end; a thread that hangs for longer ends with the process


class Line(Generic[Client]):
    """`client` with the event loop it is used on, which runs on a thread of its own until the line is closed."""

    def __init__(self, client: Client) -> None:
        self.client = client
        opened: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live(opened)), name="itemwise requests", daemon=True)
        self._thread.start()
        self._loop, self._closed = opened.result()

    def send(self, request: Coroutine[Any, Any, T]) -> Future[T]:
        """Start `request` on the loop; it goes on while the caller does."""
        return asyncio.run_coroutine_threadsafe(request, self._loop)

    def close(self) -> None:
        """Cancel what is under way, close the client and end the thread."""
        self._loop.call_soon_threadsafe(self._closed.set)
        self._thread.join(CLOSING)

    async def _live(self, opened: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]) -> None:
        closed = asyncio.Event()
        async with self.client:
            opened.set_result((asyncio.get_running_loop(), closed))
            await closed.wait()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)


class InFlight(Generic[Row, T]):
    """Rows that were sent, each by itself with `send`, and have not come back. One that fails to come is its own error."""

    def __init__(self, send: Callable[[Row], Future[T]]) -> None:
        self._send = send
        self._flying: dict[Row, Future[T]] = {}

    def __len__(self) -> int:
        return len(self._flying)

    def add(self, rows: Sequence[Row]) -> None:
        """Send `rows`."""
        for row in rows:
            self._flying[row] = self._send(row)

    def landed(self, seconds: float | None = None) -> list[tuple[Row, T]]:
        """Wait until a row is back, or `seconds` at most; those that are, with what they brought. Empty where none is in flight."""
        wait(self._flying.values(), seconds, return_when=FIRST_COMPLETED)
        back = [(row, future.result()) for row, future in self._flying.items() if future.done()]
        for row, _ in back:
            del self._flying[row]
        return back

    def clear(self) -> None:
        """Call all back: what is still in flight is cancelled."""
        for future in self._flying.values():
            future.cancel()
        self._flying.clear()
