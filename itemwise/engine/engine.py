"""The engine: runs the conversations of many cases at once over one model, whose batch stays full while they come and go."""

import json
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from itemwise.cases.chat import Turn, TurnCost, turns_fault
from itemwise.cases.picture import PictureError
from itemwise.cases.plain_data import shown_value
from itemwise.cases.reply import Reply
from itemwise.engine.batching import Batcher, PendingRequest, StaticBatcher, batcher_for
from itemwise.extractors.reply_parts import has_thought, thoughts_in
from itemwise.models import PLANNED, Generation, Model, Request, score
from itemwise.models.call_dialects import read_calls
from itemwise.results.store import key_of
from itemwise.strategies.strategy import Ask, AskAwaitable, Transcript

__all__ = ["Conversation", "Engine", "ReplyCache"]

SCORED_BATCH = 256  # requests scored in one call: of many, more have the beginning of their prompt in common
SCORED_FOR_ONE = 4  # that wait in the place of one chat: they need no memory while they wait

Conversation = Callable[[Ask], Coroutine[tuple[Request, ...], Sequence[Turn], Transcript]]  # a strategy bound to its case


class ReplyCache(Protocol):
    """Generations kept of earlier requests."""

    def recall(self, request: Request) -> Generation | None:
        """The generation kept for `request`."""
        ...

    def keep(self, generated: Sequence[tuple[Request, Generation]], /) -> None:
        """Keep a batch; it is safe when the call returns."""
        ...


def _ask(
    turns: Sequence[Turn],
    *,
    tools: Sequence[Mapping[str, Any]] = (),
    temperature: float = 0.0,
    seed: int = 0,
    stop: str | Sequence[str] = (),
    top_p: float | None = None,
    max_new_tokens: int | None = None,
    continuations: Sequence[str] = (),
    window: int = 0,
    repeat_seed: int = 0,
) -> AskAwaitable:
    if wrong := next((turn for turn in _listed("turns", turns) if not isinstance(turn, Turn)), None):
        raise TypeError(f"ask(...) takes the turns of a chat, got a {type(wrong).__name__} among them: ask(chat) or ask([*chat, turn]).")
    if fault := turns_fault(turns, "ask(...)"):
        raise ValueError(f"ask(...) cannot ask this chat: {fault}.")
    stops = (stop,) if isinstance(stop, str) else _listed("stop", stop)
    given = (temperature, seed + repeat_seed, stops, top_p, max_new_tokens, _listed("continuations", continuations), window)
    request = Request(tuple(turns), _listed("tools", tools), *given)
    return AskAwaitable(request if temperature else replace(request, seed=repeat_seed, top_p=None))  # the rest changes nothing greedily


def _listed(name: str, value: Any) -> tuple[Any, ...]:
    """What an argument of ask(...) lists, in its order; a set has none, and a text lists letters."""
    if isinstance(value, (list, tuple)):
        return tuple(value)
    what = {"turns": "ask(chat) or ask([*chat, turn])", "stop": 'stop="..." or stop=["...", "..."]'}.get(name, f"{name}=[...]")
    raise TypeError(f"ask(...) takes its {name} as a list, got {shown_value(value)}: {what}.")


