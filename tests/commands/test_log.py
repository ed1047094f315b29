"""What `log` says and how it ends; tests/trackers/ shows what stands in the trackers."""

from __future__ import annotations

import pytest

from itemwise.__main__ import main
from itemwise.trackers import TrackerError, to_mlflow, to_tensorboard
from itemwise.trackers.tracked_run import TrackedRun
from tests.commands.conftest import Reports


def unreachable(_: TrackedRun) -> str:
    raise ConnectionError("no answer")


def test_a_run_is_logged_to_each_tracker_that_is_named(
    reports: Reports, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reports.judged("one", "CW")
    for tracker in (to_mlflow, to_tensorboard):
        monkeypatch.setattr(tracker, "ready", lambda: None)
    monkeypatch.setattr(to_mlflow, "log", unreachable)
    monkeypatch.setattr(to_tensorboard, "log", lambda run: f"{run.name}, {len(run.cases)} cases")
    assert main(["log", "one", "--to", "tensorboard"]) == 0
    assert main(["log", "one", "--to", "mlflow", "--to", "tensorboard"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "logged to tensorboard: one, 2 cases",
        "NOT logged to mlflow (ConnectionError: no answer); the reports are written, and `python -m itemwise log reports/one --to mlflow` "
        "logs them",
        "logged to tensorboard: one, 2 cases",
    ]


def test_where_nothing_could_be_logged_the_reason_is_told(
    reports: Reports, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_key() -> None:
        raise TrackerError("no key is known.")

    reports.judged("one", "C")
    monkeypatch.setattr(to_mlflow, "ready", no_key)
    assert main(["log", "one", "--to", "mlflow"]) == 2
    assert capsys.readouterr().err == "python -m itemwise log: nothing can be logged to mlflow: no key is known.\n"
