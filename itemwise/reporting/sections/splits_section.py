"""Accuracy by tag of the cases: subject, grade, or any other that a benchmark sets."""

from collections.abc import Iterator

from itemwise.analysis.splits import Split, splits
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Column, Row, Section, figures, named, words
from itemwise.reporting.table import accuracy_text

_COLUMNS = (
    *words("benchmark", "model", "strategy", "split by"), *figures("accuracy"), Column("95% interval", "interval"), *figures("cases"),
)  # fmt: skip


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each value of each tag; a tag of many values is left out of short reports."""
    parts = splits(run.plain_tallies, run.entries)
    record = {"splits": [_record(part) for part in parts]}
    yield Section("splits", "By tag", _COLUMNS, [_row(part) for part in parts], record=record)


def _row(split: Split) -> Row:
    accuracy, key = split.part.accuracy, split.whole.key
    cells = (*key, f"{split.tag}: {split.value}", *accuracy_text(accuracy), str(split.part.judged))
    return Row(cells, accuracy, group=f"{', '.join(key)}: split by {split.tag}")


def _record(split: Split) -> dict[str, object]:
    accuracy = split.part.accuracy
    return {
        **named(split.whole.key),
        "tag": split.tag,
        "value": split.value,
        "accuracy": accuracy.share,
        "interval": accuracy.interval,
        "n": accuracy.judged,
    }
