"""How many tokens and seconds the replies took, drawn as histograms on the page alone."""

from collections.abc import Iterator

from itemwise.reporting.histograms import spreads
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import OnPage, Section
from itemwise.reporting.table import short_names

__all__ = ["build"]


def build(run: RunFacts) -> Iterator[Section]:
    """A pair of histograms for each tally with a reply."""
    names = short_names(run.tallies)
    charts = [(names[spread.tally.key], spread) for spread in spreads(run.tallies, run.entries)]
    yield Section("spread", "Tokens and seconds", page=OnPage("above", layout="spread", data=charts))
