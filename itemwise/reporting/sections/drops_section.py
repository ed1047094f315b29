"""Variants: the drop in accuracy from made problems to the same ones with other numbers."""

from collections.abc import Iterator

from itemwise.analysis.variant_drops import Drop, variant_drops
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, OnPage, Section


def build(run: RunFacts) -> Iterator[Section]:
    """A sentence for each benchmark, model and strategy whose variants were asked too."""
    renumbered = variant_drops(run.answered, run.entries)
    yield Section(
        "twins",
        "From made problems to renumbered ones",
        notes=[Note(f"{', '.join(tally.key.names)}: {_text(drop)}") for tally, drop in renumbered],
        record={"renumbered": [{**tally.key.record(), **vars(drop)} for tally, drop in renumbered]},
        page=OnPage(title="Renumbered variants"),
    )


def _text(drop: Drop) -> str:
    low, high = drop.interval
    return (
        f"from {100 * drop.accuracy:.1f}% to {100 * drop.renumbered:.1f}% with other numbers, "
        f"{100 * drop.difference:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f}), p = {drop.p:.3g}, "
        f"{drop.problems} problems with variants; {len(drop.lost)} right with a wrong variant, {len(drop.gained)} wrong with a right one"
    )
