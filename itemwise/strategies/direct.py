"""Strategy `direct`: one request per case."""

from collections.abc import Sequence

from itemwise.cases.chat import Turn
from itemwise.strategies.strategy import Ask, Extract, Transcript

__all__ = ["BEGINS_PLAINLY", "direct"]

BEGINS_PLAINLY = True


async def direct(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:  # noqa: ARG001 - every strategy is given it
    """The model's first reply to the chat.

    user       What is 6*7? Reply as JSON with the field answer.
    assistant  {"answer": 42}
    """
    reply = await ask(chat)
    return Transcript([*chat, reply], reply)
