"""Paired comparison of two accuracies on the same items: what was gained, what was lost, and an exact test on these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache

from itemwise.cases.reply import Verdict
from itemwise.language import joined, phrase
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally, grouped, item_counts, item_scores
from itemwise.results.score import Score
from itemwise.results.statistics import SIGNIFICANT, Accuracy, Interval, clustered_accuracy, difference_interval, item_accuracy, sign_flip

__all__ = ["Measurement", "Pair", "TwiceError", "items_differ", "measurement"]

_NAMED = 3  # cases named where items differ
_SAME_ROWS = ("source", "sha256", "revision", "rows", "seed")  # of run.json's rows; the prompt's wording may differ


class TwiceError(Exception):
    """A case is there twice, so it cannot be paired; the message names it and says what to do instead."""


@dataclass(frozen=True)
class Measurement:
    """The items of one benchmark under one model and strategy in one run, by their ids. Of an item that was asked several times, or in
    every order of its options, the first judged reply stands for it in `entries`, and `counts` has its correct times and its judged ones;
    `scores` has for each score those of all its replies. An item with an order that has no verdict is left out."""

    label: str
    run: str
    tally: Tally
    entries: Mapping[str, Entry]
    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    scores: Mapping[str, Mapping[str, Sequence[Score]]] = field(default_factory=dict)

    def share(self, item: str) -> Fraction:
        """The share of the item's judged replies that is correct: 0 or 1 where it was asked once."""
        return Fraction(*self.count(item))

    def count(self, item: str) -> tuple[int, int]:
        """How many of the item's judged replies are correct, and how many there are: one where it was asked once."""
        return self.counts.get(item) or (int(self.entries[item].verdict is Verdict.CORRECT), 1)

    def is_right(self, item: str) -> bool:
        """Whether more than half of the item's replies are correct."""
        right, judged = self.count(item)
        return 2 * right > judged

    @property
    def accuracy(self) -> Accuracy:
        """The accuracy on these items, which may be fewer than the tally's."""
        counts = {item: self.counts.get(item, (0, 0)) for item in self.entries} if self.counts else item_counts(self.entries.values())
        groups = grouped(counts, lambda item: self.entries[item].cluster)
        if len(groups) < len(counts):
            clusters = [[counts[item] for item in group] for group in groups]
            return clustered_accuracy([(sum(right for right, _ in each), sum(judged for _, judged in each)) for each in clusters])
        return item_accuracy([*counts.values()])

    @property
    def has_repeats(self) -> bool:
        """Whether an item was asked several times."""
        return any(judged > 1 for _, judged in self.counts.values())

    @property
    def rows(self) -> Mapping[str, str]:
        """Where the cases come from, as run.json tells."""
        return next(iter(self.entries.values())).rows

    @property
    def model(self) -> Mapping[str, str]:
        """What answered, as run.json tells."""
        return next(iter(self.entries.values())).model


@dataclass(frozen=True)
class Pair:
    """Two measurements of the same items. A case that is an error or undecided on either side is left out of everything else.

    Where items were asked several times each is one difference of two shares, so that the replies to one item never count as several;
    in interval and test the items of one cluster are one difference too.
    """

    first: Measurement
    second: Measurement

    @cached_property
    def judged(self) -> list[str]:
        """The cases with a verdict on both sides."""
        return [case for case in self.first.entries if all(verdict.is_judged for verdict in self._verdicts(case))]

    @property
    def left_out(self) -> list[str]:
        """The cases that ended in an infrastructure error or undecided on either side."""
        return [case for case in self.first.entries if not all(verdict.is_judged for verdict in self._verdicts(case))]

    @cached_property
    def gained(self) -> list[str]:
        """The cases that only the second side got right; with repeats, those that it got right more often."""
        return [case for case, difference in self.differences.items() if difference.numerator > 0]

    @cached_property
    def lost(self) -> list[str]:
        """The cases that only the first side got right; with repeats, those that it got right more often."""
        return [case for case, difference in self.differences.items() if difference.numerator < 0]

    @cached_property
    def differences(self) -> dict[str, Fraction]:
        """For each judged case the second side's share of correct replies less the first side's."""
        return {case: _difference(self.first.count(case), self.second.count(case)) for case in self.judged}

    @cached_property
    def _total(self) -> Fraction:
        return sum(filter(None, self.differences.values()), Fraction(0))

    def cluster(self, case: str) -> str:
        """The cluster of an item, which only one side may tell: the file of an old baseline has none; the item itself where it has none."""
        sides = (self.first.entries[case], self.second.entries[case])
        return next((entry.cluster for entry in sides if entry.cluster != entry.item), case)

    @cached_property
    def independent(self) -> list[Fraction]:
        """The differences that are independent of each other: the items', or those of their clusters, with the same mean."""
        groups = grouped(self.differences, self.cluster)
        if len(groups) == len(self.judged):
            return [*self.differences.values()]
        return [sum((self.differences[case] for case in group), Fraction(0)) * Fraction(len(groups), len(self.judged)) for group in groups]

    @property
    def has_repeats(self) -> bool:
        """Whether an item was asked several times on either side."""
        return self.first.has_repeats or self.second.has_repeats

    @property
    def has_clusters(self) -> bool:
        """Whether several items are of one cluster."""
        return len(self.independent) < len(self.judged)

    @property
    def change(self) -> float | None:
        """How much better the second side is, as a share of the judged cases; None where there are none."""
        return float(self._total / len(self.judged)) if self.judged else None

    @property
    def is_worse(self) -> bool:
        """Whether the second side has a lower accuracy; whether that shows anything is another matter."""
        return self._total < 0

    @property
    def is_better(self) -> bool:
        """Whether the second side has a higher accuracy."""
        return self._total > 0

    @property
    def interval(self) -> Interval:
        """The 95 % interval of the change."""
        return difference_interval(self.independent)

    @cached_property
    def p(self) -> float:
        """Exact McNemar, with repeats or clusters the sign-flip test of their differences; not yet corrected for being one of several."""
        return sign_flip(self.independent)

    @property
    def is_shown(self) -> bool:
        """Whether the flips show a difference, for this pair alone."""
        return self.p < SIGNIFICANT

    @property
    def versions(self) -> str:
        """The benchmark's versions on both sides where they differ: another prompt, extractor or rule of rows; else empty."""
        first, second = (side.rows.get("version", "none") for side in (self.first, self.second))
        return phrase("version {first} against {second} of the benchmark", first=first, second=second) if first != second else ""

    def record(self) -> dict[str, object]:
        """Its figures as run.json has them, with the flipped cases by id."""
        return {"cases": len(self.judged), "change": self.change, "gained": self.gained, "lost": self.lost, "p": self.p}

    def _verdicts(self, case: str) -> tuple[Verdict, Verdict]:
        return self.first.entries[case].verdict, self.second.entries[case].verdict


