"""Repeats of a measurement: the mean and its spread, the noise floor, pass@k and pass^k, and which items are stable."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import comb, sqrt

from itemwise.cases.repeats import item_of
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally, item_counts
from itemwise.results.statistics import Accuracy, accuracy

__all__ = ["RepeatResult", "repeat_results"]

_NORMAL = 1.959964  # half-width of a 95 % interval in standard deviations


@dataclass(frozen=True)
class RepeatResult:
    """The items of one benchmark, model and strategy that were asked several times. `items` has for each its correct replies and its
    judged ones, of at least one; `by_repeat` the accuracy of each time alone, over the items judged in it; `same_text` are the items whose
    replies are one text each time."""

    tally: Tally
    items: dict[str, tuple[int, int]]
    by_repeat: Sequence[Accuracy]
    same_text: Sequence[str] = ()

    @property
    def times(self) -> int:
        """How often each item was asked."""
        return len(self.by_repeat)

    @property
    def accuracy(self) -> Accuracy:
        """The mean over items, with an interval over items."""
        return self.tally.accuracy

    def noise_floor(self, times: int = 1) -> float | None:
        """How far two runs of this very measurement on the same items, each asking every item so many `times`, differ at 95 % by the draw
        of the replies alone, as a share; None where no item was judged twice."""
        if not self._twice:
            return None
        within = sum(correct * (judged - correct) / (judged * (judged - 1)) for correct, judged in self._twice) / len(self._twice)
        return _NORMAL * sqrt(2 * within / (len(self.items) * times))

    def pass_at(self, k: int) -> float | None:
        """pass@k: the chance that one of `k` replies to an item is correct, the mean over items with at least so many replies (the unbiased
        estimator of Chen et al. 2021, arXiv:2107.03374); None without such an item."""
        return _mean(1 - comb(judged - correct, k) / comb(judged, k) for correct, judged in self.items.values() if judged >= k)

    def pass_all(self, k: int) -> float | None:
        """pass^k: the chance that all of `k` replies to an item are correct, estimated likewise (Yao et al. 2024, arXiv:2406.12045)."""
        return _mean(comb(correct, k) / comb(judged, k) for correct, judged in self.items.values() if judged >= k)

    @property
    def ever_right(self) -> Accuracy:
        """The items with a correct reply, of those judged every time: pass@k of all times, with its interval."""
        return self._share(lambda correct: correct > 0)

    @property
    def always_right(self) -> Accuracy:
        """The items with no other reply, of those judged every time: pass^k of all times, with its interval."""
        return self._share(lambda correct: correct == self.times)

    @property
    def stable_right(self) -> list[str]:
        """The items whose replies are all correct."""
        return [item for item, (correct, judged) in self.items.items() if correct == judged]

    @property
    def stable_wrong(self) -> list[str]:
        """The items without a correct reply."""
        return [item for item, (correct, _) in self.items.items() if not correct]

    @property
    def unstable(self) -> list[str]:
        """The items that are correct some times."""
        return [item for item, (correct, judged) in self.items.items() if 0 < correct < judged]

    @cached_property
    def _twice(self) -> list[tuple[int, int]]:
        return [(correct, judged) for correct, judged in self.items.values() if judged > 1]

    def _share(self, is_counted: Callable[[int], bool]) -> Accuracy:
        whole = [correct for correct, judged in self.items.values() if judged == self.times]
        return accuracy(sum(map(is_counted, whole)), len(whole))


def repeat_results(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[RepeatResult]:
    """A result for each tally whose items were asked several times and have a verdict on the model."""
    results = []
    for tally in tallies:
        counted = [entry for entry in entries if tally.counts_entry(entry)] if tally.items and tally.judged else []
        if any(entry.repeat > 1 for entry in counted):
            items = {item: count for item, count in item_counts(counted).items() if count[1]}
            by_repeat = [_of_repeat(counted, repeat) for repeat in _times(counted)]
            results.append(RepeatResult(tally, items, by_repeat, _same_text(counted)))
    return results


def _same_text(entries: Sequence[Entry]) -> list[str]:
    texts: dict[str, dict[str, set[str]]] = {}  # of each item by the orders of its options, if it was asked in several
    for entry in entries:
        if entry.verdict.is_judged:
            texts.setdefault(entry.item, {}).setdefault(item_of(entry.case, entry.repeat), set()).add(entry.texts().reply_text)
    return [item for item, of_order in texts.items() if all(len(said) == 1 for said in of_order.values())]


def _times(entries: Sequence[Entry]) -> range:
    return range(1, max(entry.repeat for entry in entries) + 1)


def _of_repeat(entries: Sequence[Entry], repeat: int) -> Accuracy:
    counts = item_counts(entry for entry in entries if entry.repeat == repeat).values()
    return accuracy(sum(correct for correct, _ in counts), sum(judged for _, judged in counts))


def _mean(values: Iterator[float]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None
