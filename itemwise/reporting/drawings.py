"""Drawings of figures for pages: SVG in percent of its width, so that it fits any screen. Only numbers and words of our own go in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from itemwise.reporting.distributions import Distribution
from itemwise.reporting.single_page import trusted
from itemwise.reporting.table import accuracy_text
from itemwise.statistics import Accuracy

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["accuracy_axis", "accuracy_track", "histogram", "share_bar"]

_GRID = (0, 25, 50, 75, 100)  # percent


def accuracy_track(found: Accuracy) -> Markup | str:
    """An accuracy as a point and its interval as a bar, on an axis from 0 to 100%; nothing where none was judged."""
    if found.share is None or found.interval is None:
        return ""
    low, high = (100 * end for end in found.interval)
    share, interval = accuracy_text(found)
    return trusted(
        f'<svg class="track" role="img" aria-label="{share}, 95% interval {interval}">{_grid()}'
        f'<rect class="interval" x="{low:.2f}%" width="{high - low:.2f}%" y="50%" height="10" rx="2" transform="translate(0 -5)"/>'
        f'<circle class="point" cx="{100 * found.share:.2f}%" cy="50%" r="4"/></svg>'
    )


def accuracy_axis() -> Markup:
    """The figures below a column of tracks."""
    figures = "".join(f'<text x="{place}%" y="1em" text-anchor="middle">{place}%</text>' for place in _GRID)
    return trusted(f'<svg class="axis" aria-hidden="true">{figures}</svg>')


def share_bar(share: float, longest: float) -> Markup:
    """A horizontal bar whose length is `share` of a width that stands for `longest`; the figure is written beside it."""
    width = 100 * share / longest if longest else 0.0
    return trusted(f'<svg class="share" aria-hidden="true"><rect class="whole" width="{width:.2f}%" height="100%" rx="2"/></svg>')


def histogram(found: Distribution) -> Markup | str:
    """How many values lie in each bin, the token limit as a dashed line where it lies on the axis; nothing without a value."""
    counts = found.counts
    if not counts:
        return ""
    wide, most = 100 / len(counts), max(counts)
    bars = "".join(_bin(place * wide, wide, 100 * count / most) for place, count in enumerate(counts) if count)
    place = None if found.limit_place is None else f"{found.limit_place:.2%}"
    limit = f'<line class="limit" x1="{place}" x2="{place}" y2="100%"/>' if place else ""
    label = f"{len(found.values)} values of {found.unit}: {found.text}"
    return trusted(f'<svg class="histogram" role="img" aria-label="{label}">{bars}{limit}</svg>')


def _bin(left: float, width: float, height: float) -> str:
    return f'<rect class="bin" x="{left:.2f}%" width="{width:.2f}%" y="{100 - height:.2f}%" height="{height:.2f}%"/>'


def _grid() -> str:
    return "".join(f'<line class="grid" x1="{place}%" x2="{place}%" y2="100%"/>' for place in _GRID)
