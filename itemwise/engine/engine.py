"""The batch behind the cases: many conversations at once over one model, which stays full while they come and go."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from itemwise.cases.case import Reply, Turn, TurnCost
from itemwise.cases.picture import PictureError
from itemwise.engine.batching import Batcher, PendingRequest, batcher_for
from itemwise.extractors.thoughts import thoughts_in
from itemwise.models import PLANNED, Generation, Model, Request
from itemwise.models.tool_calls import read_calls
from itemwise.results.store import key_of
from itemwise.strategies.strategy import Ask, AskAwaitable, Extract, Transcript

__all__ = ["Engine", "ReplyCache", "BoundStrategy"]


class BoundStrategy(Protocol):
    """A strategy with its settings: from a question to what was said."""

    def __call__(self, question: Turn, ask: Ask, read: Extract, /) -> Coroutine[tuple[Request, ...], Sequence[Turn], Transcript]:
        """The conversation, not yet begun."""
        ...


class ReplyCache(Protocol):
    """What was said before to the same request."""

    def recall(self, request: Request) -> Generation | None:
        """The generation kept for `request`."""
        ...

    def keep(self, said: Sequence[tuple[Request, Generation]]) -> None:
        """Keep a batch; it is safe when the call returns."""
        ...


def _ask(turns: Sequence[Turn], *, tools: Sequence[Mapping[str, Any]] = (), temperature: float = 0.0, seed: int = 0) -> AskAwaitable:
    return AskAwaitable(Request(tuple(turns), tuple(tools), temperature, seed if temperature else 0))


@dataclass(eq=False)
class _Conversation:
    """One case's coroutine, the requests it waits for with what came of them, and what it has cost so far."""

    number: int
    key: str
    coroutine: Coroutine[tuple[Request, ...], Sequence[Turn], Transcript]
    requests: tuple[Request, ...] = ()
    results: list[Turn | Exception | None] = field(default_factory=list)
    cost: Reply = field(default_factory=lambda: Reply("", "stop", 0, 0, 0.0, 0, ()))

    @property
    def failure(self) -> Exception | None:
        """What went wrong with one of its requests."""
        return next((result for result in self.results if isinstance(result, Exception)), None)

    def wait_for(self, requests: tuple[Request, ...]) -> None:
        """Wait for these, and no longer for whatever it waited for before."""
        self.requests = requests
        self.results = [None] * len(requests)

    def hear(self, place: int, generation: Generation, seconds: float, batch_size: int) -> None:
        """Take what was generated for one request; `batch_size` 0 for what was paid for before."""
        self.results[place] = _turn(self.requests[place], generation)
        self.cost = replace(
            self.cost,
            prompt_tokens=self.cost.prompt_tokens + generation.prompt_tokens,
            completion_tokens=self.cost.completion_tokens + generation.completion_tokens,
            seconds=self.cost.seconds + seconds,
            batch_size=max(self.cost.batch_size, batch_size),
            generated=self.cost.generated + (batch_size > 0),
            generated_tokens=self.cost.generated_tokens + generation.completion_tokens * (batch_size > 0),
        )


@dataclass(frozen=True, eq=False)
class _Listener:
    """Who waits for a request: a conversation, which has it at `place` among those it asked together."""

    conversation: _Conversation
    place: int
    results: list[Turn | Exception | None]  # of the conversation when it asked

    @property
    def is_awaiting(self) -> bool:
        """Whether the conversation still waits: it may have gone on after an error of another request."""
        return self.results is self.conversation.results


@dataclass(eq=False, kw_only=True)
class _SharedRequest(PendingRequest):
    """A request that nobody knows the answer to yet, with all that wait for it: equal ones are asked once."""

    key: str
    listeners: list[_Listener] = field(default_factory=list)

    @property
    def awaiting(self) -> list[_Listener]:
        """Those that still wait, the first to ask first."""
        return [listener for listener in self.listeners if listener.is_awaiting]

    @property
    def since(self) -> tuple[int, int]:
        """When it was first asked."""
        return min((listener.conversation.number, listener.place) for listener in self.listeners)

    def tell(self) -> list[_Conversation]:
        """Hand the result to all that wait. The first has it generated, to the others it is one that was paid for before."""
        awaiting = self.awaiting
        for index, listener in enumerate(awaiting):
            if not isinstance(self.result, Generation):
                listener.results[listener.place] = self.result
            elif index == 0:
                listener.conversation.hear(listener.place, self.result, self.seconds, self.batch_size)
            else:
                listener.conversation.hear(listener.place, self.result, seconds=0.0, batch_size=0)
        return [listener.conversation for listener in awaiting]