@dataclass(eq=False)
class _Conversation:
    """One case's coroutine, the requests it waits for with what came of them, and what it has cost so far."""

    number: int
    key: str
    coroutine: Coroutine[tuple[Request, ...], Sequence[Turn], Transcript]
    begun: bool = False
    requests: tuple[Request, ...] = ()
    results: list[Turn | Exception | None] = field(default_factory=list)  # of each request; None while it waits
    cost: Reply = field(default_factory=lambda: Reply("", "stop", 0, 0, 0.0, 0, ()))

    @property
    def failure(self) -> Exception | None:
        """What went wrong with one of its requests."""
        return next((result for result in self.results if isinstance(result, Exception)), None)

    @property
    def is_waiting(self) -> bool:
        """Whether one of its requests has no result yet."""
        return any(result is None for result in self.results)

    def resume(self) -> tuple[Request, ...]:
        """Resume the coroutine with the turns it waited for, or start it. Returns its next requests; raises StopIteration at its end."""
        if self.begun:
            return self.coroutine.send([turn for turn in self.results if isinstance(turn, Turn)])
        self.begun = True
        return self.coroutine.send(None)  # type: ignore[arg-type]  # as a coroutine is begun

    def wait_for(self, requests: tuple[Request, ...]) -> None:
        """Wait for these, and no longer for those asked before."""
        self.requests = requests
        self.results = [None] * len(requests)

    def accept(self, index: int, generation: Generation, seconds: float, batch_size: int) -> None:
        """Take what was generated for one request; `batch_size` 0 for what was paid for before."""
        turn = _turn(self.requests[index], generation)
        self.results[index] = turn
        self.cost = replace(
            self.cost,
            thinking_tokens=_total(self.cost.thinking_tokens, turn.cost.thinking_tokens if turn.cost else 0),
            thinking_cut=self.cost.thinking_cut or generation.thinking_cut,
            prompt_tokens=self.cost.prompt_tokens + generation.prompt_tokens,
            completion_tokens=self.cost.completion_tokens + generation.completion_tokens,
            seconds=self.cost.seconds + seconds,
            batch_size=max(self.cost.batch_size, batch_size),
            generated=self.cost.generated + (batch_size > 0),
            generated_tokens=self.cost.generated_tokens + generation.completion_tokens * (batch_size > 0),
        )


@dataclass(frozen=True, eq=False)
class _Waiter:
    """A conversation that waits for a request, which it has at `index` among those it asked at once."""

    conversation: _Conversation
    index: int
    results: list[Turn | Exception | None]  # of the conversation when it asked

    @property
    def is_current(self) -> bool:
        """Whether the conversation still waits: it may have gone on after an error of another request."""
        return self.results is self.conversation.results


@dataclass(eq=False, kw_only=True)
class _SharedRequest(PendingRequest):
    """A request with no known reply, and all that wait for it: equal ones are asked once."""

    key: str
    waiters: list[_Waiter] = field(default_factory=list)

    @property
    def current(self) -> list[_Waiter]:
        """Those that still wait, the first to ask first."""
        return [waiter for waiter in self.waiters if waiter.is_current]

    @property
    def since(self) -> tuple[int, int]:
        """When it was first asked."""
        return min((waiter.conversation.number, waiter.index) for waiter in self.waiters)

    def deliver(self) -> list[_Conversation]:
        """Hand the result to all that wait. The first has it generated, to the others it is one that was paid for before."""
        current = self.current
        for order, waiter in enumerate(current):
            if not isinstance(self.result, Generation):
                waiter.results[waiter.index] = self.result
            elif order == 0:
                waiter.conversation.accept(waiter.index, self.result, self.seconds, self.batch_size)
            else:
                waiter.conversation.accept(waiter.index, self.result, seconds=0.0, batch_size=0)
        return [waiter.conversation for waiter in current]


