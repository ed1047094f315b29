"""The time left is a range, told only where it is narrow enough to say something; loading a model is no time that tokens take."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest

from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from itemwise.results.progress import Counts, Speed, Standing, TimeLeft, summed, time_left
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


Estimate = tuple[TimeLeft, float]  # and how long it really took


def estimates(lengths: list[int], size: int, earlier: Sequence[Entry] = ()) -> tuple[list[Estimate], int]:
    """What was estimated every ten seconds, each time with the truth, and how long it all took."""
    run, speed, found, entered = Simulated(lengths, size), Speed(), [], 0
    standing = standing_at(earlier, len(earlier) + len(lengths))
    for counts in run.moments():
        speed.observe(run.seconds, counts)
        for entry in run.entries[entered:]:
            standing.enter(BLOCK, entry.node_id, entry)
        entered = len(run.entries)
        left = time_left(standing, BLOCK, counts, speed.tokens_per_second)
        found += [(left, run.seconds)] if left else []
    return [(left, run.seconds - at) for left, at in found], run.seconds


def standing_at(entries: Sequence[Entry], expected: int, **others: int) -> Standing:
    """A run of so many cases of BLOCK, and of others, after these."""
    standing = Standing({BLOCK: expected, **others})
    for entry in entries:
        standing.enter(BLOCK, entry.node_id, entry)
    return standing


def replies(kind: str, number: int) -> list[int]:
    """Lengths of so many replies: alike, spread wide, or one in eight that runs on to the limit."""
    chance = random.Random(7)
    if kind == "alike":
        return [chance.randint(80, 120) for _ in range(number)]
    if kind == "spread":
        return [max(3, min(512, round(chance.lognormvariate(4.5, 0.6)))) for _ in range(number)]
    return [512 if chance.random() < 1 / 8 else chance.randint(40, 120) for _ in range(number)]


@cache
def estimated(kind: str, number: int, size: int) -> tuple[list[Estimate], int]:
    """The estimates of such a run, which two tests look at."""
    return estimates(replies(kind, number), size)


@pytest.mark.parametrize("kind", ["alike", "spread", "endless"])
@pytest.mark.parametrize("size", [1, 8, 32])
@pytest.mark.parametrize("number", [20, 100, 700])
def test_the_truth_lies_in_the_range_or_close_beside_it_and_no_range_is_too_wide_to_tell_anything(
    kind: str, size: int, number: int
) -> None:
    found, _ = estimated(kind, number, size)
    assert [(left, truth) for left, truth in found if not left.least / 1.15 <= truth <= left.most * 1.15] == []
    assert [left for left, _ in found if left.most > 4 * left.least] == []


@pytest.mark.parametrize("kind", ["alike", "spread", "endless"])
@pytest.mark.parametrize("size", [1, 8, 32])
def test_a_long_run_has_an_estimate_for_most_of_its_time(kind: str, size: int) -> None:
    found, seconds = estimated(kind, 700, size)
    assert len(found) > 0.5 * seconds / 10
    assert sum(left.least <= truth <= left.most for left, truth in found) > 0.85 * len(found)


def test_a_run_of_one_batch_has_none() -> None:
    assert estimates(replies("endless", 20), 32)[0] == []


def test_replies_from_the_store_are_no_measure_of_speed() -> None:
    fresh, _ = estimates(replies("spread", 300), 8)
    found, _ = estimates(replies("spread", 300), 8, [judged(1000 + number, 0, 0.0) for number in range(300)])
    assert found == fresh


def test_an_estimate_names_its_cases_and_says_whether_others_follow() -> None:
    asked, counts = [judged(number, 10, 1.0) for number in range(20)], Counts(underway=1)
    alone = time_left(standing_at(asked, 120), BLOCK, counts, 10.0)
    assert alone == (pytest.approx(99.5), pytest.approx(100.5), BLOCK, False)
    assert time_left(standing_at(asked, 120, other=5), BLOCK, counts, 10.0) == TimeLeft(alone.least, alone.most, BLOCK, has_others=True)


def test_of_a_block_that_is_done_and_of_few_cases_nothing_is_estimated() -> None:
    assert time_left(standing_at([judged(number, 10, 1.0) for number in range(20)], 20), BLOCK, Counts(), 10.0) is None
    assert time_left(standing_at([judged(number, 10, 1.0) for number in range(19)], 120), BLOCK, Counts(), 10.0) is None


def test_a_block_counts_what_became_of_its_cases_and_what_was_generated() -> None:
    standing = standing_at([judged(0, 10, 1.0), judged(1, 0, 0.0)], 5)
    wrong = an_entry(2, Verdict.WRONG)
    standing.enter(BLOCK, "skipped")
    standing.enter(BLOCK, wrong.node_id, wrong)
    standing.enter(None, "ordinary test")
    block = standing.blocks[BLOCK]
    assert (block.done, block.judged, block.correct, block.is_done) == (4, 3, 2, False)
    assert (block.generated, block.tokens, block.seconds, block.longest) == (2, 22, 1.25, 12)
    assert (standing.failed, standing.at_work) == (wrong, [BLOCK])


def test_a_case_that_ran_again_counts_as_it_ended_last() -> None:
    standing, node_id = standing_at([], 1), an_entry(0, Verdict.WRONG).node_id
    for verdict in (Verdict.ERROR, Verdict.WRONG, Verdict.CORRECT):
        standing.enter(BLOCK, node_id, an_entry(0, verdict))
    assert (standing.blocks[BLOCK].done, standing.blocks[BLOCK].judged, standing.blocks[BLOCK].correct) == (1, 1, 1)


def test_loading_is_no_time_in_which_tokens_are_generated() -> None:
    speed = Speed()
    for second, counts in enumerate([Counts(), Counts("m", 1.0), Counts("m", 2.0), Counts(tokens=0), Counts(tokens=40), Counts(tokens=80)]):
        speed.observe(second, counts)
    assert speed.tokens_per_second == 40
    speed.observe(6, Counts("another", 1.0, underway=4, tokens=120))  # side by side with a model that answers
    assert speed.tokens_per_second == 40


def test_workers_are_summed_and_the_longest_load_is_told() -> None:
    counts = [Counts("m", 3.0), Counts("m", 9.0), Counts(underway=4, ready=1, tokens=50), Counts(underway=3, tokens=7)]
    assert summed(counts) == Counts("m", 9.0, underway=7, ready=1, tokens=57)
    assert summed([Counts("a", 3.0), Counts("b", 9.0)]) == Counts("b, a", 9.0)
    assert summed([Counts(underway=4, model="a"), Counts("b", 9.0, model="b")]) == Counts("b", 9.0, underway=4)
    assert summed([]) == Counts()
