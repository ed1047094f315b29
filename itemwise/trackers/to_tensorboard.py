"""TensorBoard: event files with scalars, the summary as text, and parameters beside metrics under HPARAMS.

They stand in ``TENSORBOARD_LOGGING_DIR``, else in ``tensorboard/`` beside the run's folder, a folder for each run.
"""

import os
from pathlib import Path

from itemwise.results.run_folder import shown_from_here
from itemwise.trackers.tracked_run import TrackedRun

__all__ = ["log", "ready"]


def ready() -> None:
    """Import the client; a folder is all that it needs."""
    import tensorboardX  # noqa: F401


def log(run: TrackedRun) -> str:
    """Log the run. Returns the command that shows it."""
    from tensorboardX import SummaryWriter
    from tensorboardX.summary import hparams

    given = os.environ.get("TENSORBOARD_LOGGING_DIR")
    logs = Path(given) if given else run.folder.parent / "tensorboard"
    ended = run.started.timestamp() + run.seconds
    with SummaryWriter(str(logs / run.name)) as writer:
        for name, value in run.metrics.items():
            writer.add_scalar(name, value, 0, walltime=ended)
        writer.add_text("summary", run.summary, 0, walltime=ended)
        for part in hparams(dict(run.parameters), dict(run.metrics)):
            writer.file_writer.add_summary(part, 0, walltime=ended)
    return f"`tensorboard --logdir {shown_from_here(logs.resolve())}` shows it"
