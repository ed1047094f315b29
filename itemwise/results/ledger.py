"""The ledger of a run: an entry for each case, and the tallies that they add up to."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from itemwise.cases.controls import CIRCULAR
from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry, MeasuredCase, Skip
from itemwise.results.labels import Key, split_node_id
from itemwise.results.score import Score
from itemwise.results.spill import SpilledRecord, SpillFile
from itemwise.results.statistics import Accuracy, accuracy, clustered_accuracy, item_accuracy

__all__ = ["Ledger", "Tally", "deciding", "grouped", "item_counts", "item_scores", "tallied"]


@dataclass(frozen=True)
class Tally:
    """One line of the table: the verdicts of a benchmark under one model and strategy, and of several prompts under one.

    `recalled` of the verdicts are known from earlier runs alone; `skipped` cases have none. `function` is the test's node id. `given`
    replies were made elsewhere. `thinking_tokens` are those of the completion's that are of thoughts, as far as they are counted. Where
    items were asked several times, or in every order of their options, `items` has for each its correct times and its judged ones; then
    the cases are the replies. Where several items are of one cluster, `clusters` has the same of each.
    Texts that were scored are not `is_answered`, and have no accuracy. `bounds` are the accuracy if all undecided cases were wrong, and if
    all were right; None where none is undecided, or there is no accuracy either way.
    """

    benchmark: str
    model_name: str
    strategy: str
    sample_size: int
    counts: Mapping[Verdict, int]
    completion_tokens: int
    seconds: float
    prompt_tokens: int = 0
    generated: int = 0
    generated_tokens: int = 0
    causes: Mapping[str, int] = field(default_factory=dict)
    recalled: int = 0
    skipped: int = 0
    function: str = ""
    prompt_name: str = ""
    thinking_tokens: int = 0
    given: int = 0
    items: Sequence[tuple[int, int]] = ()
    clusters: Sequence[tuple[int, int]] = ()
    is_answered: bool = True
    bounds: tuple[Accuracy, Accuracy] | None = None

    @property
    def key(self) -> Key:
        """What its cases share."""
        return Key(self.benchmark, self.model_name, self.strategy, self.prompt_name)

    @property
    def name(self) -> str:
        """The key in one word, as gates spell it: benchmark/model/strategy."""
        return "/".join(self.key.names)

    def counts_entry(self, entry: Entry) -> bool:
        """Whether `entry` is one of its cases."""
        return self.key == entry.key

    @property
    def tokens_per_correct(self) -> float | None:
        """What a correct answer cost in tokens generated, those of all other replies included; None without one, and where nobody
        counted tokens."""
        correct = self.counts[Verdict.CORRECT]
        return self.completion_tokens / correct if correct and self.completion_tokens else None

    @property
    def judged(self) -> int:
        """Cases with a verdict on the model; infrastructure errors and undecided cases are not among them."""
        return sum(count for verdict, count in self.counts.items() if verdict.is_judged)

    @property
    def complete(self) -> bool:
        """Whether every case of the sample is judged."""
        return self.judged == self.sample_size

    @property
    def accuracy(self) -> Accuracy:
        """Correct out of judged, with its interval, which knows clusters; of items that were asked several times their mean, and of items
        asked in every order of their options the share that is correct in all. None of texts that were scored: there `correct` says only
        that they were."""
        if not self.is_answered:
            return accuracy(0, 0)
        if self.clusters:
            return clustered_accuracy(self.clusters)
        if self.items or self.benchmark.endswith(CIRCULAR):  # whose cases all lack an order yet
            return item_accuracy(self.items)
        return accuracy(self.counts[Verdict.CORRECT], self.judged)


class Ledger:
    """The entries of a run, one for each case of a measurement, however often it ran.

    A test that is run again replaces its verdict; of several tests of one case the last in running order counts. Either way an
    infrastructure error or an undecided case does not count where there is a verdict, and the entry has the other verdicts as its
    `repeats`.
    With a `spill` file texts lie there, but for those that it has no room for, and entries share what is equal in them.
    """

    def __init__(self, spill: SpillFile | None = None) -> None:
        self._entries: dict[tuple[str, ...], list[Entry]] = {}  # by key and case: each time that it ran
        self._skips: dict[tuple[str, ...], Skip] = {}
        self._ordered: list[Entry] = []
        self._spill_file = spill
        self._interned: dict[str, Mapping[str, str]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __bool__(self) -> bool:
        """Whether anything became of any case."""
        return bool(self._entries or self._skips)

    def put(self, entry: Entry, record: str = "") -> None:
        """Enter a case's verdict; `record` is the JSON of its record where that is known already."""
        self._entries.setdefault((*entry.key, entry.case), []).append(self._spill(entry, record))
        self._ordered = []

    def skip(self, skip: Skip) -> None:
        """Note a case that was not judged."""
        self._skips[(*skip.key, skip.case)] = skip

    def recall(self, entry: Entry) -> None:
        """Enter a verdict known from an earlier run, unless this run has its own or skipped the case."""
        key = (*entry.key, entry.case)
        if key not in self._entries and key not in self._skips:
            spent = entry.cost and replace(entry.cost, generated=0, generated_tokens=0, seconds=0.0)
            self.put(replace(entry, earlier=True, repeats=(), spent=spent))

    @property
    def entries(self) -> list[Entry]:
        """An entry for each case in running order, however they arrived."""
        if not self._ordered:
            self._ordered = sorted(map(_counted, self._entries.values()), key=lambda entry: entry.position)
        return list(self._ordered)

    def records(self) -> Iterator[tuple[Entry, str]]:
        """Each entry of `entries` with the JSON of its record: where its case ran once, the one that is spilled already."""
        for entry in self.entries:
            spilled = entry.quoted if isinstance(entry.quoted, SpilledRecord) and not entry.repeats else None
            yield entry, spilled.text() if spilled else json.dumps(entry.record())

    @property
    def skips(self) -> list[Skip]:
        """The cases that were not judged at all, in running order."""
        left = (skip for key, skip in self._skips.items() if key not in self._entries)
        return sorted(left, key=lambda skip: skip.position)

    def tallies(self) -> list[Tally]:
        """A tally for each benchmark, model, prompt and strategy, in running order; where a case stood in an earlier run is no matter."""
        judged = {tally.key: tally for tally in tallied(self.entries)}
        first: dict[Key, MeasuredCase] = {}
        cases: list[Entry | Skip] = [*self.entries, *self.skips]
        for case in sorted(cases, key=lambda case: (isinstance(case, Entry) and case.earlier, case.position)):
            first.setdefault(case.key, case)
        skipped = Counter(skip.key for skip in self.skips)
        return [replace(judged.get(key) or _empty(case), skipped=skipped[key]) for key, case in first.items()]

    def _spill(self, entry: Entry, record: str) -> Entry:
        if self._spill_file is None:
            return entry
        try:
            spilled = self._spill_file.append(record or json.dumps(entry.record()))
        except OSError:  # a full disk is told of where the reports cannot be written
            return entry
        return replace(
            entry,
            benchmark=sys.intern(entry.benchmark),
            model_name=sys.intern(entry.model_name),
            strategy=sys.intern(entry.strategy),
            prompt_name=sys.intern(entry.prompt_name),
            measurement=sys.intern(entry.measurement),
            position=tuple(sys.intern(part) if isinstance(part, str) else part for part in entry.position),
            quoted=spilled,
            spent=entry.cost,
            model=self._intern(entry.model),
            rows=self._intern(entry.rows),
            tags=self._intern(entry.tags),
        )

    def _intern(self, value: Mapping[str, str]) -> Mapping[str, str]:
        """The first equal mapping seen."""
        return self._interned.setdefault(json.dumps(value), value)


