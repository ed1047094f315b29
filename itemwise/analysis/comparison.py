"""Several series side by side: every pair of one benchmark, tested together, and what each was measured with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from itemwise.analysis.pairs import Pair, Series
from itemwise.analysis.provenance import Measured, Part, differing
from itemwise.analysis.reply_changes import reply_text
from itemwise.results.statistics import SIGNIFICANT, SmallestDifference, holm, smallest_difference

__all__ = ["Comparison"]


@dataclass(frozen=True)
class Comparison:
    """`series` in the order given, their `pairs`, and by label what each was `measured` with."""

    series: Sequence[Series]
    pairs: Sequence[Pair]
    measured: Mapping[str, Measured] = field(default_factory=dict)

    @cached_property
    def corrected(self) -> list[float]:
        """Each pair's p after Holm's correction over all of them."""
        return holm([pair.p for pair in self.pairs])

    @property
    def benchmarks(self) -> list[str]:
        """The benchmarks of the pairs."""
        return list(dict.fromkeys(pair.first.tally.benchmark for pair in self.pairs))

    def of(self, benchmark: str) -> list[Series]:
        """The series of `benchmark`."""
        return [series for series in self.series if series.tally.benchmark == benchmark]

    @property
    def alone(self) -> list[Series]:
        """The series without another of their benchmark."""
        paired = {each.label for pair in self.pairs for each in (pair.first, pair.second)}
        return [each for each in self.series if each.label not in paired]

    def better(self, place: int) -> Series | None:
        """The better series of the pair at `place`; None where no difference is shown."""
        pair = self.pairs[place]
        if self.corrected[place] >= SIGNIFICANT:
            return None
        return pair.second if len(pair.gained) > len(pair.lost) else pair.first

    def can_show(self, place: int) -> SmallestDifference | None:
        """The smallest difference that the pair at `place` can show beside the others."""
        return smallest_difference(len(self.pairs[place].judged), len(self.pairs))

    def differing(self, place: int) -> dict[Part, list[str]]:
        """The settings in which the pair at `place` differs, by part, in the order of parts.

        Prompts in other words are a difference of the harness even where no setting tells of them.
        """
        pair = self.pairs[place]
        found = differing(*(self.measured.get(each.label, {}) for each in (pair.first, pair.second)))
        if Part.HARNESS not in found and self.reworded(place):
            found[Part.HARNESS] = ["words of the prompt"]
        return {part: found[part] for part in Part if part in found}

    def reworded(self, place: int) -> int:
        """How many cases of the pair at `place` were asked in other words."""
        mine, others = self.pairs[place].first.entries, self.pairs[place].second.entries
        return sum(mine[case].texts().prompt != others[case].texts().prompt for case in mine if case in others)

    def reread(self, place: int) -> int:
        """How many flips of the pair at `place` have the same reply on both sides, so that reading it alone made them."""
        pair = self.pairs[place]
        return sum(reply_text(pair.first.entries[case]) == reply_text(pair.second.entries[case]) for case in [*pair.gained, *pair.lost])
