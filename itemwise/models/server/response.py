"""HTTP responses of servers: the JSON of a good one, and the exception and the message that a bad one becomes."""

from __future__ import annotations

import asyncio
import json
import math
import re
import time
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from itemwise.models.model import ContextFullError, ModelEntry, ModelError, ModelUnavailableError
from itemwise.models.server.attempt_errors import TRANSIENT_STATUSES, PersistentError, TransientError
from itemwise.models.server.chat_completion import brief
from itemwise.models.server.client import KEY_ENV, STREAMS, RedirectError, TooLargeError, shown, url_of

if TYPE_CHECKING:
    from openai import APIStatusError

__all__ = [
    "LIMIT_NAMES",
    "TIMED_OUT",
    "connection_error",
    "error_text",
    "is_limit_refused",
    "names_text",
    "no_server",
    "parse_json",
    "refused",
    "status_error",
]

FATAL_STATUSES = (401, 403, 404)  # would fail every request alike
LIMIT_NAMES = ("max_tokens", "max_completion_tokens")  # the token limit's name with most servers, and with newer models of OpenAI
TIMED_OUT = "took too long to answer"
MAX_NAMES = 20  # of models in a message
MAX_CHARACTERS = 1000  # of a body that is searched for words, and digits of a number
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_EVENTS = re.compile(rb"\s*(?::[^\r\n]*[\r\n]+\s*)*(?:data|event|id|retry):")  # perhaps behind comments that keep a connection alive
_HEADING = re.compile(r"<(title|h1)[^>]*>([^<]*)", re.IGNORECASE)


def parse_json(response: Any) -> Any:
    """The body of a response. Raises PersistentError for a stream or a web page, TransientError for any other that is no JSON."""
    body, kind = response.content, response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in STREAMS or _EVENTS.match(body):
        what = kind if kind in STREAMS else STREAMS[0]
        remedy = "what stands there answers with streams only; turn that off, or give the URL of the server behind it"
        raise PersistentError(f"answered with a stream ({what}), where none was asked for", remedy, alike=True)
    try:
        return json.loads(body, parse_int=_parse_int)
    except (ValueError, RecursionError):
        text = body[: 4 * MAX_CHARACTERS].decode("utf-8", "replace")
    if _PAGE.match(text):
        remedy = "see that the URL ends as the server wants it (mostly /v1), and that no gateway or login stands between"
        raise PersistentError(f"answered with {_page_text(text)}", remedy, alike=True)
    raise TransientError(f"answered with no JSON ({text})")


def _parse_int(digits: str) -> int | float:
    """A whole number; infinite where it has more digits than Python reads, which no count of tokens has."""
    return int(digits) if len(digits) < MAX_CHARACTERS else math.inf


def status_error(entry: ModelEntry, error: APIStatusError, served: str, listed: Sequence[Mapping[str, Any]]) -> Exception:
    """The exception for a status that is no success, to a request for the model `served` of a server that lists `listed`."""
    if error.code == "insufficient_quota":  # of OpenAI, which says 429 of it
        return PersistentError(error_text(error), "the account has no credit left; see to it, the same command goes on", alike=True)
    is_unlisted = bool(listed) and served not in {model["id"] for model in listed}
    if error.status_code >= 500 or error.status_code in TRANSIENT_STATUSES:
        unlisted = f", and lists no {served!r} but {names_text(entry, listed)}" if is_unlisted and error.status_code >= 500 else ""
        return TransientError(error_text(error) + unlisted, _retry_after(error.response.headers))
    text = shown(entry, error_text(error))
    if _is_context_full(error):
        return ContextFullError(f"{entry.name}: the server {text}; shorten the prompt or lower --max-new-tokens.")
    if error.status_code in FATAL_STATUSES or is_unlisted:
        return ModelUnavailableError(refused(entry, text, listed if is_unlisted else ()))
    return ModelError(f"{entry.name}: {url_of(entry)} {text}.")


