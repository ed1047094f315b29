"""Scored options: what was scored and compared, ties, tokens shared with the prompt, and the accuracy under other norms."""

from collections.abc import Iterator

from itemwise.analysis.gold_change import GoldChange, gold_changes
from itemwise.analysis.likelihood_results import LikelihoodResult, likelihood_results
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, Row, Section, figures, key_cells, key_columns, words
from itemwise.results.ledger import Tally

_COLUMNS = (*words("scored", "compared"), *figures("n", "ties", "merged", "by sum", "per character", "per byte"))
_LEGEND = (
    "ties: cases with several best options, of which the first is taken; by sum, per character, per byte: the accuracy by each "
    "(acc, acc_norm and acc_bytes of lm-evaluation-harness).",
    "merged: cases with an option whose first token is part of the prompt's end; there all of its options are scored from that token on.",
)


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each tally whose options were scored."""
    results = likelihood_results(run.tallies, run.entries)
    if results:
        changes = gold_changes([result.tally for result in results], run.entries)
        yield Section(
            "likelihood",
            "Scored options",
            (*key_columns(run.tallies), *_COLUMNS),
            [Row((*key_cells(result.tally, run.tallies), *_row(result))) for result in results],
            legend=_LEGEND,
            notes=[_note(*changed) for changed in changes],
            record={"likelihood": [_record(result) for result in results], "gold_changes": [_change(*changed) for changed in changes]},
        )


def _row(result: LikelihoodResult) -> tuple[str, ...]:
    shares = [f"{share:.1%}" for share in result.by_norm.values()] or ["-"] * 3
    return (result.form, result.norm, *map(str, (len(result.cases), result.tied, result.merged)), *shares)


def _note(first: Tally, tally: Tally, change: GoldChange) -> Note:
    found = "less likely" if change.mean < 0 else "likelier"
    shown = f"the expected options are {found}" if change.is_shown else "no difference of the expected options is shown"
    name = ", ".join(tally.key.names)
    return Note(f"{name}: log-likelihood of the expected option against {first.model_name} {change.text}: {shown}")


def _change(first: Tally, tally: Tally, change: GoldChange) -> dict[str, object]:
    return {**tally.key.record(), "against": first.model_name, **change.record()}


def _record(result: LikelihoodResult) -> dict[str, object]:
    counts = {"n": len(result.cases), "tied": result.tied, "merged": result.merged}
    return {**result.tally.key.record(), "form": result.form, "norm": result.norm, **counts, "accuracy_by_norm": dict(result.by_norm)}
