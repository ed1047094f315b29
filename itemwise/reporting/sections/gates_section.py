"""Gates: each demand on an accuracy, and whether the run meets it."""

from collections.abc import Iterator

from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, OnPage, Section


def build(run: RunFacts) -> Iterator[Section]:
    """A note for each gate, passed or not."""
    yield Section(
        "gates",
        notes=[Note(decision.text, passed=decision.passed) for decision in run.decisions],
        record={"gates": [{"passed": decision.passed, "text": decision.text} for decision in run.decisions]},
        page=OnPage("head", "Gates", layout="gates"),
    )
