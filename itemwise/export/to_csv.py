"""A run as one table in csv, a row for each case that has a reply."""

import csv
import io
from collections.abc import Sequence

from itemwise.export.exported_task import ExportedTask

__all__ = ["COLUMNS", "csv_files"]

COLUMNS = (
    *("benchmark", "model", "strategy", "prompt", "case", "expected", "answer", "verdict", "cause", "finish_reason"),
    *("prompt_tokens", "completion_tokens", "seconds", "text"),
)


def csv_files(tasks: Sequence[ExportedTask]) -> dict[str, str]:
    """``cases.csv``, with a head; a reply in which nothing was read has an empty answer. Each score has a column."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    scores = sorted({name for task in tasks for entry, _ in task.entries for name in entry.scores})
    writer.writerow([*COLUMNS, *scores])
    for task in tasks:
        for entry, reply in task.entries:
            told = entry.case, entry.expected, entry.answer, entry.verdict.value, entry.cause, reply.finish_reason
            scored = [f"{entry.scores[name].value:.6f}" if name in entry.scores else "" for name in scores]
            key = entry.benchmark, entry.model_name, entry.strategy, entry.prompt_name
            writer.writerow([*key, *told, reply.prompt_tokens, reply.completion_tokens, f"{reply.seconds:.3f}", reply.text, *scored])
    return {"cases.csv": table.getvalue()}
