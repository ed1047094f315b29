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
    """``cases.csv``, with a head; a reply in which nothing was read has an empty answer."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for task in tasks:
        for entry, reply in task.entries:
            told = entry.case, entry.expected, entry.answer, entry.verdict.value, entry.cause, reply.finish_reason
            key = entry.benchmark, entry.model_name, entry.strategy, entry.prompt_name
            writer.writerow([*key, *told, reply.prompt_tokens, reply.completion_tokens, f"{reply.seconds:.3f}", reply.text])
    return {"cases.csv": table.getvalue()}
