"""The time left is estimated only where it is known within a factor of two; loading a model is no time that tokens take."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest

from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from itemwise.results.progress import Counts, Speed, TimeLeft, summed, time_left
from tests.reporting.conftest import an_entry

NO_RECORD: Any = None  # nobody reads the texts
BLOCK = "b.py::test_b[m-direct-"


def judged(number: int, tokens: int, seconds: float, block: str = BLOCK) -> Entry:
    """A case that was asked; one from the store where it took no tokens."""
    reply = {"text": "", "generated": int(tokens > 0), "generated_tokens": tokens, "seconds": seconds}
    entry = an_entry(number, Verdict.CORRECT, node_id=f"{block}c-{number}]", reply=reply)
    return replace(entry, quoted=NO_RECORD, spent=entry.cost)  # its cost in memory, as in a run


@dataclass
class Simulated:
    """A batch of `size` that is kept full: a forward takes a second and says a token of each row; cases are judged in order."""

    lengths: list[int]
    size: int
    seconds: int = 0
    tokens: int = 0
    begun: int = 0
    running: dict[int, int] = field(default_factory=dict)
    shares: dict[int, float] = field(default_factory=dict)
    finished: set[int] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)

    def moments(self) -> Iterator[Counts]:
        """What is under way every ten seconds."""
        while self.begun < len(self.lengths) or self.running:
            while len(self.running) < self.size and self.begun < len(self.lengths):
                self.running[self.begun] = 0
                self.begun += 1
            self._forward()
            if self.seconds % 10 == 0:
                yield Counts(underway=len(self.running), ready=len(self.finished) - len(self.entries), tokens=self.tokens)

    def _forward(self) -> None:
        self.seconds += 1
        share = 1 / len(self.running)
        for number in list(self.running):
            self.tokens += 1
            self.running[number] += 1
            self.shares[number] = self.shares.get(number, 0.0) + share
            if self.running[number] == self.lengths[number]:
                del self.running[number]
                self.finished.add(number)
        while (number := len(self.entries)) in self.finished:
            self.entries.append(judged(number, self.lengths[number], self.shares[number]))


def estimates(lengths: list[int], size: int, earlier: list[Entry] | None = None) -> tuple[list[tuple[float, float]], int]:
    """What was estimated every ten seconds, each time with the truth, and how long it all took."""
    run, speed, found, known = Simulated(lengths, size), Speed(), [], earlier or []
    for counts in run.moments():
        speed.observe(run.seconds, counts)
        entries = [*known, *run.entries]
        left = time_left(entries, [BLOCK] * len(entries), {BLOCK: len(known) + len(lengths)}, counts, speed.tokens_per_second)
        found += [(left.seconds, run.seconds)] if left else []
    return [(left, run.seconds - at) for left, at in found], run.seconds


def too_far_off(found: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(left, truth) for left, truth in found if not truth / 2 <= left <= 2 * truth]


def replies(kind: str, number: int) -> list[int]:
    """Lengths of so many replies: alike, spread wide, or one in eight that runs on to the limit."""
    chance = random.Random(7)
    if kind == "alike":
        return [chance.randint(80, 120) for _ in range(number)]
    if kind == "spread":
        return [max(3, min(512, round(chance.lognormvariate(4.5, 0.6)))) for _ in range(number)]
    return [512 if chance.random() < 1 / 8 else chance.randint(40, 120) for _ in range(number)]


@cache
def estimated(kind: str, number: int, size: int) -> tuple[list[tuple[float, float]], int]:
    """The estimates of such a run, which two tests look at."""
    return estimates(replies(kind, number), size)


@pytest.mark.parametrize("kind", ["alike", "spread", "endless"])
@pytest.mark.parametrize("size", [1, 8, 32])
@pytest.mark.parametrize("number", [20, 100, 700])
def test_an_estimate_is_true_within_a_factor_of_two(kind: str, size: int, number: int) -> None:
    found, _ = estimated(kind, number, size)
    assert too_far_off(found) == []


@pytest.mark.parametrize("kind", ["alike", "spread", "endless"])
@pytest.mark.parametrize("size", [1, 8, 32])
def test_a_long_run_has_an_estimate_for_most_of_its_time(kind: str, size: int) -> None:
    found, seconds = estimated(kind, 700, size)
    assert len(found) > 0.5 * seconds / 10


def test_a_run_of_one_batch_has_none() -> None:
    assert estimates(replies("endless", 20), 32)[0] == []


def test_replies_from_the_store_are_no_measure_of_speed() -> None:
    found, _ = estimates(replies("spread", 300), 8, [judged(1000 + number, 0, 0.0) for number in range(300)])
    assert found
    assert too_far_off(found) == []


def test_an_estimate_names_its_cases_where_others_follow() -> None:
    entries = [judged(number, 10, 1.0) for number in range(20)]
    counts = Counts(underway=1)
    assert time_left(entries, [BLOCK] * 20, {BLOCK: 120}, counts, 10.0) == TimeLeft(100.0)
    assert time_left(entries, [BLOCK] * 20, {BLOCK: 120, "other": 5}, counts, 10.0) == TimeLeft(100.0, BLOCK)


def test_loading_is_no_time_in_which_tokens_are_generated() -> None:
    speed = Speed()
    for second, counts in enumerate([Counts(), Counts("m", 1.0), Counts("m", 2.0), Counts(tokens=0), Counts(tokens=40), Counts(tokens=80)]):
        speed.observe(second, counts)
    assert speed.tokens_per_second == 40


def test_workers_are_summed_and_the_longest_load_is_told() -> None:
    counts = [Counts("m", 3.0), Counts("m", 9.0), Counts(underway=4, ready=1, tokens=50), Counts(underway=3, tokens=7)]
    assert summed(counts) == Counts("m", 9.0, underway=7, ready=1, tokens=57)
    assert summed([]) == Counts()
