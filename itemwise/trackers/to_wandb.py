"""Weights & Biases: a run of the project ``itemwise``, with its reports as an artifact and its cases as a table.

``WANDB_PROJECT``, ``WANDB_ENTITY``, ``WANDB_API_KEY`` and ``WANDB_MODE`` are the client's own variables. Nothing is sent that the client
would gather by itself: neither the command line, which may hold keys, nor the repository or the machine.
"""

import os
from pathlib import Path

from itemwise.results.run_folder import shown_from_here
from itemwise.trackers import TrackerError
from itemwise.trackers.tracked_run import PROJECT, TrackedRun

__all__ = ["log", "ready"]


def ready() -> None:
    """Raise TrackerError where the client would ask for a key."""
    import wandb

    settings = wandb.setup().settings
    if settings.mode == "online" and not wandb.login(prompt=False, verify=False):
        raise TrackerError("no key is known: give `wandb login` or WANDB_API_KEY, or WANDB_MODE=offline to log into a folder.")


def log(run: TrackedRun) -> str:
    """Log the run. Returns its address, or where it is offline, the command that sends it."""
    import wandb

    gathers_nothing = {"disable_git": True, "disable_code": True, "x_disable_meta": True, "x_disable_stats": True}
    quiet = wandb.Settings(silent=True, console="off", x_save_requirements=False, **gathers_nothing)
    project = os.environ.get("WANDB_PROJECT", PROJECT)
    config = {**run.parameters, "started": run.started.isoformat(), "seconds": run.seconds, "commit": run.commit}
    logged = wandb.init(project=project, name=run.name, notes=run.summary, config=config, reinit="create_new", settings=quiet)
    try:
        columns = [*run.cases[0]] if run.cases else []
        cases = wandb.Table(columns=columns, data=[[case[name] for name in columns] for case in run.cases])
        logged.log({**run.metrics, "cases": cases})
        reports = wandb.Artifact(f"run-{run.name}", "itemwise-run")
        for file in run.files:
            reports.add_file(str(file))
        logged.log_artifact(reports)
    except BaseException:
        logged.finish(exit_code=1)
        raise
    folder = logged.settings.sync_dir
    logged.finish()
    if logged.offline:
        return f"offline; `wandb sync {shown_from_here(Path(folder))}` sends it"
    return logged.url or "nowhere, as WANDB_MODE says"
