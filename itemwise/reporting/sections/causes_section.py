"""Why cases are not correct: how often each cause comes first among the causes of a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from itemwise.causes import KINDS
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import OnPage, Row, Section, figures, words
from itemwise.reporting.table import aligned, short_names
from itemwise.results.ledger import Tally

__all__ = ["CauseBar", "CauseChart", "build"]


@dataclass(frozen=True)
class CauseBar:
    """How many cases have a cause, as a `share` of the judged ones; the longest bar of all charts stands for `longest`."""

    kind: str
    count: int
    share: float
    longest: float


@dataclass(frozen=True)
class CauseChart:
    """The causes of a tally's cases, the most frequent first."""

    name: str
    tally: Tally
    bars: Sequence[CauseBar]


def build(run: RunFacts) -> Iterator[Section]:
    """A column for each cause there is, a row for each tally; bars on the page."""
    kinds = [kind for kind in KINDS if any(tally.causes.get(kind) for tally in run.tallies)]
    rows = [(*tally.key, *(str(tally.causes.get(kind, 0)) for kind in kinds)) for tally in run.tallies] if kinds else []
    section = Section(
        "causes",
        "Why cases are not correct",
        (*words("benchmark", "model", "strategy"), *figures(*kinds)),
        [Row(row) for row in rows],
        page=OnPage("above", name="Causes", layout="causes", data=_charts(run.tallies)),
    )
    brief = ["why cases are not correct (results.jsonl quotes the evidence):", *aligned(section.table())] if rows else []
    yield replace(section, brief=brief)


def _charts(tallies: Sequence[Tally]) -> list[CauseChart]:
    """A chart for each tally with a cause; all bars are on one scale."""
    names = short_names(tallies)
    longest = max((count / tally.judged for tally in tallies for count in tally.causes.values()), default=0.0)
    return [CauseChart(names[tally.key], tally, list(_bars(tally, longest))) for tally in tallies if tally.causes]


def _bars(tally: Tally, longest: float) -> Iterator[CauseBar]:
    for kind, count in sorted(tally.causes.items(), key=lambda pair: -pair[1]):
        yield CauseBar(kind, count, count / tally.judged, longest)
