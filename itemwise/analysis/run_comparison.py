"""Run comparison: several measurements of one benchmark pair by pair, tested together, with what each was measured with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from itemwise.analysis.pairs import Measurement, Pair
from itemwise.analysis.provenance import Part, Provenance, differing
from itemwise.analysis.recovery import ModelRecovery, grouped, is_of_models
from itemwise.results.statistics import SIGNIFICANT, SmallestDifference, holm, smallest_difference

__all__ = ["RunComparison"]


@dataclass(frozen=True)
class RunComparison:
    """`measurements` in the order given, their `pairs`, and by label the `provenance` of each."""

    measurements: Sequence[Measurement]
    pairs: Sequence[Pair]
    provenance: Mapping[str, Provenance] = field(default_factory=dict)

    @cached_property
    def corrected(self) -> list[float]:
        """Each pair's p after Holm's correction over all of them."""
        return holm([pair.p for pair in self.pairs])

    @property
    def benchmarks(self) -> list[str]:
        """The benchmarks of the pairs."""
        return list(dict.fromkeys(pair.first.tally.benchmark for pair in self.pairs))

    def of(self, benchmark: str) -> list[Measurement]:
        """The measurements of `benchmark` that are in a pair."""
        return [side for side in self.paired if side.tally.benchmark == benchmark]

    @property
    def paired(self) -> list[Measurement]:
        """The measurements that are in a pair."""
        return [side for side in self.measurements if side.label in self._labels]

    @property
    def alone(self) -> list[Measurement]:
        """The measurements that are in no pair."""
        return [side for side in self.measurements if side.label not in self._labels]

    @cached_property
    def _labels(self) -> set[str]:
        return {side.label for pair in self.pairs for side in (pair.first, pair.second)}

    @property
    def recoveries(self) -> list[ModelRecovery]:
        """What the second side of each pair keeps of the first side's accuracy, where another model was asked in the same way."""
        return grouped(pair for pair in self.pairs if is_of_models(pair))

    def better(self, index: int) -> Measurement | None:
        """The better side of the pair at `index`; None where no difference is shown."""
        pair = self.pairs[index]
        if self.corrected[index] >= SIGNIFICANT:
            return None
        return pair.second if pair.is_better else pair.first

    def can_show(self, index: int) -> SmallestDifference | None:
        """The smallest difference that the pair at `index` can show beside the others; None too with repeats or clusters."""
        pair = self.pairs[index]
        return None if pair.has_repeats or pair.has_clusters else smallest_difference(len(pair.judged), len(self.pairs))

    def differing(self, index: int) -> dict[Part, list[str]]:
        """The settings in which the pair at `index` differs, by part, in the order of parts.

        Prompts in other words are a difference of the harness even where no setting records it.
        """
        pair = self.pairs[index]
        names = differing(*(self.provenance.get(side.label, {}) for side in (pair.first, pair.second)))
        if Part.HARNESS not in names and self.reworded(index):
            names[Part.HARNESS] = ["words of the prompt"]
        return {part: names[part] for part in Part if part in names}

    def reworded(self, index: int) -> int:
        """How many cases of the pair at `index` were asked in other words; of a side without replies the words are not known."""
        left, right = self.pairs[index].first.entries, self.pairs[index].second.entries
        asked = [(left[case].texts().prompt, right[case].texts().prompt) for case in left if case in right]
        return sum(first != second for first, second in asked if first and second)

    def reread(self, index: int) -> int:
        """How many flips of the pair at `index` have the same reply on both sides, so that reading it alone made them."""
        pair = self.pairs[index]
        sides = [(pair.first.entries[case].texts(), pair.second.entries[case].texts()) for case in [*pair.gained, *pair.lost]]
        return sum(first.reply_text == second.reply_text for first, second in sides)
