"""Accuracy by tag of the cases: subject, grade, or any other that a benchmark sets."""

from collections.abc import Iterator, Sequence

from itemwise.analysis.splits import Split, splits
from itemwise.language import phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Column, Row, Section, figures, key_cells, key_columns, words
from itemwise.reporting.table import accuracy_text
from itemwise.results.ledger import Tally

_COLUMNS = (*words("split by"), *figures("accuracy"), Column("95% interval", "interval"), *figures("cases"))


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each value of each tag; a tag of many values is left out of short reports."""
    parts = splits(run.plain_tallies, run.entries)
    record = {"splits": [_record(part) for part in parts]}
    columns = (*key_columns(run.tallies), *_COLUMNS)
    yield Section("splits", "By tag", columns, [_row(part, run.tallies) for part in parts], record=record)


def _row(split: Split, tallies: Sequence[Tally]) -> Row:
    accuracy, whole = split.part.accuracy, split.whole
    cells = (*key_cells(whole, tallies), f"{split.tag}: {split.value}", *accuracy_text(accuracy), str(split.part.judged))
    return Row(cells, accuracy, group=phrase("{name}: split by {tag}", name=", ".join(whole.key.names), tag=split.tag))


def _record(split: Split) -> dict[str, object]:
    accuracy = split.part.accuracy
    return {
        **split.whole.key.record(),
        "tag": split.tag,
        "value": split.value,
        "accuracy": accuracy.share,
        "interval": accuracy.interval,
        "n": accuracy.judged,
    }
