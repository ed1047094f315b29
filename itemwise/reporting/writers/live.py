"""A run while it goes on, for rich to draw: a bar for each benchmark, model and strategy, what is under way, the last case that failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from itemwise.cases.duration import range_text
from itemwise.language import ENGLISH, Language, joined, phrase
from itemwise.reporting.table import accuracy_text, short_keys
from itemwise.reporting.writers.terminal import under_way, verdict_text
from itemwise.results.labels import Key
from itemwise.results.progress import Block, Counts, Standing, TimeLeft
from itemwise.results.safe_text import printable
from itemwise.results.statistics import accuracy

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["live_lines"]

_BESIDE = 48  # characters of a row for its bar and figures
_HEADINGS = (phrase("cases"), phrase("correct"), phrase("tokens/s"), phrase("left"))


def live_lines(
    standing: Standing,
    names: Mapping[str, Key],
    counts: Counts,
    speed: float,
    left: Sequence[TimeLeft],
    processes: Mapping[str, int],
    size: tuple[int, int],
    say: Language = ENGLISH,
) -> RenderableType:
    """What a terminal of `size`, its columns and lines, shows of a run: a row for each of `names`, whose model so many `processes` ask, or
    as many as there is room for, from the first that is not finished on; and how much is `left` of some."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    columns, lines = size
    most, names_width = max(1, lines // 2 - 3), max(12, columns - _BESIDE)
    first = next((number for number, block in enumerate(standing.blocks.values()) if not block.is_done), 0)
    first = max(0, min(first, len(standing.blocks) - most))
    called = short_keys(list(names.values()))
    grid = Table.grid(padding=(0, 1), expand=True)
    for column in ("left", "bar", *["right"] * 4):
        grid.add_column(justify="right" if column == "right" else "left", ratio=1 if column == "bar" else None, no_wrap=True)
    grid.add_row("", "", *(Text(say(heading), style="dim") for heading in _HEADINGS))
    for name, block in islice(standing.blocks.items(), first, first + most):
        bar = ProgressBar(total=max(1, block.expected), completed=block.done)
        figures = _figures(block, processes[name])
        grid.add_row(
            Text(cropped(printable(called[names[name]]), names_width)),
            bar,
            *figures,
            say(_left(block, next((time for time in left if time.block == name), None))),
        )
    others = _others(first, len(standing.blocks) - first - most)
    below = [say(joined([*others, *under_way(counts, speed)]))]
    below += [say("last failed: {case}", case=verdict_text(standing.failed))] if standing.failed else []
    return Group(grid, *(Text(" ".join(printable(line).split()), "dim", no_wrap=True, overflow="ellipsis") for line in below if line))


def cropped(text: str, width: int) -> str:
    """`text` in `width` characters; what is longer keeps both its ends, as names of models differ at the second."""
    return text if len(text) <= width else f"{text[: (width - 1) // 2]}…{text[len(text) - width // 2 :]}"


def _figures(block: Block, processes: int) -> Iterator[str]:
    """Cases, accuracy so far, and the tokens per second of the replies that were generated; of stored ones there is no speed."""
    yield f"{block.done}/{block.expected}"
    yield accuracy_text(accuracy(block.correct, block.judged))[0] if block.is_answered else "-"
    yield f"{block.tokens * processes / block.seconds:.0f}" if block.tokens and block.seconds else "-"


def _left(block: Block, left: TimeLeft | None) -> str:
    if block.is_done:
        return phrase("done")
    return range_text(left.least, left.most) if left else ""


def _others(before: int, after: int) -> Iterator[str]:
    """The rows for which there is no room."""
    if before > 0:
        yield phrase("{n} finished above", n=before)
    if after > 0:
        yield phrase("{n} more below", n=after)
