"""A run without pytest: claimed, entered, merged with what earlier runs know, decided and written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from itemwise.cases.reply import Verdict
from itemwise.results.entry import Skip
from itemwise.results.store import Store
from itemwise.session.run import Run
from itemwise.session.settings import SettingsError, read_settings
from tests.reporting.conftest import an_entry

MEASURED = "the same measurement"


@pytest.fixture
def a_run_of(tmp_path: Path) -> Callable[..., Run]:
    """A run that was claimed, of so many cases that each get the verdict given."""

    def run_of(*verdicts: Verdict, first: int = 0, **options: object) -> Run:
        run = Run(read_settings(options, root=tmp_path, here=tmp_path))
        run.begin(len(verdicts))
        run.claim(tmp_path, lambda: Store(tmp_path / "replies.sqlite"))
        for number, verdict in enumerate(verdicts, start=first):
            run.ledger.put(an_entry(number, verdict, measurement=MEASURED, sample_size=4))
        return run

    return run_of


def test_a_merged_run_is_completed_by_what_earlier_runs_of_the_measurement_know(a_run_of: Callable[..., Run]) -> None:
    a_run_of(Verdict.CORRECT, Verdict.WRONG).merge()
    later = a_run_of(Verdict.CORRECT, Verdict.CORRECT, first=2)
    later.merge()
    later.merge()
    (tally,) = later.ledger.tallies()
    assert (tally.counts[Verdict.CORRECT], tally.judged, tally.recalled) == (3, 4, 2)


def test_an_error_is_never_kept(a_run_of: Callable[..., Run]) -> None:
    a_run_of(Verdict.ERROR, Verdict.WRONG).merge()
    later = a_run_of(Verdict.CORRECT, first=3)
    later.merge()
    assert [entry.case for entry in later.ledger.entries] == ["sums-1", "sums-3"]


def test_a_case_that_is_skipped_now_is_not_recalled(a_run_of: Callable[..., Run]) -> None:
    a_run_of(Verdict.CORRECT, Verdict.WRONG).merge()
    later = a_run_of(Verdict.CORRECT, first=2)
    skipped = an_entry(0, Verdict.CORRECT)
    later.ledger.skip(
        Skip(
            node_id=skipped.node_id,
            position=skipped.position,
            benchmark=skipped.benchmark,
            model_name=skipped.model_name,
            strategy=skipped.strategy,
            case=skipped.case,
            sample_size=4,
            measurement=MEASURED,
            reason="not today",
        )
    )
    later.merge()
    assert [entry.case for entry in later.ledger.entries] == ["sums-1", "sums-2"]


def test_the_gates_decide_on_the_merged_ledger(a_run_of: Callable[..., Run]) -> None:
    a_run_of(Verdict.CORRECT, Verdict.CORRECT, Verdict.CORRECT).merge()
    later = a_run_of(Verdict.CORRECT, first=3, **{"fail-under": ["sums-synthetic=0.9"]})
    later.merge()
    assert [(decision.passed, decision.text) for decision in later.decisions] == [
        (True, "gate sums-synthetic (embedded-text, direct) >= 0.90: passed with 1.000 (4 of 4)")
    ]


def test_a_run_of_no_case_decides_nothing(a_run_of: Callable[..., Run]) -> None:
    assert a_run_of(**{"fail-under": ["sums=0.9"]}).decisions == []


def test_the_reports_are_written_into_the_folder_that_was_claimed(a_run_of: Callable[..., Run], tmp_path: Path) -> None:
    run = a_run_of(Verdict.CORRECT)
    run.merge()
    lines, troubles = run.write(run.record("pytest benchmarks", batch_check=[], snapshots=[]), tmp_path)
    (folder,) = [file.parent for file in tmp_path.glob("reports/2*/run.json")]
    assert (lines[-1], troubles) == (f"reports: {folder.relative_to(tmp_path)}", [])
    assert json.loads((folder / "run.json").read_text())["command"] == "pytest benchmarks"


def test_a_store_that_fails_is_noted_and_the_reports_are_written(a_run_of: Callable[..., Run], tmp_path: Path) -> None:
    run = a_run_of(Verdict.CORRECT)
    with sqlite3.connect(tmp_path / "replies.sqlite") as store:
        store.execute("DROP TABLE verdicts")
    run.merge()
    _, troubles = run.write(run.record("pytest", batch_check=[], snapshots=[]), tmp_path)
    assert ("no such table: verdicts" in run.store_faults[0], troubles) == (True, [])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"report-dir": "file"}, r"--report-dir .*file cannot be written: "),
        ({"baseline": "nowhere"}, r"--baseline nowhere: no run 'nowhere': "),
    ],
)
def test_what_cannot_be_claimed_is_refused_before_anything_is_asked(options: dict[str, str], message: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(SettingsError, match=message):
        Run(read_settings(options, root=tmp_path, here=tmp_path)).claim(tmp_path, lambda: Store(tmp_path / "replies.sqlite"))
