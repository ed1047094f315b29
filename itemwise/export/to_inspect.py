"""A run as logs of Inspect in JSON, one for each task, which ``inspect view`` and ``read_eval_log`` take."""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from itemwise.cases.chat import Turn
from itemwise.cases.repeats import item_of
from itemwise.cases.reply import Reply
from itemwise.export.exported_task import ExportedTask, asked_turns, file_name
from itemwise.results.entry import Entry

__all__ = ["inspect_files"]

SCORER = "itemwise"
_STOPPED = {"stop": "stop", "length": "max_tokens"}
_ROLES = {"text": "user"}  # a plain text that was continued


def inspect_files(tasks: Sequence[ExportedTask]) -> dict[str, str | bytes]:
    """A log for each task of each model; repeats are its epochs."""
    files: dict[str, str | bytes] = {}
    for task in tasks:
        id = _id(task)  # noqa: A001 - their word
        created = datetime.fromisoformat(str(task.run.record["started"])).isoformat(timespec="seconds")
        files[f"{re.sub('[:+]', '-', created)}_{file_name(task.name)}_{id}.json"] = json.dumps(_log(task, id, created), ensure_ascii=False)
    return files


def _id(task: ExportedTask) -> str:
    """An id of 22 letters, as theirs are, the same at every export."""
    return hashlib.sha256(f"{task.run.record['started']} {task.tally.name}".encode()).hexdigest()[:22]


def _log(task: ExportedTask, id: str, created: str) -> dict[str, Any]:
    samples = [_sample(*each) for each in task.entries]
    ids = list(dict.fromkeys(sample["id"] for sample in samples))
    return {
        "version": 2,
        "status": "success",
        "eval": {
            **dict.fromkeys(("eval_id", "run_id", "task_id"), id),
            "created": created,
            "task": task.name,
            "task_version": 0,
            "dataset": {"name": task.tally.benchmark, "samples": len(ids), "sample_ids": ids},
            "model": f"itemwise/{task.tally.model_name}",
            "model_args": dict(task.model),
            "metadata": {"rows": dict(task.rows), "command": task.run.record.get("command", "")},
            "config": {"epochs": max(entry.repeat for entry, _ in task.entries)},
            "packages": {},
        },
        "plan": {"name": "plan", "steps": [{"solver": task.tally.strategy, "params": {}}], "config": {}},
        "results": _results(task),
        "stats": {"started_at": created, "completed_at": created, "model_usage": {}},
        "samples": samples,
    }


def _results(task: ExportedTask) -> dict[str, Any]:
    low, high = task.tally.accuracy.interval or (None, None)
    values = {"accuracy": task.tally.accuracy.share, "low": low, "high": high}
    metrics = {name: {"name": name, "value": value, "params": {}} for name, value in values.items() if value is not None}
    n = len(task.entries)
    return {
        "total_samples": task.tally.sample_size,
        "completed_samples": n,
        "scores": [
            {"name": SCORER, "scorer": SCORER, "scored_samples": n, "params": {"extractor": task.extractor}, "metrics": metrics},
            *(_mean_score(name, mean) for name, mean in task.mean_scores.items()),
        ],
    }


def _mean_score(name: str, mean: float) -> dict[str, Any]:
    return {"name": name, "scorer": name, "params": {}, "metrics": {"mean": {"name": "mean", "value": mean, "params": {}}}}


def _sample(entry: Entry, reply: Reply) -> dict[str, Any]:
    message = _message(Turn("assistant", reply.text, reasoning=reply.reasoning))
    usage = {"input_tokens": reply.prompt_tokens, "output_tokens": reply.completion_tokens}
    counted = {"usage": {**usage, "total_tokens": sum(usage.values())}} if reply.completion_tokens else {}
    cause = entry.causes[0] if entry.causes else None
    why = f"{entry.verdict.value}: {cause.kind}: {cause.evidence}" if cause else entry.verdict.value
    score = {"value": "C" if entry.verdict.value == "correct" else "I", "answer": entry.answer, "explanation": why}
    return {
        "id": item_of(entry.case, entry.repeat),
        "epoch": entry.repeat,
        "input": entry.texts().prompt,
        "choices": list(entry.choices) or None,
        "target": entry.expected,
        "messages": [*map(_message, asked_turns(reply)), message],
        "output": {
            "model": entry.model_name,
            "choices": [{"message": message, "stop_reason": _STOPPED.get(reply.finish_reason, "unknown")}],
            "completion": reply.text,
            **counted,
        },
        "scores": {SCORER: score, **{name: {"value": each.value, "explanation": each.text} for name, each in entry.scores.items()}},
        "metadata": {**entry.tags, "verdict": entry.verdict.value},
    }


def _message(turn: Turn) -> dict[str, Any]:
    """A turn as theirs: a thought is a part of its own."""
    role = _ROLES.get(turn.role, turn.role)
    if not turn.reasoning:
        return {"role": role, "content": turn.content}
    return {"role": role, "content": [{"type": "reasoning", "reasoning": turn.reasoning}, {"type": "text", "text": turn.content}]}
