"""The batches behind the cases: many conversations at once, one `generate` for all that wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from itemwise.case import Reply, Turn, TurnCost
from itemwise.models import Generation, Model, ModelError, ModelUnavailableError, OutOfMemoryError, Request
from itemwise.models.tool_calls import read_calls
from itemwise.pictures import PictureError
from itemwise.strategies.strategy import Ask, Asked, Read, Said

__all__ = ["Engine", "Memory", "Way"]


class Way(Protocol):
    """A strategy with its settings: from a question to what was said."""

    def __call__(self, question: Turn, ask: Ask, read: Read, /) -> Coroutine[tuple[Request, ...], Sequence[Turn], Said]:
        """The conversation, not yet begun."""
        ...


class Memory(Protocol):
    """What was said before to the same request."""

    def recall(self, request: Request) -> Generation | None:
        """The generation kept for `request`."""
        ...

    def keep(self, said: Sequence[tuple[Request, Generation]]) -> None:
        """Keep a batch; it is safe when the call returns."""
        ...


def _ask(turns: Sequence[Turn], *, tools: Sequence[Mapping[str, Any]] = (), temperature: float = 0.0, seed: int = 0) -> Asked:
    return Asked(Request(tuple(turns), tuple(tools), temperature, seed if temperature else 0))


@dataclass(eq=False)
class _Conversation:
    """One case's coroutine, the requests it waits for with what came of them, and what it has cost so far."""

    number: int
    key: str
    coroutine: Coroutine[tuple[Request, ...], Sequence[Turn], Said]
    requests: tuple[Request, ...] = ()
    results: list[Turn | Exception | None] = field(default_factory=list)
    cost: Reply = field(default_factory=lambda: Reply("", "stop", 0, 0, 0.0, 0, ()))

    @property
    def failure(self) -> Exception | None:
        """What went wrong with one of its requests."""
        return next((result for result in self.results if isinstance(result, Exception)), None)

    def wait_for(self, requests: tuple[Request, ...]) -> None:
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


@dataclass(frozen=True)
class _Wanted:
    """One request of a conversation that nobody knows the answer to yet."""

    conversation: _Conversation
    place: int

    @property
    def request(self) -> Request:
        return self.conversation.requests[self.place]


