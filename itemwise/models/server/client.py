"""The HTTP client for servers: bodies of bounded size (counted decompressed), no redirect to another host, keys kept out of messages."""

from __future__ import annotations

import base64
import os
import zlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from itemwise.models.model import ModelError
from itemwise.models.model_entry import ModelEntry
from itemwise.models.server.address import read_address

if TYPE_CHECKING:
    from openai import AsyncOpenAI

__all__ = ["KEY_ENV", "STREAMS", "RedirectError", "TooLargeError", "client_library", "new_client", "shown", "url_of"]

KEY_ENV = "OPENAI_API_KEY"
NO_KEY = "none"  # servers of one's own mostly want none, the client always sends one
CONNECTING = 30.0  # seconds for a connection to be made
LARGEST = 16 * 2**20  # bytes of a body: the longest replies and lists of models take a tenth of it
SHOWN = 300  # characters of what a server said
SECRET = 4  # characters that a key has at least; to hide the "x" of a local server would garble every word with one
_REDIRECTS = 5  # on one host, as from http to https
STREAMS = ("text/event-stream", "application/x-ndjson", "application/jsonl")


class TooLargeError(Exception):
    """A body that is longer than LARGEST, or packed so that its length cannot be known."""


class RedirectError(Exception):
    """A redirect that is not followed; the message says where it leads."""


def client_library(entry: ModelEntry) -> Any:
    """The openai package. Raises ModelError where it is not installed."""
    try:
        import openai
    except ImportError:
        raise ModelError(f"{entry.name} is on a server, which takes the openai client: pip install 'pytest-itemwise[server]'.") from None
    return openai


def new_client(entry: ModelEntry, *, timeout: float) -> AsyncOpenAI:
    """A client for the server of `entry`, with `timeout` seconds between any two bytes. Raises ModelError for a key that cannot be sent.

    What it raises for a body or a redirect that is refused is an APIConnectionError, caused by TooLargeError or RedirectError.
    """
    openai = client_library(entry)
    limits = openai.Timeout(timeout, connect=min(CONNECTING, timeout))
    basic = base64.b64encode(entry.userinfo.encode()).decode()
    headers = {"Accept-Encoding": "identity", **({"Authorization": f"Basic {basic}"} if entry.userinfo else {})}
    return openai.AsyncOpenAI(  # type: ignore[no-any-return]
        base_url=url_of(entry),
        api_key=_key(entry) or NO_KEY,
        max_retries=0,
        timeout=limits,
        default_headers=headers,
        http_client=_bounded(openai)(timeout=limits, follow_redirects=False),
    )


def url_of(entry: ModelEntry) -> str:
    """Where the server is, without what stood before the host."""
    return read_address(entry.location).url


def shown(entry: ModelEntry, said: str) -> str:
    """The first line of what a server said, printable and without what it was told in secret."""
    userinfo = entry.userinfo
    secrets = [_key(entry), userinfo, userinfo.partition(":")[2], base64.b64encode(userinfo.encode()).decode()]
    for secret in sorted((secret for secret in secrets if len(secret) >= SECRET), key=len, reverse=True):
        said = said.replace(secret, "***")
    line = next((line for line in said.splitlines() if line.strip()), "").strip()
    line = "".join(character if character.isprintable() else " " for character in line[: 4 * SHOWN])
    return line if len(line) <= SHOWN else line[:SHOWN] + "..."


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
    """The class of HTTP clients that openai builds on, which differs between its versions, with every body read here and bounded."""

    class Bounded(openai.DefaultAsyncHttpxClient):  # type: ignore[misc]
        async def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:  # noqa: ARG002 - bodies are read whole
            response = await super().send(request, stream=True, **{**options, "follow_redirects": False})
            for _ in range(_REDIRECTS):
                if not response.has_redirect_location:
                    break
                await response.aclose()
                following = _followed(response)
                response = await super().send(following, stream=True, **{**options, "follow_redirects": False})
            if response.has_redirect_location:
                await response.aclose()
                raise RedirectError(f"redirects again and again, at last to {response.headers['location']}")
            try:
                content = await _content(response)
            finally:
                await response.aclose()
            headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in _OF_THE_WAY]
            return type(response)(response.status_code, headers=headers, content=content, request=response.request)

    return Bounded


_OF_THE_WAY = ("content-encoding", "content-length", "transfer-encoding")  # headers that tell of the body as it was sent


def _followed(response: Any) -> Any:
    """The request that a redirect asks for: the same one, at the same host. Raises RedirectError for any other."""
    asked, following = response.request, response.next_request
    if following is None:
        raise RedirectError(f"redirects to nowhere ({response.headers.get('location', '')})")
    secured = (asked.url.scheme, following.url.scheme) in (("http", "http"), ("https", "https"), ("http", "https"))
    default = asked.url.scheme != following.url.scheme  # the other scheme has another port by itself
    if following.url.host != asked.url.host or not secured or not (default or following.url.port == asked.url.port):
        raise RedirectError(f"redirects to {following.url}, where nothing was sent")
    if following.method != asked.method:
        raise RedirectError(f"redirects to {following.url}, and would have {asked.method} become {following.method}")
    return following


async def _content(response: Any) -> bytes:
    """The body, unpacked. A stream of events, which need not end, is not read."""
    if response.headers.get("content-type", "").lower().startswith(STREAMS):
        return b""
    pieces, length = [], 0
    async for piece in _unpacked(response):
        length += len(piece)
        if length > LARGEST:
            raise TooLargeError(f"answered with more than {LARGEST // 2**20} MB")
        pieces.append(piece)
    return b"".join(pieces)


async def _unpacked(response: Any) -> AsyncIterator[bytes]:
    """The body in pieces, none much larger than LARGEST however small it was sent: some pack it unasked."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        async for piece in response.aiter_raw():
            yield piece
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise TooLargeError(f"packed its answer ({encoding}), which was not asked for")
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, as its first bytes say
    async for piece in response.aiter_raw():
        try:
            yield unpacking.decompress(piece, LARGEST + 1)
        except zlib.error as error:
            raise TooLargeError(f"packed its answer so that it cannot be unpacked ({error})") from None
