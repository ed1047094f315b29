"""How the scores of the same cases differ between two measurements: the mean of the paired differences, with interval and test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from itemwise.analysis.model_pairs import model_pairs
from itemwise.analysis.paired_change import PairedChange
from itemwise.analysis.pairs import Pair
from itemwise.analysis.score_results import is_zero_or_one
from itemwise.language import phrase
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally, grouped
from itemwise.results.score import Score, pooled, summed
from itemwise.results.statistics import CONFIDENCE, Interval, bootstrap_interval, difference_interval, mean_flip

__all__ = ["ScoreChange", "score_changes", "score_changes_in_run"]


@dataclass(frozen=True)
class ScoreChange(PairedChange):
    """The change of the score `name`, each item (of `cases`) weighed by its parts on the first side; the test is of items, or of their
    clusters."""

    interval: Interval
    name: str
    counted = "n"

    @property
    def text(self) -> str:
        """The figures in a sentence's part."""
        low, high = self.interval
        return phrase(
            "{score} {mean:+.1f} points ({interval}) over {n} {n:case|cases}, p {p:.3g}",
            score=self.name,
            mean=100 * self.mean,
            interval=phrase("{share:.0%} interval {low:+.1f} to {high:+.1f}", share=CONFIDENCE, low=100 * low, high=100 * high),
            n=self.cases,
            p=self.p,
        )

    def record(self) -> dict[str, object]:
        """The change as run.json has it."""
        return {"score": self.name, **super().record()}


def score_changes(pair: Pair) -> list[ScoreChange]:
    """What became of each score that both sides of a pair have, over the items that have it on both sides."""
    return [found for name in pair.first.scores if name in pair.second.scores and (found := _change(name, pair))]


def score_changes_in_run(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[tuple[Tally, Tally, ScoreChange]]:
    """The changes from the first model that a run asked to each other, in the same way and on the same cases."""
    return [(first, tally, change) for first, tally, pair in model_pairs(tallies, entries) for change in score_changes(pair)]


def _change(name: str, pair: Pair) -> ScoreChange | None:
    first, second = pair.first.scores[name], pair.second.scores[name]
    both = [item for item in first if item in second]
    if not both:
        return None
    sides = {item: (pooled(first[item]), pooled(second[item])) for item in both}
    differences = {item: Score((after.value - before.value) * before.parts, before.parts) for item, (before, after) in sides.items()}
    units = [summed(differences[item] for item in group) for group in grouped(both, pair.cluster)]
    points, parts = [unit.points for unit in units], [unit.parts for unit in units]
    interval = _interval(units, is_proportion=_is_proportion(first, second))
    return ScoreChange(len(both), sum(points) / sum(parts), interval, mean_flip(points), name)


def _is_proportion(*sides: Mapping[str, Sequence[Score]]) -> bool:
    return is_zero_or_one(scores for side in sides for scores in side.values())


def _interval(units: Sequence[Score], *, is_proportion: bool) -> Interval:
    """That of a difference of proportions, and where a bootstrap would have no width; else the bootstrap's."""
    values = [Fraction(unit.value) for unit in units]
    if len(set(values)) == 1 or (is_proportion and all(unit.parts == 1 for unit in units)):
        return difference_interval(values)
    return bootstrap_interval([unit.points for unit in units], [unit.parts for unit in units])
