"""The page of all runs: each measurement's accuracy over the runs, what was shown and what was asked otherwise, links to the runs."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from itemwise.analysis.run_history import History, Point, Shown
from itemwise.language import ENGLISH, Language, phrase
from itemwise.reporting.single_page import still_page
from itemwise.reporting.table import accuracy_text, count_of, points_text
from itemwise.reporting.trend import Dot, trend

__all__ = ["against_text", "runs_html", "score_texts"]


def runs_html(found: Sequence[History], folder: Path, say: Language = ENGLISH) -> str:
    """The page, whose links to the runs are relative to `folder`, where it is to lie. It has no script."""
    return "".join(still_page("runs", say, histories=[_history(history, folder, say) for history in found]))


def against_text(point: Point) -> str:
    """What a run shows against the one before, in words."""
    if point.pair is None:
        return phrase(point.shown.value)
    change = points_text(point.pair.change)
    if point.shown is Shown.ASKED_OTHERWISE:
        return phrase("{change}, asked otherwise: {settings}", change=change, settings=", ".join(point.asked_otherwise))
    return phrase("{change}, p {p:.3g}: {shown}", change=change, p=point.pair.p, shown=phrase(point.shown.value))


def score_texts(point: Point, names: Sequence[str]) -> list[str]:
    """The means of a run's scores of these names, a dash for one that it did not record."""
    return [f"{found.share:.1%}" if (found := point.score(name)) else "-" for name in names]


def _history(history: History, folder: Path, say: Language) -> dict[str, Any]:
    names = history.score_names
    rows = [{**_row(point, folder, say), "scores": score_texts(point, names)} for point in history.points]
    dots = [_dot(point) for point in history.points]
    return {
        "name": ", ".join(history.key.names),
        "rows": rows[::-1],
        "trend": trend(dots, say),
        "stability": history.stability,
        "scores": names,
    }


def _dot(point: Point) -> Dot:
    return Dot(point.tally.accuracy, _name(point), _style(point), bool(point.asked_otherwise))


def _name(point: Point) -> str:
    return point.run.name.rpartition("/")[2]


def _style(point: Point) -> str:
    """What it shows, as a page's style has it."""
    return point.shown.name.lower().replace("_", "-")


def _row(point: Point, folder: Path, say: Language) -> dict[str, Any]:
    share, interval = accuracy_text(point.tally.accuracy)
    return {
        "run": _name(point),
        "link": _link(point, folder),
        "commit": point.commit,
        "started": str(point.run.record.get("started", ""))[:16].replace("T", " "),
        "accuracy": share,
        "interval": say(interval),
        "known": say(count_of(point.tally.judged, point.tally.sample_size)),
        "against": say(against_text(point)),
        "lost": point.pair.lost if point.pair else [],
        "gained": point.pair.gained if point.pair else [],
        "style": _style(point),
    }


def _link(point: Point, folder: Path) -> str:
    """Where the run's own page lies, as a link from `folder`; empty where it has none."""
    report = point.run.folder / "report.html" if point.run.folder else None
    return Path(os.path.relpath(report, folder)).as_posix() if report and report.is_file() else ""
