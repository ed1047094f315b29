"""Entries of choices, and of their controls."""

from __future__ import annotations

from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from tests.reporting.conftest import an_entry

__all__ = ["FOUR", "choice"]

FOUR = ("red", "green", "blue", "white")


def choice(number: int, expected: str, answer: str | None, control: str = "", choices: tuple[str, ...] = FOUR) -> Entry:
    verdict = Verdict.NO_ANSWER if answer is None else Verdict.CORRECT if answer == expected else Verdict.WRONG
    end = f"-{control}" if control else ""
    name = f"colours-{number}{end}"
    return an_entry(
        number,
        verdict,
        node_id=name,
        case=name,
        benchmark=f"colours{end}",
        expected=expected,
        answer=answer,
        choices=choices,
        position=(number, end),
    )
