"""Server addresses: the URL and model name in `--model URL#NAME`, and the URL without credentials for messages."""

import os
import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

__all__ = ["Address", "AddressError", "is_url", "misspelt", "read_address", "without_any_userinfo", "without_userinfo"]

_USERINFO = re.compile(r"(?<=://)[^/?#\s]*@")
_ANY_USERINFO = re.compile(r"[^/?#\s]*@")
_SCHEME = re.compile(r"(?P<http>https?)(?::/*|/{2,})|(?P<other>[a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_HOST = re.compile(r"localhost|\d+(?:\.\d+){3}|\[[0-9a-f:.%]+\]", re.IGNORECASE)
_HUB = ("huggingface.co", "www.huggingface.co", "hf.co")


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
    whole, _, model = text.strip().partition("#")
    if re.search(r"\s", whole):
        raise AddressError("a URL holds no space")
    try:
        parts = urlsplit(whole)
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    except ValueError as error:
        raise AddressError(f"it is no URL ({error})") from None
    if not host:
        raise AddressError("it names no host")
    if parts.query:
        raise AddressError("a query (?...) cannot be sent with every request; put a key into the environment")
    path = parts.path.rstrip("/")
    if path.endswith(("/chat/completions", "/completions")):
        raise AddressError("what follows /v1 is added to it")
    userinfo, _, netloc = parts.netloc.rpartition("@")
    if page := _hub_page(netloc, path):
        raise AddressError(f"it is a page of the hub, not a server; for the model there give --model {page}")
    url = urlunsplit((parts.scheme.lower(), netloc.lower(), path, "", ""))
    return Address(url, host, model.strip("/ ") or None, unquote(userinfo))


def misspelt(text: str) -> str | None:
    """What is wrong with `text` where a server or a page was meant but no ``http://`` says so; None where neither was.

    >>> misspelt("localhost:8000/v1#name")
    'the URL of a server begins with http:// or https://; did you mean http://localhost:8000/v1#name?'
    """
    text = without_any_userinfo(text)
    scheme = _SCHEME.match(text)
    if scheme and scheme["other"]:
        return f"{scheme['other']}:// is none of the ways to ask a server, which are http:// and https://."
    rest = text[scheme.end() :] if scheme else text
    host, _, path = rest.partition("#")[0].partition("/")
    if page := _hub_page(host, f"/{path}"):
        return f"it is a page of the hub; for the model there give --model {page}."
    if scheme or _is_host(host, path):
        meant = f"{scheme['http'].lower() if scheme else 'http'}://{rest}"
        return f"the URL of a server begins with http:// or https://; did you mean {meant}?"
    return None


def _is_host(host: str, path: str) -> bool:
    """Whether the first part of a text is a host: a known form of one, or any name with a port, or a domain before ``/v1``."""
    name, _, port = host.rpartition(":")
    if _HOST.fullmatch(host) or (name and port.isdecimal() and (_HOST.fullmatch(name) or ":" not in name)):
        return True
    return "." in host.strip(".") and path.split("/")[0] == "v1"


def _hub_page(host: str, path: str) -> str | None:
    """The model's id where the URL is that of its page on the hub, or on the mirror that stands for it."""
    parts = path.strip("/").split("/")
    hosts = (*_HUB, urlsplit(os.environ.get("HF_ENDPOINT", "")).netloc)
    return "/".join(parts[:2]) if host.lower() in hosts and len(parts) > 1 and parts[-1] != "v1" else None


def without_userinfo(text: str) -> str:
    """`text`, a URL or anything that holds some, without the ``user:password@`` of its URLs."""
    return _USERINFO.sub("", text)


def without_any_userinfo(text: str) -> str:
    """`text`, meant as a URL but perhaps without its ``http://``, without its ``user:password@``."""
    address, sign, model = text.partition("#")
    return _ANY_USERINFO.sub("", address) + sign + model
