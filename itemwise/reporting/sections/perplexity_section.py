"""Perplexity: bits per byte of the documents with an interval, and by token and word; how models of a run differ in it."""

from collections.abc import Iterator

from itemwise.analysis.perplexity_results import PerplexityResult, bits_changes, perplexity_results
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Row, Section, change_note, change_record, figures, key_cells, key_columns
from itemwise.reporting.table import bits_interval_text, count_of

_COLUMNS = figures("documents", "bytes", "tokens", "window", "bits/byte", "95% interval", "token perplexity", "word perplexity")
_LEGEND = (
    "bits/byte: over all documents together, comparable between tokenizers; its interval is the bootstrap's over documents. Perplexities: "
    "by the model's own tokens, and by words between white space. The accuracy of these lines says only that their documents were scored.",
)


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each tally whose texts were scored."""
    results = perplexity_results(run.tallies, run.entries)
    if results:
        changes = bits_changes(results, run.entries)
        yield Section(
            "perplexity",
            "Perplexity",
            (*key_columns(run.tallies), *_COLUMNS),
            [Row((*key_cells(result.tally, run.tallies), *_row(result))) for result in results],
            legend=_LEGEND,
            notes=[change_note(*changed) for changed in changes],
            record={
                "perplexity": [_record(result) for result in results],
                "bits_changes": [change_record(*changed) for changed in changes],
            },
        )


def _row(result: PerplexityResult) -> tuple[str, ...]:
    counts = (count_of(len(result.documents), result.tally.sample_size), f"{result.bytes:,}", f"{result.tokens:,}", result.windows)
    return (
        *counts,
        f"{result.bits_per_byte:.4f}",
        bits_interval_text(result.interval),
        f"{result.token_perplexity:.4g}",
        f"{result.word_perplexity:.4g}",
    )


def _record(result: PerplexityResult) -> dict[str, object]:
    return {**result.tally.key.record(), **result.record()}
