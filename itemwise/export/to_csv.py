"""A run as one table in csv, a row for each case that has a reply."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from itemwise.export.exported_task import ExportedTask

__all__ = ["COLUMNS", "case_rows", "csv_files", "score_names"]

COLUMNS = {
    **dict.fromkeys(("benchmark", "model", "strategy", "prompt", "case", "expected", "answer", "verdict", "cause", "finish_reason"), str),
    "prompt_tokens": int,
    "completion_tokens": int,
    "seconds": float,
    "text": str,
    "reasoning": str,
    "repeat": int,
}  # by name what is in them


def csv_files(tasks: Sequence[ExportedTask]) -> dict[str, str | bytes]:
    """``cases.csv``, with a head; a reply in which nothing was read has an empty answer. Each score has a column."""
    scores = score_names(tasks)
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, [*COLUMNS, *scores])
    writer.writeheader()
    for row in case_rows(tasks):
        scored = {name: f"{row[name]:.6f}" for name in scores if row[name] is not None}
        writer.writerow({**row, "seconds": f"{row['seconds']:.3f}", **scored})
    return {"cases.csv": table.getvalue()}


def score_names(tasks: Sequence[ExportedTask]) -> list[str]:
    """The names of the scores that any case has."""
    return sorted({name for task in tasks for entry, _ in task.entries for name in entry.scores})


def case_rows(tasks: Sequence[ExportedTask]) -> Iterator[dict[str, Any]]:
    """A row for each case, by the names of COLUMNS and of all scores; None where there is no answer or no score."""
    scores = score_names(tasks)
    for task in tasks:
        for entry, reply in task.entries:
            key = entry.benchmark, entry.model_name, entry.strategy, entry.prompt_name
            told = entry.case, entry.expected, entry.answer, entry.verdict.value, entry.cause, reply.finish_reason
            cost = reply.prompt_tokens, reply.completion_tokens, reply.seconds
            scored = {name: entry.scores[name].value if name in entry.scores else None for name in scores}
            yield dict(zip(COLUMNS, (*key, *told, *cost, reply.text, reply.reasoning, entry.repeat), strict=True)) | scored
