"""Models of ten lines for tests of the engine and the strategies; whole runs use the embedded one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from itemwise.cases.chat import Turn, TurnCost
from itemwise.engine.engine import Engine
from itemwise.models import Generation, Request
from itemwise.models.call_dialects import read_calls
from itemwise.strategies import BoundStrategy, ConfiguredStrategy, Extract, Strategy, Transcript


def read_all(turn: Turn) -> str | None:
    """An extractor for tests: whatever was said is the answer, unless it is a question mark."""
    return None if turn.content == "?" else turn.content


def asked(engine: Engine, key: str, prompt: str, strategy: Strategy) -> None:
    """Submit a case with nothing special about it."""
    engine.submit(key, bound(strategy, prompt))


def bound(strategy: Strategy, prompt: str, extract: Extract = read_all) -> BoundStrategy:
    """A strategy that asks the one user turn `prompt`."""
    return ConfiguredStrategy(strategy.__name__, strategy).bind([Turn("user", prompt)], extract)


class ScriptedModel:
    """Says to each chat what `script` says to its last turn, and remembers the batches it was asked."""

    name = "scripted"

    def __init__(self, script: Callable[[str], str]) -> None:
        self.batches: list[list[str]] = []
        self._script = script

    def describe(self) -> dict[str, str]:
        return {"model": self.name}

    def generate(self, requests: Sequence[Request]) -> list[Generation]:
        self.batches.append([request.turns[-1].content for request in requests])
        said = [self._script(request.turns[-1].content) for request in requests]
        return [Generation(text, "stop", len(request.turns), len(text)) for text, request in zip(said, requests, strict=True)]


class Scripted:
    """Answers as `replies` say; stands where the local model is loaded."""

    name = "embedded-text"

    def __init__(self, replies: dict[str, str]) -> None:
        self.replies = replies
        self.about = {"revision": "abc", "quantisation": "nf4", "device": "cpu", "versions": "transformers 5.0, torch 2.9"}

    def load(self, *_: Any, **__: Any) -> Scripted:
        return self

    def describe(self) -> dict[str, str]:
        return {"model": self.name, **self.about}

    def generate(self, requests: Sequence[Request]) -> list[Generation]:
        return [Generation(self.replies[request.turns[-1].content], "stop", 1, 1) for request in requests]


class Script:
    """What a strategy asks, for tests of one strategy: says one line after the other, the last again and again, and notes
    what it was asked. A line that is an exception is raised."""

    def __init__(self, *lines: str | Exception, finish_reason: str = "stop", logprobs: Sequence[float] = ()) -> None:
        self.asked: list[tuple[list[Turn], list[Any], float, int]] = []
        self.settings: list[dict[str, Any]] = []  # that were asked for beside
        self._lines = list(lines)
        self._finish_reason = finish_reason
        self._logprobs = tuple(logprobs)  # of continuations, whatever they are

    async def __call__(
        self, turns: Sequence[Turn], *, tools: Sequence[Mapping[str, Any]] = (), temperature: float = 0.0, seed: int = 0, **settings: Any
    ) -> Turn:
        self.asked.append((list(turns), list(tools), temperature, seed))
        self.settings.append(settings)
        line = self._lines.pop(0) if len(self._lines) > 1 else self._lines[0]
        if isinstance(line, Exception):
            raise line
        calls = read_calls(line, tools)[1] if tools else ()
        return Turn("assistant", line, calls, TurnCost(self._finish_reason, 5, 1, temperature, seed), logprobs=self._logprobs)


def run(
    strategy: Strategy, script: Script, extract: Extract = read_all, *, chat: Sequence[Turn] = (Turn("user", "6*7?"),), **settings: Any
) -> Transcript:
    """What comes of a strategy that asks 6*7?, or another `chat`, with `script` for a model."""
    return asyncio.run(strategy(chat, script, extract, **settings))
