"""What MLflow's own client reads back from a store of files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mlflow import MlflowClient

from itemwise.trackers import TrackerError, to_mlflow
from itemwise.trackers.tracked_run import TrackedRun

pytestmark = pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes")  # pandas, about its own table for MLflow


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a store; servers and SQL have what comes with the whole of MLflow."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"file:{tmp_path}/mlruns")
    for name in ("MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID"):
        monkeypatch.delenv(name, raising=False)
    return f"file:{tmp_path}/mlruns"


def test_a_run_has_its_parameters_metrics_note_times_table_and_reports(store: str, tracked: TrackedRun, tmp_path: Path) -> None:
    told = to_mlflow.log(tracked)
    client = MlflowClient()
    experiment = client.get_experiment_by_name("itemwise")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    assert told == f"run {run.info.run_id} of experiment {experiment.experiment_id} in {store}"
    assert run.data.metrics == {name: pytest.approx(value) for name, value in tracked.metrics.items()}
    assert run.data.params == {name: str(value) for name, value in tracked.parameters.items()}
    assert run.data.tags["mlflow.note.content"] == tracked.summary
    assert run.data.tags["mlflow.source.git.commit"] == "0123abcd"
    assert (run.info.run_name, run.info.status, run.info.end_time - run.info.start_time) == ("20260501-120000", "FINISHED", 12346)
    logged = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert logged == {"cases.json", *(file.name for file in tracked.files)}
    table = json.loads(Path(client.download_artifacts(run.info.run_id, "cases.json", str(tmp_path))).read_text())
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["data"]]
    assert [row["verdict"] for row in rows] == [case["verdict"] for case in tracked.cases]


@pytest.mark.usefixtures("store")
def test_runs_of_one_experiment_stand_together_under_the_name_that_the_environment_gives(
    tracked: TrackedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "nightly")
    assert to_mlflow.log(tracked) != to_mlflow.log(tracked)
    client = MlflowClient()
    (experiment,) = [each for each in client.search_experiments() if each.name == "nightly"]
    assert len(client.search_runs([experiment.experiment_id])) == 2
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", experiment.experiment_id)
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME")
    to_mlflow.log(tracked)
    assert len(client.search_runs([experiment.experiment_id])) == 3


@pytest.mark.usefixtures("store")
def test_what_breaks_off_is_marked_as_failed(tracked: TrackedRun) -> None:
    tracked.files[0].unlink()
    with pytest.raises(Exception, match=r"report\.html"):
        to_mlflow.log(tracked)
    client = MlflowClient()
    (run,) = client.search_runs([experiment.experiment_id for experiment in client.search_experiments()])
    assert run.info.status == "FAILED"


def test_a_store_that_the_client_has_not_is_refused_before_anything_is_asked(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    to_mlflow.ready()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "nosuch://user:password@host/store")
    with pytest.raises(TrackerError, match=r"cannot log to nosuch://host/store \(.*\); set MLFLOW_TRACKING_URI") as refused:
        to_mlflow.ready()
    assert "password" not in str(refused.value)
