"""What became of every case of a run, and what that adds up to."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from itemwise.cases.case import Verdict
from itemwise.results.labels import split_node_id
from itemwise.results.spill import Kept, KeptMapping, Spool
from itemwise.results.statistics import Accuracy, accuracy

__all__ = ["Entry", "Ledger", "Skip", "Tally", "tallied"]

_AT_HAND = ("finish_reason", "prompt_tokens", "completion_tokens", "seconds", "batch_size", "generated", "generated_tokens")  # of a reply
_STRINGS = ("node_id", "benchmark", "model_name", "strategy", "case", "prompt", "expected", "message", "picture", "rerun", "run")
_SPENT = ("seconds", "generated", "generated_tokens")  # on a reply in this run, however often its case ran
_TEXTS = ("prompt", "message", "rerun")  # with the rest of the reply, what only reports quote


@dataclass(frozen=True)
class Entry:
    """One case's verdict with what it rests on.

    `position` orders cases by benchmark, model, strategy and place in the sample, `sample_size` is the N it is one of, `model`
    describes what answered; `reply` is Reply.record(), empty where an error left none. `causes` are why it is not correct, the
    first of them first (``kind`` and ``evidence``), empty for one that is. `choices` are the options of a choice; `picture` is
    the hash under which the store keeps the picture that was shown; `rerun` is the command for this case alone. Entries of one
    `run` (the same test function and parameters, cases, model, strategy and judge) are one measurement; those that are known from an
    `earlier` run took no time in this one. `repeats` are the verdicts of the other times that the case ran.
    An entry of a ledger with a spool reads `prompt`, `message`, `rerun` and the texts of `reply` from there.
    """

    node_id: str
    position: tuple[str | int, ...]
    benchmark: str
    model_name: str
    strategy: str
    case: str
    sample_size: int
    prompt: str
    expected: str
    verdict: Verdict
    answer: str | None = None
    rule: str | None = None
    span: tuple[int, int] | None = None
    causes: Sequence[Mapping[str, str]] = ()
    message: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    choices: Sequence[str] = ()
    picture: str = ""
    rerun: str = ""
    reply: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, str] = field(default_factory=dict)
    run: str = ""
    earlier: bool = False
    repeats: Sequence[str] = ()

    def record(self) -> dict[str, Any]:
        """The entry as plain data, for reports and for the way between processes."""
        return {name: getattr(self, name) for name in _FIELDS} | {"verdict": self.verdict.value, "reply": dict(self.reply)}

    def changed(self, **values: Any) -> Entry:
        """The entry with other `values`; what lies in a spool stays there."""
        return Entry(**{**self.__dict__, **values})

    @property
    def key(self) -> tuple[str, str, str]:
        """What it shares with the other cases of its tally: benchmark, model and strategy."""
        return self.benchmark, self.model_name, self.strategy

    @property
    def cause(self) -> str:
        """The kind of the first cause; empty for a correct case, or one that ended in an error of ours."""
        return self.causes[0]["kind"] if self.causes else ""

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Entry:
        """The entry that `record` was made of. Raises KeyError, TypeError or ValueError for what is none, such as a damaged row."""
        _require_kinds(record, dict.fromkeys(_STRINGS, str) | dict.fromkeys(("tags", "reply", "model", "rows"), Mapping))
        _require_kinds(record.get("reply", {}), dict.fromkeys(_AT_HAND[1:], (int, float)) | {"text": str})
        lists = {name: tuple(record[name] or ()) for name in ("position", "causes", "choices", "repeats") if name in record}
        return cls(**{**record, **lists, "verdict": Verdict(record["verdict"]), "span": tuple(record["span"]) if record["span"] else None})


def _require_kinds(record: Any, kinds: Mapping[str, Any]) -> None:
    if not isinstance(record, Mapping):
        raise TypeError(f"{type(record).__name__} instead of an object")
    if wrong := next((name for name, kind in kinds.items() if name in record and not isinstance(record[name], kind)), None):
        raise TypeError(f"{wrong!r} is {str(record[wrong])[:80]!r}")


_FIELDS = tuple(part.name for part in fields(Entry))  # asdict would copy every reply deeply


class _Text:
    """A text of an entry, or the record in a spool that holds it under its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, entry: Entry, owner: type[Entry]) -> Any:
        held = entry.__dict__[self._name]
        return held.read()[self._name] if isinstance(held, Kept) else held

    def __set__(self, entry: Entry, held: str | Kept) -> None:
        entry.__dict__[self._name] = held


