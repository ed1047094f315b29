"""verdicts.json: the history of runs is the same by it as by the replies, and it says nothing of files that are others now."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from itemwise.analysis.run_history import read_histories
from itemwise.commands.runs import runs_lines
from itemwise.reporting.writers.runs_html import runs_html
from itemwise.results.kept_verdicts import VERDICTS, verdicts_text
from itemwise.results.run_folder import read_run, run_folders
from tests.commands.conftest import Reports, a_case, in_part

CLUSTERED = {"source": "synthetic", "prompt": "json", "seed": "42", "cluster": "template"}


def keep(folder: Path) -> Path:
    """What a run writes beside its cases."""
    (folder / VERDICTS).write_text(verdicts_text(read_run(str(folder)).entries, folder), encoding="utf-8")
    return folder


def told() -> tuple[str, list[str], list[str]]:
    found, troubles = read_histories(run_folders(Path("reports")))
    return runs_html(found, Path("reports")), list(runs_lines(found)), troubles


def cases(letters: str) -> list[dict[str, Any]]:
    """Of each letter a case with a score, a tag and a lone surrogate; every third is asked twice, and most were known from earlier."""
    found = [
        a_case(number, letter, tags={"template": str(number // 2)}, scores={"score": [number % 3, 2 + number % 3]}, expected="4\ud800")
        for number, letter in enumerate(letters)
    ]
    found += [{**case, "case": f"{case['case']}-r2", "repeat": 2} for case in found[::3]]
    return [
        *({**case, "earlier": True} for case in found[::-1]),
        *in_part([{**case, "is_answered": False} for case in found[:4]], model_name="other"),
    ]


@pytest.fixture
def kept(reports: Reports) -> list[Path]:
    """Three runs of two measurements, with repeats, clusters and scores."""
    letters = ("CCWWCNTECW", "CWWWCNCECC", "CCCCCCCCCE")
    return [reports.leave(f"2026110{day}-120000", *cases(each), rows=CLUSTERED) for day, each in enumerate(letters, start=1)]


def test_the_history_is_the_same_with_it_and_without(kept: list[Path]) -> None:
    before = told()
    for folder in kept:
        keep(folder)
    assert told() == before
    assert len(before[1]) > 8


def test_the_replies_are_not_read_for_it(kept: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = told()
    for folder in kept:
        keep(folder)

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("read")

    monkeypatch.setattr("itemwise.results.run_folder._read_entries", refused)
    assert told() == whole


def _results(folder: Path) -> Path:
    return folder / "results.jsonl"


def _other_results(folder: Path) -> None:
    _results(folder).write_text(_results(folder).read_text().replace('"correct"', '"wrong"', 1))


def _other_record(folder: Path) -> None:
    record = json.loads((folder / "run.json").read_text())
    record["rows"]["sums"]["cluster"] = "other"
    (folder / "run.json").write_text(json.dumps(record))


def _broken_results(folder: Path) -> None:
    _results(folder).write_text(_results(folder).read_text()[:-40])


@pytest.mark.parametrize(
    "change",
    [
        _other_results,
        _other_record,
        _broken_results,
        lambda folder: _results(folder).unlink(),
        lambda folder: (folder / "run.json").write_text("{"),
    ],
    ids=["a verdict", "a setting", "cut off", "no results", "no record"],
)
def test_a_run_whose_files_are_others_now_is_read_whole(kept: list[Path], change: Callable[[Path], object]) -> None:
    for folder in kept:
        keep(folder)
    whole = told()
    change(kept[1])
    changed = told()
    for folder in kept:
        (folder / VERDICTS).unlink()
    assert changed == told() != whole


def _edited(**changes: Any) -> Callable[[str], str]:
    return lambda text: json.dumps({**json.loads(text), **changes})


def _column(name: str, column: Any) -> Callable[[str], str]:
    return lambda text: json.dumps({**json.loads(text), "columns": {**json.loads(text)["columns"], name: column}})


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-30],
        lambda _: "",
        lambda _: "[" * 100_000,
        lambda _: "[]",
        lambda _: "7",
        _edited(format="itemwise verdicts 2"),
        _edited(columns=[]),
        _edited(columns={}),
        _edited(measurements=[]),
        _edited(measurements=[7, 7]),
        _edited(measurements=7),
        _column("case", ["sums-0"]),
        _column("expected", 7),
        _column("verdict", ["splendid"] * 18),
        _column("expected", [7] * 18),
        _column("tags", [[]] * 18),
        _column("scores", [{"score": 7}] * 18),
    ],
)
def test_one_that_is_damaged_or_of_another_version_is_as_none(kept: list[Path], damage: Callable[[str], str]) -> None:
    whole = told()
    file = keep(kept[0]) / VERDICTS
    file.write_text(damage(file.read_text()))
    assert told() == whole


def test_a_run_without_cases_keeps_that(reports: Reports) -> None:
    folder = keep(reports.leave("20261101-120000"))
    assert read_run(str(folder), with_replies=False).entries == []
