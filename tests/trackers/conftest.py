"""A run of two strategies with every verdict in it, as its folder tells trackers of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from itemwise.reporting import RunRecord, write_reports
from itemwise.results.run_folder import read_run
from itemwise.trackers.tracked_run import TrackedRun, tracked_run
from tests.reporting.conftest import run

__all__ = ["run"]


@pytest.fixture
def folder(run: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The run's folder, where one stands in the folder above its reports."""
    monkeypatch.chdir(tmp_path)
    settings = {**run.settings, "serve": "vllm serve m", "reader": None, "gates": ["sums=0.8"], "strategies": {"vote": {"samples": 9}}}
    suite = {"commit": "0123abcd", "tree": "clean"}
    write_reports(
        replace(run, settings=settings, environment={**run.environment, "suite": suite}), tmp_path / "reports" / "20260501-120000"
    )
    return tmp_path / "reports" / "20260501-120000"


@pytest.fixture
def tracked(folder: Path) -> TrackedRun:
    return tracked_run(read_run(str(folder)))
