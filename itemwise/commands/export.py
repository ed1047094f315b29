"""``python -m itemwise export RUN --to FORMAT``: a run in the files of others."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from itemwise.commands import CommandError
from itemwise.export import (
    ExportedTask,
    ModelCardError,
    csv_files,
    exported_tasks,
    inspect_files,
    lm_eval_files,
    model_card_files,
    parquet_files,
)
from itemwise.language import phrase
from itemwise.results.run_folder import RunFolder, read_run
from itemwise.results.safe_text import printable

__all__ = ["FORMATS", "MODEL_CARD", "export"]

MODEL_CARD = "model-card"
FORMATS: Mapping[str, Callable[[Sequence[ExportedTask]], dict[str, str | bytes]]] = {
    "lm-eval": lm_eval_files,
    "inspect": inspect_files,
    MODEL_CARD: model_card_files,
    "csv": csv_files,
    "parquet": parquet_files,
}

TABLES = ("csv", "parquet")  # a line for each case; the others state accuracies


def export(name: str, form: str, folder: str | None, dataset: str | None = None, task_id: str | None = None) -> None:
    """Write a run's files into `folder`, or into ``export`` in its own, and say which. Raises CommandError."""
    run = read_run(name)
    if (dataset or task_id) and form != MODEL_CARD:
        raise CommandError(f"--dataset and --task are for --to {MODEL_CARD}.")
    judged = exported_tasks(run)
    tasks = judged if form in TABLES else [task for task in judged if task.tally.is_answered]
    if not tasks:
        what = "texts that were scored, of which there is no accuracy" if judged else "no judged reply"
        raise CommandError(f"{run.name} holds {what}, so there is nothing to export.")
    try:
        files = model_card_files(tasks, dataset, task_id) if form == MODEL_CARD else FORMATS[form](tasks)
    except ModelCardError as error:
        raise CommandError(str(error)) from None
    for line in [*_written(files, _folder(run, form, folder)), *_left_out(run, tasks, form)]:
        print(printable(line))


def _folder(run: RunFolder, form: str, folder: str | None) -> Path:
    return Path(folder) if folder is not None else Path(run.name) / "export" / form


def _written(files: Mapping[str, str | bytes], folder: Path) -> list[str]:
    paths = []
    try:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content)
            paths.append(f"written: {path}")
    except OSError as error:
        raise CommandError(f"{folder} cannot be written: {error}") from None
    return paths


def _cases(count: int) -> str:
    return phrase("{n} {n:case|cases}", n=count)


def _left_out(run: RunFolder, tasks: Sequence[ExportedTask], form: str) -> list[str]:
    """How many cases have no reply to give, or none that answers, and whose pictures no format but the run's own folder has."""
    kept = {task.tally.key for task in tasks}
    scored = sum(len(run.entries_of(tally)) for tally in run.tallies if not (tally.is_answered or tally.key in kept))
    missing = len(run.entries) - scored - sum(len(task.entries) for task in tasks)
    told = {"that ended in an error": missing, "of texts that were scored, which is no accuracy": scored}
    seen = 0 if form in (*TABLES, MODEL_CARD) else sum(task.shows_pictures for task in tasks)
    pictures = [f"left out: the pictures of {_cases(seen)}; the run's own folder has them"] if seen else []
    return [f"left out: {_cases(count)} {what}" for what, count in told.items() if count] + pictures
