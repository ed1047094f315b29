"""Whether a reply depends on the batch it was made in: some cases asked again, each alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from itemwise.cases.case import Reply, Turn
from itemwise.engine.engine import BoundStrategy, Engine
from itemwise.models import Model
from itemwise.strategies.strategy import Extract

__all__ = ["BatchedCase", "rerun_alone", "invariance_lines"]


@dataclass(frozen=True)
class BatchedCase:
    """A case that was asked in a batch: how, and what came of it."""

    case: str
    strategy: str
    question: Turn
    way: BoundStrategy
    read: Extract
    reply: Reply


def rerun_alone(model: Model, asked: Sequence[BatchedCase]) -> list[dict[str, Any]]:
    """What became of each case asked again by itself, nothing recalled: as plain data, whether the text and the answer read in
    it are the same, and both where they are not."""
    engine = Engine(model, batch_size=1)
    return [_compared(model.name, each, _alone(engine, each)) for each in asked]


def invariance_lines(checked: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each model and strategy, and one for each case that came out otherwise."""
    lines = []
    for key in dict.fromkeys((each["model"], each["strategy"]) for each in checked):
        theirs = [each for each in checked if (each["model"], each["strategy"]) == key]
        texts, answers = sum(each["same_text"] for each in theirs), sum(each["same_answer"] for each in theirs)
        lines.append(f"asked again alone, {', '.join(key)}: {texts} of {len(theirs)} texts and {answers} answers as in the batch")
        lines += [
            f"  {each['case']}: {each['answer']!r} in the batch, {each['alone']!r} alone" for each in theirs if not each["same_answer"]
        ]
    return lines


def _alone(engine: Engine, asked: BatchedCase) -> Reply:
    engine.submit(asked.case, asked.question, asked.way, asked.read)
    while asked.case not in engine.outcomes:
        engine.step()
    outcome = engine.outcomes.pop(asked.case)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _compared(model: str, asked: BatchedCase, alone: Reply) -> dict[str, Any]:
    answers = [None if answer is None else str(answer) for answer in (_answer(asked, asked.reply), _answer(asked, alone))]
    same = asked.reply.text == alone.text
    return {
        "model": model,
        "strategy": asked.strategy,
        "case": asked.case,
        "same_text": same,
        "same_answer": answers[0] == answers[1],
        "answer": answers[0],
        "alone": answers[1],
        "batch_size": asked.reply.batch_size,
        **({} if same else {"text": asked.reply.text, "text_alone": alone.text}),
    }


def _answer(asked: BatchedCase, reply: Reply) -> str | None:
    """What is read in the turn that is the reply."""
    return next((asked.read(turn) for turn in reversed(reply.turns) if turn.role == "assistant" and turn.content == reply.text), None)