class Engine:
    """Runs strategies over one model. `submit` cases, `step` until `outcomes` holds what you wait for.

    An outcome is a Reply, or the exception that this one case caused: its strategy hears of a request at fault, all others
    go on, and out of memory makes batches smaller. Without a `batch_size` as many go on at once as the model can take. With
    a `memory`, what it recalls is not asked again, and what is generated is kept there before its cases go on. Requests that
    are equal while one of them is under way share what comes of it, an error too.
    """

    def __init__(self, model: Model, batch_size: int | None = None, memory: ReplyCache | None = None) -> None:
        self.outcomes: dict[str, Reply | Exception] = {}
        self.tokens = 0  # of finished generations
        self._model = model
        self._batch_size = batch_size
        self._memory = memory
        self._batches: Batcher[_SharedRequest] | None = None  # known when the model is first asked, as it may load for that
        self._conversations: dict[str, _Conversation] = {}
        self._waiting: list[_SharedRequest] = []
        self._in_flight: dict[str, _SharedRequest] = {}  # what waits or is being generated, by the key of its request
        self._submitted = 0

    @property
    def idle(self) -> bool:
        """Whether nothing waits for the model, nor is being generated."""
        return not self._waiting and not self._running

    @property
    def underway(self) -> int:
        """How many cases are being answered."""
        return len(self._conversations)

    @property
    def room(self) -> int:
        """How many more requests may be continued at once."""
        size = self._batches.size if self._batches else self._batch_size or PLANNED
        return size - self._running - len(self._waiting)

    @property
    def _running(self) -> int:
        return self._batches.running if self._batches else 0

    def knows(self, key: str) -> bool:
        """Whether the case was submitted and its outcome not yet taken."""
        return key in self.outcomes or key in self._conversations

    def submit(self, key: str, question: Turn, strategy: BoundStrategy, read: Extract) -> None:
        """Start a case's conversation; its outcome will stand under `key`."""
        self._submitted += 1
        self._conversations[key] = _Conversation(self._submitted, key, strategy(question, _ask, read))
        self._go_on(self._conversations[key])

    def step(self) -> None:
        """Let what waits join the batch, go on until something is finished, and let conversations go on that waited for it."""
        if self._batches is None:
            self._batches = batcher_for(self._model, self._batch_size)
        self._waiting.sort(key=lambda wanted: wanted.since)  # who came first is done first
        ended: list[_SharedRequest] = []
        for finished in self._batches.step(self._waiting):
            self._keep(finished)
            ended += finished
        for wanted in ended:
            del self._in_flight[wanted.key]
        told = [conversation for wanted in ended for conversation in wanted.tell()]
        for conversation in dict.fromkeys(told):
            self._go_on(conversation)

    def _keep(self, finished: Sequence[_SharedRequest]) -> None:
        said = [(wanted.request, wanted.result) for wanted in finished if isinstance(wanted.result, Generation)]
        self.tokens += sum(generation.completion_tokens for _, generation in said)
        if self._memory and said:
            self._memory.keep(said)

    def _go_on(self, conversation: _Conversation) -> None:
        """Let a conversation go on for as long as it has what it waits for."""
        while resume := self._resumption(conversation):
            try:
                conversation.wait_for(resume())
            except StopIteration as stop:
                self._end(conversation, _reply(conversation.cost, stop.value))
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
        if not all(conversation.results):
            return None
        turns = [turn for turn in conversation.results if isinstance(turn, Turn)]
        return partial(conversation.coroutine.send, turns or None)  # type: ignore[arg-type]  # None starts it

    def _abandon(self, conversation: _Conversation) -> None:
        """Drop what waits for this conversation alone; it goes on without."""
        dropped = {wanted for wanted in self._waiting if all(listener.conversation is conversation for listener in wanted.awaiting)}
        self._waiting = [wanted for wanted in self._waiting if wanted not in dropped]
        for wanted in dropped:
            del self._in_flight[wanted.key]

    def _recall(self, conversation: _Conversation) -> None:
        """Take what was said to its requests before; what nobody knows waits for the model, with whoever asked the same."""
        for place, request in enumerate(conversation.requests):
            try:
                known = self._memory and self._memory.recall(request)
                key = "" if known else _key(request)
            except PictureError as error:  # what cannot be seen cannot be looked up
                conversation.results[place] = error
                continue
            if known:
                conversation.hear(place, known, seconds=0.0, batch_size=0)
                continue
            if key not in self._in_flight:
                self._in_flight[key] = _SharedRequest(request, key=key)
                self._waiting.append(self._in_flight[key])
            self._in_flight[key].listeners.append(_Listener(conversation, place, conversation.results))


def _key(request: Request) -> str:
    """The same for requests that a model cannot tell apart. Raises PictureError where one cannot be read."""
    turns = [turn.message() for turn in request.turns]
    return key_of({"turns": turns, "tools": request.tools, "temperature": request.temperature, "seed": request.seed})


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
    )
    return Turn("assistant", generation.text, calls, cost, reasoning=generation.reasoning, refusal=generation.refusal)


def _reply(cost: Reply, said: Transcript) -> Reply:
    reason = said.reply.cost.finish_reason if said.reply.cost else "stop"
    return replace(
        cost,
        text=said.reply.content,
        finish_reason=reason,
        turns=tuple(said.turns),
        notes=said.notes,
        reasoning=said.reply.reasoning or thoughts_in(said.reply.content),
        refusal=said.reply.refusal,
    )