def _counted(times: Sequence[Entry]) -> Entry:
    """The entry that counts of all times that a case ran, with what was spent on its reply in all of them."""
    if len(times) == 1:
        return times[0]
    ordered = sorted(times, key=lambda entry: entry.position)
    counts = next((entry for entry in reversed(ordered) if entry.verdict.is_judged), ordered[-1])
    repeats = tuple(entry.verdict.value for entry in ordered if entry is not counts)
    costs = [entry.cost for entry in times if entry.cost]
    spent = counts.cost and replace(
        counts.cost,
        seconds=sum(cost.seconds for cost in costs),
        generated=sum(cost.generated for cost in costs),
        generated_tokens=sum(cost.generated_tokens for cost in costs),
    )
    return replace(counts, repeats=repeats, spent=spent)


def tallied(entries: Iterable[Entry]) -> list[Tally]:
    """A tally for each benchmark, model, strategy and prompt of `entries`, in the order of their first cases."""
    parts: dict[Key, list[Entry]] = {}
    for entry in entries:
        parts.setdefault(entry.key, []).append(entry)
    return [_tally(part) for part in parts.values()]


def _empty(case: MeasuredCase) -> Tally:
    """The tally of a measurement of which no case was judged."""
    function = split_node_id(case.node_id)[0]
    counts = dict.fromkeys(Verdict, 0)
    return Tally(
        *case.key[:3], case.sample_size, counts, 0, 0.0, function=function, prompt_name=case.prompt_name, is_answered=case.is_answered
    )


