"""Means over measurements: configurations of a benchmark, values of a tag, benchmarks of a suite."""

from collections.abc import Iterator

from itemwise.analysis.means import Mean, means
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Column, Row, Section, figures, key_cells, key_columns, words
from itemwise.reporting.table import accuracy_text


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each mean."""
    found = means(run.plain_tallies, run.entries, run.rows)
    interval = Column("95% interval", "interval")
    columns = (*words("mean of"), *key_columns(run.tallies)[1:], *words("over"), *figures("mean"), interval, *figures("cases"))
    rows = [_row(mean, run) for mean in found]
    legend = ["Each part of a mean counts the same, however many cases it has; in the table of accuracies each case does."]
    yield Section("means", "Means", columns, rows, legend=legend if rows else (), record={"means": [_record(mean) for mean in found]})


def _row(mean: Mean, run: RunFacts) -> Row:
    key = key_cells(mean.tally, run.tallies)[1:]
    return Row((mean.name, *key, mean.over, *accuracy_text(mean.accuracy), str(mean.accuracy.judged)), mean.accuracy)


def _record(mean: Mean) -> dict[str, object]:
    key = {**mean.tally.key.record(), "benchmark": mean.name}
    return {**key, "over": mean.over, "mean": mean.accuracy.share, "interval": mean.accuracy.interval, "n": mean.accuracy.judged}
