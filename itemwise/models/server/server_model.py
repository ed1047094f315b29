"""A model behind an OpenAI-compatible server: chats in flight that come and go, each asked again while the server has trouble."""

from __future__ import annotations

import asyncio
import json
import math
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from itemwise.models.entry import LoadOptions, ModelEntry
from itemwise.models.model import ContextFullError, Generation, ModelError, ModelUnavailableError, Request, RunningBatch
from itemwise.models.server.address import read_address
from itemwise.models.server.chat_completion import brief, uncounted
from itemwise.models.server.client import KEY_ENV, STREAMS, RedirectError, TooLargeError, client_library, new_client, shown, url_of
from itemwise.models.server.finish_reasons import is_known
from itemwise.models.server.openai_format import asked, generation_of
from itemwise.models.server.pending_requests import InFlight, Line
from itemwise.models.server.retry import PASSING, REPEATS, LostError, Pace, Patience, TransientError, Tries, UnmendableError
from itemwise.models.server.trouble import Trouble

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

__all__ = ["ServerModel", "connect", "server_identity"]

GREETING = 30.0  # seconds that a server may take to list its models, from asking to the last byte
ANSWERING = 600.0  # seconds that it may take to one chat, likewise
TELLING = 0.5  # seconds until a line on a server in trouble is shown
SHORT = 1000  # characters of a body that is looked at for words
NAMES = 20  # of models that a message lists
LIMITS = ("max_tokens", "max_completion_tokens")  # the token limit's name with most servers, and with newer models of OpenAI
_DESCRIBING = ("owned_by", "root", "max_model_len")  # what lists tell of a model
_UNLISTED = (404, 405, 429, 501)  # statuses of servers that answer, but list nothing
_NOBODYS = (401, 403, 404)  # statuses that every request would meet


def connect(entry: ModelEntry, options: LoadOptions) -> ServerModel:
    """The model that `entry` names, on a server that answers now.

    Raises ModelError where there is no server, it refuses the key, or the URL leaves open which of its models is meant.
    """
    listed = _listed(entry)
    return ServerModel(entry, _served(entry, listed), listed, options.max_new_tokens)


