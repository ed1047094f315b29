"""What the engine needs of a model, and how a model says that it cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from itemwise.case import ToolCall, Turn

__all__ = ["QUANTISATIONS", "ContextFullError", "Generation", "Model", "ModelError", "ModelUnavailableError", "OutOfMemoryError", "Request"]

QUANTISATIONS = ("nf4", "fp4", "int8", "none")


class ModelError(Exception):
    """A model cannot be had or used; the message says what was wrong and what to do instead."""


class ModelUnavailableError(ModelError):
    """The model cannot be loaded at all, so no case can be asked and none is at fault."""


class ContextFullError(ModelError):
    """The turns so far leave no room for a reply within the model's context."""


class OutOfMemoryError(Exception):
    """The batch was too large for the device; a smaller one may fit."""


@dataclass(frozen=True)
class Request:
    """One chat to continue: the turns so far and the tools the model may call, as chat templates take them.

    At `temperature` 0 the model says the likeliest; above it samples, and `seed` with the turns decides what it says.
    """

    turns: tuple[Turn, ...]
    tools: tuple[Mapping[str, Any], ...] = ()
    temperature: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class Generation:
    """What the model added to one chat. `finish_reason` is ``stop`` or ``length``; counts are tokens of this chat alone.

    Where it was offered tools, `text` is all it said, calls as it wrote them, with the special tokens that mark them;
    `calls` are given by a model that tells them apart itself, and None where they stand in the text.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    calls: tuple[ToolCall, ...] | None = None


class Model(Protocol):
    """A loaded model: continues chats in batches."""

    name: str

    def describe(self) -> dict[str, str]:
        """What exactly answers: revision or weights hash, quantisation, dtype, device, generation settings."""
        ...

    def generate(self, requests: Sequence[Request]) -> Sequence[Generation | Exception]:
        """One generation per request, in order. Raises OutOfMemoryError where a smaller batch may fit.

        What fails the batch is raised, and its requests are asked again in smaller ones; what fails a request that was
        asked by itself stands in its place.
        """
        ...
