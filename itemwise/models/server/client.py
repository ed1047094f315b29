"""The HTTP client for servers, on a thread of its own: bodies of bounded size, no redirect to another host, no secret in a message."""

from __future__ import annotations

import asyncio
import base64
import os
import threading
import zlib
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from itemwise.models.extras import install_hint
from itemwise.models.model import ModelEntry, ModelError
from itemwise.models.server.address import read_address

if TYPE_CHECKING:
    from openai import AsyncOpenAI

__all__ = [
    "KEY_ENV",
    "STREAMS",
    "ClientThread",
    "RedirectError",
    "TooLargeError",
    "authorization",
    "client_library",
    "new_client",
    "shown",
    "url_of",
]

T = TypeVar("T")
Client = TypeVar("Client", bound=AbstractAsyncContextManager[Any])

KEY_ENV = "OPENAI_API_KEY"
NO_KEY = "none"  # servers of one's own mostly want none, the client always sends one
CONNECT_TIMEOUT = 30.0  # seconds
CLOSE_TIMEOUT = 5.0  # seconds for cancelled requests to end; a thread that hangs for longer ends with the process
MAX_BODY = 16 * 2**20  # bytes of a body: the longest replies and lists of models take a tenth of it
MAX_SHOWN = 300  # characters of a server's message
MIN_SECRET = 4  # characters: to hide the "x" of a local server would garble every word with one
_MAX_REDIRECTS = 5  # on one host, as from http to https
STREAMS = ("text/event-stream", "application/x-ndjson", "application/jsonl")


class TooLargeError(Exception):
    """A body that is longer than MAX_BODY, or compressed so that its length cannot be known."""


class RedirectError(Exception):
    """A redirect that is not followed; the message says where it leads."""


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


def client_library(entry: ModelEntry) -> Any:
    """The openai package. Raises ModelError where it is not installed."""
    try:
        import openai
    except ImportError:
        raise ModelError(f"{entry.name} is on a server, which takes the openai client: {install_hint('server')}.") from None
    return openai


def new_client(entry: ModelEntry) -> AsyncOpenAI:
    """A client for the server of `entry`; how long an answer may take is the caller's. Raises ModelError for a key that cannot be sent.

    What it raises for a body or a redirect that is refused is an APIConnectionError, caused by TooLargeError or RedirectError.
    """
    openai = client_library(entry)
    limits = openai.Timeout(None, connect=CONNECT_TIMEOUT)
    headers = {"Accept-Encoding": "identity", "Authorization": authorization(entry)}
    return openai.AsyncOpenAI(  # type: ignore[no-any-return]
        base_url=url_of(entry),
        api_key=NO_KEY,  # the header's is sent
        max_retries=0,
        timeout=limits,
        default_headers=headers,
        http_client=_bounded(openai)(timeout=limits, follow_redirects=False),
    )


def authorization(entry: ModelEntry) -> str:
    """The header that says who asks: by the URL's name and password, else by the key. Raises ModelError for a key that cannot be sent."""
    key = _key(entry) or NO_KEY
    return f"Basic {_basic(entry)}" if entry.userinfo else f"Bearer {key}"


def _basic(entry: ModelEntry) -> str:
    return base64.b64encode(entry.userinfo.encode()).decode()


def url_of(entry: ModelEntry) -> str:
    """Where the server is, without what stood before the host."""
    return read_address(entry.location).url


def shown(entry: ModelEntry, text: str) -> str:
    """The first line of a server's message, printable, cut to MAX_SHOWN characters, and with keys and passwords masked."""
    userinfo = entry.userinfo
    secrets = [_key(entry), userinfo, userinfo.partition(":")[2], _basic(entry)]
    for secret in sorted((secret for secret in secrets if len(secret) >= MIN_SECRET), key=len, reverse=True):
        text = text.replace(secret, "***")
    line = next((line for line in text.splitlines() if line.strip()), "").strip()
    line = "".join(character if character.isprintable() else " " for character in line[: 4 * MAX_SHOWN])
    return line if len(line) <= MAX_SHOWN else line[:MAX_SHOWN] + "..."


def _key(entry: ModelEntry) -> str:
    """The key from the environment; empty where there is none. Raises ModelError where it cannot be sent, or was named and is not set."""
    variable = entry.key_env or KEY_ENV
    key = os.environ.get(variable, "").strip()
    if entry.key_env and not key:
        raise ModelError(f"{entry.name} takes its key from the environment variable {variable}, which is not set; export it.")
    if not (key.isascii() and key.isprintable()) and key:
        raise ModelError(f"{entry.name}: the key in {variable} holds characters that no request can carry; export it anew.")
    return key


def _bounded(openai: Any) -> Any:
    """A subclass of openai's own HTTP client class, which differs between its versions, that reads every body here, bounded."""

    class Bounded(openai.DefaultAsyncHttpxClient):  # type: ignore[misc]
        async def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:  # noqa: ARG002 - bodies are read whole
            options["follow_redirects"] = False
            response = await super().send(request, stream=True, **options)
            for _ in range(_MAX_REDIRECTS):
                if not response.has_redirect_location:
                    break
                await response.aclose()
                response = await super().send(_redirected(response), stream=True, **options)
            if response.has_redirect_location:
                await response.aclose()
                raise RedirectError(f"redirects again and again, at last to {response.headers['location']}")
            try:
                content = await _content(response)
            finally:
                await response.aclose()
            headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in _TRANSFER_HEADERS]
            return type(response)(response.status_code, headers=headers, content=content, request=response.request)

    return Bounded


_TRANSFER_HEADERS = ("content-encoding", "content-length", "transfer-encoding")  # of the body as it was sent


def _redirected(response: Any) -> Any:
    """The request that a redirect asks for: the same one, at the same host. Raises RedirectError for any other."""
    first, following = response.request, response.next_request
    if following is None:
        raise RedirectError(f"redirects to nowhere ({response.headers.get('location', '')})")
    secured = (first.url.scheme, following.url.scheme) in (("http", "http"), ("https", "https"), ("http", "https"))
    default = first.url.scheme != following.url.scheme  # the other scheme has another port by itself
    if following.url.host != first.url.host or not secured or not (default or following.url.port == first.url.port):
        raise RedirectError(f"redirects to {following.url}, where nothing was sent")
    if following.method != first.method:
        raise RedirectError(f"redirects to {following.url}, and would have {first.method} become {following.method}")
    return following


async def _content(response: Any) -> bytes:
    """The body, decompressed. A stream of events, which need not end, is not read."""
    if response.headers.get("content-type", "").lower().startswith(STREAMS):
        return b""
    chunks, length = [], 0
    async for chunk in _decompressed(response):
        length += len(chunk)
        if length > MAX_BODY:
            raise TooLargeError(f"answered with more than {MAX_BODY // 2**20} MB")
        chunks.append(chunk)
    return b"".join(chunks)


async def _decompressed(response: Any) -> AsyncIterator[bytes]:
    """The body in chunks, none much larger than MAX_BODY however small it was sent: some servers compress unasked."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        async for chunk in response.aiter_raw():
            yield chunk
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise TooLargeError(f"packed its answer ({encoding}), which was not asked for")
    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, as its first bytes say
    async for chunk in response.aiter_raw():
        try:
            yield decompressor.decompress(chunk, MAX_BODY + 1)
        except zlib.error as error:
            raise TooLargeError(f"packed its answer so that it cannot be unpacked ({error})") from None