def server_identity(entry: ModelEntry, options: LoadOptions) -> dict[str, str]:
    """All that is known here of what decides the text. Asks the server only where the URL does not name the model."""
    address = read_address(entry.location)
    return {
        "location": address.url,
        "served model": address.model or _served(entry, _listed(entry)),
        "compute": "server",
        "system": entry.system or "",
        "decoding": "greedy",
        "max new tokens": str(options.max_new_tokens),
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
        self._trouble = Trouble()
        self._uncounted = ""  # why tokens are not all counted
        self._odd_ends: Counter[str] = Counter()  # reasons to finish beside the usual
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
            **{
                name.replace("_", " "): shown(self._entry, str(told[name]))
                for name in ("owned_by", "root", "max_model_len")
                if told.get(name)
            },
            "revision": "unknown revision (the server's)",
            "device": f"server {address.host}",
            "system": self._entry.system or "none",
            "decoding": "greedy (temperature 0, all else as the server has it)",
            "max new tokens": str(self._max_new_tokens),
            **({"tokens": f"not all counted: {self._uncounted}, which counts as 0"} if self._uncounted else {}),
            **({"finish reasons": self._ends()} if self._odd_ends else {}),
        }

    def _ends(self) -> str:
        """What the server gave as reasons to finish that are none of the usual, and what was made of them."""
        ends = ", ".join(f"{count} {reason}" for reason, count in self._odd_ends.most_common(5))
        return f"{ends} (each taken as an end, not as the token limit)"

    def generate(self, requests: Sequence[Request]) -> list[Generation | Exception]:
        """One generation per request, or what went wrong with it, in order.

        Raises ModelUnavailableError where the server has answered nothing yet and refuses what every request has in common.
        """
        batch = _RunningRequests(self)
        rows = [batch.prepare(request) for request in requests]
        batch.admit(rows)
        results: dict[_Sent, Generation | Exception] = {}
        while finished := batch.decode():
            results.update(finished)
        return [results[row] for row in rows]

    def running(self) -> RunningBatch:
        """The requests in flight."""
        return self._running

    def close(self) -> None:
        """Cancel what is in flight and close the client."""
        self.tell()
        self._running.clear()
        if self._line is not None:
            self._line.close()
        self._line = None

    def send(self, row: _Sent) -> Future[Generation | Exception]:
        """Send a request; what is to come of it, the error in its place where it fails."""
        if self._line is None:
            self._line = Line(new_client(self._entry, timeout=ANSWERING))
        return self._line.send(self._one(self._line.client, row))

    def tell(self) -> None:
        """Log what there is to be told of a server in trouble."""
        self._trouble.tell()

    def tell_last(self) -> None:
        """Log the last answer of a server in trouble, for whom nobody waits any longer."""
        self._trouble.tell_last()

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
                async with self.pace.place(lambda: self._patience.lost):
                    with self._patience.attempt():
                        return self._heard(await self._answer(client, body), request)
            except LostError:
                raise ModelError(f"{self._trouble.last}, and has not answered since. {_SEE_TO_IT}") from None
            except TransientError as trouble:
                delay = self._delay(tries, trouble)
            await asyncio.sleep(delay)

    def _delay(self, tries: Tries, trouble: TransientError) -> float:
        """Seconds until the next try after `trouble`. Raises ModelError where there is none."""
        was_lost = self._patience.lost
        delay = self._patience.delay(tries, trouble.wait)
        said = f"{self.name}: {url_of(self._entry)} {shown(self._entry, str(trouble))}"
        if isinstance(trouble, UnmendableError) and not (trouble.alike and self.has_generated):
            return self._mended(tries, trouble, delay, said)
        if delay is not None:
            self._trouble.note(said + _wished(trouble), self._patience.outlook(tries))
            return delay
        self._trouble.last = said
        if self._patience.lost and not was_lost:
            self._trouble.lose("it is given up, and so is every further case until it answers again")
        raise ModelError(_given_up(said, trouble, len(tries.failed))) from None

    def _mended(self, tries: Tries, trouble: UnmendableError, delay: float | None, said: str) -> float:
        """As `_delay`, after what waiting will hardly mend: soon there is none."""
        tries.unmendable += 1
        left = REPEATS - tries.unmendable
        if left > 0 and delay is not None:
            self._trouble.note(said, f"waiting will hardly mend that, so it is asked {left} times more")
            return delay
        often = f", {tries.unmendable} times over" if tries.unmendable > 1 else ""
        error = ModelUnavailableError if trouble.alike else ModelError
        raise error(f"{said}{often}: {trouble.remedy}.") from None

    def _heard(self, answer: Any, request: Request) -> Generation:
        try:
            generation = generation_of(answer, request, self._max_new_tokens)
        except RecursionError:
            raise UnmendableError("answered with JSON that is nested too deeply", "see its log") from None
        except ModelError as error:
            self._hear()
            raise ModelError(f"{self.name}: {shown(self._entry, str(error))}") from None
        self._hear()
        self.has_generated = True
        self._note_count(uncounted(answer))
        if generation.finish_reason != "length":  # which as many tokens as were asked for show as well
            self._note_end(generation.native_finish_reason)
        return generation

    def _hear(self) -> None:
        """Note that the server answers as in good health."""
        self._patience.hear()
        self._trouble.end(f"{self.name}: {url_of(self._entry)} answers again")

    def _note_count(self, why: str) -> None:
        """Note why tokens are not counted, and tell it once: figures of tokens are too low then."""
        if why and not self._uncounted:
            self._uncounted = shown(self._entry, why)
            self._trouble.say(f"{self.name}: {url_of(self._entry)}: tokens are not all counted: {self._uncounted}, which counts as 0.")

    def _note_end(self, reason: str) -> None:
        """Count an unusual reason to finish; one that is unknown here is told of when it is first met."""
        said = shown(self._entry, reason)
        if said and said not in self._odd_ends and not is_known(reason):
            where = f"{self.name}: {url_of(self._entry)}"
            self._trouble.say(f"{where} gives {said!r} as the reason to finish, which is unknown here and taken as the model's end.")
        self._odd_ends.update([said] if said else [])

    async def _answer(self, client: AsyncOpenAI, body: Mapping[str, Any]) -> Any:
        """The body of the answer, as plain data. From a model that refuses the name of the token limit it is asked by the other."""
        from openai import APIStatusError

        limit = self._limit
        asking = client.chat.completions.with_raw_response.create(**{**body, limit: self._max_new_tokens})
        try:
            raw = await asyncio.wait_for(asking, ANSWERING)  # the client's own time is between two bytes
        except APIStatusError as error:
            if limit == LIMITS[0] and _is_limit_refused(error):
                self._limit = LIMITS[1]
                return await self._answer(client, body)
            raise self._refusal(error) from None
        except asyncio.TimeoutError:
            raise TransientError(_TOO_LONG) from None
        except Exception as error:
            raise self._unanswered(error) from None  # a traceback through the client would show its arguments, and the key is one
        return _plain(raw.http_response)

    def _unanswered(self, error: Exception) -> Exception:
        """What an answer that never came, or was refused, comes to."""
        from openai import APIConnectionError

        match _refused_here(error):
            case TooLargeError() as cause:
                return UnmendableError(str(cause), "no chat completion is that long; see what stands between here and the server")
            case RedirectError() as cause:
                return ModelUnavailableError(_refused(self._entry, shown(self._entry, str(cause))))
        if isinstance(error, APIConnectionError):
            return TransientError(_connection_fault(error))
        return ModelError(f"{self.name}: the request cannot be sent ({shown(self._entry, f'{type(error).__name__}: {error}')}).")

    def _refusal(self, error: APIStatusError) -> Exception:
        """What a status that is no success comes to."""
        if error.code == "insufficient_quota":  # of OpenAI, which says 429 of it
            return UnmendableError(_answered(error), "the account has no credit left; see to it, the same command goes on", alike=True)
        if error.status_code >= 500 or error.status_code in PASSING:
            return TransientError(_answered(error), _wait(error.response.headers))
        said = shown(self._entry, _answered(error))
        if _is_context_full(error):
            return ContextFullError(f"{self.name}: the server {said}; shorten the prompt or lower --max-new-tokens.")
        unlisted = bool(self._listed) and self._served not in {model["id"] for model in self._listed}
        if error.status_code in _NOBODYS or unlisted:
            return ModelUnavailableError(_refused(self._entry, said, self._listed if unlisted else ()))
        return ModelError(f"{self.name}: {url_of(self._entry)} {said}.")


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

    def prepare(self, request: Request) -> _Sent:
        return _Sent(request)

    def capacity(self, rows: Sequence[_Sent]) -> int:
        return len(rows)

    def admit(self, rows: Sequence[_Sent]) -> None:
        self._flying.add(rows)

    def decode(self, most: int = 1) -> list[tuple[_Sent, Generation | Exception]]:  # noqa: ARG002 - tokens come all at once
        try:
            return self._advance()
        except KeyboardInterrupt:
            self._asked.tell_last()
            raise

    def _advance(self) -> list[tuple[_Sent, Generation | Exception]]:
        """Wait until something is back; what the server is in trouble with is told meanwhile, here on the caller's thread."""
        self._asked.tell()
        finished: list[tuple[_Sent, Generation | Exception]] = []
        while not finished and self._flying:
            for row, result in self._flying.landed(TELLING):
                if isinstance(result, ModelUnavailableError):
                    self._refused[row] = result
                else:
                    finished.append((row, result))
            finished += self._refused_alone()
            if not finished:  # which an interrupt in the middle of a line would lose
                self._asked.tell()
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
    openai = client_library(entry)
    line: Line[AsyncOpenAI] | None = None
    try:
        line = Line(new_client(entry, timeout=GREETING))
        read_address(entry.location).host.encode("idna")  # which a resolver may take for another name
        content = line.send(_list(line.client)).result()
    except openai.APIStatusError as error:
        if error.status_code in _UNLISTED:
            return []
        raise ModelError(_refused(entry, shown(entry, _answered(error)))) from None
    except (openai.APIConnectionError, asyncio.TimeoutError, TooLargeError, RedirectError) as error:
        raise ModelError(_no_list(entry, error)) from None
    except ModelError:
        raise
    except Exception as error:  # a traceback through the client would show its arguments, and the key is one
        raise ModelError(f"{entry.name}: {url_of(entry)} cannot be asked ({shown(entry, f'{type(error).__name__}: {error}')}).") from None
    finally:
        if line is not None:
            line.close()
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):  # a web page, perhaps of a gateway
        return []
    models = answer.get("data") if isinstance(answer, dict) else None
    models = models if isinstance(models, list) else []
    return [model for model in models if isinstance(model, dict) and isinstance(model.get("id"), str)]


