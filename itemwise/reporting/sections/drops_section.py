"""Variants: the drop in accuracy from made problems to the same ones with other numbers."""

from collections.abc import Iterator

from itemwise.analysis.variant_drops import Drop, variant_drops
from itemwise.language import phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, OnPage, Section


def build(run: RunFacts) -> Iterator[Section]:
    """A sentence for each benchmark, model and strategy whose variants were asked too."""
    renumbered = variant_drops(run.answered, run.entries)
    yield Section(
        "twins",
        "From made problems to renumbered ones",
        notes=[Note(phrase("{name}: {text}", name=", ".join(tally.key.names), text=_text(drop))) for tally, drop in renumbered],
        record={"renumbered": [{**tally.key.record(), **vars(drop)} for tally, drop in renumbered]},
        page=OnPage(title="Renumbered variants"),
    )


def _text(drop: Drop) -> str:
    low, high = drop.interval
    return phrase(
        "from {before:.1%} to {after:.1%} with other numbers, {change:+.1f} points ({low:+.1f} to {high:+.1f}), p = {p:.3g}, "
        "{n} problems with variants; {lost} right with a wrong variant, {gained} wrong with a right one",
        before=drop.accuracy,
        after=drop.renumbered,
        change=100 * drop.difference,
        low=100 * low,
        high=100 * high,
        p=drop.p,
        n=drop.problems,
        lost=len(drop.lost),
        gained=len(drop.gained),
    )