@lru_cache(maxsize=1024)  # thousands of items differ in few ways
def _difference(before: tuple[int, int], now: tuple[int, int]) -> Fraction:
    return Fraction(*now) - Fraction(*before)


def measurement(label: str, run: str, tally: Tally, entries: Sequence[Entry]) -> Measurement:
    """The `entries` that `tally` counts in `run`, by item. Raises TwiceError where a case is there twice."""
    by_case, by_item = dict[str, Entry](), dict[str, Entry]()
    for entry in entries:
        if entry.case in by_case:
            raise TwiceError(
                f"{run} holds case {entry.case} of {entry.benchmark} twice ({by_case[entry.case].node_id} and {entry.node_id}), "
                "so it cannot be paired; run one of the two test functions alone."
            )
        by_case[entry.case] = entry
        if entry.item not in by_item or not by_item[entry.item].verdict.is_judged:
            by_item[entry.item] = entry
    in_orders = any(entry.orders > 1 for entry in entries)
    counts = item_counts(entries) if in_orders or any(entry.repeat > 1 for entry in entries) else {}
    judged = {item: count for item, count in counts.items() if count[1]}
    known = {item: entry for item, entry in by_item.items() if item in judged} if in_orders else by_item
    return Measurement(label, run, tally, known, judged, item_scores(entries))


def items_differ(first: Measurement, second: Measurement) -> str:
    """How the items of two measurements differ, in words; empty where they are the same.

    An item is its case id and its expected answer, from the same rows; how the prompt words it may differ.
    """
    left, right = first.entries, second.entries
    regraded = [case for case in left if case in right and left[case].expected != right[case].expected]
    differences = [
        _rows_differ(first.rows, second.rows),
        _some(phrase("only in {name}", name=first.label), [case for case in left if case not in right]),
        _some(phrase("only in {name}", name=second.label), [case for case in right if case not in left]),
        _some(phrase("with another expected answer"), [_regraded(case, left[case].expected, right[case].expected) for case in regraded]),
    ]
    return joined((words for words in differences if words), "; ")


def _regraded(case: str, before: str, now: str) -> str:
    return phrase("{case} ({before} and {now})", case=case, before=before, now=now)


def _rows_differ(first: Mapping[str, str], second: Mapping[str, str]) -> str:
    """A file is the same by its hash, wherever it lies; a seed makes rows only where they are made."""
    names = [name for name in _SAME_ROWS if name in first and name in second]
    if "sha256" in names:
        names.remove("source")
    if "seed" in names and not first.get("source", "").startswith("synthetic"):
        names.remove("seed")
    values = [{"name": name, "first": first[name], "second": second[name]} for name in names if first[name] != second[name]]
    return joined(phrase("{name} of the rows {first} and {second}", **each) for each in values)


def _some(what: str, cases: Sequence[str]) -> str:
    if not cases:
        return ""
    listed = joined([*cases[:_NAMED], *(["..."] if len(cases) > _NAMED else [])])
    return phrase("{n} {n:case|cases} {what}: {cases}", n=len(cases), what=what, cases=listed)
