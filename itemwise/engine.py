"""The batches behind the cases: many conversations at once, one `generate` for all that wait."""

from __future__ import annotations

import time
from collections.abc import Coroutine, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from itemwise.case import Reply, Turn
from itemwise.models import Generation, Model, ModelError, ModelUnavailableError, OutOfMemoryError, Request
from itemwise.strategies import Strategy

__all__ = ["Engine", "Memory"]


class Memory(Protocol):
    """What was said before to the same request."""

    def recall(self, request: Request) -> Generation | None:
        """The generation kept for `request`."""
        ...

    def keep(self, said: Sequence[tuple[Request, Generation]]) -> None:
        """Keep a batch; it is safe when the call returns."""
        ...


class _Asked:
    """Awaited by a strategy; hands its request to the engine and resumes with the generation."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def __await__(self) -> Generator[Request, Generation, Generation]:
        return (yield self._request)


def _ask(turns: Sequence[Turn], *, tools: Sequence[Mapping[str, Any]] = ()) -> _Asked:
    return _Asked(Request(tuple(turns), tuple(tools)))


@dataclass
class _Conversation:
    """One case's coroutine, the request it waits for, and what it has cost so far."""

    number: int
    key: str
    coroutine: Coroutine[Request, Generation, Sequence[Turn]]
    request: Request
    cost: Reply = field(default_factory=lambda: Reply("", "stop", 0, 0, 0.0, 0, ()))

    def spend(self, generation: Generation, seconds: float, batch_size: int) -> None:
        self.cost = replace(
            self.cost,
            finish_reason=generation.finish_reason,
            prompt_tokens=self.cost.prompt_tokens + generation.prompt_tokens,
            completion_tokens=self.cost.completion_tokens + generation.completion_tokens,
            seconds=self.cost.seconds + seconds,
            batch_size=max(self.cost.batch_size, batch_size),
            generated=self.cost.generated + (batch_size > 0),
            generated_tokens=self.cost.generated_tokens + generation.completion_tokens * (batch_size > 0),
        )

    def recollect(self, generation: Generation) -> None:
        """Count a generation that was paid for before."""
        self.spend(generation, seconds=0.0, batch_size=0)


class Engine:
    """Runs strategies over one model. `submit` cases, `step` until `outcomes` holds what you wait for.

    An outcome is a Reply, or the exception that this one case caused: a failing batch is halved until the case at
    fault is alone, and out of memory makes batches smaller for good. With a `memory`, what it recalls is not asked
    again, and every batch is kept there before its cases go on.
    """

    def __init__(self, model: Model, batch_size: int, memory: Memory | None = None) -> None:
        self.outcomes: dict[str, Reply | Exception] = {}
        self._model = model
        self._batch_size = batch_size
        self._memory = memory
        self._waiting: list[_Conversation] = []
        self._submitted = 0

    @property
    def idle(self) -> bool:
        """Whether nothing waits for the model."""
        return not self._waiting

    @property
    def room(self) -> int:
        """How many more conversations would fit into the next batch."""
        return self._batch_size - len(self._waiting)

    def knows(self, key: str) -> bool:
        """Whether the case was submitted and its outcome not yet taken."""
        return key in self.outcomes or any(conversation.key == key for conversation in self._waiting)

    def submit(self, key: str, prompt: str, strategy: Strategy) -> None:
        """Start a case's conversation; its outcome will stand under `key`."""
        self._submitted += 1
        coroutine = strategy(prompt, _ask)
        self._resume(_Conversation(self._submitted, key, coroutine, Request(())), None)

    def step(self) -> None:
        """Ask the model once for a batch of what waits, and let those conversations go on."""
        batch = self._schedule()
        for conversation, result in zip(batch, self._generations(batch), strict=True):
            if isinstance(result, Exception):
                conversation.coroutine.close()
                self.outcomes[conversation.key] = result
            else:
                self._resume(conversation, result)

    def _schedule(self) -> list[_Conversation]:
        self._waiting.sort(key=lambda conversation: conversation.number)  # who came first is done first
        batch, self._waiting = self._waiting[: self._batch_size], self._waiting[self._batch_size :]
        return batch

    def _generations(self, batch: list[_Conversation]) -> list[Generation | Exception]:
        started = time.perf_counter()
        try:
            generations = self._model.generate([conversation.request for conversation in batch])
        except ModelUnavailableError:
            raise
        except Exception as error:  # whatever fails, only the case at fault may fail with it
            return self._halved(batch, error)
        seconds = (time.perf_counter() - started) / len(batch)
        for conversation, generation in zip(batch, generations, strict=True):
            conversation.spend(generation, seconds, len(batch))
        if self._memory:
            self._memory.keep([(conversation.request, generation) for conversation, generation in zip(batch, generations, strict=True)])
        return list(generations)

    def _halved(self, batch: list[_Conversation], error: Exception) -> list[Generation | Exception]:
        if len(batch) == 1:
            return [_out_of_memory(error) if isinstance(error, OutOfMemoryError) else error]
        half = (len(batch) + 1) // 2
        if isinstance(error, OutOfMemoryError):
            self._batch_size = half
        return self._generations(batch[:half]) + self._generations(batch[half:])

    def _resume(self, conversation: _Conversation, generation: Generation | None) -> None:
        try:
            conversation.request = conversation.coroutine.send(generation)  # type: ignore[arg-type]  # None starts it
            while known := self._memory and self._memory.recall(conversation.request):
                conversation.recollect(known)
                conversation.request = conversation.coroutine.send(known)
        except StopIteration as stop:
            self.outcomes[conversation.key] = _reply(conversation.cost, stop.value)
        except Exception as error:  # a strategy's own fault concerns its case only
            self.outcomes[conversation.key] = error
        else:
            self._waiting.append(conversation)


def _reply(cost: Reply, turns: Sequence[Turn]) -> Reply:
    said = [turn.content for turn in turns if turn.role == "assistant"]
    return replace(cost, text=said[-1] if said else "", turns=tuple(turns))


def _out_of_memory(error: OutOfMemoryError) -> ModelError:
    return ModelError(f"out of memory even for this case alone ({error}); lower --max-new-tokens or take --quant nf4.")
