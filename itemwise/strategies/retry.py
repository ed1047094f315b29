"""Strategy `retry`: asks again, by a repair message or resampled, while the extractor reads nothing in the reply."""

from collections.abc import Sequence
from typing import Literal

from itemwise.cases.chat import Turn
from itemwise.models import ContextFullError
from itemwise.strategies.strategy import Ask, Extract, Transcript

__all__ = ["BEGINS_PLAINLY", "GAIN", "REPAIR", "retry"]

GAIN = "asking again"
BEGINS_PLAINLY = True
REPAIR = "I could not read a final answer in your reply. Answer the question again, in exactly the form that it asks for."


async def retry(
    chat: Sequence[Turn],
    ask: Ask,
    extract: Extract,
    *,
    attempts: int = 3,
    by: Literal["repair", "temperature"] = "repair",
    temperature: float = 0.7,
    message: str = REPAIR,
) -> Transcript:
    """The first reply in which an answer can be read, of up to `attempts`; the last one where it can be read in none.

    A readable answer is never asked again, right or wrong. `by` says how a later attempt differs from the first:
    ``repair`` goes on in the same chat with `message`, greedily; ``temperature`` asks the chat afresh and samples.

        user       What is 6*7? Reply as JSON with the field answer.
        assistant  I like sevens.
        user       I could not read a final answer in your reply. Answer the question again, in exactly the form that it asks for.
        assistant  {"answer": 42}
    """
    turns = [*chat]
    reply = await ask(turns)
    turns.append(reply)
    made = 1
    while extract(reply) is None and made < attempts:
        try:
            if by == "repair":
                repair = Turn("user", message)
                again = await ask([*turns, repair])
                turns.append(repair)
            else:
                again = await ask(chat, temperature=temperature, seed=made)
        except ContextFullError:
            break  # no room for another attempt: the last reply stands
        reply = again
        turns.append(reply)
        made += 1
    return Transcript(turns, reply, {"attempts": made})
