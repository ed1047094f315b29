"""What a strategy is: a coroutine that asks a model until there is a reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from itemwise.cases.case import Turn
from itemwise.models import Request

__all__ = ["Ask", "AskAwaitable", "Extract", "Transcript", "Strategy", "gather"]

Extract = Callable[[Turn], "str | None"]  # what the benchmark's extractor reads in a turn; None where that is nothing


class Ask(Protocol):
    """Puts a chat to the model. Awaiting it lets other cases' chats join the same batch."""

    def __call__(
        self, turns: Sequence[Turn], *, tools: Sequence[Mapping[str, Any]] = (), temperature: float = 0.0, seed: int = 0
    ) -> Awaitable[Turn]:
        """The assistant's turn that follows `turns`; the model may call `tools`.

        At `temperature` 0 it is the likeliest text. Above it is sampled: `turns` and `seed` decide the text, whatever
        else is asked at the same time. Raises ContextFullError where `turns` leave no room for a reply.
        """
        ...


@dataclass(frozen=True)
class Transcript:
    """A whole conversation: all `turns` in the order they were said, the one that is the `reply`, and `notes` for the
    reports (plain data) on what the strategy did: attempts made, calls answered, votes cast."""

    turns: Sequence[Turn]
    reply: Turn
    notes: Mapping[str, Any] = field(default_factory=dict)


class Strategy(Protocol):
    """From a case's question to its reply. Its keyword-only parameters are its settings, with their defaults."""

    __name__: str

    async def __call__(self, question: Turn, ask: Ask, read: Extract, /, **settings: Any) -> Transcript:
        """What was said. `read` tells what would be read in a turn; the expected answer is nowhere to be had."""
        ...


class AskAwaitable:
    """Awaited by a strategy; hands its request to the engine and resumes with the model's turn."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def __await__(self) -> Generator[tuple[Request, ...], Sequence[Turn], Turn]:
        (turn,) = yield (self._request,)
        return turn


async def gather(*asked: Awaitable[Turn]) -> list[Turn]:
    """The turns of several askings that do not wait for each other, so that one batch may hold them all."""
    return await _Gathered(asked)


class _Gathered:
    def __init__(self, asked: Sequence[Awaitable[Turn]]) -> None:
        self._asked = asked

    def __await__(self) -> Generator[tuple[Request, ...], Sequence[Turn], list[Turn]]:
        turns: dict[int, Turn] = {}
        waiting: dict[int, tuple[Generator[Any, Any, Turn], Request]] = {}
        for place, each in enumerate(self._asked):
            steps = each.__await__()
            try:
                (request,) = next(steps)
                waiting[place] = (steps, request)
            except StopIteration as known:  # it had nothing to wait for
                turns[place] = known.value
        if waiting:
            said = yield tuple(request for _, request in waiting.values())
            turns |= {place: _ended(steps, turn) for (place, (steps, _)), turn in zip(waiting.items(), said, strict=True)}
        return [turns[place] for place in range(len(self._asked))]


def _ended(steps: Generator[Any, Any, Turn], turn: Turn) -> Turn:
    """What an asking comes to once the model's turn is there."""
    try:
        steps.send([turn])
    except StopIteration as stop:
        found: Turn = stop.value
        return found
    raise RuntimeError("gather() takes what ask(...) gives: one question of the model each, nothing that asks again.")