class Engine:
    """Runs strategies over one model. `submit` cases, `step` until `outcomes` holds what you wait for.

    An outcome is a Reply, or the exception that this one case caused: a failing request raises inside its own strategy, all other
    cases continue, and out of memory makes batches smaller. Without a `batch_size` as many go on at once as the model can take. With
    a `cache`, what it recalls is not asked again, and what is generated is kept there before its cases go on. Requests that
    are equal while one of them is under way share what comes of it, an error too.
    """

    def __init__(self, model: Model, batch_size: int | None = None, cache: ReplyCache | None = None) -> None:
        self.outcomes: dict[str, Reply | Exception] = {}
        self.tokens = 0  # of finished generations
        self._model = model
        self._batch_size = batch_size
        self._cache = cache
        self._batcher: Batcher[_SharedRequest] | None = None  # known when the model is first asked, as it may load for that
        self._conversations: dict[str, _Conversation] = {}
        self._waiting: list[_SharedRequest] = []
        self._in_flight: dict[str, _SharedRequest] = {}  # what waits or is being generated, by the key of its request
        self._submitted = 0
        self._scorer: StaticBatcher[_SharedRequest] = StaticBatcher(partial(score, model), SCORED_BATCH)

    @property
    def idle(self) -> bool:
        """Whether nothing waits for the model, nor is being generated."""
        return not self._waiting and not self._running

    @property
    def underway(self) -> int:
        """How many cases are being answered."""
        return len(self._conversations)

    @property
    def capacity(self) -> int:
        """How many more requests may be continued at once."""
        size = self._batcher.size if self._batcher else self._batch_size or PLANNED
        scoring = sum(request.request.is_scored for request in self._waiting)
        return size - self._running - (len(self._waiting) - scoring) - scoring // SCORED_FOR_ONE

    @property
    def _running(self) -> int:
        return self._batcher.running if self._batcher else 0

    def knows(self, key: str) -> bool:
        """Whether the case was submitted and its outcome not yet taken."""
        return key in self.outcomes or key in self._conversations

    def submit(self, key: str, conversation: Conversation) -> None:
        """Start a case's conversation; its outcome will stand under `key`."""
        self._submitted += 1
        self._conversations[key] = _Conversation(self._submitted, key, conversation(_ask))
        self._resume(self._conversations[key])

    def step(self) -> None:
        """Schedule what waits, run the model until something is finished, and resume the conversations that waited for it."""
        batcher = self._schedule()
        finished = self._run(batcher)
        self._postprocess(finished)

    def _schedule(self) -> Batcher[_SharedRequest]:
        """The batcher, and what waits for it in order: who came first is done first."""
        if self._batcher is None:
            self._batcher = batcher_for(self._model, self._batch_size)
        self._waiting.sort(key=lambda request: request.since)
        return self._batcher

    def _run(self, batcher: Batcher[_SharedRequest]) -> list[_SharedRequest]:
        """Step the model. Returns the finished requests, which are cached as soon as they finish."""
        finished: list[_SharedRequest] = []
        for part in self._parts(batcher):
            self._keep(part)
            finished += part
        return finished

    def _parts(self, batcher: Batcher[_SharedRequest]) -> Iterator[list[_SharedRequest]]:
        """Yields finished requests: continuations are scored in whole batches, all else goes to the batcher."""
        scoring = [request for request in self._waiting if request.request.is_scored]
        self._waiting = [request for request in self._waiting if not request.request.is_scored]
        while scoring:
            yield from self._scorer.step(scoring)
        yield from batcher.step(self._waiting)

    def _postprocess(self, finished: Sequence[_SharedRequest]) -> None:
        for request in finished:
            del self._in_flight[request.key]
        delivered = [conversation for request in finished for conversation in request.deliver()]
        for conversation in dict.fromkeys(delivered):
            self._resume(conversation)

    def _keep(self, finished: Sequence[_SharedRequest]) -> None:
        generated = [(pending.request, pending.result) for pending in finished if isinstance(pending.result, Generation)]
        self.tokens += sum(generation.completion_tokens for _, generation in generated)
        if self._cache and generated:
            self._cache.keep(generated)

    def _resume(self, conversation: _Conversation) -> None:
        """Resume a conversation until it waits for a result that is not there yet."""
        while resume := self._resumption(conversation):
            try:
                conversation.wait_for(resume())
            except StopIteration as stop:
                fault = _transcript_fault(stop.value)
                self._end(conversation, TypeError(fault) if fault else _reply(conversation.cost, stop.value))
                return
            except Exception as error:  # what the model could not do for it, or a strategy's own fault: it concerns this case only
                self._end(conversation, error)
                return
            self._recall(conversation)

    def _end(self, conversation: _Conversation, outcome: Reply | Exception) -> None:
        conversation.wait_for(())
        del self._conversations[conversation.key]
        self.outcomes[conversation.key] = outcome

    def _resumption(self, conversation: _Conversation) -> Callable[[], tuple[Request, ...]] | None:
        """How a conversation goes on: with the turns it waited for, or with what went wrong; None while it waits."""
        if failure := conversation.failure:
            self._abandon(conversation)
            return partial(conversation.coroutine.throw, failure)
        return None if conversation.is_waiting else conversation.resume

    def _abandon(self, conversation: _Conversation) -> None:
        """Drop the requests that no other conversation waits for."""
        dropped = {request for request in self._waiting if all(waiter.conversation is conversation for waiter in request.current)}
        self._waiting = [request for request in self._waiting if request not in dropped]
        for request in dropped:
            del self._in_flight[request.key]

    def _recall(self, conversation: _Conversation) -> None:
        """Take cached generations; what is in no cache waits for the model, with whoever asked the same."""
        for index, request in enumerate(conversation.requests):
            try:
                known = self._cache.recall(request) if self._cache else None
                key = "" if known else key_of(request.record())
            except PictureError as error:  # what cannot be seen cannot be looked up
                conversation.results[index] = error
                continue
            if known:
                conversation.accept(index, known, seconds=0.0, batch_size=0)
                continue
            if key not in self._in_flight:
                self._in_flight[key] = _SharedRequest(request, key=key)
                self._waiting.append(self._in_flight[key])
            self._in_flight[key].waiters.append(_Waiter(conversation, index, conversation.results))


