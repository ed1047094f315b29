"""The table a run ends in, for terminals and for Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from itemwise.cases.case import Verdict
from itemwise.causes import KINDS
from itemwise.results.ledger import Tally
from itemwise.results.statistics import Accuracy

__all__ = ["COLUMNS", "accuracy_text", "aligned", "cause_table", "cells", "cost_text", "points_text"]

COLUMNS = (
    "benchmark", "model", "strategy", "accuracy", "95% interval",
    "correct", "wrong", "no answer", "truncated", "errors", "tokens/correct", "n of N",
)  # fmt: skip
CAUSE_COLUMNS = ("benchmark", "model", "strategy")  # and a column for each cause there is
_LEFT = 3  # the first columns are words, the others figures


def cells(tally: Tally) -> tuple[str, ...]:
    """One row of the table."""
    share, interval = accuracy_text(tally.accuracy)
    verdicts = (Verdict.CORRECT, Verdict.WRONG, Verdict.NO_ANSWER, Verdict.TRUNCATED, Verdict.ERROR)
    counts = (str(tally.counts[verdict]) for verdict in verdicts)
    known = f"{tally.judged} of {tally.sample_size}"
    return (tally.benchmark, tally.model_name, tally.strategy, share, interval, *counts, cost_text(tally), known)


def points_text(change: float | None) -> str:
    """A difference of two accuracies in points, with its sign; a dash where there is none."""
    return "-" if change is None else f"{100 * change:+.1f} points"


def cost_text(tally: Tally) -> str:
    """The tokens generated for a correct answer, in whole ones; a dash where none is correct."""
    cost = tally.tokens_per_correct
    return "-" if cost is None else f"{cost:.0f}"


def cause_table(tallies: Sequence[Tally]) -> list[tuple[str, ...]]:
    """How often each cause comes first among the causes of a case that is not correct; empty where all are correct."""
    kinds = [kind for kind in KINDS if any(tally.causes.get(kind) for tally in tallies)]
    if not kinds:
        return []
    return [(*CAUSE_COLUMNS, *kinds), *((*tally.key, *(str(tally.causes.get(kind, 0)) for kind in kinds)) for tally in tallies)]


def accuracy_text(accuracy: Accuracy) -> tuple[str, str]:
    """The accuracy and its interval in percent, or dashes where nothing was judged."""
    if accuracy.share is None or accuracy.interval is None:
        return "-", "-"
    low, high = accuracy.interval
    return f"{accuracy.share:.1%}", f"{100 * low:.1f} to {100 * high:.1f}%"


def aligned(rows: Sequence[Sequence[str]], words: int = _LEFT) -> list[str]:
    """Rows of cells as lines of aligned columns: the first `words` columns to the left, figures to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    padded = (
        [cell.ljust(width) if place < words else cell.rjust(width) for place, (cell, width) in enumerate(zip(row, widths, strict=True))]
        for row in rows
    )
    return ["  ".join(row).rstrip() for row in padded]
