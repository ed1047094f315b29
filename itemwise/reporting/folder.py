"""The one place where reports touch the disk: a folder per run, and ``latest`` beside it."""

from __future__ import annotations

import os
from pathlib import Path

from itemwise.reporting.html import report_parts
from itemwise.reporting.json_files import results_jsonl, run_json
from itemwise.reporting.junit import junit_parts
from itemwise.reporting.markdown import summary_md
from itemwise.reporting.run import RunRecord

__all__ = ["new_folder", "shown_path", "write_reports"]


def new_folder(parent: Path, name: str) -> Path:
    """Make ``parent/name``, or ``name-2`` and so on where that is taken. Raises OSError where it cannot be written."""
    parent.mkdir(parents=True, exist_ok=True)
    for number in range(1, 10_000):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise FileExistsError(f"{parent / name} and 9,999 like it are taken")


def shown_path(path: Path, base: Path) -> str:
    """`path` as one would name it standing in `base`, whole where it is elsewhere."""
    return str(path.relative_to(base)) if path.is_relative_to(base) else str(path)


def write_reports(run: RunRecord, folder: Path) -> None:
    """Write all reports into `folder`, each whole or not at all, point ``latest`` at it, add the summary to ``$GITHUB_STEP_SUMMARY``."""
    summary = summary_md(run)
    for name, parts in {
        "results.jsonl": results_jsonl(run),
        "run.json": [run_json(run)],
        "junit.xml": junit_parts(run),
        "summary.md": [summary],
        "report.html": report_parts(run),
    }.items():
        begun = folder / f".{name}"
        with begun.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(parts)
        begun.replace(folder / name)
    _point_latest(folder)
    if step := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(step).open("a", encoding="utf-8", errors="backslashreplace") as page:
            page.write(summary)


def _point_latest(folder: Path) -> None:
    fresh = folder.parent / f".latest-{os.getpid()}"
    fresh.unlink(missing_ok=True)  # of a process that was killed here and had this number
    fresh.symlink_to(folder.name, target_is_directory=True)
    fresh.replace(folder.parent / "latest")
