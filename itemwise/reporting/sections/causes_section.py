"""Why cases are not correct: how often each cause comes first among the causes of a case."""

from collections.abc import Iterator
from dataclasses import replace

from itemwise.causes import KINDS
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, OnPage, Row, Section, figures, key_cells, key_columns
from itemwise.reporting.table import aligned, short_names


def build(run: RunFacts) -> Iterator[Section]:
    """A column for each cause there is, a row for each tally; bars on the page."""
    kinds = [kind for kind in KINDS if any(tally.causes.get(kind) for tally in run.tallies)]
    rows = [(*key_cells(tally, run.tallies), *(str(tally.causes.get(kind, 0)) for kind in kinds)) for tally in run.tallies] if kinds else []
    names, with_causes = short_names(run.tallies), [tally for tally in run.tallies if tally.causes]
    longest = max((max(tally.causes.values()) / tally.judged for tally in with_causes), default=0.0)  # of all bars: they are on one scale
    section = Section(
        "causes",
        "Why cases are not correct",
        (*key_columns(run.tallies), *figures(*kinds)),
        [Row(row) for row in rows],
        notes=[Note(KINDS[kind], kind) for kind in kinds],
        page=OnPage("above", name="Causes", layout="causes", data=[(names[tally.key], tally, longest) for tally in with_causes]),
    )
    brief = ["why cases are not correct (results.jsonl quotes the evidence):", *aligned(section.table(), section.words)] if rows else []
    yield replace(section, brief=brief)