for _name in _TEXTS:
    setattr(Entry, _name, _Text(_name))  # after @dataclass, which would take it for a default


@dataclass(frozen=True)
class Skip:
    """A case that the run asked for and did not judge, because its test was skipped for `reason`. The other fields are an entry's."""

    node_id: str
    position: tuple[str | int, ...]
    benchmark: str
    model_name: str
    strategy: str
    case: str
    sample_size: int
    run: str
    reason: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What it shares with the other cases of its tally: benchmark, model and strategy."""
        return self.benchmark, self.model_name, self.strategy

    def record(self) -> dict[str, Any]:
        """The skip as plain data, for reports and for the way between processes."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Skip:
        """The skip that `record` was made of."""
        return cls(**{**record, "position": tuple(record["position"])})


@dataclass(frozen=True)
class Tally:
    """One line of the table: the verdicts of a benchmark under one model and strategy.

    `recalled` of the verdicts are known from earlier runs alone; `skipped` cases have none. `function` is the test's node id.
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

    @property
    def key(self) -> tuple[str, str, str]:
        """What its cases share: benchmark, model and strategy."""
        return self.benchmark, self.model_name, self.strategy

    @property
    def name(self) -> str:
        """The key in one word, as gates spell it: benchmark/model/strategy."""
        return "/".join(self.key)

    def counts_entry(self, entry: Entry) -> bool:
        """Whether `entry` is one of its cases."""
        return self.key == entry.key

    @property
    def tokens_per_correct(self) -> float | None:
        """What a correct answer cost in tokens generated, those of all other replies included; None without one."""
        correct = self.counts[Verdict.CORRECT]
        return self.completion_tokens / correct if correct else None

    @property
    def judged(self) -> int:
        """Cases with a verdict on the model; errors of ours are not among them."""
        return sum(count for verdict, count in self.counts.items() if verdict is not Verdict.ERROR)

    @property
    def complete(self) -> bool:
        """Whether every case of the sample is judged."""
        return self.judged == self.sample_size

    @property
    def accuracy(self) -> Accuracy:
        """Correct out of judged, with its interval."""
        return accuracy(self.counts[Verdict.CORRECT], self.judged)


class Ledger:
    """The entries of a run, one for each case of a measurement, however often it ran.

    A test that is run again replaces its verdict; of several tests of one case the last in running order counts. Either way an
    error of ours does not count where there is a verdict, and the entry tells the other verdicts as its `repeats`.
    With a `spool` texts lie there, but for those that it has no room for, and entries share what is equal in them.
    """

    def __init__(self, spool: Spool | None = None) -> None:
        self._entries: dict[tuple[str, ...], list[Entry]] = {}  # by benchmark, model, strategy and case: each time that it ran
        self._skips: dict[tuple[str, ...], Skip] = {}
        self._ordered: list[Entry] = []
        self._spool = spool
        self._shared: dict[str, Mapping[str, str]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __bool__(self) -> bool:
        """Whether anything became of any case."""
        return bool(self._entries or self._skips)

    def put(self, entry: Entry) -> None:
        """Enter a case's verdict."""
        self._entries.setdefault((*entry.key, entry.case), []).append(self._slim(entry) if self._spool else entry)
        self._ordered = []

    def skip(self, skip: Skip) -> None:
        """Note a case that was not judged."""
        self._skips[(*skip.key, skip.case)] = skip

    def recall(self, entry: Entry) -> None:
        """Enter a verdict known from an earlier run, unless this run has its own or skipped the case."""
        key = (*entry.key, entry.case)
        if key not in self._entries and key not in self._skips:
            free = {"generated": 0, "generated_tokens": 0, "seconds": 0.0} if entry.reply else {}
            self.put(entry.changed(earlier=True, repeats=(), reply={**entry.reply, **free}))

    @property
    def entries(self) -> list[Entry]:
        """An entry for each case in running order, however they arrived."""
        if not self._ordered:
            self._ordered = sorted(map(_counted, self._entries.values()), key=lambda entry: entry.position)
        return list(self._ordered)

    @property
    def skips(self) -> list[Skip]:
        """The cases that were not judged at all, in running order."""
        left = (skip for key, skip in self._skips.items() if key not in self._entries)
        return sorted(left, key=lambda skip: skip.position)

    def tallies(self) -> list[Tally]:
        """A tally for each benchmark, model and strategy, in running order."""
        found = {tally.key: tally for tally in tallied(self.entries)}
        first: dict[tuple[str, str, str], Entry | Skip] = {}
        cases: list[Entry | Skip] = [*self.entries, *self.skips]
        for each in sorted(cases, key=lambda case: case.position):
            first.setdefault(each.key, each)
        skipped = Counter(skip.key for skip in self.skips)
        return [replace(found.get(key) or _empty(each), skipped=skipped[key]) for key, each in first.items()]

    def _slim(self, entry: Entry) -> Entry:
        assert self._spool is not None, "asked for by `put` alone"
        try:
            kept = self._spool.keep({"reply": dict(entry.reply), **{name: getattr(entry, name) for name in _TEXTS}})
        except OSError:  # a full disk is told of where the reports cannot be written
            return entry
        at_hand = {name: entry.reply[name] for name in _AT_HAND if name in entry.reply}
        return entry.changed(
            **dict.fromkeys(_TEXTS, kept),
            **{name: _one_text(getattr(entry, name)) for name in ("benchmark", "model_name", "strategy", "run")},
            position=tuple(_one_text(part) for part in entry.position),
            reply=KeptMapping(kept, "reply", len(entry.reply), at_hand) if entry.reply else {},
            model=self._one(entry.model),
            rows=self._one(entry.rows),
            tags=self._one(entry.tags),
        )

    def _one(self, value: Mapping[str, str]) -> Mapping[str, str]:
        """The one mapping that stands for all that are equal to it."""
        return self._shared.setdefault(json.dumps(value), value)


