"""Ask again while nothing can be read in the reply."""

from __future__ import annotations

from typing import Literal

from itemwise.cases.case import Turn
from itemwise.models import ContextFullError
from itemwise.strategies.strategy import Ask, Extract, Transcript

__all__ = ["REPAIR", "retry"]

REPAIR = "I could not read a final answer in your reply. Answer the question again, in exactly the form that it asks for."


async def retry(
    question: Turn,
    ask: Ask,
    read: Extract,
    *,
    attempts: int = 3,
    by: Literal["repair", "temperature"] = "repair",
    temperature: float = 0.7,
    message: str = REPAIR,
) -> Transcript:
    """The first reply in which an answer can be read, of up to `attempts`; the last one where it can be read in none.

    A readable answer is never asked again, right or wrong. `by` says how a later attempt differs from the first:
    ``repair`` goes on in the same chat with `message`, greedily; ``temperature`` asks the question afresh and samples.
    """
    chat = [question]
    turns = [question]
    reply = await ask(chat)
    turns.append(reply)
    made = 1
    while read(reply) is None and made < attempts:
        try:
            if by == "repair":
                chat += [reply, Turn("user", message)]
                again = await ask(chat)
                turns.append(chat[-1])
            else:
                again = await ask(chat, temperature=temperature, seed=made)
        except ContextFullError:
            break  # no room for another attempt: the last reply stands
        reply = again
        turns.append(reply)
        made += 1
    return Transcript(turns, reply, {"attempts": made})
