"""Why cases are not correct: how often each cause comes first among the causes of a case."""

from collections.abc import Iterator

from itemwise.cases.reply import Verdict
from itemwise.causes import KINDS
from itemwise.language import phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, OnPage, Row, Section, figures, key_cells, key_columns
from itemwise.reporting.table import short_names
from itemwise.results.ledger import Tally


def build(run: RunFacts) -> Iterator[Section]:
    """A column for each cause there is, a row for each tally; bars on the page."""
    kinds = [kind for kind in KINDS if any(tally.causes.get(kind) for tally in run.tallies)]
    rows = [(*key_cells(tally, run.tallies), *(str(tally.causes.get(kind, 0)) for kind in kinds)) for tally in run.tallies] if kinds else []
    names, with_causes = short_names(run.tallies), [tally for tally in run.tallies if tally.causes]
    drawn = (kinds, [(names[tally.key], tally, _beside(tally)) for tally in with_causes]) if rows else None
    yield Section(
        "causes",
        "Why cases are not correct",
        (*key_columns(run.tallies), *figures(*kinds)),
        [Row(row) for row in rows],
        notes=[Note(KINDS[kind], phrase(kind)) for kind in kinds],
        page=OnPage("above", name="Causes", layout="causes", data=drawn),
        brief=[phrase("why cases are not correct (results.jsonl quotes the evidence):")] if rows else [],
        has_brief_table=True,
    )


def _beside(tally: Tally) -> tuple[int, int]:
    """The judged cases without a cause: the correct ones and the others."""
    correct = tally.counts[Verdict.CORRECT]
    return correct, tally.judged - correct - sum(tally.causes.values())