class Engine:
    """Runs strategies over one model. `submit` cases, `step` until `outcomes` holds what you wait for.

    An outcome is a Reply, or the exception that this one case caused: a failing batch is halved until the request at
    fault is alone, its strategy hears of it, and out of memory makes batches smaller for good. With a `memory`, what it
    recalls is not asked again, and every batch is kept there before its cases go on.
    """

    def __init__(self, model: Model, batch_size: int, memory: Memory | None = None) -> None:
        self.outcomes: dict[str, Reply | Exception] = {}
        self._model = model
        self._batch_size = batch_size
        self._memory = memory
        self._waiting: list[_Wanted] = []
        self._submitted = 0

    @property
    def idle(self) -> bool:
        """Whether nothing waits for the model."""
        return not self._waiting

    @property
    def room(self) -> int:
        """How many more requests would fit into the next batch."""
        return self._batch_size - len(self._waiting)

    def knows(self, key: str) -> bool:
        """Whether the case was submitted and its outcome not yet taken."""
        return key in self.outcomes or any(wanted.conversation.key == key for wanted in self._waiting)

    def submit(self, key: str, question: Turn, strategy: Way, read: Read) -> None:
        """Start a case's conversation; its outcome will stand under `key`."""
        self._submitted += 1
        self._go_on(_Conversation(self._submitted, key, strategy(question, _ask, read)))

    def step(self) -> None:
        """Ask the model once for a batch of what waits, and let those conversations go on that have what they wait for."""
        batch = self._schedule()
        for wanted, result in zip(batch, self._generations(batch), strict=True):
            if isinstance(result, Exception):
                wanted.conversation.results[wanted.place] = result
        for conversation in dict.fromkeys(wanted.conversation for wanted in batch):
            self._go_on(conversation)

    def _schedule(self) -> list[_Wanted]:
        self._waiting.sort(key=lambda wanted: (wanted.conversation.number, wanted.place))  # who came first is done first
        batch, self._waiting = self._waiting[: self._batch_size], self._waiting[self._batch_size :]
        return batch

    def _generations(self, batch: list[_Wanted]) -> list[Generation | Exception]:
        started = time.perf_counter()
        try:
            generations = self._model.generate([wanted.request for wanted in batch])
        except ModelUnavailableError:
            raise
        except Exception as error:  # whatever fails, only the request at fault may fail with it
            return self._halved(batch, error)
        seconds = (time.perf_counter() - started) / len(batch)
        said = [(wanted, each) for wanted, each in zip(batch, generations, strict=True) if isinstance(each, Generation)]
        if self._memory:
            self._memory.keep([(wanted.request, generation) for wanted, generation in said])
        for wanted, generation in said:
            wanted.conversation.hear(wanted.place, generation, seconds, len(batch))
        return list(generations)

    def _halved(self, batch: list[_Wanted], error: Exception) -> list[Generation | Exception]:
        if len(batch) == 1:
            return [_out_of_memory(error) if isinstance(error, OutOfMemoryError) else error]
        half = (len(batch) + 1) // 2
        if isinstance(error, OutOfMemoryError):
            self._batch_size = half
        return self._generations(batch[:half]) + self._generations(batch[half:])

    def _go_on(self, conversation: _Conversation) -> None:
        """Let a conversation go on for as long as it has what it waits for."""
        while resume := self._resumption(conversation):
            try:
                conversation.wait_for(resume())
            except StopIteration as stop:
                self.outcomes[conversation.key] = _reply(conversation.cost, stop.value)
                return
            except Exception as error:  # what the model could not do for it, or a strategy's own fault: it concerns this case only
                self.outcomes[conversation.key] = error
                return
            self._recall(conversation)

    def _resumption(self, conversation: _Conversation) -> Callable[[], tuple[Request, ...]] | None:
        """How a conversation goes on: with the turns it waited for, or with what went wrong; None while it waits."""
        if failure := conversation.failure:
            self._waiting = [wanted for wanted in self._waiting if wanted.conversation is not conversation]
            return partial(conversation.coroutine.throw, failure)
        if not all(conversation.results):
            return None
        turns = [turn for turn in conversation.results if isinstance(turn, Turn)]
        return partial(conversation.coroutine.send, turns or None)  # type: ignore[arg-type]  # None starts it

    def _recall(self, conversation: _Conversation) -> None:
        """Take what was said to its requests before; what nobody knows waits for the model."""
        for place, request in enumerate(conversation.requests):
            try:
                known = self._memory and self._memory.recall(request)
            except PictureError as error:  # what cannot be seen cannot be looked up
                conversation.results[place] = error
                continue
            if known:
                conversation.hear(place, known, seconds=0.0, batch_size=0)
            else:
                self._waiting.append(_Wanted(conversation, place))


def _turn(request: Request, generation: Generation) -> Turn:
    """A generation as the next turn of its chat, with the calls it makes."""
    calls = generation.calls
    if calls is None:
        calls = read_calls(generation.text, request.tools)[1] if request.tools else ()
    cost = TurnCost(generation.finish_reason, generation.prompt_tokens, generation.completion_tokens, request.temperature, request.seed)
    return Turn("assistant", generation.text, calls, cost)


def _reply(cost: Reply, said: Said) -> Reply:
    reason = said.reply.cost.finish_reason if said.reply.cost else "stop"
    return replace(cost, text=said.reply.content, finish_reason=reason, turns=tuple(said.turns), notes=said.notes)


def _out_of_memory(error: OutOfMemoryError) -> ModelError:
    return ModelError(f"out of memory even for this case alone ({error}); lower --max-new-tokens or take --quant nf4.")
