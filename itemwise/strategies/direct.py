"""Ask once."""

from __future__ import annotations

from itemwise.cases.case import Turn
from itemwise.strategies.strategy import Ask, Read, Said

__all__ = ["direct"]


async def direct(question: Turn, ask: Ask, read: Read) -> Said:  # noqa: ARG001 - every strategy is given it
    """The model's first reply to the question."""
    reply = await ask([question])
    return Said([question, reply], reply)
