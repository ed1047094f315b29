"""The accuracy of a measurement over many runs, as an SVG drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from itemwise.language import ENGLISH, Language
from itemwise.reporting.single_page import trusted
from itemwise.reporting.svg import GRID
from itemwise.reporting.table import accuracy_text
from itemwise.results.statistics import Accuracy

__all__ = ["Dot", "trend"]

_LEFT, _WIDTH = 6, 92  # percent: where the first run is drawn, and how far the last one is from it


@dataclass(frozen=True)
class Dot:
    """A run of a trend: its accuracy and name, drawn in the style `kind`, behind a dashed line where it was `asked_otherwise`."""

    accuracy: Accuracy
    name: str
    kind: str
    asked_otherwise: bool


def trend(dots: Sequence[Dot], say: Language = ENGLISH) -> Markup:
    """Accuracies in their order from left to right, each with its interval, on an axis from 0 to 100%. What was not judged is left out."""
    gap = _WIDTH / max(1, len(dots) - 1)
    placed = [(_LEFT + index * gap, dot) for index, dot in enumerate(dots)]
    judged = [(x, dot) for x, dot in placed if dot.accuracy.share is not None]
    parts = [
        *(_grid_line(percent) for percent in GRID),
        *(_line("asked", x - gap / 2, x - gap / 2, 0, 100) for x, dot in placed if dot.asked_otherwise),
        *(_line("step", x, x_next, _y(dot), _y(after)) for (x, dot), (x_next, after) in pairwise(judged) if not after.asked_otherwise),
        *(_dot(x, dot, say) for x, dot in judged),
    ]
    label = ", ".join(f"{escape(dot.name)} {accuracy_text(dot.accuracy)[0]}" for _, dot in judged)
    return trusted(f'<svg class="trend" role="img" aria-label="{label}">{"".join(parts)}</svg>')


def _grid_line(percent: int) -> str:
    height = 100 - percent
    return f'{_line("grid", _LEFT - 1, 100, height, height)}<text x="0" y="{height}%" dy=".3em">{percent}%</text>'


def _dot(x: float, dot: Dot, say: Language) -> str:
    low, high = dot.accuracy.interval or (0.0, 1.0)
    share, interval = accuracy_text(dot.accuracy)
    title = f"<title>{escape(dot.name)}: {share} ({say(interval)})</title>"
    return (
        _line("interval", x, x, 100 - 100 * high, 100 - 100 * low)
        + f'<circle class="point {dot.kind}" cx="{x:.2f}%" cy="{_y(dot):.2f}%" r="4">{title}</circle>'
    )


def _line(kind: str, x1: float, x2: float, y1: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.2f}%" x2="{x2:.2f}%" y1="{y1:.2f}%" y2="{y2:.2f}%"/>'


def _y(dot: Dot) -> float:
    return 100 - 100 * (dot.accuracy.share or 0.0)