def connection_error(entry: ModelEntry, error: Exception) -> Exception:
    """The exception for a request without a response, or with one that the client refused."""
    from openai import APIConnectionError

    match _refused_by_client(error):
        case TooLargeError() as cause:
            return PersistentError(str(cause), "no chat completion is that long; see what stands between here and the server")
        case RedirectError() as cause:
            return ModelUnavailableError(refused(entry, shown(entry, str(cause))))
    if isinstance(error, APIConnectionError):
        return TransientError(_connection_fault(error))
    return ModelError(f"{entry.name}: the request cannot be sent ({shown(entry, f'{type(error).__name__}: {error}')}).")


def no_server(entry: ModelEntry, error: Exception) -> str:
    """The message for a server whose list of models cannot be had."""
    if cause := _refused_by_client(error):
        return refused(entry, shown(entry, str(cause)))
    fault = TIMED_OUT if isinstance(error, asyncio.TimeoutError) else _connection_fault(error)
    return (
        f"{entry.name}: no server at {url_of(entry)} ({shown(entry, fault)}). Check that it runs, that host and "
        "port are right, and that no firewall or proxy (HTTP_PROXY, NO_PROXY) stands between."
    )


def refused(entry: ModelEntry, text: str, listed: Sequence[Mapping[str, Any]] = ()) -> str:
    """The message for what would fail every request alike; `listed` are the models that the server has instead."""
    names = f" It lists {names_text(entry, listed)}." if listed else ""
    return (
        f"{entry.name}: {url_of(entry)} {text}.{names} Check that the URL ends as the server wants it (mostly /v1), the name behind #, and "
        f"the key in {entry.key_env or KEY_ENV}."
    )


def names_text(entry: ModelEntry, listed: Sequence[Mapping[str, Any]]) -> str:
    """The models that a server lists, the first MAX_NAMES of them."""
    more = f", and {len(listed) - MAX_NAMES} more" if len(listed) > MAX_NAMES else ""
    return ", ".join(shown(entry, model["id"]) for model in listed[:MAX_NAMES]) + more


def error_text(error: APIStatusError) -> str:
    """Status code and the server's error message, whatever JSON shape it has."""
    body: Any = error.body
    while isinstance(body, Mapping) and (inner := next((body[name] for name in ("error", "message", "detail") if body.get(name)), None)):
        body = inner
    text = brief(body, 4 * MAX_CHARACTERS)
    return f"answered {error.status_code} ({(_page_text(text) if _PAGE.match(text) else text.strip()) or 'no words'})"


def is_limit_refused(error: APIStatusError) -> bool:
    """Whether a model does not know the token limit by the first of LIMIT_NAMES, and the server names the other."""
    is_named_so = error.param == LIMIT_NAMES[0] and error.code == "unsupported_parameter"
    text = error_text(error)
    names_both = all(re.search(rf"\b{name}\b", text) for name in LIMIT_NAMES)
    is_unsupported = bool(re.search("unsupported|not supported", text, re.IGNORECASE))
    return error.status_code == 400 and (is_named_so or (is_unsupported and names_both)) and not _is_context_full(error)


def _is_context_full(error: APIStatusError) -> bool:
    is_named_so = error.code == "context_length_exceeded" or re.search(r"context (length|size|window)", error_text(error))
    return error.status_code in (400, 413, 422) and bool(is_named_so)


def _page_text(page: str) -> str:
    """A web page in words, by its title."""
    heading = _HEADING.search(page)
    return f"a web page ({heading[2].strip()})" if heading and heading[2].strip() else "a web page"


def _refused_by_client(error: Exception) -> TooLargeError | RedirectError | None:
    """What our HTTP client refused to take, which some versions of openai's wrap."""
    return next((cause for cause in (error, error.__cause__) if isinstance(cause, (TooLargeError, RedirectError))), None)


def _connection_fault(error: Exception) -> str:
    """Why there was no answer; openai's client hides it in the cause of its error."""
    from openai import APITimeoutError

    if isinstance(error, APITimeoutError):
        return TIMED_OUT
    cause = error.__cause__ or error
    return f"cannot be reached: {str(cause) or type(cause).__name__}"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of Retry-After, given as a number or a date (RFC 9110, section 10.2.3)."""
    value = headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None
