"""A model behind an OpenAI-compatible server: each chat is a concurrent request, retried while the server has trouble."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from itemwise.extractors.reply_parts import has_thought
from itemwise.models.decoding import temperature_of
from itemwise.models.model import Generation, LoadOptions, ModelEntry, ModelError, ModelUnavailableError, Request, RunningBatch
from itemwise.models.server.address import read_address
from itemwise.models.server.attempt_errors import PersistentError, TransientError
from itemwise.models.server.blind_servers import LEFT_OUT, leaves_out_pictures, without_pictures
from itemwise.models.server.chat_completion import generation_of, uncounted
from itemwise.models.server.client import ClientThread, new_client, shown, url_of
from itemwise.models.server.cut_prompts import CutPrompts
from itemwise.models.server.equal_samples import EqualSamples
from itemwise.models.server.finish_reasons import is_known
from itemwise.models.server.model_list import list_models, owner_of, served_name
from itemwise.models.server.openai_format import no_penalties, request_body
from itemwise.models.server.prompt_logprobs import prompt_bodies, scored, tells_prompts
from itemwise.models.server.reply_timeout import ReplyTimeout
from itemwise.models.server.response import LIMIT_NAMES, TIMED_OUT, connection_error, is_limit_refused, parse_json, status_error
from itemwise.models.server.retry_policy import MAX_PERSISTENT, AdaptiveConcurrency, Attempts, RetryPolicy, ServerDownError
from itemwise.models.server.running_requests import RunningRequests, SentRequest
from itemwise.models.server.scored_options import echoed, listed, require_continuations, scoring_bodies
from itemwise.models.server.server_details import server_details
from itemwise.models.server.trouble_log import TroubleLog
from itemwise.models.thinking_choice import template_kwargs, thinking_identity

if TYPE_CHECKING:
    from openai import AsyncOpenAI

__all__ = ["ServerModel", "connect", "server_identity"]

_LISTED_FIELDS = ("owned_by", "root", "max_model_len")  # of a model in the server's list, for its description
Parsed = TypeVar("Parsed")
_UNSAMPLED = "sampled replies to the same chat are the same text under every seed, so the server does not seem to sample"
_ADVICE = "See to the server, or lower --batch-size; the same command again asks only for what is missing."


def connect(entry: ModelEntry, options: LoadOptions) -> ServerModel:
    """The model that `entry` names, on a server that answers now.

    Raises ModelError where there is no server, it refuses the key, or the URL leaves open which of its models is meant.
    """
    listed = list_models(entry)
    return ServerModel(entry, served_name(entry, listed), listed, options.max_new_tokens, server_details(entry, owner_of(listed)))


def server_identity(entry: ModelEntry, options: LoadOptions) -> dict[str, str]:
    """All that is known here of what decides the text. Asks the server only where the URL does not name the model."""
    address = read_address(entry.location)
    return {
        "location": address.url,
        "served model": address.model or served_name(entry, list_models(entry)),
        "compute": "server",
        "system": entry.system or "",
        **thinking_identity(entry),
        "decoding": entry.decoding,
        "max new tokens": str(options.max_new_tokens),
    }


class ServerModel:
    """One model of a server, greedy unless a request samples. Each request of a batch is an HTTP request of its own.

    A request to a server that refuses for a while, fails or is gone is retried as RetryPolicy says, with as many at once as
    AdaptiveConcurrency allows. A request that failed for good has a ModelError for its result, not an empty reply. One client
    serves from the first request until `close`.
    """

    def __init__(
        self,
        entry: ModelEntry,
        served: str,
        listed: Sequence[Mapping[str, Any]],
        max_new_tokens: int,
        details: Mapping[str, str] | None = None,
    ) -> None:
        self.name = entry.name
        self.concurrency = AdaptiveConcurrency()
        self.has_generated = False
        self.log = TroubleLog()
        self._entry = entry
        self._served = served
        self._listed = listed
        self._details = details or {}
        self._max_new_tokens = max_new_tokens
        self._limit_name = LIMIT_NAMES[0]
        self._retry = RetryPolicy()
        self._timeout = ReplyTimeout()
        self._template_kwargs = template_kwargs(entry)
        self._no_penalties = no_penalties(owner_of(listed)) if entry.decoding == "greedy" else {}
        self._answers = 0
        self._unasked_thoughts = 0  # that came although thinking is off
        self._cut_prompts = CutPrompts()
        self._equal_samples = EqualSamples()
        self._asked_without_pictures = False
        self._leaves_out_pictures = False
        self._uncounted = ""  # why tokens are not all counted
        self._finish_reasons: Counter[str] = Counter()  # those beside the usual
        self._thread: ClientThread[AsyncOpenAI] | None = None
        self._running = RunningRequests(self)

    def describe(self) -> dict[str, str]:
        """What the server says of its model; it does not say which weights these are."""
        address = read_address(self._entry.location)
        model = next((model for model in self._listed if model["id"] == self._served), {})
        reasons = ", ".join(f"{count} {reason}" for reason, count in self._finish_reasons.most_common(5))
        return {
            "model": self.name,
            "location": address.url,
            "served model": self._served,
            **{name.replace("_", " "): shown(self._entry, str(model[name])) for name in _LISTED_FIELDS if model.get(name)},
            **self._details,
            "revision": "unknown revision (the server's)",
            "device": f"server {address.host}",
            **self._thinking(),
            "system": self._entry.system or "none",
            "decoding": self._decoding(),
            "max new tokens": str(self._max_new_tokens),
            **({"tokens": f"not all counted: {self._uncounted}, which counts as 0"} if self._uncounted else {}),
            **({"sampling": _UNSAMPLED} if self._equal_samples.are_enough else {}),
            **({"pictures": LEFT_OUT} if self._leaves_out_pictures else {}),
            **({"finish reasons": f"{reasons} (each taken as an end, not as the token limit)"} if reasons else {}),
        }

    def _decoding(self) -> str:
        if self._entry.decoding == "model":
            return "the server's own sampling (no temperature sent, seed 0)"
        if temperature_of(self._entry):
            return f"sampled ({self._entry.decoding.replace('=', ' ').replace(',', ', ')}, all else as the server has it)"
        return f"greedy (temperature 0, {'no penalties, ' if self._no_penalties else ''}all else as the server has it)"

    def _thinking(self) -> dict[str, str]:
        """What the server was told of thinking, and how often a thought came nonetheless."""
        if not self._template_kwargs:
            return {}
        sent = f"{self._entry.thinking}, sent as chat_template_kwargs ({', '.join(self._template_kwargs)})"
        unasked = f"; {self._unasked_thoughts} of {self._answers} replies hold a thought nonetheless" if self._unasked_thoughts else ""
        return {"thinking": sent + unasked}

    def generate(self, requests: Sequence[Request]) -> list[Generation | Exception]:
        """One generation per request, or what went wrong with it, in order.

        Raises ModelUnavailableError where the server has generated nothing yet and refuses what every request has in common.
        """
        batch = RunningRequests(self)
        sequences = [batch.prepare(request) for request in requests]
        batch.admit(sequences)
        results: dict[SentRequest, Generation | Exception] = {}
        while finished := batch.decode():
            results.update(finished)
        return [results[sequence] for sequence in sequences]

    def score(self, requests: Sequence[Request]) -> list[Generation | Exception]:
        """The log-probabilities of each request's continuations as far as the server tells them; for a request that fails, its error."""
        client = self._client_thread()
        futures = [client.send(self._scored(client.client, request)) for request in requests]
        results = [future.result() for future in futures]
        self.log.flush()
        return results

    def running(self) -> RunningBatch:
        """The requests in flight."""
        return self._running

    def close(self) -> None:
        """Cancel what is in flight and close the client."""
        self.log.flush()
        self._running.clear()
        if self._thread is not None:
            self._thread.close()
        self._thread = None

    def send(self, request: Request) -> Future[Generation | Exception]:
        """Send a request. The future's result is its generation or its error."""
        client = self._client_thread()
        return client.send(self._send(client.client, request))

    def _client_thread(self) -> ClientThread[AsyncOpenAI]:
        if self._thread is None:
            self._thread = ClientThread(new_client(self._entry))
        return self._thread

    async def _send(self, client: AsyncOpenAI, request: Request) -> Generation | Exception:
        try:
            body = request_body(request, self._entry.system)
            if not request.temperature:
                body |= self._own_sampling(request)
            limit = request.token_limit(self._max_new_tokens)
            generation = await self._request_with_retries(client, self._whole(body), limit, partial(self._parse, request=request))
            await self._ask_without_pictures(client, request, generation.prompt_tokens)
            return generation
        except Exception as error:  # whatever fails, only the request at fault may fail with it
            return error

    async def _ask_without_pictures(self, client: AsyncOpenAI, request: Request, tokens: int) -> None:
        """Ask once for a chat without its pictures, of which a reply came that had a prompt of so many `tokens`, and log it where the
        server leaves them out. What fails here says nothing of the case."""
        if self._asked_without_pictures or not tokens or not (blind := without_pictures(request)):
            return
        self._asked_without_pictures = True
        try:
            body = await self._post(client, self._whole(request_body(blind, self._entry.system)), 1)
            without = int(body["usage"]["prompt_tokens"])
        except Exception:  # a server may refuse an empty turn, or one token
            return
        self._leaves_out_pictures = leaves_out_pictures(tokens, without)
        if self._leaves_out_pictures:
            self.log.add(f"{self.name}: {url_of(self._entry)}: {LEFT_OUT}; scores are of the text alone then. Ask a model that sees.")

    async def _scored(self, client: AsyncOpenAI, request: Request) -> Generation | Exception:
        try:
            require_continuations(request)
            told = tells_prompts(owner_of(self._listed))
            bodies = (prompt_bodies if told else scoring_bodies)(request, self._entry.system)
            asked = (self._request_with_retries(client, self._whole(body), 1, self._parse_scored) for body in bodies)
            answers = await asyncio.gather(*asked)
            if told:
                return scored(answers, request)
            return echoed(answers, request) if request.turns[0].role == "text" else listed(answers[0], request)
        except ModelError as error:
            return ModelError(f"{self.name}: {shown(self._entry, str(error).removeprefix(f'{self.name}: '))}")
        except Exception as error:  # as above
            return error

    def _whole(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A body with the model and what it is told of thinking and penalties."""
        if "prompt" in body and self._template_kwargs:
            raise ModelError(f"{self.name} cannot be told of thinking in a plain text; take --prompt-form turns.")
        extra = {**({"chat_template_kwargs": self._template_kwargs} if self._template_kwargs else {}), **self._no_penalties}
        extra |= body.get("extra_body", {})
        told = {name: value for name, value in body.items() if value is not None and name != "extra_body"}
        return {"model": self._served, **told, **({"extra_body": extra} if extra else {})}

    def _parse_scored(self, body: Any) -> Any:
        self._note_answer()
        self.has_generated = True
        return body

    def _own_sampling(self, request: Request) -> dict[str, Any]:
        """What the entry's decoding changes of the body of a request without a temperature; None takes a field out."""
        if self._entry.decoding == "model":
            return {"temperature": None, "seed": request.seed}
        if given := temperature_of(self._entry):
            return {"temperature": given.temperature, "top_p": given.top_p, "seed": request.seed}
        return {"seed": request.seed} if request.seed else {}

    async def _request_with_retries(
        self, client: AsyncOpenAI, body: Mapping[str, Any], limit: int, parse: Callable[[Any], Parsed]
    ) -> Parsed:
        attempts = Attempts()
        while True:
            try:
                async with self.concurrency.slot(lambda: self._retry.is_down):
                    with self._retry.attempt():
                        return parse(await self._post(client, body, limit))
            except ServerDownError:
                raise ModelError(f"{self.log.last}, and has not answered since. {_ADVICE}") from None
            except TransientError as error:
                seconds = self._backoff(attempts, error)
            await asyncio.sleep(seconds)

    def _backoff(self, attempts: Attempts, error: TransientError) -> float:
        """Seconds until the attempt after one that failed with `error`. Raises ModelError where there is none."""
        was_down = self._retry.is_down
        seconds = self._retry.backoff(attempts, error.retry_after)
        text = f"{self.name}: {url_of(self._entry)} {shown(self._entry, str(error))}"
        if isinstance(error, PersistentError) and not (error.alike and self.has_generated):
            return self._persistent_backoff(attempts, error, seconds, text)
        wait = f", and asks to wait {error.retry_after:.0f} s" if error.retry_after else ""
        if seconds is not None:
            self.log.note_failure(text + wait, self._retry.outlook(attempts))
            return seconds
        self.log.last = text
        if self._retry.is_down and not was_down:
            self.log.note_down("it is given up, and so is every further case until it answers again")
        tries = len(attempts.failed_at)
        often = f", at the last of {tries} tries" if tries > 1 else ""
        raise ModelError(f"{text}{often}{wait}. {_ADVICE}") from None

    def _persistent_backoff(self, attempts: Attempts, error: PersistentError, seconds: float | None, text: str) -> float:
        """As `_backoff`, with MAX_PERSISTENT attempts in all."""
        attempts.persistent += 1
        left = MAX_PERSISTENT - attempts.persistent
        if left > 0 and seconds is not None:
            self.log.note_failure(text, f"waiting will hardly mend that, so it is asked {left} times more")
            return seconds
        often = f", {attempts.persistent} times over" if attempts.persistent > 1 else ""
        kind = ModelUnavailableError if error.alike else ModelError
        raise kind(f"{text}{often}: {error.remedy}.") from None

    async def _post(self, client: AsyncOpenAI, body: Mapping[str, Any], limit: int) -> Any:
        """The response's body. A model that refuses the first name of the token limit is asked by the second, now and from then on."""
        from openai import APIStatusError

        name = self._limit_name
        if "prompt" in body:  # a plain text: the completions API, which has one name
            name = LIMIT_NAMES[0]
            post: Awaitable[Any] = client.completions.with_raw_response.create(**{**body, name: limit})
        else:
            post = client.chat.completions.with_raw_response.create(**{**body, name: limit})
        try:
            raw = await self._timeout.wait_for(post, limit)
        except APIStatusError as error:
            if name == LIMIT_NAMES[0] and "prompt" not in body and is_limit_refused(error):
                self._limit_name = LIMIT_NAMES[1]
                return await self._post(client, body, limit)
            raise status_error(self._entry, error, self._served, self._listed) from None
        except asyncio.TimeoutError:
            raise TransientError(TIMED_OUT) from None
        except Exception as error:
            raise connection_error(self._entry, error) from None  # a traceback through the client would show the key
        return parse_json(raw.http_response)

    def _parse(self, body: Any, request: Request) -> Generation:
        try:
            generation = generation_of(body, request, request.token_limit(self._max_new_tokens))
        except RecursionError:
            raise PersistentError("answered with JSON that is nested too deeply", "see its log") from None
        except ModelError as error:
            self._note_answer()
            raise ModelError(f"{self.name}: {shown(self._entry, str(error))}") from None
        self._note_answer()
        self.has_generated = True
        self._note_uncounted(uncounted(body))
        self._note_thought(generation)
        self._note_sample(request, generation)
        self._refuse_cut_prompt(request, generation.prompt_tokens)
        if generation.finish_reason != "length":  # which as many tokens as were asked for show as well
            self._note_finish_reason(generation.native_finish_reason)
        return generation

    def _note_answer(self) -> None:
        """Note that the server answers as in good health."""
        self._retry.note_answer()
        self.log.note_recovery(f"{self.name}: {url_of(self._entry)} answers again")

    def _refuse_cut_prompt(self, request: Request, tokens: int) -> None:
        """Raise ModelError where counts of tokens show that prompts are cut; those of pictures and tools say nothing of the text."""
        if request.tools or any(turn.pictures for turn in request.turns):
            return
        if evidence := self._cut_prompts.evidence(sum(len(turn.content) for turn in request.turns), tokens):
            raise ModelError(f"{self.name}: {evidence}")

    def _note_thought(self, generation: Generation) -> None:
        """Count a thought that came although thinking is off, and log the first."""
        self._answers += 1
        if self._entry.thinking != "off" or not has_thought(generation.text, generation.reasoning):
            return
        self._unasked_thoughts += 1
        if self._unasked_thoughts == 1:
            self.log.add(
                f"{self.name}: {url_of(self._entry)}: a thought came although thinking is off: the server or its model does not heed "
                "chat_template_kwargs; switch thinking off where the server is started."
            )

    def _note_sample(self, request: Request, generation: Generation) -> None:
        """Log once that the server does not seem to sample, where it was told to."""
        if not (request.temperature or temperature_of(self._entry)):
            return
        if self._equal_samples.note(request.turns, request.seed, generation.text, generation.completion_tokens):
            self.log.add(f"{self.name}: {url_of(self._entry)}: {_UNSAMPLED}; votes and repeats say nothing then.")

    def _note_uncounted(self, why: str) -> None:
        """Note why tokens are not counted, and log it once: totals of tokens are too low then."""
        if why and not self._uncounted:
            self._uncounted = shown(self._entry, why)
            self.log.add(f"{self.name}: {url_of(self._entry)}: tokens are not all counted: {self._uncounted}, which counts as 0.")

    def _note_finish_reason(self, native: str) -> None:
        """Count an unusual finish reason; log one of unknown meaning when it is first met."""
        reason = shown(self._entry, native)
        if reason and reason not in self._finish_reasons and not is_known(native):
            where = f"{self.name}: {url_of(self._entry)}"
            self.log.add(f"{where} gives {reason!r} as the reason to finish, which is unknown here and taken as the model's end.")
        self._finish_reasons.update([reason] if reason else [])
