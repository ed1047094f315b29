"""The machine-readable reports: every case in ``results.jsonl``, the run in ``run.json``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from itemwise.cases.case import Verdict
from itemwise.reporting.run_record import RunRecord
from itemwise.reporting.sections.choices_section import choice_record, split_record
from itemwise.reporting.sections.drops_section import drop_record
from itemwise.reporting.sections.extractors_section import panel_record
from itemwise.reporting.sections.ladder_section import ladder_record
from itemwise.reporting.sections.snapshots_section import snapshot_record
from itemwise.results.entry import Entry, Skip
from itemwise.results.ledger import Tally

__all__ = ["results_jsonl", "run_json"]


def results_jsonl(run: RunRecord) -> Iterator[str]:
    """One JSON object a line and case, in running order."""
    return (json.dumps(_result(entry), ensure_ascii=False) + "\n" for entry in run.entries)


def run_json(run: RunRecord) -> str:
    """The run: when, what was asked for, what answered, and what it came to."""
    record = {
        "started": run.started,
        "seconds": round(run.seconds, 3),
        "command": run.command,
        "settings": dict(run.settings),
        "models": {name: dict(model) for name, model in run.measured.items()},
        "rows": {label: dict(rows) for label, rows in run.rows.items()},
        "environment": dict(run.environment),
        "largest_batch": max((entry.cost.batch_size for entry in run.entries if entry.cost), default=0),
        "results": [_summary(tally) for tally in run.tallies],
        "coverage": [_coverage(tally) for tally in run.tallies],
        "notes": run.notes,
        "skipped": [_skipped(skip) for skip in run.skips],
        "choices": [choice_record(result) for result in run.choices],
        "splits": [split_record(split) for split in run.splits],
        "ladders": [ladder_record(ladder) for ladder in run.ladders],
        "renumbered": [drop_record(drop) for drop in run.drops],
        "readers": [extractor for panel in run.panels for extractor in panel_record(panel)],
        "batch_invariance": [dict(each) for each in run.batch_check],
        "snapshots": [snapshot_record(file) for file in run.snapshots],
        "gates": [{"passed": decision.passed, "text": decision.text} for decision in run.decisions],
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _result(entry: Entry) -> dict[str, Any]:
    return {key: value for key, value in entry.record().items() if key not in ("model", "rows", "position", "sample_size", "run")}


def _coverage(tally: Tally) -> dict[str, object]:
    """How many of a measurement's cases ran in this command, are known from earlier runs alone, and were skipped."""
    benchmark, model, strategy = tally.key
    counted = {"ran": sum(tally.counts.values()) - tally.recalled, "earlier": tally.recalled, "skipped": tally.skipped}
    return {"benchmark": benchmark, "model": model, "strategy": strategy, **counted, "sample": tally.sample_size}


def _skipped(skip: Skip) -> dict[str, str]:
    benchmark, model, strategy = skip.key
    named = {"benchmark": benchmark, "model": model, "strategy": strategy, "case": skip.case}
    return {**named, "node_id": skip.node_id, "reason": skip.reason}


def _summary(tally: Tally) -> dict[str, Any]:
    found = tally.accuracy
    return {
        "benchmark": tally.benchmark,
        "model": tally.model_name,
        "strategy": tally.strategy,
        "accuracy": found.share,
        "interval": list(found.interval) if found.interval else None,
        "n": tally.judged,
        "sample": tally.sample_size,
        **{verdict.value.replace(" ", "_"): tally.counts[verdict] for verdict in Verdict},
        "causes": dict(tally.causes),
        "prompt_tokens": tally.prompt_tokens,
        "completion_tokens": tally.completion_tokens,
        "tokens_per_correct": tally.tokens_per_correct,
        "replies_generated": tally.generated,
        "replies_stored": tally.judged - tally.generated,
        "seconds": tally.seconds,
    }
