"""GSM-Symbolic-style word problems (Mirzadeh et al. 2024, arXiv:2410.05229) from templates of our own."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from typing import Any

from itemwise.synthetic.held_out import HELD_OUT
from itemwise.synthetic.seen import SEEN
from itemwise.synthetic.template import Problem, Template

__all__ = ["HALVES", "SPLITS", "word_problems"]

HALVES: dict[str, tuple[Template, ...]] = {"seen": SEEN, "held-out": HELD_OUT, "all": SEEN + HELD_OUT}
SPLITS = {"test": (0,), "selection": (1,), "train": (2, 3, 4, 5, 6, 7)}  # of eight buckets by hash of the question
_TRIES = 10_000


def word_problems(seed: int, *, half: str = "seen", split: str = "test") -> Iterator[dict[str, Any]]:
    """Endless rows in GSM8K's own shape, no question twice: ``question``, ``answer`` (worked lines, then
    ``#### 72``), and besides ``steps`` (pairs of expression and result) and ``template``.

    `half` names the templates: ``seen`` (the embedded model was trained on them with other numbers),
    ``held-out`` (training never saw them) or ``all``. `split` keeps apart, by a hash of the question, what
    benchmarks ask (``test``), what chose a checkpoint (``selection``) and what was trained on (``train``).
    The templates take turns in a shuffled order, so any run of rows holds them about equally often.
    """
    rng = random.Random(f"word-problems/{half}/{split}/{seed}")
    asked: set[str] = set()
    for template in _in_turn(HALVES[half], rng):
        problem = _fresh(template, rng, asked, SPLITS[split])
        asked.add(problem.question)
        yield _row(problem)


def _in_turn(templates: Sequence[Template], rng: random.Random) -> Iterator[Template]:
    while True:
        yield from rng.sample(templates, len(templates))


def _fresh(template: Template, rng: random.Random, asked: set[str], buckets: Sequence[int]) -> Problem:
    for _ in range(_TRIES):
        problem = template.problem(rng)
        if problem.question not in asked and _bucket(problem.question) in buckets:
            return problem
    raise ValueError(f"template {template.name!r} has no further question after {len(asked)}; take a smaller sample")


def _bucket(question: str) -> int:
    return hashlib.sha256(question.encode()).digest()[0] % 8


def _row(problem: Problem) -> dict[str, Any]:
    worked = "\n".join(f"{expression} = {result}" for expression, result in problem.steps)
    return {
        "question": problem.question,
        "answer": f"{worked}\n#### {problem.answer}",
        "steps": problem.steps,
        "template": problem.template,
    }
