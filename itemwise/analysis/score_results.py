"""Scores of a measurement: the mean of each with its interval, and the cases whose test recorded none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally, item_scores
from itemwise.results.score import Score, pooled
from itemwise.results.statistics import Interval, bootstrap_interval, item_accuracy, wilson

__all__ = ["ScoreResult", "is_zero_or_one", "score_results"]


@dataclass(frozen=True)
class ScoreResult:
    """The score `name` of one tally: for each item the scores of its replies. The judged cases in `unscored` have none, so that
    the mean is of others only."""

    tally: Tally
    name: str
    items: Mapping[str, Sequence[Score]]
    unscored: Sequence[str] = ()

    @property
    def cases(self) -> int:
        """How many cases have the score."""
        return sum(map(len, self.items.values()))

    @property
    def share(self) -> float:
        """The mean over all parts of all items, each of these as the mean of its replies."""
        return sum(score.points for score in self._pooled) / sum(score.parts for score in self._pooled)

    @cached_property
    def interval(self) -> Interval:
        """Its 95 % interval over items: of scores that are all 0 or 1 an accuracy's, else the bootstrap's. Where all items have one score
        between these a bootstrap has no width; it then is Wilson's, which no score of 0 to 1 needs more than."""
        if is_zero_or_one(self.items.values()):
            found = item_accuracy([(int(sum(score.points for score in each)), len(each)) for each in self.items.values()]).interval
            assert found is not None, "an item has at least one score"
            return found
        if len({score.value for score in self._pooled}) == 1:
            return wilson(self.share, len(self.items))
        return bootstrap_interval([score.points for score in self._pooled], [score.parts for score in self._pooled])

    @cached_property
    def _pooled(self) -> Sequence[Score]:
        return [pooled(each) for each in self.items.values()]

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
    judged = [entry for entry in entries if entry.verdict is not Verdict.ERROR]
    return [
        ScoreResult(tally, name, items, [entry.case for entry in judged if name not in entry.scores])
        for name, items in sorted(item_scores(judged).items())
    ]
