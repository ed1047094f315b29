"""The contract of a strategy: a coroutine that is given a case's chat, asks a model, and returns the whole transcript."""

from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar, get_args

from itemwise.cases.chat import Turn
from itemwise.models import Request

__all__ = ["Ask", "AskAwaitable", "Extract", "FileName", "Scored", "Strategy", "Transcript", "delimiter", "gather", "scores"]

Scored = Literal["options", "text"]  # what a strategy scores that generates nothing
Declared = TypeVar("Declared", bound=Callable[..., Any])
Extract = Callable[[Turn], "str | None"]  # what the benchmark's extractor reads in a turn; None where that is nothing


def scores(what: Scored) -> Callable[[Declared], Declared]:
    """Declares of a strategy that nothing is generated: it scores the case's ``options``, the best of which is the answer, or a ``text``
    that is given, which answers nothing, so that its measurements have no accuracy. Neither can be repeated.

    Raises ValueError for anything else.
    """
    if what not in get_args(Scored):
        raise ValueError(f"a strategy scores {' or '.join(map(repr, get_args(Scored)))}, got {what!r}")

    def declared(strategy: Declared) -> Declared:
        strategy.scored = what  # type: ignore[attr-defined]
        return strategy

    return declared


class FileName(str):
    """The default of a strategy's setting that names a file: its value is the file's name, wherever the file lies."""


class Ask(Protocol):
    """Puts a chat to the model. Awaiting it lets other cases' chats join the same batch."""

    def __call__(
        self,
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
    ) -> Awaitable[Turn]:
        """The assistant's turn that follows `turns`; the model may call `tools`.

        At `temperature` 0 it is the likeliest text. Above it is sampled, of the likeliest tokens that add up to `top_p` where it is
        given: `turns` and `seed` decide the text, whatever else is asked at the same time. The first of the texts in `stop` ends the
        reply, which does not hold it; its finish reason is ``stop``. `max_new_tokens` lowers the run's limit for this reply and never
        raises it. Every kind of model keeps them all, or refuses what it cannot keep.

        With `continuations` nothing is generated: the turn is empty, and its `logprobs` tell how likely each of them is as the reply, as
        natural logarithms. With a `window` it has one, of the text that is the only turn, read in windows of so many tokens; the tokens
        of the prompt in its cost are those of the text. A model that cannot tell refuses by name.

        Raises ContextFullError where `turns` leave no room for a reply, and ValueError for a setting that is none.
        """
        ...


@dataclass(frozen=True)
class Transcript:
    """A whole conversation: all `turns` in order, those of the case's chat first, the one that is the `reply`, and `notes` for the
    reports (plain data) on what the strategy did: attempts made, calls answered, votes cast."""

    turns: Sequence[Turn]
    reply: Turn
    notes: Mapping[str, Any] = field(default_factory=dict)


class Strategy(Protocol):
    """From a case's chat to its reply.

    `chat` are the turns before the reply: one user turn for a case whose prompt is a text. `extract` gives what would be read in a
    turn; the expected answer is nowhere to be had by a strategy that asks for one. Keyword-only parameters are the strategy's settings,
    with their defaults, but for some. One called ``options`` is given the texts of the case's options, in the order of their letters,
    empty for a case that is no choice; one called ``found_hints`` what its settings `count` and `file` find for the case
    (`itemwise.cases.hint.Hint`). One called ``reference_answer`` is given a function for the reply that the case shows as an example
    (`Case.solved`), which is there to be scored. One that only scores says so (`scores`).
    """

    __name__: str

    async def __call__(self, chat: Sequence[Turn], ask: Ask, extract: Extract, /, **settings: Any) -> Transcript:
        """What came of `chat`."""
        ...


def delimiter(chat: Sequence[Turn]) -> str:
    """What stands between a prompt and what is scored behind it: a blank behind a plain text, nothing where a reply begins anew."""
    return " " if chat[-1].role == "text" and not chat[-1].content[-1:].isspace() else ""


class AskAwaitable:
    """Awaited by a strategy; hands its request to the engine and resumes with the model's turn."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def __await__(self) -> Generator[tuple[Request, ...], Sequence[Turn], Turn]:
        (turn,) = yield (self._request,)
        return turn


async def gather(*asked: Awaitable[Turn]) -> list[Turn]:
    """The turns of several `ask(...)` that do not wait for each other, so that one batch may hold them all."""
    return await _Gathered(asked)


class _Gathered:
    def __init__(self, asked: Sequence[Awaitable[Turn]]) -> None:
        self._asked = asked

    def __await__(self) -> Generator[tuple[Request, ...], Sequence[Turn], list[Turn]]:
        turns: dict[int, Turn] = {}
        waiting: dict[int, tuple[Generator[Any, Any, Turn], Request]] = {}
        for index, awaitable in enumerate(self._asked):
            steps = awaitable.__await__()
            try:
                (request,) = next(steps)
                waiting[index] = (steps, request)
            except StopIteration as known:  # it had nothing to wait for
                turns[index] = known.value
        if waiting:
            results = yield tuple(request for _, request in waiting.values())
            turns |= {index: _resumed(steps, turn) for (index, (steps, _)), turn in zip(waiting.items(), results, strict=True)}
        return [turns[index] for index in range(len(self._asked))]


def _resumed(steps: Generator[Any, Any, Turn], turn: Turn) -> Turn:
    """What an awaitable comes to once the model's turn is there."""
    try:
        steps.send([turn])
    except StopIteration as stop:
        result: Turn = stop.value
        return result
    raise RuntimeError("gather() takes what ask(...) gives: one question of the model each, nothing that asks again.")
