"""Reference answers: how likely they are as the reply, and how models of a run differ in it."""

from collections.abc import Iterator

from itemwise.analysis.gold_change import gold_changes
from itemwise.analysis.reference_results import ReferenceResult, reference_results
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.likelihood_section import gold_note
from itemwise.reporting.sections.section import Row, Section, change_record, figures, key_cells, key_columns
from itemwise.reporting.table import bits_interval_text, count_of

_COLUMNS = figures("n", "bytes", "nats/case", "bits/byte", "95% interval", "merged")
_LEGEND = (
    "nats/case: the mean log-likelihood of the benchmark's own solution or answer as the reply; bits/byte: over all of them together, "
    "comparable between tokenizers, with the bootstrap's interval over answers.",
    "Nothing was answered, so this is no accuracy: that a case is correct says only that its reference answer was scored and is read as "
    "the expected one. merged: answers whose first token is part of the prompt's end, scored from that token on.",
)


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each tally whose reference answers were scored."""
    results = reference_results(run.tallies, run.entries)
    if results:
        changes = gold_changes([result.tally for result in results], run.entries)
        yield Section(
            "reference",
            "Reference answers",
            (*key_columns(run.tallies), *_COLUMNS),
            [Row((*key_cells(result.tally, run.tallies), *_row(result))) for result in results],
            legend=_LEGEND,
            notes=[gold_note(*changed) for changed in changes],
            record={
                "reference": [{**result.tally.key.record(), **result.record()} for result in results],
                "reference_changes": [change_record(*changed) for changed in changes],
            },
        )


def _row(result: ReferenceResult) -> tuple[str, ...]:
    counts = (count_of(len(result.answers), result.tally.sample_size), f"{result.bytes:,}")
    return (*counts, f"{result.nats:.3f}", f"{result.bits_per_byte:.4f}", bits_interval_text(result.interval), str(result.merged))
