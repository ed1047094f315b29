"""Batch invariance check: re-runs some cases with batch size 1 and compares texts and answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from itemwise.cases.reply import Reply
from itemwise.engine.engine import Engine
from itemwise.models import Model
from itemwise.results.batch_invariance import BatchCheck
from itemwise.strategies import BoundStrategy

__all__ = ["BatchedCase", "rerun_alone"]


@dataclass(frozen=True)
class BatchedCase:
    """A case that was asked in a batch: how, and what came of it."""

    case: str
    strategy: BoundStrategy
    reply: Reply


def rerun_alone(model: Model, batched: Sequence[BatchedCase]) -> list[BatchCheck]:
    """What becomes of each case asked again with batch size 1, nothing recalled."""
    engine = Engine(model, batch_size=1)
    return [_compared(model.name, item, _alone(engine, item)) for item in batched]


def _alone(engine: Engine, batched: BatchedCase) -> Reply:
    engine.submit(batched.case, batched.strategy)
    while batched.case not in engine.outcomes:
        engine.step()
    outcome = engine.outcomes.pop(batched.case)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _compared(model: str, batched: BatchedCase, alone: Reply) -> BatchCheck:
    answer, answer_alone = _answer(batched, batched.reply), _answer(batched, alone)
    differing = None if batched.reply.text == alone.text else (batched.reply.text, alone.text)
    return BatchCheck(model, batched.strategy.name, batched.case, answer, answer_alone, batched.reply.batch_size, differing)


def _answer(batched: BatchedCase, reply: Reply) -> str | None:
    """What is read in the turn that is the reply."""
    turns = (turn for turn in reversed(reply.turns) if turn.role == "assistant" and turn.content == reply.text)
    answer = next((batched.strategy.extract(turn) for turn in turns), None)
    return None if answer is None else str(answer)
