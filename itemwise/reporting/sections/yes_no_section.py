"""Yes or no: precision, recall and F1 of yes beside what always saying it scores, and how often it is said."""

from collections.abc import Iterator, Sequence

from itemwise.analysis.yes_no_results import YesNoResult, yes_no_results
from itemwise.language import phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Row, Section, figures, key_cells, key_columns, words
from itemwise.reporting.table import share_interval_text
from itemwise.results.ledger import Tally

_FIGURES = ("precision", "recall", "F1", "95% interval", "F1 of always yes", "says yes", "expects yes", "says neither", "cases")
_COLUMNS = (*words("of"), *figures(*_FIGURES))
_LEGEND = (
    "precision, recall and F1 are of yes, as POPE tells them; a reply that says neither is a miss, and POPE's script takes it for a yes.",
)


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each measurement of questions of yes or no, and for each value of its tags."""
    found = yes_no_results(run.tallies, run.entries)
    yield Section(
        "yes_no",
        "Yes or no",
        (*key_columns(run.tallies), *_COLUMNS),
        [_row(result, run.tallies) for result in found],
        legend=_LEGEND if found else (),
        record={"yes_no": [_record(result) for result in found]} if found else {},
    )


def _row(result: YesNoResult, tallies: Sequence[Tally]) -> Row:
    shares = (result.precision, result.recall, result.f1, result.f1_of_yes, result.yes_ratio, result.expected_yes)
    texts = ["-" if share is None else f"{share:.1%}" for share in shares]
    texts.insert(3, share_interval_text(result.f1_interval))
    cells = (*key_cells(result.tally, tallies), result.part or phrase("all"), *texts, str(result.neither), str(result.cases))
    tag = result.part.partition(": ")[0]
    name = ", ".join(result.tally.key.names)
    return Row(cells, group=phrase("{name}: yes or no by {tag}", name=name, tag=tag) if tag else "")


def _record(result: YesNoResult) -> dict[str, object]:
    counts = ("true_yes", "false_yes", "true_no", "false_no", "missed_yes", "missed_no")
    shares = ("precision", "recall", "f1", "f1_of_yes", "yes_ratio", "expected_yes")
    names = ("cases", *counts, *shares, "precision_interval", "recall_interval")
    told = {name: getattr(result, name) for name in names}
    return {**result.tally.key.record(), "part": result.part, **told, "interval": result.f1_interval}
