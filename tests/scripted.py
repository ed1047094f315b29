"""A model of ten lines for tests of the engine and the strategies; whole runs use the embedded one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from itemwise.models import Generation, Request


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