async def _list(client: AsyncOpenAI) -> bytes:
    raw = await asyncio.wait_for(client.models.with_raw_response.list(), GREETING)
    return raw.http_response.content


def _served(entry: ModelEntry, listed: Sequence[Mapping[str, Any]]) -> str:
    """The name that the server knows the model by."""
    if named := read_address(entry.location).model:
        return named
    if len(listed) == 1:
        return str(listed[0]["id"])
    names, url = _names(entry, listed) or "none", url_of(entry)
    raise ModelError(f"{url} lists {len(listed)} models ({names}), so one must be named: --model {url}#NAME.")


# What went wrong


_SEE_TO_IT = "See to the server, or lower --batch-size; the same command again asks only for what is missing."
_TOO_LONG = "took too long to answer"
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_EVENTS = re.compile(rb"\s*(?::[^\r\n]*[\r\n]+\s*)*(?:data|event|id|retry):")  # perhaps behind comments that keep a connection alive
_HEADING = re.compile(r"<(title|h1)[^>]*>([^<]*)", re.IGNORECASE)


def _plain(response: Any) -> Any:
    """The body of a response as plain data. Raises TransientError where it is none."""
    body, kind = response.content, response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in STREAMS or _EVENTS.match(body):
        what = kind if kind in STREAMS else STREAMS[0]
        remedy = "what stands there answers with streams only; turn that off, or give the URL of the server behind it"
        raise UnmendableError(f"answered with a stream ({what}), where none was asked for", remedy, alike=True)
    try:
        return json.loads(body, parse_int=_whole)
    except (ValueError, RecursionError):
        text = body[: 4 * SHORT].decode("utf-8", "replace")
    if _PAGE.match(text):
        remedy = "see that the URL ends as the server wants it (mostly /v1), and that no gateway or login stands between"
        raise UnmendableError(f"answered with {_page(text)}", remedy, alike=True)
    raise TransientError(f"answered with no JSON ({text})")


