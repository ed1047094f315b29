"""Questions of yes or no: precision, recall, F1 and how often yes is said, of all cases and of each value of a tag.

As POPE tells them (Li et al. 2023, arXiv:2305.10355, section 5; evaluate.py of its repository), with yes as the positive class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from itemwise.analysis.splits import splits
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally
from itemwise.results.statistics import Interval, bootstrap_interval, clustered_accuracy, wilson

__all__ = ["YES_NO", "YesNoResult", "yes_no_results"]

YES, NO = YES_NO = ("yes", "no")  # answers of a case that has no other


class Cluster(NamedTuple):
    """Cases that are right and wrong together, or one alone: how many replies of yes are right, how many there are, and how many are
    expected."""

    true_yes: int
    said_yes: int
    expected_yes: int


@dataclass(frozen=True)
class YesNoResult:
    """The judged cases of a tally, or those of one value of a tag, ``category: popular`` in `part`.

    `true_yes` and `false_yes` are replies of yes where yes, and where no, is expected; `true_no` and `false_no` likewise. A reply that says
    neither is `missed_yes` or `missed_no`, by what is expected: POPE's own script takes one for a yes. Intervals are over `clusters`.
    """

    tally: Tally
    part: str
    clusters: Sequence[Cluster]
    true_yes: int
    false_yes: int
    true_no: int
    false_no: int
    missed_yes: int
    missed_no: int

    @property
    def cases(self) -> int:
        """How many there are."""
        return self._expected_yes + self.false_yes + self.true_no + self.missed_no

    @property
    def precision(self) -> float | None:
        """The share of replies of yes that are right; None where none says yes."""
        return _share(self.true_yes, self.true_yes + self.false_yes)

    @property
    def recall(self) -> float | None:
        """The share of cases that expect yes to which a reply says it; None where none expects it."""
        return _share(self.true_yes, self._expected_yes)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall, 0 where no yes is right; None where yes is neither said nor expected."""
        return _share(2 * self.true_yes, self.true_yes + self.false_yes + self._expected_yes)

    @property
    def precision_interval(self) -> Interval | None:
        """The 95 % interval of the precision, as an accuracy's over the clusters; None where there is none."""
        return clustered_accuracy([(each.true_yes, each.said_yes) for each in self.clusters]).interval

    @property
    def recall_interval(self) -> Interval | None:
        """The 95 % interval of the recall, as that of the precision."""
        return clustered_accuracy([(each.true_yes, each.expected_yes) for each in self.clusters]).interval

    @cached_property
    def f1_interval(self) -> Interval | None:
        """The 95 % interval of F1, which is a ratio of sums: the bootstrap's over the clusters that say or expect yes; Wilson's where all
        of them have the same F1, so that a bootstrap has no width. None of fewer than two, of which nothing can be drawn."""
        units = [(2 * each.true_yes, each.said_yes + each.expected_yes) for each in self.clusters if each.said_yes or each.expected_yes]
        if len(units) < 2:
            return None
        if len({points / parts for points, parts in units}) == 1:
            return wilson(units[0][0] / units[0][1], len(units))
        return bootstrap_interval(*map(list, zip(*units, strict=True)))

    @property
    def yes_ratio(self) -> float:
        """The share of replies that say yes."""
        return (self.true_yes + self.false_yes) / self.cases

    @property
    def expected_yes(self) -> float:
        """The share of cases that expect yes."""
        return self._expected_yes / self.cases

    @property
    def f1_of_yes(self) -> float:
        """The F1 of always saying yes."""
        return 2 * self._expected_yes / (self.cases + self._expected_yes)

    @property
    def neither(self) -> int:
        """How many replies say neither."""
        return self.missed_yes + self.missed_no

    @property
    def _expected_yes(self) -> int:
        return self.true_yes + self.false_no + self.missed_yes


def yes_no_results(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[YesNoResult]:
    """For each tally whose judged cases all expect yes or no: a result for all of them, and one for each value of each tag."""
    return [result for tally in tallies for result in _of(tally, [entry for entry in entries if tally.counts_entry(entry)])]


def _of(tally: Tally, entries: Sequence[Entry]) -> Iterator[YesNoResult]:
    judged = [entry for entry in entries if entry.verdict.is_judged]
    if not judged or any(entry.expected not in YES_NO or entry.choices for entry in judged):
        return
    yield _counted(tally, "", judged)
    for split in splits([tally], judged):
        yield _counted(tally, f"{split.tag}: {split.value}", [entry for entry in judged if entry.tags.get(split.tag) == split.value])


def _counted(tally: Tally, part: str, entries: Sequence[Entry]) -> YesNoResult:
    said = Counter((entry.expected, entry.answer if entry.answer in YES_NO else None) for entry in entries)
    order = ((YES, YES), (NO, YES), (NO, NO), (YES, NO), (YES, None), (NO, None))
    clusters: dict[str, list[Entry]] = {}
    for entry in entries:
        clusters.setdefault(entry.cluster, []).append(entry)
    return YesNoResult(tally, part, [*map(_cluster, clusters.values())], *(said[both] for both in order))


def _cluster(entries: Sequence[Entry]) -> Cluster:
    said, expected = [entry for entry in entries if entry.answer == YES], [entry for entry in entries if entry.expected == YES]
    return Cluster(sum(entry.expected == YES for entry in said), len(said), len(expected))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