def _counted(times: Sequence[Entry]) -> Entry:
    """The entry that counts of all times that a case ran."""
    if len(times) == 1:
        return times[0]
    ordered = sorted(times, key=lambda entry: entry.position)
    counts = next((entry for entry in reversed(ordered) if entry.verdict is not Verdict.ERROR), ordered[-1])
    repeats = tuple(entry.verdict.value for entry in ordered if entry is not counts)
    if not counts.reply:
        return counts.changed(repeats=repeats)
    spent = {name: sum(entry.reply.get(name, 0) for entry in times) for name in _SPENT}
    kept = counts.reply
    return counts.changed(repeats=repeats, reply=kept.changed(spent) if isinstance(kept, KeptMapping) else {**kept, **spent})


def _one_text(value: str | int) -> str | int:
    return sys.intern(value) if type(value) is str else value


def tallied(entries: Iterable[Entry]) -> list[Tally]:
    """A tally for each benchmark, model and strategy of `entries`, in the order of their first cases."""
    parts: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in entries:
        parts.setdefault(entry.key, []).append(entry)
    return [_tally(part) for part in parts.values()]


def _empty(skip: Entry | Skip) -> Tally:
    """The tally of a measurement of which no case was judged."""
    function = split_node_id(skip.node_id)[0]
    return Tally(*skip.key, skip.sample_size, dict.fromkeys(Verdict, 0), completion_tokens=0, seconds=0.0, function=function)


def _tally(entries: Sequence[Entry]) -> Tally:
    counted = Counter(entry.verdict for entry in entries)
    first = entries[0]
    return Tally(
        first.benchmark,
        first.model_name,
        first.strategy,
        first.sample_size,
        {verdict: counted[verdict] for verdict in Verdict},
        completion_tokens=sum(entry.reply.get("completion_tokens", 0) for entry in entries),
        seconds=sum(entry.reply.get("seconds", 0.0) for entry in entries),
        prompt_tokens=sum(entry.reply.get("prompt_tokens", 0) for entry in entries),
        generated=sum(entry.reply.get("generated", 0) > 0 for entry in entries),
        generated_tokens=sum(entry.reply.get("generated_tokens", 0) for entry in entries),
        causes=Counter(entry.cause for entry in entries if entry.cause),
        recalled=sum(entry.earlier for entry in entries),
        function=split_node_id(first.node_id)[0],
    )
