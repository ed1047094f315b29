"""``python -m itemwise runs``: all runs of a report folder, each measurement against the run before; old ones removed."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from itemwise.analysis.run_history import History, Point, read_histories
from itemwise.commands import CommandError
from itemwise.reporting.table import accuracy_text, aligned
from itemwise.reporting.writers.runs_html import against_text, runs_html, score_texts
from itemwise.results.private_files import open_private
from itemwise.results.run_folder import LATEST, find_run, followed, run_folders
from itemwise.results.safe_text import printable

__all__ = ["runs", "runs_lines"]

_HEAD = ("run", "commit", "accuracy", "95% interval", "n of N", "against the run before")
_NAMED = 10  # cases that a line names


def runs(reports: Path, *, last: int, page: str | None = None, keep: int | None = None, kept: Sequence[str] = ()) -> None:
    """Print the history of every measurement in the `last` runs of `reports`, and write it to the file `page`. With `keep` remove all
    runs but so many of the newest, the latest, and those that `kept` names, such as a baseline.

    Raises RunFolderError where one of `kept` is no run, and removes nothing; CommandError where there is no run, or the page cannot be
    written.
    """
    if keep is not None:
        _remove_old(reports, keep, kept)
    folders = run_folders(reports)[-last:]
    if not folders:
        raise CommandError(f"{reports} holds no runs; name another folder with --reports.")
    found, troubles = read_histories(folders)
    for line in [*runs_lines(found), *troubles]:
        print(printable(line))
    if page is not None:
        try:
            with open_private(Path(page)) as file:
                file.write(runs_html(found, Path(page).absolute().parent))
        except OSError as error:
            raise CommandError(f"--html {page} cannot be written: {error}") from None
        print(printable(f"\npage: {page}"))


def runs_lines(found: Sequence[History]) -> Iterator[str]:
    """A table for each measurement, the newest run first, and what its cases did over the runs."""
    for history in found:
        yield ", ".join(history.key.names)
        scores = history.score_names
        head = (*_HEAD[:-1], *scores, _HEAD[-1])
        yield from (f"  {line}" for line in aligned([head, *(_row(point, scores) for point in reversed(history.points))], words=2))
        if stable := history.stability:
            named = ", ".join(stable.by_turns[:_NAMED]) + (", ..." if len(stable.by_turns) > _NAMED else "")
            yield (
                f"  the {stable.runs} newest runs asked the same: {stable.always_right} cases always right, {stable.always_wrong} always "
                f"wrong, {len(stable.by_turns)} sometimes right" + (f": {named}" if named else "")
            )
        yield ""


def _row(point: Point, scores: Sequence[str]) -> tuple[str, ...]:
    tally = point.tally
    known = f"{tally.judged} of {tally.sample_size}"
    return (
        point.run.name.rpartition("/")[2],
        point.commit or "-",
        *accuracy_text(tally.accuracy),
        known,
        *score_texts(point, scores),
        against_text(point),
    )


def _remove_old(reports: Path, keep: int, kept: Sequence[str]) -> None:
    named = {followed(reports / LATEST).resolve(), *(find_run(text, reports) for text in kept)}  # all are found before one is removed
    old = [folder for folder in run_folders(reports)[: -keep or None] if folder.resolve() not in named]
    for folder in old:
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise CommandError(f"{folder} cannot be removed: {error}") from None
        print(printable(f"removed: {folder}"))
