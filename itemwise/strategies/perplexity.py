"""Strategy `perplexity`: nothing is generated; the model tells how likely the case's own text is."""

from collections.abc import Sequence
from dataclasses import replace

from itemwise.cases.chat import Turn
from itemwise.cases.text_score import TextScore
from itemwise.strategies.parse import StrategyError
from itemwise.strategies.strategy import Ask, Extract, Transcript, scores

__all__ = ["GAIN", "perplexity"]

GAIN = "scoring the text"


@scores("text")
async def perplexity(
    chat: Sequence[Turn],
    ask: Ask,
    extract: Extract,  # noqa: ARG001 - every strategy is given it
    *,
    window: int = 2048,
) -> Transcript:
    """The bits per byte of the text, without a chat template, read in disjoint windows of `window` tokens or of the model's context.

    text       The cat sat on the mat.
    assistant  0.912345 bits per byte
    """
    if len(chat) != 1 or chat[0].role not in ("user", "text") or chat[0].pictures:
        roles = ", ".join(turn.role for turn in chat)
        raise StrategyError(f"--strategy perplexity scores one text without pictures, and this case is a chat of {roles}; take another.")
    text = chat[0].content
    turn = await ask([Turn("text", text)], window=window)
    score = TextScore.of(text, turn.logprobs[0], turn.cost.prompt_tokens if turn.cost else 0, window)
    reply = replace(turn, content=score.text)
    return Transcript([*chat, reply], reply, score.notes())
