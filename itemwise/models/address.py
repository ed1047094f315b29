"""Where a server is: the URL that `--model` gives, the name of the model there, and what of it may be shown."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

__all__ = ["Address", "AddressError", "is_url", "read_address", "without_userinfo"]

_USERINFO = re.compile(r"(?<=://)[^/?#\s]*@")


class AddressError(ValueError):
    """A URL cannot be that of a server; the message says what is wrong with it, and tells nothing secret."""


class Address(NamedTuple):
    """A server's `url` up to ``/v1``, its `host` with the port, the name of the `model` it serves (None where the URL names
    none), and the `userinfo` (``user:password``) that stood in the URL, which nothing may show."""

    url: str
    host: str
    model: str | None
    userinfo: str


def is_url(text: str) -> bool:
    """Whether `text` names a server."""
    return text.lower().startswith(("http://", "https://"))


def read_address(text: str) -> Address:
    """The parts of ``http://host:8000/v1#name``. Raises AddressError."""
    whole, _, model = text.partition("#")
    try:
        parts = urlsplit(whole)
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    except ValueError as error:
        raise AddressError(f"it is no URL ({error})") from None
    if not host:
        raise AddressError("it names no host")
    if parts.query:
        raise AddressError("a query (?...) cannot be sent with every request; put a key into the environment")
    return Address(without_userinfo(whole).rstrip("/"), host, model.strip("/") or None, unquote(parts.netloc.rpartition("@")[0]))


def without_userinfo(text: str) -> str:
    """`text`, a URL or anything that holds some, without the ``user:password@`` of its URLs."""
    return _USERINFO.sub("", text)
