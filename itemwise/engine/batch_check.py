"""Batch invariance check: re-runs some cases with batch size 1 and compares texts and answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from itemwise.cases.case import Reply
from itemwise.engine.engine import Engine
from itemwise.models import Model
from itemwise.strategies import BoundStrategy

__all__ = ["BatchedCase", "rerun_alone"]


@dataclass(frozen=True)
class BatchedCase:
    """A case that was asked in a batch: how, and what came of it."""

    case: str
    strategy: BoundStrategy
    reply: Reply


def rerun_alone(model: Model, batched: Sequence[BatchedCase]) -> list[dict[str, Any]]:
    """What becomes of each case asked again with batch size 1, nothing recalled: as plain data, whether the text and the answer read
    in it are the same, and both where they are not."""
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


def _compared(model: str, batched: BatchedCase, alone: Reply) -> dict[str, Any]:
    answers = [None if answer is None else str(answer) for answer in (_answer(batched, batched.reply), _answer(batched, alone))]
    same = batched.reply.text == alone.text
    return {
        "model": model,
        "strategy": batched.strategy.name,
        "case": batched.case,
        "same_text": same,
        "same_answer": answers[0] == answers[1],
        "answer": answers[0],
        "alone": answers[1],
        "batch_size": batched.reply.batch_size,
        **({} if same else {"text": batched.reply.text, "text_alone": alone.text}),
    }


def _answer(batched: BatchedCase, reply: Reply) -> str | None:
    """What is read in the turn that is the reply."""
    turns = (turn for turn in reversed(reply.turns) if turn.role == "assistant" and turn.content == reply.text)
    return next((batched.strategy.extract(turn) for turn in turns), None)
