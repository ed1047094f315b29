r"""MATH's rows for protocols: MATH-500 on the hub, all of MATH by ``--source``."""

from collections.abc import Callable, Iterator, Sequence

from itemwise.cases.case import Case
from itemwise.cases.chat import Turn
from itemwise.cases.reply import Undecided
from itemwise.cases.row import Hub, Row
from itemwise.cases.source import Source
from itemwise.protocols.boxes import in_last_box

__all__ = ["is_same_expression", "math_cases"]

MATH500 = Hub("HuggingFaceH4/MATH-500", revision="6e4ed1a2a79af7d8630a6b768ec859cb5af4d3be")


def math_cases(source: Source, prompt: Callable[[Row], str | Sequence[Turn]], stop: Sequence[str]) -> Iterator[Case]:
    """A case for each row, asked by `prompt`; its gold is what the box of its solution holds, as the harnesses take it."""
    for row in source.rows(MATH500):
        gold = in_last_box(row.text("solution", "")) or row.text("answer")
        yield Case(f"math500-{row.id}", prompt(row), gold, solution=row.text("solution", ""), stop=stop)


def is_same_expression(answer: str, expected: str) -> bool:
    """Whether `same_expression` tells that they have one value: what it cannot tell is not the same, as in harnesses that ask sympy."""
    from itemwise.expressions import same_expression  # with mpmath, which no run needs that asks for no expression

    try:
        return same_expression(answer, expected)
    except Undecided:
        return False