def item_counts(entries: Iterable[Entry]) -> dict[str, tuple[int, int]]:
    """For each item how many of its replies are correct and how many are judged, all its repeats together. An item asked in every order
    of its options is one reply each time, which is correct where all orders are."""
    return _counts((entry.item, entry) for entry in deciding(entries))


def deciding(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries, of which one stands for each time that an item was asked in every order of its options: the first that is not correct,
    else the first of all. None does while an order has no verdict on the model, for the others say too little."""
    orders: dict[tuple[str, int], list[Entry]] = {}
    for entry in entries:
        if entry.orders == 1:
            yield entry
        elif entry.verdict.is_judged:
            orders.setdefault((entry.item, entry.repeat), []).append(entry)
    for asked in orders.values():
        if len(asked) == asked[0].orders:
            yield next((entry for entry in asked if entry.verdict is not Verdict.CORRECT), asked[0])


def _counts(named: Iterable[tuple[str, Entry]]) -> dict[str, tuple[int, int]]:
    counts: dict[str, tuple[int, int]] = {}
    for name, entry in named:
        correct, judged = counts.get(name, (0, 0))
        counts[name] = correct + (entry.verdict is Verdict.CORRECT), judged + entry.verdict.is_judged
    return counts


def grouped(items: Iterable[str], cluster: Callable[[str], str]) -> list[list[str]]:
    """The items in groups that are independent of each other: those of one `cluster` together."""
    groups: dict[str, list[str]] = {}
    for item in items:
        groups.setdefault(cluster(item), []).append(item)
    return [*groups.values()]


def item_scores(entries: Iterable[Entry]) -> dict[str, dict[str, list[Score]]]:
    """The scores by name, and for each item those of all its judged replies."""
    found: dict[str, dict[str, list[Score]]] = {}
    for entry in entries:
        for name, score in entry.scores.items() if entry.verdict.is_judged else ():
            found.setdefault(name, {}).setdefault(entry.item, []).append(score)
    return found


def _tally(entries: Sequence[Entry]) -> Tally:
    counted = Counter(entry.verdict for entry in entries)
    costs = [entry.cost for entry in entries if entry.cost]
    first = entries[0]
    items, clusters = item_counts(entries), _counts((entry.cluster, entry) for entry in deciding(entries))
    return Tally(
        *first.key[:3],
        first.sample_size,
        {verdict: counted[verdict] for verdict in Verdict},
        completion_tokens=sum(cost.completion_tokens for cost in costs),
        seconds=sum(cost.seconds for cost in costs),
        prompt_tokens=sum(cost.prompt_tokens for cost in costs),
        generated=sum(cost.generated > 0 for cost in costs),
        generated_tokens=sum(cost.generated_tokens for cost in costs),
        causes=Counter(entry.cause for entry in entries if entry.cause),
        recalled=sum(entry.earlier for entry in entries),
        function=split_node_id(first.node_id)[0],
        prompt_name=first.prompt_name,
        thinking_tokens=sum(cost.thinking_tokens or 0 for cost in costs),
        given=sum(entry.is_given and entry.cost is not None for entry in entries),
        items=[*items.values()] if any(entry.repeat > 1 or entry.orders > 1 for entry in entries) else (),
        clusters=[*clusters.values()] if len(clusters) < len(items) else (),
        is_answered=first.is_answered,
        bounds=_bounds(entries) if counted[Verdict.UNDECIDED] else None,
    )


def _bounds(entries: Sequence[Entry]) -> tuple[Accuracy, Accuracy] | None:
    low, high = (
        _tally([replace(entry, verdict=end) if entry.verdict is Verdict.UNDECIDED else entry for entry in entries]).accuracy
        for end in (Verdict.WRONG, Verdict.CORRECT)
    )
    return None if low.share is None else (low, high)
