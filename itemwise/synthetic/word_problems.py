"""GSM-Symbolic-style word problems (Mirzadeh et al. 2024, arXiv:2410.05229) from templates of our own."""

import hashlib
import random
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from itemwise.former_names import former_parameters
from itemwise.synthetic.held_out import HELD_OUT
from itemwise.synthetic.seen import SEEN
from itemwise.synthetic.template import Problem, Template

__all__ = ["TEMPLATE_POOLS", "SPLITS", "word_problems"]

T = TypeVar("T")
TEMPLATE_POOLS: dict[str, tuple[Template, ...]] = {
    "seen": SEEN,
    "held-out": HELD_OUT,
    "all": SEEN + HELD_OUT,
    "trained": SEEN,
}  # by cases.source.POOLS
SPLITS = {"test": (0,), "selection": (1,), "train": (2, 3, 4, 5, 6, 7)}  # of eight buckets by hash of the question
_TRIES = 10_000
_VARIANT_TRIES = 1000  # the same words with other numbers are soon used up: some stories have fewer than fifty


@former_parameters(half="pool", twins="variants")
def word_problems(seed: int, *, pool: str = "seen", split: str | None = None, variants: int = 0) -> Iterator[dict[str, Any]]:
    """Endless rows in GSM8K's own shape, no question twice: ``question``, ``answer`` (worked lines, then
    ``#### 72``), and besides ``steps`` (pairs of expression and result) and ``template``.

    `pool` names the templates: ``seen`` (the embedded model was trained on them with other numbers),
    ``held-out`` (training never saw them), ``all``, or ``trained``: the seen ones with numbers as training drew them.
    Training drew with seeds of its own and far from all there is, so that about one in nine of these problems was
    literally in it. `split` keeps apart, by a hash of the question, what benchmarks ask (``test``), what chose a
    checkpoint (``selection``) and what was trained on (``train``); by default it is ``train`` for ``trained``, else ``test``.
    The templates take turns in a shuffled order, so any run of rows holds them about equally often.

    Each row is followed by `variants` rows that tell the same problem with other numbers (``Template.renumbered``), those
    of ``trained`` from the test split. The n-th variant of a row is the same however many there are, and the other rows are
    the same without any; so a row that comes later may repeat a variant, but no variant repeats a row before it, except a
    higher variant of another row. Where the split has no such numbers left for the words of a row, a variant is one that
    training never saw, unlike its row and that row's other variants. Raises ValueError where even those are used up.
    """
    split = split or ("train" if pool == "trained" else "test")
    stream = f"{pool}/{split}/{seed}"
    rng = random.Random(f"word-problems/{stream}")
    asked: list[set[str]] = [set() for _ in range(1 + variants)]  # as rows, as their first variants, as their second ones, ...
    for number, template in enumerate(in_turn(TEMPLATE_POOLS[pool], rng)):
        problem = _fresh(template, rng, asked[0], SPLITS[split])
        asked[0].add(problem.question)
        yield _row(problem)
        buckets = SPLITS["test" if pool == "trained" else split]
        for variant in _variants(template, problem, f"twins/{stream}/{number}", asked, buckets):
            yield _row(variant)


def in_turn(makers: Sequence[T], rng: random.Random) -> Iterator[T]:
    """The templates or kinds in a shuffled order, then in another, without end."""
    while True:
        yield from rng.sample(makers, len(makers))


def _fresh(template: Template, rng: random.Random, asked: set[str], buckets: Sequence[int]) -> Problem:
    for _ in range(_TRIES):
        problem = template.problem(rng)
        if problem.question not in asked and bucket_of(problem.question) in buckets:
            return problem
    raise ValueError(f"template {template.name!r} has no further question after {len(asked)}; take a smaller sample")


def _variants(template: Template, problem: Problem, seed: str, asked: Sequence[set[str]], buckets: Sequence[int]) -> Iterator[Problem]:
    family = {problem.question}
    for index in range(1, len(asked)):
        variant = _variant(template, problem, random.Random(f"{seed}/{index}"), asked[: index + 1], family, buckets)
        asked[index].add(variant.question)
        family.add(variant.question)
        yield variant


def _variant(
    template: Template, problem: Problem, rng: random.Random, asked: Sequence[set[str]], family: set[str], buckets: Sequence[int]
) -> Problem:
    for taken, allowed in ((asked, buckets), ([family], _untrained(template))):
        for _ in range(_VARIANT_TRIES):
            variant = template.renumbered(problem, rng)
            if bucket_of(variant.question) in allowed and not any(variant.question in questions for questions in taken):
                return variant
    raise ValueError(f"template {template.name!r} has no more than {len(family) - 1} variants of {problem.question!r}; take fewer")


def _untrained(template: Template) -> Sequence[int]:
    return range(8) if template in HELD_OUT else SPLITS["test"] + SPLITS["selection"]


def bucket_of(text: str) -> int:
    """Which of the eight buckets of SPLITS a question, or what is drawn in a picture, belongs to."""
    return hashlib.sha256(text.encode()).digest()[0] % 8


def _row(problem: Problem) -> dict[str, Any]:
    worked = "\n".join(f"{expression} = {result}" for expression, result in problem.steps)
    return {
        "question": problem.question,
        "answer": f"{worked}\n#### {problem.answer}",
        "steps": problem.steps,
        "template": problem.template,
    }
