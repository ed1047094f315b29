"""Scored options: what was scored and compared, ties, tokens shared with the prompt, and the accuracy under other norms."""

from collections.abc import Iterator

from itemwise.analysis.likelihood_results import LikelihoodResult, likelihood_results
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Row, Section, figures, key_cells, key_columns, words

_COLUMNS = (*words("scored", "compared"), *figures("n", "ties", "merged", "by sum", "per character", "per byte"))
_LEGEND = (
    "ties: cases with several best options, of which the first is taken; by sum, per character, per byte: the accuracy by each.",
    "merged: cases with an option whose first token is part of the prompt's end; there all of its options are scored from that token on.",
)


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each tally whose options were scored."""
    results = likelihood_results(run.tallies, run.entries)
    if results:
        yield Section(
            "likelihood",
            "Scored options",
            (*key_columns(run.tallies), *_COLUMNS),
            [Row((*key_cells(result.tally, run.tallies), *_row(result))) for result in results],
            legend=_LEGEND,
            record={"likelihood": [_record(result) for result in results]},
        )


def _row(result: LikelihoodResult) -> tuple[str, ...]:
    shares = [f"{share:.1%}" for share in result.by_norm.values()] or ["-"] * 3
    return (result.form, result.norm, *map(str, (len(result.cases), result.tied, result.merged)), *shares)


def _record(result: LikelihoodResult) -> dict[str, object]:
    counts = {"n": len(result.cases), "tied": result.tied, "merged": result.merged}
    return {**result.tally.key.record(), "form": result.form, "norm": result.norm, **counts, "accuracy_by_norm": dict(result.by_norm)}
