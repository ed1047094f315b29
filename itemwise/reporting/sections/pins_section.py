"""Which hub datasets may be others tomorrow, and how to hold on to those that were read."""

from __future__ import annotations

from collections.abc import Iterator

from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, Section

__all__ = ["build"]


def build(run: RunFacts) -> Iterator[Section]:
    """A line for each benchmark that read a hub dataset without a pinned commit."""
    lines = [
        f'{label}: {read["unpinned"]} is not pinned and may change; revision="<commit>" in the benchmark\'s Hub(...) pins it '
        f"(read: {read['hub']})"
        for label, read in run.rows.items()
        if "unpinned" in read
    ]
    yield Section("pins", notes=[Note(line) for line in lines])
