"""Strategy `reference`: nothing is generated; the model tells how likely the case's reference answer is as its reply."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from itemwise.cases.chat import Turn
from itemwise.cases.reference_score import ReferenceScore
from itemwise.strategies.parse import StrategyError
from itemwise.strategies.strategy import Ask, Extract, Transcript, delimiter, scores

__all__ = ["GAIN", "reference"]

GAIN = "scoring the reference answer"


@scores("text")
async def reference(
    chat: Sequence[Turn],
    ask: Ask,
    extract: Extract,
    *,
    reference_answer: Callable[[], str],
) -> Transcript:
    """The reference answer itself, with its log-probability behind the chat in the notes: a score, and nothing that the model said.

    user       A baker fills 6 trays with 7 rolls each and eats 2. How many are left?
    assistant  The trays hold 6*7=42 rolls. After eating there are 42-2=40. The answer is 40.    (-14.2 nats)
    """
    text = reference_answer()
    if extract(Turn("assistant", text)) is None:
        raise StrategyError(
            f"--strategy reference scores a case's solution, or its answer, as the reply, and the extractor reads no answer in this one: "
            f"{text[:60]!r}. Give the case a solution (Case(..., solution=...)), or take another strategy."
        )
    turn = await ask(chat, continuations=[f"{delimiter(chat)}{text}"])
    score = ReferenceScore(turn.logprobs[0], len(text.encode()), turn.merged)
    reply = replace(turn, content=text)
    return Transcript([*chat, reply], reply, score.notes())
