"""Small drawings of figures, for pages: they hold numbers alone, so they may stand unescaped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from itemwise.reporting.single_page import trusted
from itemwise.statistics import Accuracy

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["bar", "drawn", "flips"]

_WIDTH = 120  # pixels of a drawing


def drawn(accuracy: Accuracy) -> dict[str, Any]:
    """What `bar` draws of an accuracy: its share, None where nothing was judged, and the two ends of its interval."""
    low, high = accuracy.interval or (0.0, 0.0)
    return {"share": accuracy.share, "low": low, "high": high}


def bar(row: Mapping[str, Any]) -> Markup | str:
    """An accuracy with its interval as a small drawing of its own; empty where nothing was judged."""
    if row["share"] is None:
        return ""
    low, high, share = (round(_WIDTH * row[name], 1) for name in ("low", "high", "share"))
    drawing = (
        f'<svg class="bar" width="{_WIDTH}" height="12" role="img" aria-label="{row["share"]:.1%}">'
        f'<rect class="whole" width="{_WIDTH}" height="12"/>'
        f'<rect class="interval" x="{low}" width="{max(high - low, 1):.1f}" y="3" height="6"/>'
        f'<rect class="point" x="{max(share - 1, 0):.1f}" width="2" height="12"/></svg>'
    )
    return trusted(drawing)


def flips(gained: int, lost: int, judged: int) -> Markup | str:
    """The flips of a pair: the lost ones to the left of the middle, the gained ones to its right. Each half is as wide as the
    larger of the two, or as a tenth of the `judged` cases where that is more. Empty where nothing was judged."""
    if not judged:
        return ""
    half = _WIDTH / 2
    scale = half / max(gained, lost, judged / 10)
    drawing = (
        f'<svg class="bar" width="{_WIDTH}" height="12" role="img" aria-label="{lost} lost, {gained} gained">'
        f'<rect class="whole" width="{_WIDTH}" height="12"/>'
        f'<rect class="lost" x="{half - lost * scale:.1f}" width="{lost * scale:.1f}" y="2" height="8"/>'
        f'<rect class="gained" x="{half}" width="{gained * scale:.1f}" y="2" height="8"/>'
        f'<rect class="point" x="{half - 0.5}" width="1" height="12"/></svg>'
    )
    return trusted(drawing)
