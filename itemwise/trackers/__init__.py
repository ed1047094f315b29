"""Experiment trackers, to which a run is logged. A file ``to_NAME.py`` of this folder is one; nothing else needs to know of it.

Each has ``ready()`` and ``log(run)``, as `Tracker` says, and imports its own client there, which is the extra of its name.
"""

import pkgutil
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from itemwise.models.extras import install_hint
from itemwise.models.server.address import without_userinfo
from itemwise.results.run_folder import RunFolderError, read_run, shown_from_here
from itemwise.results.safe_text import printable

if TYPE_CHECKING:
    from itemwise.trackers.tracked_run import TrackedRun

__all__ = ["TrackerError", "log_lines", "require_ready", "tracker_names"]

_PREFIX = "to_"
_SHOWN = 300  # characters of a client's error


class TrackerError(Exception):
    """A run cannot be logged to a tracker; the message says why, and what to do."""


class Tracker(Protocol):
    """The module of a tracker."""

    def ready(self) -> None:
        """Raise TrackerError, or ImportError without the client, where nothing could be logged. Nothing is sent."""

    def log(self, run: "TrackedRun") -> str:
        """Log `run`. Returns where it stands; raises whatever the client raises."""


def tracker_names() -> list[str]:
    """The trackers of this folder, in order."""
    return sorted(module.name.removeprefix(_PREFIX) for module in pkgutil.iter_modules(__path__) if module.name.startswith(_PREFIX))


def require_ready(names: Sequence[str]) -> None:
    """Raise TrackerError where one of the trackers has no client here, or nothing could be logged to it."""
    for name in names:
        _require_ready(name)


def log_lines(names: Sequence[str], folder: Path, *, interrupted: bool = False) -> Iterator[tuple[bool, str]]:
    """Log the run in `folder` to each of the trackers: whether it was, and a line that says where it stands, or why it does not and how
    to log it later, as for a run that was `interrupted`. One that fails keeps no other from it."""

    @cache
    def read() -> "TrackedRun":
        from itemwise.trackers.tracked_run import tracked_run  # with all that reads a run

        return tracked_run(read_run(str(folder)))

    return (_logged(name, read, folder, interrupted) for name in names)


def _require_ready(name: str) -> None:
    try:
        _tracker(name).ready()
    except ImportError as error:
        raise TrackerError(f"logging to {name} needs its client ({error}): {install_hint(name)}.") from None
    except TrackerError as error:
        raise TrackerError(f"nothing can be logged to {name}: {error}") from None


def _logged(name: str, read: Callable[[], "TrackedRun"], folder: Path, interrupted: bool) -> tuple[bool, str]:
    try:
        if interrupted:
            raise TrackerError("the run was interrupted")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a client about its own code
            return True, printable(f"logged to {name}: {_tracker(name).log(read())}")
    except (Exception, KeyboardInterrupt) as error:  # whatever a client raises; the reports are written
        why = without_userinfo(str(error)).strip().partition("\n")[0][:_SHOWN].rstrip(".: ")
        told = why if isinstance(error, RunFolderError | TrackerError) else f"{type(error).__name__}: {why}".rstrip(": ")
        later = f"python -m itemwise log {shown_from_here(folder)} --to {name}"
    return False, printable(f"NOT logged to {name} ({told}); the reports are written, and `{later}` logs them")


def _tracker(name: str) -> Tracker:
    return cast(Tracker, import_module(f"{__name__}.{_PREFIX}{name}"))
