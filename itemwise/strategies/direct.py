"""Ask once."""

from __future__ import annotations

from collections.abc import Sequence

from itemwise.case import Turn
from itemwise.strategies.strategy import Ask

__all__ = ["direct"]


async def direct(prompt: str, ask: Ask) -> Sequence[Turn]:
    """The model's first reply to the prompt."""
    turns = [Turn("user", prompt)]
    return [*turns, (await ask(turns)).turn]
