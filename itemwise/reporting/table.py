"""Number formatting (percent, points, tokens per correct answer), and tables as lines of aligned columns."""

import unicodedata
from collections.abc import Sequence

from itemwise.language import phrase
from itemwise.results.labels import Key
from itemwise.results.ledger import Tally
from itemwise.results.statistics import Estimate, Interval

__all__ = [
    "GAP", "accuracy_text", "aligned", "and_more", "bits_interval_text", "cost_text", "count_of", "interval_text", "padded",
    "points_text", "share_interval_text", "short_keys", "short_names", "text_width",
]  # fmt: skip

GAP = "  "  # between two columns


def points_text(change: float | None) -> str:
    """A difference of two accuracies in points, with its sign; a dash where there is none."""
    return "-" if change is None else phrase("{change:+.1f} points", change=100 * change)


def interval_text(interval: Interval) -> str:
    """The interval of a difference of two accuracies in points."""
    return phrase("{low:+.1f} to {high:+.1f}", low=100 * interval.low, high=100 * interval.high)


def bits_interval_text(interval: Interval | None) -> str:
    """The interval of bits per byte; a dash where there is none."""
    return phrase("{low:.4f} to {high:.4f}", low=interval.low, high=interval.high) if interval else "-"


def cost_text(tally: Tally) -> str:
    """The tokens generated for a correct answer, in whole ones; a dash where none is correct."""
    cost = tally.tokens_per_correct
    return "-" if cost is None else f"{cost:.0f}"


def count_of(count: int, whole: int) -> str:
    """How many of how many."""
    return phrase("{n} of {all}", n=count, all=whole)


def and_more(texts: str, left_out: int) -> str:
    """A list, and how many of it are left out where there are any."""
    return phrase("{list} and {n} more", list=texts, n=left_out) if left_out > 0 else texts


def accuracy_text(accuracy: Estimate) -> tuple[str, str]:
    """The accuracy and its interval in percent, or dashes where nothing was judged."""
    if accuracy.share is None or accuracy.interval is None:
        return "-", "-"
    return f"{accuracy.share:.1%}", share_interval_text(accuracy.interval)


def share_interval_text(interval: Interval | None) -> str:
    """The interval of a share in percent; a dash where there is none."""
    return phrase("{low:.1f} to {high:.1f}%", low=100 * interval.low, high=100 * interval.high) if interval else "-"


def aligned(rows: Sequence[Sequence[str]], words: int = 3) -> list[str]:
    """Rows of cells as lines of aligned columns: the first `words` columns to the left, figures to the right; none without a row."""
    widths = [max(map(text_width, column)) for column in zip(*rows, strict=True)]
    lines = ([padded(cell, width, index < words) for index, (cell, width) in enumerate(zip(row, widths, strict=True))] for row in rows)
    return [GAP.join(line).rstrip() for line in lines]


def padded(text: str, width: int, is_left: bool) -> str:
    """The text in so many places of a terminal, left or right."""
    space = " " * (width - text_width(text))
    return text + space if is_left else space + text


def text_width(text: str) -> int:
    """How many places of a terminal the text takes: a Chinese character takes two."""
    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def short_names(tallies: Sequence[Tally]) -> dict[Key, str]:
    """Each tally's name by its key, without what all of them share; where they share all, its strategy."""
    return short_keys([tally.key for tally in tallies]) if len(tallies) > 1 else {tally.key: tally.strategy for tally in tallies}


def short_keys(keys: Sequence[Key]) -> dict[Key, str]:
    """Each key in words, without what all of several share."""
    differing = [part for part, names in enumerate(zip(*keys, strict=True)) if len({*names}) > 1] or range(len(Key._fields))
    return {key: ", ".join(key[part] for part in differing if key[part]) or key.benchmark for key in keys}
