"""A run as lm-evaluation-harness writes its own: ``results_DATE.json`` and, for each task, ``samples_TASK_DATE.jsonl``."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import stdev
from typing import Any

from itemwise.cases.reply import Reply
from itemwise.export.exported_task import ExportedTask, asked_turns, file_name, free_name
from itemwise.results.entry import Entry
from itemwise.results.ledger import item_counts

__all__ = ["lm_eval_files"]

METRIC = "exact_match"


def lm_eval_files(tasks: Sequence[ExportedTask]) -> dict[str, str | bytes]:
    """The files of each model, in a folder of its name as there."""
    files: dict[str, str | bytes] = {}
    for name in dict.fromkeys(task.tally.model_name for task in tasks):
        of_model = [task for task in tasks if task.tally.model_name == name]
        date = _date(of_model[0])
        folder = free_name(_folder(name), {file.partition("/")[0] for file in files})
        files[f"{folder}/results_{date}.json"] = json.dumps(_results(of_model, folder), indent=2, ensure_ascii=False)
        for task in of_model:
            lines = [json.dumps(_sample(task, place, *each), ensure_ascii=False) for place, each in enumerate(task.entries)]
            files[f"{folder}/samples_{task.name}_{date}.jsonl"] = "".join(f"{line}\n" for line in lines)
    return files


def _folder(model: str) -> str:
    """The name of a model's folder: none that its tools, which look into whole paths, take for a file of results or samples."""
    name = file_name(model)
    return f"model_{name}" if name.startswith(("results_", "samples_")) else name


def _started(task: ExportedTask) -> datetime:
    return datetime.fromisoformat(str(task.run.record["started"]))


def _date(task: ExportedTask) -> str:
    """When the run began, as its file names have it."""
    return _started(task).replace(tzinfo=None).isoformat(timespec="microseconds").replace(":", "-")


def _results(tasks: Sequence[ExportedTask], folder: str) -> dict[str, Any]:
    first = tasks[0]
    return {
        "results": {task.name: _metrics(task) for task in tasks},
        "group_subtasks": {task.name: [] for task in tasks},
        "configs": {task.name: {"task": task.name, "num_fewshot": task.shots, "metadata": dict(task.rows)} for task in tasks},
        "versions": {task.name: task.rows.get("cases", "") for task in tasks},
        "n-shot": {task.name: task.shots for task in tasks},
        "higher_is_better": {task.name: dict.fromkeys((METRIC, *task.mean_scores), True) for task in tasks},
        "n-samples": {task.name: {"original": _population(task), "effective": len(task.entries)} for task in tasks},
        "config": {"model": "itemwise", "model_args": dict(first.model), "limit": None},
        "date": _started(first).timestamp(),
        "model_source": "itemwise",
        "model_name": first.tally.model_name,
        "model_name_sanitized": folder,
        "total_evaluation_time_seconds": str(first.run.record.get("seconds", "")),
    }


def _population(task: ExportedTask) -> int:
    rows = task.rows.get("rows", "")
    return int(rows) if rows.isdecimal() else task.tally.sample_size


def _metrics(task: ExportedTask) -> dict[str, Any]:
    """Accuracy and its standard error, as there of the mean of zeros and ones; with repeats of the items' shares."""
    shares = [correct / judged for correct, judged in item_counts(entry for entry, _ in task.entries).values() if judged]
    error = stdev(shares) / math.sqrt(len(shares)) if len(shares) > 1 else "N/A"
    share = task.tally.accuracy.share or 0.0
    scored = {f"{name},{task.extractor}": mean for name, mean in task.mean_scores.items()}
    unknown = {f"{name}_stderr,{task.extractor}": "N/A" for name in task.mean_scores}
    return {"alias": task.name, f"{METRIC},{task.extractor}": share, f"{METRIC}_stderr,{task.extractor}": error, **scored, **unknown}


def _sample(task: ExportedTask, place: int, entry: Entry, reply: Reply) -> dict[str, Any]:
    """A line; what that format has no word for stands beside, so that the reply can be judged again as it was."""
    prompt = entry.texts().prompt
    document = {
        "benchmark": entry.benchmark,
        "case": entry.case,
        "question": prompt,
        "choices": list(entry.choices),
        "answer": entry.expected,
    }
    return {
        "doc_id": place,
        "doc": document,
        "target": entry.expected,
        "arguments": {"gen_args_0": {"arg_0": _sent(reply) or prompt, "arg_1": _settings(task, reply)}},
        "resps": [[reply.text]],
        "filtered_resps": [entry.answer if entry.answer is not None else "[invalid]"],
        "filter": task.extractor,
        "metrics": [METRIC, *entry.scores],
        "doc_hash": _hash(json.dumps(document, indent=2, ensure_ascii=False)),
        "prompt_hash": _hash(prompt),
        "target_hash": _hash(entry.expected),
        METRIC: float(entry.verdict.value == "correct"),
        "verdict": entry.verdict.value,
        **{name: score.value for name, score in entry.scores.items()},
        **({"repeat": entry.repeat} if entry.repeat > 1 else {}),
        **_told(reply),
    }


def _told(reply: Reply) -> dict[str, Any]:
    told = {
        "finish_reason": reply.finish_reason,
        "prompt_tokens": reply.prompt_tokens,
        "completion_tokens": reply.completion_tokens,
        "reasoning": reply.reasoning,
    }
    return {name: value for name, value in told.items() if value}


def _sent(reply: Reply) -> str | list[str]:
    """What was sent: a text, or the messages of a chat as JSON."""
    turns = asked_turns(reply)
    if len(turns) == 1 and turns[0].role in ("user", "text"):
        return turns[0].content
    return [json.dumps([{"role": turn.role, "content": turn.content} for turn in turns], ensure_ascii=False)] if turns else ""


def _settings(task: ExportedTask, reply: Reply) -> Mapping[str, Any]:
    cost = next((turn.cost for turn in reversed(reply.turns) if turn.cost), None)
    settings = {"until": list(cost.stop) if cost else [], "temperature": cost.temperature if cost else None}
    return {**settings, "max_gen_toks": task.model.get("max new tokens"), "decoding": task.model.get("decoding")}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
