"""An async client on an event loop in a thread of its own, and the requests that were sent through it and are not answered yet."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Hashable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, TypeVar

__all__ = ["ClientThread", "PendingRequests"]

T = TypeVar("T")
Client = TypeVar("Client", bound=AbstractAsyncContextManager[Any])
Key = TypeVar("Key", bound=Hashable)

CLOSE_TIMEOUT = 5.0  # seconds for cancelled requests to end; a thread that hangs for longer ends with the process


class ClientThread(Generic[Client]):
    """`client` with the event loop it is used on, which runs in a daemon thread until `close`."""

    def __init__(self, client: Client) -> None:
        self.client = client
        started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), name="itemwise requests", daemon=True)
        self._thread.start()
        self._loop, self._closing = started.result()

    def send(self, request: Coroutine[Any, Any, T]) -> Future[T]:
        """Start `request` on the loop; does not wait for it."""
        return asyncio.run_coroutine_threadsafe(request, self._loop)

    def close(self) -> None:
        """Cancel pending requests, close the client and end the thread."""
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(CLOSE_TIMEOUT)

    async def _serve(self, started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]) -> None:
        closing = asyncio.Event()
        async with self.client:
            started.set_result((asyncio.get_running_loop(), closing))
            await closing.wait()
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class PendingRequests(Generic[Key, T]):
    """Requests that were sent, each with `send`, and are not answered yet. A request's error must be its result, not raised."""

    def __init__(self, send: Callable[[Key], Future[T]]) -> None:
        self._send = send
        self._futures: dict[Key, Future[T]] = {}

    def __len__(self) -> int:
        return len(self._futures)

    def add(self, requests: Sequence[Key]) -> None:
        """Send `requests`."""
        for request in requests:
            self._futures[request] = self._send(request)

    def wait_any(self, seconds: float | None = None) -> list[tuple[Key, T]]:
        """Wait until a request is done, `seconds` at most; all that are, with their results. Empty where none is pending."""
        wait(self._futures.values(), seconds, return_when=FIRST_COMPLETED)
        done = [(request, future.result()) for request, future in self._futures.items() if future.done()]
        for request, _ in done:
            del self._futures[request]
        return done

    def clear(self) -> None:
        """Cancel what is pending."""
        for future in self._futures.values():
            future.cancel()
        self._futures.clear()
