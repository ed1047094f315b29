"""What is said of a run that is logged, and of one that is not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from itemwise.trackers import TrackerError, log_lines, require_ready, to_mlflow, to_tensorboard, tracker_names
from itemwise.trackers.tracked_run import TrackedRun


def unreachable(_: TrackedRun) -> str:
    raise ConnectionError("http://user:password@host:5000 gave no answer.\nTraceback of many lines")


def test_a_tracker_is_a_file_of_the_folder() -> None:
    assert tracker_names() == ["mlflow", "tensorboard", "wandb"]


@pytest.mark.parametrize(("name", "client"), [("mlflow", "mlflow"), ("tensorboard", "tensorboardX"), ("wandb", "wandb")])
def test_a_client_that_is_not_installed_is_named_with_the_command_that_brings_it(
    name: str, client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, client, None)
    with pytest.raises(
        TrackerError, match=rf'logging to {name} needs its client \(.*{client}.*\): pip install -e "\.\[{name}\]" in a clone'
    ):
        require_ready([name])


def test_one_that_cannot_be_reached_keeps_no_other_from_the_run_and_is_told_with_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(to_mlflow, "log", unreachable)
    monkeypatch.setattr(to_tensorboard, "log", lambda run: f"as {run.name}")
    assert list(log_lines(["mlflow", "tensorboard"], folder)) == [
        (
            False,
            "NOT logged to mlflow (ConnectionError: http://host:5000 gave no answer); the reports are written, and "
            "`python -m itemwise log reports/20260501-120000 --to mlflow` logs them",
        ),
        (True, "logged to tensorboard: as 20260501-120000"),
    ]


def test_a_second_ctrl_c_ends_the_logging_and_not_the_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: TrackedRun) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(to_tensorboard, "log", interrupted)
    ((logged, line),) = log_lines(["tensorboard"], folder)
    assert (logged, line.partition(";")[0]) == (False, "NOT logged to tensorboard (KeyboardInterrupt)")


def test_reports_that_are_not_there_cannot_be_logged(folder: Path) -> None:
    (folder / "results.jsonl").unlink()
    ((logged, line),) = log_lines(["tensorboard"], folder)
    assert (logged, "results.jsonl cannot be read" in line) == (False, True)
