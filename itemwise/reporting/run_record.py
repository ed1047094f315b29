"""Everything a report may speak of: the run, its settings and its ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from itemwise.analysis.choice_baselines import ChoiceResult, choice_results
from itemwise.analysis.extractor_comparison import Panel, panels
from itemwise.analysis.ladder import Ladder, ladders
from itemwise.analysis.splits import Split, splits
from itemwise.analysis.variant_drops import RenumberedDrop, drops
from itemwise.cases.controls import CONTROLS
from itemwise.cases.variants import RENUMBERED
from itemwise.gates.gate import Decision
from itemwise.reporting.sections.count_notes import count_notes
from itemwise.results.entry import Entry, Skip
from itemwise.results.ledger import Tally
from itemwise.snapshots import FileChanges

__all__ = ["RunRecord"]

Made = TypeVar("Made")


@dataclass(frozen=True)
class RunRecord:
    """A finished (or stopped) run. `measured` describes each model that answered, `rows` each benchmark's rows, `pictures`
    holds what was shown by its hash, `batch_check` is what became of cases that were asked again by themselves, `snapshots` what
    became of the replies that each snapshot file keeps, where these were compared, `skips` are the
    cases without a verdict."""

    started: str
    seconds: float
    command: str
    settings: Mapping[str, Any]
    measured: Mapping[str, Mapping[str, str]]
    rows: Mapping[str, Mapping[str, str]]
    environment: Mapping[str, Any]
    entries: Sequence[Entry]
    tallies: Sequence[Tally]
    decisions: Sequence[Decision]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    batch_check: Sequence[Mapping[str, Any]] = ()
    snapshots: Sequence[FileChanges] = ()
    skips: Sequence[Skip] = ()
    troubles: dict[str, str] = field(default_factory=dict)

    @property
    def notes(self) -> list[str]:
        """What the table does not tell of its lines: what ran here, what was skipped, what ran more than once."""
        return count_notes(self.tallies, self.entries, self.skips)

    @property
    def _plain(self) -> list[Tally]:
        """The tallies of cases as they are, without twins and controls."""
        return [tally for tally in self.tallies if not tally.benchmark.endswith((RENUMBERED, *CONTROLS))]

    @cached_property
    def ladders(self) -> list[Ladder]:
        """What each way of asking adds to the one before it, where there are several."""
        return self._section("ladders", lambda: ladders(self._plain, self.entries))

    @cached_property
    def panels(self) -> list[Panel]:
        """What other extractors make of the same replies."""
        return self._section("panels", lambda: panels(self._plain, self.entries))

    @cached_property
    def drops(self) -> list[RenumberedDrop]:
        """How the accuracy changes from made problems to their twins with other numbers, where these were asked."""
        return self._section("drops", lambda: drops(self.tallies, self.entries))

    @cached_property
    def choices(self) -> list[ChoiceResult]:
        """The accuracies on choices beside chance and the best constant letter, with their controls."""
        return self._section("choices", lambda: choice_results(self.tallies, self.entries))

    @cached_property
    def splits(self) -> list[Split]:
        """The accuracies by what the cases are tagged with."""
        return self._section("splits", lambda: splits(self._plain, self.entries))

    def _section(self, name: str, make: Callable[[], list[Made]]) -> list[Made]:
        """A section of the reports; one that cannot be made is missing from them all, and `troubles` says why."""
        try:
            return make()
        except Exception as error:  # a fault of one section must not cost the reports
            self.troubles[name] = f"the section {name} could not be made: {type(error).__name__}: {error}"
            return []

    @property
    def generated(self) -> int:
        """Replies that this run asked the model for."""
        return sum(tally.generated for tally in self.tallies)

    @property
    def recalled(self) -> int:
        """Replies that were known before."""
        return sum(entry.cost is not None for entry in self.entries) - self.generated
