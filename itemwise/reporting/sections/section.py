"""A section of a report as one object, which every writer shows in its own form: terminal, Markdown, page, run.json, JUnit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Literal, NamedTuple, TypeVar

from itemwise.analysis.paired_change import PairedChange
from itemwise.language import Language, phrase
from itemwise.results.labels import Key
from itemwise.results.ledger import Tally
from itemwise.results.statistics import Estimate

__all__ = ["Column", "Note", "OnPage", "Row", "Section", "Style", "change_note", "change_record", "figures"]
__all__ += ["key_cells", "key_columns", "words"]

Style = Literal["word", "quiet", "label", "name", "subname", "figure", "leading", "interval", "flips"]
Value = TypeVar("Value")
_WORDS = ("word", "quiet", "label", "name", "subname")  # the styles of words: these stand left in text, figures right


class Column(NamedTuple):
    """A heading, and how a page shows what stands below it.

    A "name" is what the row is about, with the "subname"s that follow it in the same cell; a "label" stands for a series. A "leading"
    figure is the one to look at first; at an "interval" the row's accuracy, or the mean of its score, is drawn. "flips" are drawn alone,
    and only on pages.
    """

    title: str
    style: Style = "figure"


class Row(NamedTuple):
    """A text for each column, and the `group` with which the row is left out where that is long. A page draws its accuracy, or its
    flips: how many cases were gained, lost and judged."""

    cells: Sequence[str]
    drawn: Estimate | tuple[int, int, int] | None = None
    group: str = ""


class Note(NamedTuple):
    """A sentence below a table. `name` says what it is about; `passed` is there for what can pass or fail."""

    text: str
    name: str = ""
    passed: bool | None = None


@dataclass(frozen=True)
class OnPage:
    """How a page shows a section: at its head, above or below the cases; under a `title` and in the navigation under a `name` where
    the section's own does not serve; by the macro `layout` of report.html.jinja, which may draw `data` beside the rows."""

    part: Literal["head", "above", "below"] = "below"
    title: str = ""
    name: str = ""
    layout: str = "table"
    data: object = None


@dataclass(frozen=True)
class Section:
    """A part of a report. Where a writer has nothing of a section to show, it leaves it out.

    `title` heads it in Markdown and on the page; without one it goes on below the section before. `columns` and `rows` are its
    table, `legend` the lines that say how to read it, `notes` sentences beside it. `brief` is what a terminal prints instead of
    all these, above the table where it `has_brief_table`. `record` are its keys in run.json, `properties` its JUnit properties by
    what they tell of.
    """

    id: str
    title: str = ""
    columns: Sequence[Column] = ()
    rows: Sequence[Row] = ()
    legend: Sequence[str] = ()
    notes: Sequence[Note] = ()
    brief: Sequence[str] | None = None
    has_brief_table: bool = False
    record: Mapping[str, object] = field(default_factory=dict)
    properties: Mapping[Key, Mapping[str, str]] = field(default_factory=dict)
    page: OnPage = OnPage()

    @property
    def heading(self) -> str:
        """Its heading on a page; empty where it goes on below the section before."""
        return self.page.title or self.title

    @property
    def words(self) -> int:
        """How many columns of words lead its table."""
        return sum(column.style in _WORDS for column in self.columns)

    def table(self, rows: Sequence[Row] | None = None) -> list[list[str]]:
        """The headings and then `rows`, all if not given, as text has them: without what can only be drawn; empty without a row."""
        texts = [column.style != "flips" for column in self.columns]
        lines = [[column.title for column in self.columns], *(row.cells for row in (self.rows if rows is None else rows))]
        return [list(compress(line, texts)) for line in lines] if len(lines) > 1 else []

    def in_cells(self, values: Sequence[Value]) -> list[Sequence[Value]]:
        """A value for each column, parted as a page parts them: a name and its subnames share a cell."""
        starts = [index for index, column in enumerate(self.columns) if column.style != "subname"]
        return [values[start:end] for start, end in zip(starts, [*starts[1:], len(values)], strict=True)]

    def text(self, row: Row, title: str) -> str:
        """What stands in `row` under the heading `title`."""
        return next(cell for column, cell in zip(self.columns, row.cells, strict=True) if column.title == title)

    def told(self, say: Language) -> "Section":
        """The section in another language: headings, sentences, and the cells that are phrases. Records and properties stay as they are."""
        if not say.table:
            return self
        return replace(
            self,
            title=say(self.title),
            columns=[column._replace(title=say(column.title)) for column in self.columns],
            rows=[row._replace(cells=say.cells(row.cells), group=say.cells([row.group])[0]) for row in self.rows],
            legend=list(map(say, self.legend)),
            notes=[note._replace(text=say(note.text), name=say.cells([note.name])[0]) for note in self.notes],
            brief=self.brief and list(map(say, self.brief)),
            page=replace(self.page, title=say(self.page.title), name=say(self.page.name)),
        )

    def folded(self, most: int) -> tuple[list[Row], list[str]]:
        """The rows without the groups of more than `most`, and for each of these a line that says where it stands whole."""
        sizes = Counter(row.group for row in self.rows if row.group)
        long = {group: size for group, size in sizes.items() if size > most}
        lines = [phrase("{group}: {n} values, in run.json and report.html", group=group, n=size) for group, size in long.items()]
        return [row for row in self.rows if sizes[row.group] <= most], lines


def words(*titles: str) -> list[Column]:
    """Columns of words."""
    return [Column(title, "word") for title in titles]


def figures(*titles: str) -> list[Column]:
    """Columns of figures."""
    return [Column(title) for title in titles]


def key_columns(tallies: Sequence[Tally]) -> list[Column]:
    """Columns of words that say what a row of a table counts: benchmark, model, strategy, and the prompt where one has several."""
    return words("benchmark", "model", "strategy", *(["prompt"] if any(tally.prompt_name for tally in tallies) else []))


def key_cells(tally: Tally, tallies: Sequence[Tally]) -> tuple[str, ...]:
    """What stands in those columns of a table of `tallies`."""
    return tuple(tally.key)[: len(key_columns(tallies))]


def change_note(first: Tally, tally: Tally, change: PairedChange) -> Note:
    """How a measurement differs from the `first`, and whether that is shown."""
    told = "{name} against {first}: {change}" if change.is_shown else "{name} against {first}: {change}: no difference is shown"
    return Note(phrase(told, name=", ".join(tally.key.names), first=first.model_name, change=change.text))


def change_record(first: Tally, tally: Tally, change: PairedChange) -> dict[str, object]:
    """The same as run.json has it."""
    return {**tally.key.record(), "against": first.model_name, **change.record()}
