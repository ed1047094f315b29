"""The drop from made problems to their renumbered variants."""

from __future__ import annotations

from collections.abc import Iterator

from itemwise.analysis.variant_drops import VariantDrop, variant_drops
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, OnPage, Section, named

__all__ = ["build"]


def build(run: RunFacts) -> Iterator[Section]:
    """A sentence for each benchmark, model and strategy whose variants were asked too."""
    renumbered = variant_drops(run.tallies, run.entries)
    yield Section(
        "twins",
        "From made problems to renumbered ones",
        notes=[Note(_text(drop)) for drop in renumbered],
        record={"renumbered": [_record(drop) for drop in renumbered]},
        page=OnPage(title="Renumbered variants"),
    )


def _text(renumbered: VariantDrop) -> str:
    """The two accuracies, their difference with its interval and p, and how many problems flipped."""
    drop = renumbered.drop
    low, high = drop.interval
    return (
        f"{', '.join(renumbered.tally.key)}: from {100 * drop.seen:.1f}% to {100 * drop.renumbered:.1f}% with other numbers, "
        f"{100 * drop.difference:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f}), p = {drop.p:.3g}, "
        f"{drop.pairs} problems with variants; {len(drop.lost)} right with a wrong variant, {len(drop.gained)} wrong with a right one"
    )


def _record(renumbered: VariantDrop) -> dict[str, object]:
    """Everything that _text says, with the flipped problems by id."""
    drop = renumbered.drop
    return {
        **named(renumbered.tally.key),
        "problems": drop.pairs,
        "accuracy": drop.seen,
        "renumbered": drop.renumbered,
        "difference": drop.difference,
        "interval": list(drop.interval),
        "p": drop.p,
        "lost": list(drop.lost),
        "gained": list(drop.gained),
    }
