"""``python -m itemwise log RUN --to TRACKER``: a run that is there already, logged to experiment trackers."""

from collections.abc import Sequence

from itemwise.commands import CommandError
from itemwise.results.run_folder import REPORTS, find_run
from itemwise.trackers import TrackerError, log_lines, require_ready

__all__ = ["log", "require_trackers"]


def log(name: str, trackers: Sequence[str]) -> int:
    """Log a run to each of the trackers, and print where it stands. The exit status: 1 where one could not be reached. Raises CommandError
    where a client is missing, RunFolderError where there is no such run."""
    folder = find_run(name, REPORTS)
    require_trackers(trackers)
    status = 0
    for logged, line in log_lines(trackers, folder):
        print(line)
        status = status or int(not logged)
    return status


def require_trackers(names: Sequence[str]) -> None:
    """Raise CommandError where nothing could be logged to one of the trackers."""
    try:
        require_ready(names)
    except TrackerError as error:
        raise CommandError(str(error)) from None
