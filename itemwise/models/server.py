"""A model behind an OpenAI-compatible server: chats in flight that come and go, each asked again while the server has trouble."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from itemwise.models.address import read_address
from itemwise.models.chat_form import asked, generation_of
from itemwise.models.in_flight import InFlight, Line
from itemwise.models.model import ContextFullError, Generation, ModelError, ModelUnavailableError, Request, RunningBatch
from itemwise.models.patience import Pace, Patience, TransientError, Tries
from itemwise.models.registry import ModelEntry

if TYPE_CHECKING:
    from openai import APIConnectionError, APIStatusError, AsyncOpenAI

__all__ = ["ServerModel", "connect", "server_identity"]

KEY_ENV = "OPENAI_API_KEY"
NO_KEY = "none"  # servers of one's own mostly want none, the client always sends one
GREETING = 30.0  # seconds that a server may take to list its models
ANSWERING = 600.0  # seconds that it may take to one chat
SHOWN = 300  # characters of what a server said
LIMITS = ("max_tokens", "max_completion_tokens")  # the token limit's name with most servers, and with newer models of OpenAI
_UNLISTED = (404, 405, 429, 501)  # statuses of servers that answer, but list nothing
_PASSING = (408, 409, 425, 429)  # statuses below 500 that a later try may not meet again
_NOBODYS = (401, 403, 404)  # statuses that every request would meet


def connect(entry: ModelEntry, *, max_new_tokens: int) -> ServerModel:
    """The model that `entry` names, on a server that answers now.

    Raises ModelError where there is no server, it refuses the key, or the URL leaves open which of its models is meant.
    """
    listed = _listed(entry)
    return ServerModel(entry, _served(entry, listed), listed, max_new_tokens)


def server_identity(entry: ModelEntry, *, max_new_tokens: int) -> dict[str, str]:
    """All that is known here of what decides the text. Asks the server only where the URL does not name the model."""
    address = read_address(entry.location)
    return {
        "location": address.url,
        "served model": address.model or _served(entry, _listed(entry)),
        "compute": "server",
        "system": entry.system or "",
        "decoding": "greedy",
        "max new tokens": str(max_new_tokens),
    }


class ServerModel:
    """One model of a server, asked greedily unless a request samples. Each request of a batch is a request of its own.

    A server that refuses for a while, fails or is gone is asked again as Patience says, and with fewer requests at once as
    Pace says. What never came is a ModelError in the place of that request, not an empty reply. One client serves from the
    first request until `close`.
    """

    def __init__(self, entry: ModelEntry, served: str, listed: Sequence[Mapping[str, Any]], max_new_tokens: int) -> None:
        self.name = entry.name
        self.pace = Pace()
        self.has_generated = False
        self._entry = entry
        self._served = served
        self._listed = listed
        self._max_new_tokens = max_new_tokens
        self._limit = LIMITS[0]
        self._patience = Patience()
        self._uncounted = False
        self._line: Line[AsyncOpenAI] | None = None
        self._running = _RunningRequests(self)

    def describe(self) -> dict[str, str]:
        """What the server says of its model; it does not say which weights these are."""
        address = read_address(self._entry.location)
        told = next((model for model in self._listed if model["id"] == self._served), {})
        return {
            "model": self.name,
            "location": address.url,
            "served model": self._served,
            **{name.replace("_", " "): str(told[name]) for name in ("owned_by", "root", "max_model_len") if told.get(name)},
            "revision": "unknown revision (the server's)",
            "device": f"server {address.host}",
            "system": self._entry.system or "none",
            "decoding": "greedy (temperature 0, all else as the server has it)",
            "max new tokens": str(self._max_new_tokens),
            **({"tokens": "not all counted: the server told no usage, which counts as 0"} if self._uncounted else {}),
        }

    def generate(self, requests: Sequence[Request]) -> list[Generation | Exception]:
        """One generation per request, or what went wrong with it, in order.

        Raises ModelUnavailableError where the server has answered nothing yet and refuses what every request has in common.
        """
        batch = _RunningRequests(self)
        rows = [batch.ready(request) for request in requests]
        batch.admit(rows)
        results: dict[_Sent, Generation | Exception] = {}
        while finished := batch.advance():
            results.update(finished)
        return [results[row] for row in rows]

    def running(self) -> RunningBatch:
        """The requests in flight."""
        return self._running

    def close(self) -> None:
        """Cancel what is in flight and close the client."""
        self._running.clear()
        if self._line is not None:
            self._line.close()
        self._line = None

    def send(self, row: _Sent) -> Future[Generation | Exception]:
        """Send a request; what is to come of it, the error in its place where it fails."""
        if self._line is None:
            from openai import AsyncOpenAI

            self._line = Line(AsyncOpenAI(**_options(self._entry), timeout=ANSWERING))
        return self._line.send(self._one(self._line.client, row))

    async def _one(self, client: AsyncOpenAI, row: _Sent) -> Generation | Exception:
        try:
            body = {"model": self._served, **asked(row.request, self._entry.system)}
            return await self._insisted(client, body, row.request)
        except Exception as error:  # whatever fails, only the request at fault may fail with it
            return error

    async def _insisted(self, client: AsyncOpenAI, body: Mapping[str, Any], request: Request) -> Generation:
        """The generation, after as many tries as patience allows."""
        tries = Tries()
        while True:
            try:
                async with self.pace.place():
                    return self._heard(await self._answer(client, body), request)
            except TransientError as trouble:
                delay = self._patience.delay(tries, trouble.wait)
                if delay is None:
                    raise ModelError(_given_up(self._entry, trouble, len(tries.failed))) from None
            await asyncio.sleep(delay)

    def _heard(self, answer: Any, request: Request) -> Generation:
        generation = generation_of(answer, request)
        self._patience.hear()
        self.has_generated = True
        self._uncounted |= not generation.completion_tokens
        return generation

    async def _answer(self, client: AsyncOpenAI, body: Mapping[str, Any]) -> Any:
        """The body of the answer, as plain data. From a model that refuses the name of the token limit it is asked by the other."""
        from openai import APIConnectionError, APIStatusError

        limit = self._limit
        try:
            raw = await client.chat.completions.with_raw_response.create(**{**body, limit: self._max_new_tokens})
        except APIStatusError as error:
            if limit == LIMITS[0] and _is_limit_refused(error):
                self._limit = LIMITS[1]
                return await self._answer(client, body)
            raise self._refusal(error) from None
        except APIConnectionError as error:
            raise TransientError(_connection_fault(error)) from None
        except Exception as error:  # a traceback through the client would show its arguments, and the key is one
            raise ModelError(
                f"{self.name}: the request cannot be sent ({_shown(self._entry, f'{type(error).__name__}: {error}')})."
            ) from None
        try:
            return raw.http_response.json()
        except ValueError:
            raise TransientError(f"answered with no JSON ({raw.http_response.text})") from None

    def _refusal(self, error: APIStatusError) -> Exception:
        """What a status that is no success comes to."""
        if error.status_code >= 500 or error.status_code in _PASSING:
            return TransientError(_answered(error), _wait(error.response.headers))
        said = _shown(self._entry, _answered(error))
        if _is_context_full(error):
            return ContextFullError(f"{self.name}: the server {said}; shorten the prompt or lower --max-new-tokens.")
        unlisted = bool(self._listed) and self._served not in {model["id"] for model in self._listed}
        if error.status_code in _NOBODYS or unlisted:
            return ModelUnavailableError(_refused(self._entry, said, self._listed if unlisted else ()))
        return ModelError(f"{self.name}: {_url(self._entry)} {said}.")


@dataclass(eq=False)
class _Sent:
    """A request on its way; two that ask the same are two."""

    request: Request


class _RunningRequests:
    """A running batch of requests in flight. While nothing was ever generated, a refusal of what every request has in common
    waits for the others: if all come back so, no case is at fault."""

    eager = True
    most_at_once = 32

    def __init__(self, asked: ServerModel) -> None:
        self._asked = asked
        self._flying: InFlight[_Sent, Generation | Exception] = InFlight(asked.send)
        self._refused: dict[_Sent, ModelUnavailableError] = {}

    def ready(self, request: Request) -> _Sent:
        return _Sent(request)

    def room(self, rows: Sequence[_Sent]) -> int:
        return len(rows)

    def admit(self, rows: Sequence[_Sent]) -> None:
        self._flying.add(rows)

    def advance(self, most: int = 1) -> list[tuple[_Sent, Generation | Exception]]:  # noqa: ARG002 - tokens come all at once
        finished: list[tuple[_Sent, Generation | Exception]] = []
        while not finished and self._flying:
            for row, result in self._flying.landed():
                if isinstance(result, ModelUnavailableError):
                    self._refused[row] = result
                else:
                    finished.append((row, result))
            finished += self._refused_alone()
        if self._refused and not self._flying and not finished:
            raise next(iter(self._refused.values()))
        return finished

    def _refused_alone(self) -> list[tuple[_Sent, Generation | Exception]]:
        """Those that were refused what others were not."""
        if not self._asked.has_generated:
            return []
        alone: list[tuple[_Sent, Generation | Exception]] = [(row, ModelError(str(error))) for row, error in self._refused.items()]
        self._refused.clear()
        return alone

    def clear(self) -> None:
        self._flying.clear()
        self._refused.clear()


# What a server lists


def _listed(entry: ModelEntry) -> list[dict[str, Any]]:
    """What the server says of its models; nothing where it has no such list. Raises ModelError where it does not answer."""
    openai = _client_library(entry)
    try:
        with openai.OpenAI(**_options(entry), timeout=GREETING) as client:
            answer = client.models.with_raw_response.list().http_response.json()
    except openai.APIConnectionError as error:
        raise ModelError(
            f"{entry.name}: no server at {_url(entry)} ({_shown(entry, _connection_fault(error))}). Check that it runs, that host and "
            "port are right, and that no firewall or proxy (HTTP_PROXY, NO_PROXY) stands between."
        ) from None
    except openai.APIStatusError as error:
        if error.status_code in _UNLISTED:
            return []
        raise ModelError(_refused(entry, _shown(entry, _answered(error)))) from None
    except json.JSONDecodeError:  # a web page, perhaps of a gateway
        return []
    except Exception as error:  # a traceback through the client would show its arguments, and the key is one
        raise ModelError(f"{entry.name}: {_url(entry)} cannot be asked ({_shown(entry, f'{type(error).__name__}: {error}')}).") from None
    models = answer.get("data") if isinstance(answer, dict) else None
    return [model for model in models or () if isinstance(model, dict) and isinstance(model.get("id"), str)]


def _served(entry: ModelEntry, listed: Sequence[Mapping[str, Any]]) -> str:
    """The name that the server knows the model by."""
    if named := read_address(entry.location).model:
        return named
    if len(listed) == 1:
        return str(listed[0]["id"])
    names = ", ".join(model["id"] for model in listed) or "none"
    raise ModelError(f"{_url(entry)} lists {len(listed)} models ({names}), so one must be named: --model {_url(entry)}#NAME.")


# The client


def _client_library(entry: ModelEntry) -> Any:
    try:
        import openai
    except ImportError:
        raise ModelError(f"{entry.name} is on a server, which takes the openai client: pip install 'pytest-itemwise[server]'.") from None
    return openai


def _options(entry: ModelEntry) -> dict[str, Any]:
    basic = base64.b64encode(entry.userinfo.encode()).decode()
    headers = {"default_headers": {"Authorization": f"Basic {basic}"}} if entry.userinfo else {}
    return {"base_url": _url(entry), "api_key": _key(entry) or NO_KEY, "max_retries": 0, **headers}


def _key(entry: ModelEntry) -> str:
    """The key from the environment; empty where there is none. Raises ModelError where it cannot be sent, or was named and is not set."""
    variable = entry.key_env or KEY_ENV
    key = os.environ.get(variable, "").strip()
    if entry.key_env and not key:
        raise ModelError(f"{entry.name} takes its key from the environment variable {variable}, which is not set; export it.")
    if not (key.isascii() and key.isprintable()) and key:
        raise ModelError(f"{entry.name}: the key in {variable} holds characters that no request can carry; export it anew.")
    return key


def _shown(entry: ModelEntry, said: str) -> str:
    """The first line of what a server said, without what it was told in secret."""
    userinfo = entry.userinfo
    secrets = [_key(entry), userinfo, userinfo.partition(":")[2], base64.b64encode(userinfo.encode()).decode()]
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        said = said.replace(secret, "***")
    line = next((line for line in said.splitlines() if line.strip()), "")
    line = "".join(character if character.isprintable() else " " for character in line.strip())
    return line if len(line) <= SHOWN else line[:SHOWN] + "..."


def _url(entry: ModelEntry) -> str:
    return read_address(entry.location).url


# What went wrong


def _given_up(entry: ModelEntry, trouble: TransientError, tries: int) -> str:
    often = f", at the last of {tries} tries" if tries > 1 else ""
    wished = f", and asks to wait {trouble.wait:.0f} s" if trouble.wait else ""
    return (
        f"{entry.name}: {_url(entry)} {_shown(entry, str(trouble))}{often}{wished}. "
        "See to the server, or lower --batch-size; the same command again asks only for what is missing."
    )


def _refused(entry: ModelEntry, said: str, listed: Sequence[Mapping[str, Any]] = ()) -> str:
    names = f" It lists {', '.join(model['id'] for model in listed)}." if listed else ""
    return (
        f"{entry.name}: {_url(entry)} {said}.{names} Check that the URL ends as the server wants it (mostly /v1), the name behind #, and "
        f"the key in {entry.key_env or KEY_ENV}."
    )


def _connection_fault(error: APIConnectionError) -> str:
    """Why there was no answer; the client hides it in what caused its error."""
    from openai import APITimeoutError

    if isinstance(error, APITimeoutError):
        return "took too long to answer"
    cause = error.__cause__ or error
    return f"cannot be reached: {str(cause) or type(cause).__name__}"


def _answered(error: APIStatusError) -> str:
    """A status with the server's own words on it, of which every server has its own form."""
    said: Any = error.body
    while isinstance(said, Mapping) and (inner := next((said[name] for name in ("error", "message", "detail") if said.get(name)), None)):
        said = inner
    said = said if isinstance(said, str) else json.dumps(said)
    return f"answered {error.status_code} ({said.strip() or 'no words'})"


def _is_context_full(error: APIStatusError) -> bool:
    told = error.code == "context_length_exceeded" or re.search(r"context (length|size|window)", _answered(error))
    return error.status_code in (400, 413, 422) and bool(told)


def _is_limit_refused(error: APIStatusError) -> bool:
    """Whether a model does not know the token limit by its first name, and the server tells the other."""
    told = error.param == LIMITS[0] and error.code == "unsupported_parameter"
    said = re.search("unsupported|not supported", _answered(error), re.IGNORECASE)
    named = all(re.search(rf"\b{name}\b", _answered(error)) for name in LIMITS)
    return error.status_code == 400 and bool(told or (said and named)) and not _is_context_full(error)


def _wait(headers: Mapping[str, str]) -> float | None:
    """The seconds that Retry-After asks for, given as a number or a date (RFC 9110, section 10.2.3)."""
    said = headers.get("retry-after", "")
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
