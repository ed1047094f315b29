"""Ask several times and let the answers vote (self-consistency: Wang et al. 2023, arXiv:2203.11171)."""

from __future__ import annotations

from collections import Counter

from itemwise.cases.case import Turn
from itemwise.strategies.strategy import Ask, Extract, Transcript, gather

__all__ = ["vote"]


async def vote(question: Turn, ask: Ask, read: Extract, *, samples: int = 5, temperature: float = 0.7) -> Transcript:
    """The first of `samples` replies that gives the answer most of them give; of equal votes the answer given first wins.

    Replies in which nothing can be read do not vote. Where that is all of them, the first is the reply.
    """
    said = await gather(*(ask([question], temperature=temperature, seed=number) for number in range(1, samples + 1)))
    answers = [read(turn) for turn in said]
    votes = Counter(str(answer) for answer in answers if answer is not None)  # keeps the order of first votes
    winner, count = max(votes.items(), key=lambda vote: vote[1], default=(None, 0))
    chosen = next((place for place, answer in enumerate(answers) if answer is not None and str(answer) == winner), 0)
    notes = {"votes": dict(votes), "agreement": count / samples, "chosen": chosen + 1}
    return Transcript([question, *said], said[chosen], notes)
