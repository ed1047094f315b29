"""The machine-readable reports: every case in ``results.jsonl``, the run in ``run.json``."""

import json
from collections.abc import Iterator

from itemwise.reporting.run_record import RunRecord

__all__ = ["results_jsonl", "run_json"]

_LEFT_OUT = ("model", "rows", "position", "sample_size", "run")  # of what a case records


def results_jsonl(run: RunRecord) -> Iterator[str]:
    """One JSON object a line and case, in running order."""
    for entry in run.entries:
        result = {key: value for key, value in entry.record().items() if key not in _LEFT_OUT}
        yield json.dumps(result, ensure_ascii=False) + "\n"


def run_json(run: RunRecord) -> str:
    """The run: when, what was asked for, what answered, and under the keys of each section what it came to."""
    record: dict[str, object] = {
        "started": run.started,
        "seconds": round(run.seconds, 3),
        "command": run.command,
        "settings": dict(run.settings),
        "models": {name: dict(model) for name, model in run.measured.items()},
        "rows": {label: dict(rows) for label, rows in run.rows.items()},
        "environment": dict(run.environment),
        "largest_batch": max((entry.cost.batch_size for entry in run.entries if entry.cost), default=0),
    }
    for section in run.sections:
        record |= section.record
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"
