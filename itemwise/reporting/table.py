"""Number formatting (percent, points, tokens per correct answer), and tables as lines of aligned columns."""

from collections.abc import Sequence

from itemwise.results.labels import Key
from itemwise.results.ledger import Tally
from itemwise.results.statistics import Estimate, Interval

__all__ = ["GAP", "accuracy_text", "aligned", "cost_text", "interval_text", "points_text", "short_names"]

GAP = "  "  # between two columns


def points_text(change: float | None) -> str:
    """A difference of two accuracies in points, with its sign; a dash where there is none."""
    return "-" if change is None else f"{100 * change:+.1f} points"


def interval_text(interval: Interval) -> str:
    """The interval of a difference of two accuracies in points."""
    return f"{100 * interval.low:+.1f} to {100 * interval.high:+.1f}"


def cost_text(tally: Tally) -> str:
    """The tokens generated for a correct answer, in whole ones; a dash where none is correct."""
    cost = tally.tokens_per_correct
    return "-" if cost is None else f"{cost:.0f}"


def accuracy_text(accuracy: Estimate) -> tuple[str, str]:
    """The accuracy and its interval in percent, or dashes where nothing was judged."""
    if accuracy.share is None or accuracy.interval is None:
        return "-", "-"
    low, high = accuracy.interval
    return f"{accuracy.share:.1%}", f"{100 * low:.1f} to {100 * high:.1f}%"


def aligned(rows: Sequence[Sequence[str]], words: int = 3) -> list[str]:
    """Rows of cells as lines of aligned columns: the first `words` columns to the left, figures to the right; none without a row."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = (
        [cell.ljust(width) if index < words else cell.rjust(width) for index, (cell, width) in enumerate(zip(row, widths, strict=True))]
        for row in rows
    )
    return [GAP.join(row).rstrip() for row in padded]


def short_names(tallies: Sequence[Tally]) -> dict[Key, str]:
    """Each tally's name by its key, without what all of them share; where they share all, its strategy."""
    keys = [tally.key for tally in tallies]
    differing = [part for part, names in enumerate(zip(*keys, strict=True)) if len({*names}) > 1] or [2]
    return {key: ", ".join(key[part] for part in differing if key[part]) or key.benchmark for key in keys}
