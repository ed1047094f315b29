"""A run as evaluation results of a model on the hub: a file under ``.eval_results/`` for each benchmark and way of asking."""

from collections.abc import Sequence
from typing import Any

from itemwise.export.exported_task import ExportedTask
from itemwise.results.labels import Label

__all__ = ["ModelCardError", "model_card_files"]


class ModelCardError(Exception):
    """A run has no result that a model card could hold; the message says why."""


def model_card_files(tasks: Sequence[ExportedTask], dataset: str | None = None, task_id: str | None = None) -> dict[str, str | bytes]:
    """The files of the one model of a run. `dataset` is the hub's ``owner/name@commit`` where the run's rows do not tell it, and `task_id`
    the dataset's own name of the task, else the benchmark's.

    Raises ModelCardError for several models, for made or changed rows, which are no dataset's, and while cases have no verdict.
    """
    import yaml  # type: ignore[import-untyped]  # comes with datasets

    kept = [task for task in tasks if not Label.parse(task.tally.benchmark).rest]
    if not kept:
        listed = ", ".join(dict.fromkeys(task.tally.benchmark for task in tasks)) or "nothing"
        raise ModelCardError(f"the run holds {listed}: made rows, controls and variants are no dataset of the hub.")
    _require_one("model", [task.tally.model_name for task in kept], "ask one, or write each by hand")
    if dataset or task_id:
        _require_one("benchmark", [task.tally.benchmark for task in kept], "leave --dataset and --task out")
    return {f".eval_results/{task.name}.yaml": yaml.safe_dump([_result(task, dataset, task_id)], sort_keys=False) for task in kept}


def _require_one(what: str, names: Sequence[str], advice: str) -> None:
    if len(different := list(dict.fromkeys(names))) > 1:
        raise ModelCardError(f"the run has several {what}s ({', '.join(different)}), and this is of one {what}; {advice}.")


def _result(task: ExportedTask, dataset: str | None, task_id: str | None) -> dict[str, Any]:
    tally = task.tally
    if not tally.complete:
        raise ModelCardError(f"{tally.judged} of {tally.sample_size} cases of {tally.benchmark} have a verdict; complete the run first.")
    told = dataset or task.rows.get("hub", "")
    if not told or ", " in told:
        raise ModelCardError(
            f"the rows of {tally.benchmark} came from {task.rows.get('source', 'elsewhere')}, which names no dataset of the hub; say which "
            "they are of: --dataset owner/name@commit."
        )
    name, _, revision = told.partition("@")
    where = {"id": name, "task_id": task_id or Label.parse(tally.benchmark).name, **({"revision": revision} if revision else {})}
    value = round(100 * (tally.accuracy.share or 0.0), 2)
    return {"dataset": where, "value": value, "date": str(task.run.record["started"]), "notes": _notes(task)}


def _notes(task: ExportedTask) -> str:
    """How the number came about, in a line: it is one of a sample, with an interval."""
    low, high = task.tally.accuracy.interval or (0.0, 1.0)
    population = task.rows.get("rows", "")
    drawn = f"{task.tally.judged} of {population} rows drawn with seed {task.rows.get('seed')}"
    asked = {
        "strategy": task.tally.strategy,
        "prompt": task.tally.prompt_name or task.rows.get("prompt", ""),
        "protocol": task.rows.get("protocol", ""),
        "shots": "" if "replies" in task.model else str(task.shots),  # what was shown elsewhere is not known
        "extractor": task.extractor,
        "quantisation": task.model.get("quantisation", ""),
        "decoding": task.model.get("decoding", ""),
        "max new tokens": task.model.get("max new tokens", ""),
        "replies": task.model.get("replies", ""),
    }
    sample = f"all {task.tally.judged} {'row' if task.tally.judged == 1 else 'rows'}" if population == str(task.tally.judged) else drawn
    told = ", ".join(f"{word} {text}" for word, text in asked.items() if text)
    return f"accuracy in % by pytest-itemwise, {sample}, 95% interval {100 * low:.2f} to {100 * high:.2f}; {told}"
