"""What a strategy is: a coroutine that asks a model until there is a reply."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Protocol

from itemwise.case import Turn
from itemwise.models import Generation

__all__ = ["Ask", "Strategy"]


class Ask(Protocol):
    """Puts a chat to the model. Awaiting it lets other cases' chats join the same batch."""

    def __call__(self, turns: Sequence[Turn], *, tools: Sequence[Mapping[str, Any]] = ()) -> Awaitable[Generation]:
        """One more generation for `turns`; the model may call `tools`."""
        ...


class Strategy(Protocol):
    """From a case's prompt to the whole conversation; its last assistant turn is the reply."""

    async def __call__(self, prompt: str, ask: Ask) -> Sequence[Turn]:
        """All turns, the prompt's own first."""
        ...
