"""The main table: accuracy, interval and counts per benchmark, model and strategy. A column is one line of COLUMNS."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from itemwise.cases.reply import Verdict
from itemwise.reporting.first_screen import first_screen
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Column, OnPage, Row, Section, Style
from itemwise.reporting.table import accuracy_text, cost_text, count_of
from itemwise.results.ledger import Tally

__all__ = ["COLUMNS", "TallyColumn", "build", "accuracy_table"]

Value = TypeVar("Value")
PROMPT = "prompt"  # a column only where a benchmark has several
UNDECIDED = "undecided"  # only where there are any


@dataclass(frozen=True)
class TallyColumn:
    """One thing that is told of a tally: its `record` in run.json's results, its `text` under `title` in every table, or in none
    without a text, and its JUnit `properties`: if they are not given, the figures of its record, fractions with `digits`."""

    title: str
    record: Callable[[Tally], Mapping[str, object]]
    text: Callable[[Tally], str] | None = None
    style: Style = "figure"
    properties: Callable[[Tally], Mapping[str, object]] | None = None
    digits: int = 6

    def property_texts(self, tally: Tally) -> dict[str, str]:
        """The JUnit properties of `tally`: figures as text, empty where there is none."""
        values = (self.properties or self.record)(tally).items()
        return {name: self._text(value) for name, value in values if isinstance(value, float | int | None)}

    def _text(self, value: float | None) -> str:
        return "" if value is None else f"{value:.{self.digits}f}" if isinstance(value, float) else str(value)


def _name(title: str, name: str, style: Style) -> TallyColumn:
    return TallyColumn(title, lambda tally: {title: getattr(tally, name)}, lambda tally: str(getattr(tally, name)), style)


def _verdicts(title: str, verdict: Verdict) -> TallyColumn:
    name = verdict.value.replace(" ", "_")
    return TallyColumn(title, lambda tally: {name: tally.counts[verdict]}, lambda tally: str(tally.counts[verdict]))


def _interval(tally: Tally) -> str:
    return accuracy_text(tally.accuracy)[1]


def _ends(tally: Tally) -> dict[str, object]:
    return dict(zip(("accuracy_low", "accuracy_high"), tally.accuracy.interval or (None, None), strict=True))


def _size(tally: Tally) -> dict[str, object]:
    return {"n": tally.judged, "sample": tally.sample_size}


def _tokens(tally: Tally) -> dict[str, object]:
    thought = {"thinking_tokens": tally.thinking_tokens} if tally.thinking_tokens else {}
    return {"prompt_tokens": tally.prompt_tokens, "completion_tokens": tally.completion_tokens, **thought}


def _replies(tally: Tally) -> dict[str, object]:
    given = {"replies_made_elsewhere": tally.given} if tally.given else {}
    return {"replies_generated": tally.generated, "replies_stored": tally.judged - tally.generated - tally.given, **given}


def _undecided(tally: Tally) -> dict[str, object]:
    """How many are undecided, and the accuracy if all of them were wrong, or right."""
    if not (count := tally.counts.get(Verdict.UNDECIDED, 0)):
        return {}
    names = ("accuracy_if_wrong", "accuracy_if_right")
    return {UNDECIDED: count, **{name: end.share for name, end in zip(names, tally.bounds or (), strict=False)}}


def _causes(tally: Tally) -> dict[str, object]:
    return {f"cause.{kind.replace(' ', '_')}": count for kind, count in tally.causes.items()}


COLUMNS: tuple[TallyColumn, ...] = (
    _name("benchmark", "benchmark", "name"),
    _name("model", "model_name", "subname"),
    _name("strategy", "strategy", "subname"),
    TallyColumn(PROMPT, lambda tally: {PROMPT: tally.prompt_name} if tally.prompt_name else {}, lambda tally: tally.prompt_name, "subname"),
    TallyColumn("accuracy", lambda tally: {"accuracy": tally.accuracy.share}, lambda tally: accuracy_text(tally.accuracy)[0], "leading"),
    TallyColumn("95% interval", lambda tally: {"interval": tally.accuracy.interval}, _interval, "interval", _ends),
    _verdicts("correct", Verdict.CORRECT),
    _verdicts("wrong", Verdict.WRONG),
    _verdicts("no answer", Verdict.NO_ANSWER),
    _verdicts("truncated", Verdict.TRUNCATED),
    TallyColumn(UNDECIDED, _undecided, lambda tally: str(tally.counts[Verdict.UNDECIDED])),
    _verdicts("errors", Verdict.ERROR),
    TallyColumn("tokens/correct", lambda tally: {"tokens_per_correct": tally.tokens_per_correct}, cost_text, digits=1),
    TallyColumn("n of N", _size, lambda tally: count_of(tally.judged, tally.sample_size)),
    TallyColumn("coverage", lambda _: {}, properties=lambda tally: {"coverage": tally.judged / tally.sample_size}),
    TallyColumn("causes", lambda tally: {"causes": dict(tally.causes)}, properties=_causes),
    TallyColumn("tokens", _tokens),
    TallyColumn("replies", _replies),
    TallyColumn("seconds", lambda tally: {"seconds": tally.seconds}, digits=3),
)


def accuracy_table(tallies: Sequence[Tally], labels: Sequence[str] = ()) -> Section:
    """A row for each tally, led by its label where there are labels."""
    told = {PROMPT: any(tally.prompt_name for tally in tallies), UNDECIDED: any(tally.counts.get(Verdict.UNDECIDED) for tally in tallies)}
    shown = [(column, column.text) for column in COLUMNS if column.text and told.get(column.title, True)]
    columns = [Column(column.title, column.style) for column, _ in shown]
    rows = [Row([text(tally) for _, text in shown], tally.accuracy) for tally in tallies]
    if labels:
        columns.insert(0, Column("", "label"))
        rows = [Row([label, *row.cells], row.drawn) for label, row in zip(labels, rows, strict=True)]
    return Section("accuracy", columns=columns, rows=rows, page=OnPage("head", "Accuracy"))


def build(run: RunFacts) -> Iterator[Section]:
    """The accuracy of each benchmark, model and strategy, its counts and its cost; a page has what was measured and a chart first."""
    yield replace(
        accuracy_table(run.tallies),
        page=OnPage("head", "Accuracy", layout="accuracy", data=first_screen(run)),
        record={"results": [_merged(column.record(tally) for column in COLUMNS) for tally in run.tallies]},
        properties={tally.key: _merged(column.property_texts(tally) for column in COLUMNS) for tally in run.tallies},
    )


def _merged(parts: Iterable[Mapping[str, Value]]) -> dict[str, Value]:
    return {name: value for part in parts for name, value in part.items()}
