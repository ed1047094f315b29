"""Strategy `vote`: majority vote over several sampled replies (self-consistency: Wang et al. 2023, arXiv:2203.11171)."""

from collections import Counter
from collections.abc import Sequence

from itemwise.cases.chat import Turn
from itemwise.strategies.strategy import Ask, Extract, Transcript, gather

__all__ = ["GAIN", "vote"]

GAIN = "voting"


async def vote(chat: Sequence[Turn], ask: Ask, extract: Extract, *, samples: int = 5, temperature: float = 0.7) -> Transcript:
    """The first of `samples` replies that gives the answer most of them give; of equal votes the answer given first wins.

    Replies in which nothing can be read do not vote. Where that is all of them, the first is the reply.

        user       What is 6*7? Reply as JSON with the field answer.
        assistant  {"answer": 42}
        assistant  {"answer": 36}
        assistant  {"answer": 42}
    """
    replies = await gather(*(ask(chat, temperature=temperature, seed=number) for number in range(1, samples + 1)))
    answers = [extract(turn) for turn in replies]
    votes = Counter(str(answer) for answer in answers if answer is not None)  # keeps the order of first votes
    winner, count = max(votes.items(), key=lambda vote: vote[1], default=(None, 0))
    chosen = next((index for index, answer in enumerate(answers) if answer is not None and str(answer) == winner), 0)
    notes = {"votes": dict(votes), "agreement": count / samples, "chosen": chosen + 1}
    return Transcript([*chat, *replies], replies[chosen], notes)
