"""TrackedRun: a run as every tracker takes it, under the same names in each: parameters, metrics, cases, files."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from itemwise.cases.surrogates import encodable
from itemwise.export import exported_tasks
from itemwise.export.to_csv import case_rows
from itemwise.results.labels import Key
from itemwise.results.run_folder import RunFolder

__all__ = ["PROJECT", "TrackedRun", "tracked_run"]

PROJECT = "itemwise"  # what runs are put under where the tracker's own environment variable does not say
# The tables of run.json with figures of one measurement, and the figure that an interval in them is of
_FIGURES = {
    "results": "accuracy", "scores": "mean", "means": "mean", "repeats": "accuracy", "choices": "accuracy", "yes_no": "f1",
    "likelihood": "", "calibration": "ece", "perplexity": "bits_per_byte", "reference": "bits_per_byte",
}  # fmt: skip
_WITHIN = ("score", "part")  # what tells the rows of such a table that are of one measurement apart
_FILES = ("report.html", "junit.xml", "results.jsonl", "run.json", "summary.md", "comment.md")
_KEPT_BACK = ("serve", "executable", "log")  # a command, which may hold a key; a path; where this goes
_PRESENT = {"reader": "extractor", "twins": "variants"}  # what keys of a record are called now
_UNUSUAL = re.compile(r"[^-\w.]+")  # what not every tracker takes in a name

Figure = str | int | float


@dataclass(frozen=True)
class TrackedRun:
    """A run. `parameters` are its settings, models, rows and environment, `metrics` the figures of each measurement under
    ``BENCHMARK/MODEL/STRATEGY[/PROMPT]/``, both by names of letters, digits and ``_-./``. `cases` are the rows of a table, those that
    have a reply. It took `seconds` from `started`; `commit` is the suite's, empty where it is not known; `summary` is Markdown."""

    name: str
    folder: Path
    started: datetime
    seconds: float
    commit: str
    parameters: Mapping[str, Figure]
    metrics: Mapping[str, float]
    cases: Sequence[Mapping[str, Any]]
    summary: str
    files: Sequence[Path]


def tracked_run(run: RunFolder) -> TrackedRun:
    """What trackers are told of a run in its folder: nothing that is not in its reports, and no command line."""
    assert run.folder is not None, "read from its folder"
    record, files = run.record, [file for name in _FILES if (file := run.folder / name).is_file()]
    summary = run.folder / "summary.md"
    return TrackedRun(
        name=run.folder.name,
        folder=run.folder,
        started=datetime.fromisoformat(str(record["started"])),
        seconds=float(record["seconds"]),
        commit=str(record.get("environment", {}).get("suite", {}).get("commit", "")),
        parameters=_apart(_parameters(record)),
        metrics=_apart(_metrics(record)),
        cases=[{name: _sendable(value) for name, value in row.items()} for row in case_rows(exported_tasks(run))],
        summary=summary.read_text(encoding="utf-8") if summary.is_file() else "",
        files=files,
    )


def _parameters(record: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """What was asked for, of whom and where: settings by their own names, the rest behind what they are of."""
    yield from _leaves(record.get("settings", {}))
    for what, lead in (("models", "model"), ("rows", "rows"), ("environment", "environment")):
        yield from _leaves(record.get(what, {}), lead)
    for number, gate in enumerate(record.get("gates", ()), start=1):
        yield f"gate/{number}", _sendable(gate["text"])


def _leaves(values: Mapping[str, Any], lead: str = "") -> Iterator[tuple[str, Figure]]:
    for key, value in values.items():
        name = f"{lead}/{_name(_PRESENT.get(key, key))}".lstrip("/")
        if isinstance(value, Mapping):
            yield from _leaves(value, name)
        elif key not in _KEPT_BACK and value not in (None, [], ""):
            yield name, _sendable(", ".join(map(str, value)) if isinstance(value, list) else value)


def _metrics(record: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """The figures of each measurement in each table that has some, by the table's name but for the first's."""
    for table, interval_of in _FIGURES.items():
        for row in record.get(table, ()):
            key = Key(row["benchmark"], row["model"], row["strategy"], row.get("prompt", ""))
            within = (table if table != "results" else "", *map(row.get, _WITHIN))
            lead = "/".join(map(_name, (*key.names, *filter(None, within))))
            yield from _figures(lead, {name: value for name, value in row.items() if name not in key.record()}, interval_of)
    if gates := record.get("gates"):
        passed = sum(bool(gate["passed"]) for gate in gates)
        yield from (("gates/passed", passed), ("gates/not_passed", len(gates) - passed))


def _figures(lead: str, values: Mapping[str, Any], interval_of: str) -> Iterator[tuple[str, float]]:
    """The numbers of `values`, deeper ones too, an interval as the two ends of what it is of; a list of other things is in the files."""
    for key, value in values.items():
        name = f"{lead}/{_name(key)}"
        if isinstance(value, Mapping):
            yield from _figures(name, value, interval_of)
        elif key == "interval" and value:
            yield from zip((f"{lead}/{interval_of}_low", f"{lead}/{interval_of}_high"), value, strict=True)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield name, value


def _name(text: str) -> str:
    return _UNUSUAL.sub("_", encodable(text)) or "_"


def _apart(named: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The values by name. Where characters that were replaced made two names one, the later ones are numbered."""
    found: dict[str, Any] = {}
    for name, value in named:
        number = next(number for number in range(1, len(found) + 2) if (name if number == 1 else f"{name}-{number}") not in found)
        found[name if number == 1 else f"{name}-{number}"] = value
    return found


def _sendable(value: Any) -> Any:
    """A text without lone surrogates, which no client can send; anything else as it is."""
    return encodable(value) if isinstance(value, str) else value
