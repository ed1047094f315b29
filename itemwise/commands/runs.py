"""``python -m itemwise runs``: all runs of a report folder, each measurement against the run before; old ones removed."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from itemwise.analysis.run_history import History, Point, read_histories
from itemwise.commands import CommandError, terminal_width
from itemwise.language import ENGLISH, Language, phrase
from itemwise.reporting.narrow import fitted, wrapped
from itemwise.reporting.table import accuracy_text, count_of
from itemwise.reporting.writers.runs_html import against_text, runs_html, score_texts
from itemwise.results.private_files import open_private
from itemwise.results.run_folder import LATEST, find_run, followed, run_folders
from itemwise.results.safe_text import printable

__all__ = ["runs", "runs_lines"]

_HEAD = ("run", "commit", "accuracy", "95% interval", "n of N", "against the run before")
_NAMED = 10  # cases that a line names


def runs(
    reports: Path, *, last: int, page: str | None = None, keep: int | None = None, kept: Sequence[str] = (), say: Language = ENGLISH
) -> None:
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
    for line in [*runs_lines(found, say, terminal_width()), *troubles]:
        print(printable(line))
    if page is not None:
        try:
            with open_private(Path(page)) as file:
                file.write(runs_html(found, Path(page).absolute().parent, say))
        except OSError as error:
            raise CommandError(f"--html {page} cannot be written: {error}") from None
        print("\n" + say("page: {file}", file=printable(page)))


def runs_lines(found: Sequence[History], say: Language = ENGLISH, width: int = 0) -> Iterator[str]:
    """A table for each measurement, the newest run first, and what its cases did over the runs, in lines of at most `width` characters, 0
    for any."""
    for history in found:
        yield ", ".join(history.key.names)
        scores = history.score_names
        head = (*map(say, _HEAD[:-1]), *scores, say(_HEAD[-1]))
        rows = [say.cells(_row(point, scores)) for point in reversed(history.points)]
        yield from (f"  {line}" for line in fitted([head, *rows], 2, width and width - 2, say))
        if stable := history.stability:
            named = ", ".join(stable.by_turns[:_NAMED]) + (", ..." if len(stable.by_turns) > _NAMED else "")
            told = (
                "  the {runs} newest runs asked the same: {right} {right:case|cases} always right, {wrong} always wrong, "
                "{some} sometimes right"
            )
            counts = {"right": stable.always_right, "wrong": stable.always_wrong, "some": len(stable.by_turns)}
            text = phrase(told, runs=stable.runs, **counts)
            yield from wrapped(say(phrase("{text}: {list}", text=text, list=named) if named else text), width)
        yield ""


def _row(point: Point, scores: Sequence[str]) -> tuple[str, ...]:
    tally = point.tally
    known = count_of(tally.judged, tally.sample_size)
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
