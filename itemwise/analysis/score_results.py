"""Scores of a measurement: the mean of each with its interval, and the cases whose test recorded none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally, grouped, item_scores
from itemwise.results.score import Score, pooled, summed
from itemwise.results.statistics import Interval, bootstrap_interval, clustered_accuracy, item_accuracy, wilson

__all__ = ["ScoreResult", "is_zero_or_one", "score_results"]


@dataclass(frozen=True)
class ScoreResult:
    """The score `name` of one tally: for each item the scores of its replies, and in `clusters` its cluster, where that is not the item
    itself. The judged cases in `unscored` have none, so that the mean is of others only."""

    tally: Tally
    name: str
    items: Mapping[str, Sequence[Score]]
    unscored: Sequence[str] = ()
    clusters: Mapping[str, str] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """How many cases have the score."""
        return sum(map(len, self.items.values()))

    @property
    def share(self) -> float:
        """The mean over all parts of all items, each of these as the mean of its replies."""
        whole = summed(map(pooled, self.items.values()))
        return whole.value

    @cached_property
    def interval(self) -> Interval:
        """Its 95 % interval over items, or over clusters: of scores that are all 0 or 1 an accuracy's, else the bootstrap's. Where all
        have the same score a bootstrap has no width; it then is Wilson's, which no score of 0 to 1 needs more than."""
        groups = grouped(self.items, lambda item: self.clusters.get(item, item))
        if is_zero_or_one(self.items.values()):
            replies = [[score for item in group for score in self.items[item]] for group in groups]
            of_counts = clustered_accuracy if len(groups) < len(self.items) else item_accuracy
            found = of_counts([(int(summed(scores).points), len(scores)) for scores in replies]).interval
            assert found is not None, "an item has at least one score"
            return found
        units = [summed(pooled(self.items[item]) for item in group) for group in groups]
        if len({unit.value for unit in units}) == 1:
            return wilson(self.share, len(units))
        return bootstrap_interval([unit.points for unit in units], [unit.parts for unit in units])

    def record(self) -> dict[str, object]:
        """The figures as run.json has them."""
        return {"mean": self.share, "interval": self.interval, "n": self.cases, "unscored": len(self.unscored)}


def is_zero_or_one(items: Iterable[Sequence[Score]]) -> bool:
    """Whether all scores are 0 or 1, of a single part each: their mean is a proportion, as an accuracy is."""
    return all(score.parts == 1 and score.points in (0, 1) for scores in items for score in scores)


def score_results(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[ScoreResult]:
    """A result for each tally and each score that a test of it recorded, in the order of their names."""
    if not any(entry.scores for entry in entries):
        return []
    return [result for tally in tallies for result in _of(tally, [entry for entry in entries if tally.counts_entry(entry)])]


def _of(tally: Tally, entries: Sequence[Entry]) -> list[ScoreResult]:
    judged = [entry for entry in entries if entry.verdict.is_judged]
    clusters = {entry.item: entry.cluster for entry in judged if entry.cluster != entry.item}
    return [
        ScoreResult(tally, name, items, [entry.case for entry in judged if name not in entry.scores], clusters)
        for name, items in sorted(item_scores(judged).items())
    ]
