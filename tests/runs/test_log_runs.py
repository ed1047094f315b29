"""Whole runs with ``--log``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from itemwise.__main__ import main
from itemwise.trackers import to_tensorboard
from itemwise.trackers.tracked_run import TrackedRun
from tests.runs.test_shard_runs import SUMS, ask, suite

__all__ = ["suite"]


@pytest.fixture(autouse=True)
def logged(monkeypatch: pytest.MonkeyPatch) -> list[TrackedRun]:
    """The runs that TensorBoard is told of; tests/trackers/ shows what becomes of them there."""
    told: list[TrackedRun] = []

    def log(run: TrackedRun) -> str:
        told.append(run)
        return "told"

    monkeypatch.setattr(to_tensorboard, "ready", lambda: None)
    monkeypatch.setattr(to_tensorboard, "log", log)
    return told


def configure(suite: pytest.Pytester, setting: str) -> None:
    suite.makepyprojecttoml(f"[tool.itemwise]\n{setting}\n")


def test_a_run_is_logged_once_its_reports_are_written(suite: pytest.Pytester, logged: list[TrackedRun]) -> None:
    result = ask(suite, "--log", "tensorboard", "--fail-under", "sums=0.6")
    result.stdout.fnmatch_lines(["reports: reports*", "itemwise: logging to tensorboard", "itemwise: logged to tensorboard: told"])
    assert result.ret == pytest.ExitCode.OK
    (run,) = logged
    assert (run.metrics["sums/-/-/accuracy"], run.metrics["gates/passed"], len(run.files)) == (0.625, 1, 6)
    assert (run.parameters["gates"], run.parameters["gate/1"]) == ("sums=0.6", "gate sums (-, -) >= 0.60: passed with 0.625 (5 of 8)")


def test_a_tracker_that_cannot_be_reached_makes_no_run_red_and_the_command_it_names_logs_it_later(
    suite: pytest.Pytester, logged: list[TrackedRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(_: TrackedRun) -> str:
        raise ConnectionError("no answer")

    with monkeypatch.context() as down:
        down.setattr(to_tensorboard, "log", unreachable)
        result = ask(suite, "--log", "tensorboard")
    assert result.ret == pytest.ExitCode.OK
    (line,) = [line for line in result.outlines if "NOT logged to tensorboard (ConnectionError: no answer)" in line]
    command = line.partition("`python -m itemwise ")[2].partition("`")[0].split()
    assert main(command) == 0
    assert len(logged) == 1


def test_a_client_that_is_missing_stops_the_run_before_anything_is_asked(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    result = ask(suite, "--log", "wandb")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(['ERROR: logging to wandb needs its client (*): pip install -e ".[[]wandb]" in a clone*'])
    assert not suite.path.joinpath("reports").exists() or not any(suite.path.joinpath("reports").glob("*/run.json"))


def test_a_tracker_that_is_none_is_refused(suite: pytest.Pytester) -> None:
    result = ask(suite, "--log", "excel")
    result.stderr.fnmatch_lines(["*--log must be one of mlflow, tensorboard, wandb, got excel."])


def test_the_trackers_of_pyproject_are_told_of_runs_and_not_of_a_case_that_is_run_again(
    suite: pytest.Pytester, logged: list[TrackedRun]
) -> None:
    configure(suite, 'log = ["tensorboard"]')
    ask(suite)
    ask(suite, "test_sums.py::test_sums[sum-1]")
    assert len(logged) == 1
    ask(suite, "test_sums.py::test_sums[sum-1]", "--log", "tensorboard")
    assert len(logged) == 2


def test_shards_are_logged_as_the_run_that_they_are_merged_to(suite: pytest.Pytester, logged: list[TrackedRun]) -> None:
    names = []
    for shard in ("1/2", "2/2"):
        ask(suite, "--shard", shard, "--log", "tensorboard", "--report-dir", f"shard{shard[0]}")
        names.append(str(suite.path / f"shard{shard[0]}" / "latest"))
    assert logged == []
    assert main(["merge", *names, "--into", "merged"]) == 0
    (run,) = logged
    assert (run.metrics["sums/-/-/n"], run.folder.parent) == (8, Path("merged").resolve())
    assert main(["merge", *names, "--into", "merged", "--log", "tensorboard"]) == 0
    assert len(logged) == 2


def test_a_suite_without_benchmarks_is_logged_nowhere(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    configure(pytester, 'log = ["wandb"]')
    pytester.makepyfile(SUMS.partition("@cases")[0] + "\ndef test_beside():\n    pass\n")
    assert pytester.runpytest_inprocess().ret == pytest.ExitCode.OK
