"""Ask once."""

from __future__ import annotations

from itemwise.cases.case import Turn
from itemwise.strategies.strategy import Ask, Extract, Transcript

__all__ = ["direct"]


async def direct(question: Turn, ask: Ask, read: Extract) -> Transcript:  # noqa: ARG001 - every strategy is given it
    """The model's first reply to the question."""
    reply = await ask([question])
    return Transcript([question, reply], reply)
