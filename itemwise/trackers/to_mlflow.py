"""MLflow: a run of the experiment ``itemwise``, with its reports as artifacts and its cases as a table.

``MLFLOW_TRACKING_URI`` says where, ``MLFLOW_EXPERIMENT_NAME`` under what; keys and retries are the client's own variables too.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from itemwise.models.server.address import is_url, without_userinfo
from itemwise.trackers import TrackerError
from itemwise.trackers.tracked_run import PROJECT, TrackedRun

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["log", "ready"]

_NOTE = 5000  # characters of a tag that every MLflow server takes


def ready() -> None:
    """Raise TrackerError where the tracking URI names no store that this client has."""
    from mlflow import MlflowClient, get_tracking_uri
    from mlflow.exceptions import MlflowException

    try:
        MlflowClient()
    except MlflowException as error:
        where, why = without_userinfo(get_tracking_uri()), without_userinfo(str(error)).partition(". ")[0].strip(". ")
        raise TrackerError(
            f"this client cannot log to {where} ({why}); set MLFLOW_TRACKING_URI to a server such as http://HOST:5000, or install the "
            "whole mlflow, which has a store on this machine."
        ) from None


def log(run: TrackedRun) -> str:
    """Log the run. Returns the address of its page, or where there is no server, its id."""
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param

    client = MlflowClient()
    began, ended = _milliseconds(run.started), _milliseconds(run.started + timedelta(seconds=run.seconds))
    tags = {"mlflow.note.content": run.summary[:_NOTE], "mlflow.source.name": PROJECT, "mlflow.source.git.commit": run.commit}
    experiment = _experiment(client)
    id = client.create_run(experiment, began, {name: tag for name, tag in tags.items() if tag}, run.name).info.run_id  # noqa: A001
    try:
        metrics = [Metric(name, value, ended, 0) for name, value in run.metrics.items()]
        client.log_batch(id, metrics, [Param(name, str(value)) for name, value in run.parameters.items()])
        if run.cases:
            client.log_table(id, {name: [case[name] for case in run.cases] for name in run.cases[0]}, "cases.json")
        for file in run.files:
            client.log_artifact(id, str(file))
    except BaseException:
        client.set_terminated(id, "FAILED", ended)
        raise
    client.set_terminated(id, "FINISHED", ended)
    where = without_userinfo(client.tracking_uri)
    return f"{where}/#/experiments/{experiment}/runs/{id}" if is_url(where) else f"run {id} of experiment {experiment} in {where}"


def _experiment(client: MlflowClient) -> str:
    """The id of the experiment, made where it is not there."""
    if id := os.environ.get("MLFLOW_EXPERIMENT_ID"):  # noqa: A001
        return id
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME", PROJECT)
    found = client.get_experiment_by_name(name)
    return str(found.experiment_id if found else client.create_experiment(name))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
