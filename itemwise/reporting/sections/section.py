"""A section of a report as one object, which every writer shows in its own form: terminal, Markdown, page, run.json, JUnit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, TypeVar

from itemwise.results.statistics import Accuracy

__all__ = ["Column", "Flips", "Note", "OnPage", "PagePart", "Row", "Section", "Style", "figures", "named", "notes", "plain_rows", "words"]

Value = TypeVar("Value")


class Style(Enum):
    """What a column holds. In text words stand left and all else right; a page shows each in its own way."""

    WORD = "word"
    NAME = "name"  # what the row is about, with the SUBNAMEs that follow below it
    SUBNAME = "subname"
    LABEL = "label"  # a short name that stands for a series
    QUIET = "quiet"  # a word of less weight
    FIGURE = "figure"
    LEADING = "leading"  # the figure to look at first
    INTERVAL = "interval"  # with the row's accuracy drawn beside it
    FLIPS = "flips"  # the row's flips drawn; on pages only

    @property
    def is_word(self) -> bool:
        """Whether text stands left in its column."""
        return self in (Style.WORD, Style.NAME, Style.SUBNAME, Style.LABEL, Style.QUIET)


class Column(NamedTuple):
    """A column's heading and what it holds."""

    title: str
    style: Style = Style.FIGURE


class Flips(NamedTuple):
    """The cases of a pair that only the second series got right, that only the first did, and all that are judged."""

    gained: int
    lost: int
    judged: int


class Row(NamedTuple):
    """A text for each column, what a page draws for the row, and the `group` with which it is left out where that is long."""

    cells: Sequence[str]
    drawn: Accuracy | Flips | None = None
    group: str = ""


class Note(NamedTuple):
    """A sentence below a table. `name` says what it is about; `passed` is there for what can pass or fail."""

    text: str
    name: str = ""
    passed: bool | None = None


class PagePart(Enum):
    """Where on a page a section stands, around the list of cases."""

    HEAD = "head"
    ABOVE_CASES = "above"
    BELOW_CASES = "below"


@dataclass(frozen=True)
class OnPage:
    """How a page shows a section: where, under which title (the section's own if empty), by which name in the navigation (the title
    if empty), and by which macro of report.html.jinja; `data` is what a macro draws beside the rows."""

    part: PagePart = PagePart.BELOW_CASES
    title: str = ""
    name: str = ""
    layout: str = "table"
    data: object = None


@dataclass(frozen=True)
class Section:
    """A part of a report. Where a writer has nothing of a section to show, it leaves it out.

    `title` heads it in Markdown and on the page; without one it goes on below the section before. `columns` and `rows` are its
    table, `legend` the lines that say how to read it, `notes` sentences beside it. `brief` is what a terminal prints instead of
    all these. `record` are its keys in run.json, `properties` its JUnit properties by benchmark, model and strategy.
    """

    id: str
    title: str = ""
    columns: Sequence[Column] = ()
    rows: Sequence[Row] = ()
    legend: Sequence[str] = ()
    notes: Sequence[Note] = ()
    brief: Sequence[str] | None = None
    record: Mapping[str, object] = field(default_factory=dict)
    properties: Mapping[tuple[str, str, str], Mapping[str, str]] = field(default_factory=dict)
    page: OnPage = OnPage()

    @property
    def heading(self) -> str:
        """Its heading on a page; empty where it goes on below the section before."""
        return self.page.title or self.title

    @property
    def is_on_page(self) -> bool:
        """Whether a page has anything of it to show."""
        return bool(self.rows or self.legend or self.notes or self.page.data)

    @property
    def words(self) -> int:
        """How many columns of words lead its table."""
        return sum(column.style.is_word for column in self.columns)

    def table(self, rows: Sequence[Row] | None = None) -> list[Sequence[str]]:
        """The headings and then `rows`, all if not given, as text has them: without what can only be drawn; empty without a row."""
        shown = [index for index, column in enumerate(self.columns) if column.style is not Style.FLIPS]
        texts = [[row.cells[index] for index in shown] for row in (self.rows if rows is None else rows)]
        return [[self.columns[index].title for index in shown], *texts] if texts else []

    def in_cells(self, values: Sequence[Value]) -> list[Sequence[Value]]:
        """A value for each column, parted as a page parts them: a name and its subnames share a cell."""
        starts = [index for index, column in enumerate(self.columns) if column.style is not Style.SUBNAME]
        return [values[start:end] for start, end in zip(starts, [*starts[1:], len(values)], strict=True)]

    def text(self, row: Row, title: str) -> str:
        """What stands in `row` under the heading `title`."""
        return row.cells[[column.title for column in self.columns].index(title)]

    def folded(self, most: int) -> tuple[list[Row], list[str]]:
        """The rows without the groups of more than `most`, and for each of these a line that says where it stands whole."""
        sizes = Counter(row.group for row in self.rows if row.group)
        lines = [f"{group}: {size} values, in run.json and report.html" for group, size in sizes.items() if size > most]
        return [row for row in self.rows if sizes[row.group] <= most], lines


def words(*titles: str) -> tuple[Column, ...]:
    """Columns of words."""
    return tuple(Column(title, Style.WORD) for title in titles)


def figures(*titles: str) -> tuple[Column, ...]:
    """Columns of figures."""
    return tuple(map(Column, titles))


def plain_rows(rows: Sequence[Sequence[str]]) -> list[Row]:
    """Rows of cells alone."""
    return list(map(Row, rows))


def notes(lines: Sequence[str]) -> list[Note]:
    """Notes of text alone."""
    return list(map(Note, lines))


def named(key: tuple[str, str, str]) -> dict[str, str]:
    """Benchmark, model and strategy as run.json has them."""
    return dict(zip(("benchmark", "model", "strategy"), key, strict=True))