def _turn(request: Request, generation: Generation) -> Turn:
    """A generation as the next turn of its chat, with the calls it makes."""
    calls = generation.calls
    if calls is None:
        calls = read_calls(generation.text, request.tools)[1] if request.tools else ()
    cost = TurnCost(
        generation.finish_reason,
        generation.prompt_tokens,
        generation.completion_tokens,
        request.temperature,
        request.seed,
        generation.native_finish_reason,
        request.stop,
        request.top_p,
        request.max_new_tokens,
        generation.thinking_tokens or (None if has_thought(generation.text, generation.reasoning) else 0),
        generation.thinking_cut,
    )
    beside = {name: getattr(generation, name) for name in ("reasoning", "refusal", "logprobs", "merged", "outside")}
    return Turn("assistant", generation.text, calls, cost, **beside)


def _total(before: int | None, tokens: int | None) -> int | None:
    """The sum of two counts; None where one of them is not known."""
    return None if before is None or tokens is None else before + tokens


def _transcript_fault(value: Any) -> str | None:
    """What a strategy returned that is no transcript, and what to return; None where it is one that can be written."""
    form = "a strategy returns Transcript([*chat, reply], reply), where reply is what await ask(...) gave"
    if not isinstance(value, Transcript):
        return f"{form}; it returned {shown_value(value)}."
    turns = value.turns if isinstance(value.turns, (list, tuple)) else (value.turns,)
    if wrong := [turn for turn in (*turns, value.reply) if not isinstance(turn, Turn)]:
        return f"{form}; {shown_value(wrong[0])} is no turn."
    if turns is not value.turns:
        return f"{form}; its turns are {shown_value(value.turns)}."
    try:
        json.dumps(value.notes)
    except (TypeError, ValueError, RecursionError) as error:
        return f"the notes of a strategy must be plain data, as JSON has it ({error}), got {shown_value(value.notes)}."
    return None


def _reply(cost: Reply, transcript: Transcript) -> Reply:
    reason = transcript.reply.cost.finish_reason if transcript.reply.cost else "stop"
    return replace(
        cost,
        text=transcript.reply.content,
        finish_reason=reason,
        turns=tuple(transcript.turns),
        notes=transcript.notes,
        reasoning=transcript.reply.reasoning or thoughts_in(transcript.reply.content),
        refusal=transcript.reply.refusal,
    )