def _whole(digits: str) -> int | float:
    """A whole number of a body; one of thousands of digits, which Python does not read, is no count and nothing else of use."""
    return int(digits) if len(digits) < SHORT else math.inf


def _page(text: str) -> str:
    """A web page in words."""
    heading = _HEADING.search(text)
    return f"a web page ({heading[2].strip()})" if heading and heading[2].strip() else "a web page"


def _wished(trouble: TransientError) -> str:
    return f", and asks to wait {trouble.wait:.0f} s" if trouble.wait else ""


def _given_up(said: str, trouble: TransientError, tries: int) -> str:
    often = f", at the last of {tries} tries" if tries > 1 else ""
    return f"{said}{often}{_wished(trouble)}. {_SEE_TO_IT}"


def _names(entry: ModelEntry, listed: Sequence[Mapping[str, Any]]) -> str:
    """The models that a server lists, as far as a message has room for them."""
    more = f", and {len(listed) - NAMES} more" if len(listed) > NAMES else ""
    return ", ".join(shown(entry, model["id"]) for model in listed[:NAMES]) + more


def _refused(entry: ModelEntry, said: str, listed: Sequence[Mapping[str, Any]] = ()) -> str:
    names = f" It lists {_names(entry, listed)}." if listed else ""
    return (
        f"{entry.name}: {url_of(entry)} {said}.{names} Check that the URL ends as the server wants it (mostly /v1), the name behind #, and "
        f"the key in {entry.key_env or KEY_ENV}."
    )


def _no_list(entry: ModelEntry, error: Exception) -> str:
    """Why a server's list of models cannot be had."""
    if cause := _refused_here(error):
        return _refused(entry, shown(entry, str(cause)))
    fault = _TOO_LONG if isinstance(error, asyncio.TimeoutError) else _connection_fault(error)
    return (
        f"{entry.name}: no server at {url_of(entry)} ({shown(entry, fault)}). Check that it runs, that host and "
        "port are right, and that no firewall or proxy (HTTP_PROXY, NO_PROXY) stands between."
    )


def _refused_here(error: Exception) -> TooLargeError | RedirectError | None:
    """What our HTTP client refused to take, which some versions of openai's wrap."""
    return next((each for each in (error, error.__cause__) if isinstance(each, (TooLargeError, RedirectError))), None)


def _connection_fault(error: Exception) -> str:
    """Why there was no answer; the client hides it in what caused its error."""
    from openai import APITimeoutError

    if isinstance(error, APITimeoutError):
        return _TOO_LONG
    cause = error.__cause__ or error
    return f"cannot be reached: {str(cause) or type(cause).__name__}"


def _answered(error: APIStatusError) -> str:
    """A status with the server's own words on it, of which every server has its own form."""
    said: Any = error.body
    while isinstance(said, Mapping) and (inner := next((said[name] for name in ("error", "message", "detail") if said.get(name)), None)):
        said = inner
    said = brief(said, 4 * SHORT)
    return f"answered {error.status_code} ({(_page(said) if _PAGE.match(said) else said.strip()) or 'no words'})"


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
    except (TypeError, ValueError, OverflowError):
        return None
