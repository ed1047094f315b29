"""Facts of a finished run for its reports: times, settings, models, measurements, and the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from itemwise.analysis.choice_results import ChoiceResult, choice_results
from itemwise.analysis.pairs import Pair, TwiceError, items_differ
from itemwise.analysis.recovery import ModelRecovery, recoveries
from itemwise.gates.baseline import baseline_pairs
from itemwise.gates.gate import Decision
from itemwise.language import ENGLISH, Language
from itemwise.results.batch_invariance import BatchCheck
from itemwise.results.entry import Entry, Skip
from itemwise.results.labels import is_plain
from itemwise.results.ledger import Tally
from itemwise.results.run_folder import RunFolder
from itemwise.snapshots import FileChanges

__all__ = ["RunFacts"]


@dataclass(frozen=True)
class RunFacts:
    """A finished (or stopped) run. `measured` describes each model that answered, `rows` each benchmark's rows, `pictures`
    holds what was shown by its hash, `batch_check` is what became of cases that were asked again by themselves, `snapshots` what
    became of the replies that each snapshot file keeps, where these were compared, `skips` are the
    cases without a verdict. It is held against the `baseline`, where it was given one. Its reports speak the `language`."""

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
    batch_check: Sequence[BatchCheck] = ()
    snapshots: Sequence[FileChanges] = ()
    skips: Sequence[Skip] = ()
    baseline: RunFolder | None = None
    language: Language = ENGLISH

    @cached_property
    def choices(self) -> list[ChoiceResult]:
        """The choices of each tally that has any, beside chance."""
        return choice_results(self.answered, self.entries)

    @cached_property
    def recoveries(self) -> list[ModelRecovery]:
        """What each model keeps of its base, where a run asked both."""
        return recoveries(self.tallies, self.entries, self.settings.get("base_model"))

    @cached_property
    def against_baseline(self) -> list[Pair]:
        """The pairs with the baseline that are of the same items; of the others the gate tells why it is undecided."""
        try:
            pairs = baseline_pairs(self.baseline, self.entries) if self.baseline else []
        except TwiceError:
            return []
        return [pair for pair in pairs if not items_differ(pair.first, pair.second) and pair.judged]

    @property
    def answered(self) -> list[Tally]:
        """The tallies whose cases a model answered; where texts were scored they have no accuracy."""
        return [tally for tally in self.tallies if tally.is_answered]

    @property
    def plain_tallies(self) -> list[Tally]:
        """Of those with answers the tallies of cases as they are, without variants and controls."""
        return [tally for tally in self.answered if is_plain(tally.benchmark)]
