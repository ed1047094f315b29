"""The table a run ends in, for terminals and for Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from itemwise.case import Verdict
from itemwise.ledger import Tally
from itemwise.statistics import Accuracy

__all__ = ["COLUMNS", "accuracy_text", "aligned", "cells"]

COLUMNS = ("benchmark", "model", "strategy", "accuracy", "95% interval", "correct", "wrong", "no answer", "truncated", "errors", "n of N")
_LEFT = 3  # the first columns are words, the others figures


def cells(tally: Tally) -> tuple[str, ...]:
    """One row of the table."""
    share, interval = accuracy_text(tally.accuracy)
    verdicts = (Verdict.CORRECT, Verdict.WRONG, Verdict.NO_ANSWER, Verdict.TRUNCATED, Verdict.ERROR)
    counts = (str(tally.counts[verdict]) for verdict in verdicts)
    known = f"{tally.judged} of {tally.sample_size}"
    return (tally.benchmark, tally.model_name, tally.strategy, share, interval, *counts, known)


def accuracy_text(accuracy: Accuracy) -> tuple[str, str]:
    """The accuracy and its interval in percent, or dashes where nothing was judged."""
    if accuracy.share is None or accuracy.interval is None:
        return "-", "-"
    low, high = accuracy.interval
    return f"{accuracy.share:.1%}", f"{100 * low:.1f} to {100 * high:.1f}%"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells as lines of aligned columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(_padded(cell, column, widths[column]) for column, cell in enumerate(row)).rstrip() for row in rows]


def _padded(cell: str, column: int, width: int) -> str:
    return cell.ljust(width) if column < _LEFT else cell.rjust(width)
