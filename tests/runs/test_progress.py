"""Progress: what is under way is told although nothing is finished, and the time left only where it is known within a factor of two."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from itemwise.cases.case import Verdict
from itemwise.results.entry import Entry
from itemwise.results.progress import Counts, Speed, TimeLeft, summed, time_left
from tests.reporting.conftest import an_entry
from tests.runs.test_resume import ADDER, SUMS

BLOCK = "b.py::test_b[m-direct-"


def judged(number: int, tokens: int, seconds: float, block: str = BLOCK) -> Entry:
    """A case that was asked; one from the store where it took no tokens."""
    reply = {"text": "", "generated": int(tokens > 0), "generated_tokens": tokens, "seconds": seconds}
    return an_entry(number, Verdict.CORRECT, node_id=f"{block}c-{number}]", reply=reply)


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


@pytest.mark.parametrize("kind", ["alike", "spread", "endless"])
@pytest.mark.parametrize("size", [1, 8, 32])
@pytest.mark.parametrize("number", [20, 100, 700])
def test_an_estimate_is_true_within_a_factor_of_two(kind: str, size: int, number: int) -> None:
    found, _ = estimates(replies(kind, number), size)
    assert too_far_off(found) == []


@pytest.mark.parametrize("kind", ["alike", "spread", "endless"])
@pytest.mark.parametrize("size", [1, 8, 32])
def test_a_long_run_has_an_estimate_for_most_of_its_time(kind: str, size: int) -> None:
    found, seconds = estimates(replies(kind, 700), size)
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


# Whole runs: a model that answers nothing before the line is written that a test waits for

WAITING = """
import itemwise.plugin.progress_lines as progress

progress.PROGRESS_EVERY, progress.LOOK_EVERY, progress.TOLD_EVERY = 0.05, 0.01, 0.01

def write(self, line, write=progress.Progress._write):
    write(self, line)
    if "{awaited}" in line:
        Path(__file__).with_name("written").touch()

def look(self, look=progress.Progress._look):
    look(self)
    if "{awaited}" == "a look":
        Path(__file__).with_name("written").touch()

progress.Progress._write, progress.Progress._look = write, look

def wait():
    import threading
    while not Path(__file__).with_name("written").exists():
        threading.Event().wait(0.01)
"""
GENERATING = (
    WAITING.replace("{awaited}", "being answered")
    + """
def generate(self, requests, generate=Adder.generate):
    print("said by the model")
    wait()
    return generate(self, requests)

Adder.generate = generate
"""
)
LOADING = (
    WAITING.replace("{awaited}", "loading embedded-text")
    + """
def load(*arguments, **options):
    wait()
    return Adder()

local.load = load
"""
)
LOOKED = GENERATING.replace("being answered", "a look")
ALL = ("--sample", "all", "--batch-size", "4")


@pytest.fixture
def run(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    def run(conftest: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(test_sums=SUMS)
        pytester.makeconftest(ADDER + conftest)
        return pytester.runpytest_subprocess(*ALL, *options)

    return run


def progress_lines(result: pytest.RunResult) -> list[str]:
    """Those lines that tell the progress, whatever stands before it in its line."""
    return [line for line in result.stdout.lines if " of 12 cases" in line]


@pytest.mark.parametrize("options", [(), ("-v",), ("-s",), ("-n", "2"), ("-n", "2", "-v")], ids=" ".join)
def test_what_is_under_way_is_told_before_anything_is_finished(run: Callable[..., pytest.RunResult], options: tuple[str, ...]) -> None:
    result = run(GENERATING, *options)
    assert result.ret == pytest.ExitCode.OK
    first = next(line for line in progress_lines(result) if "being answered" in line)
    assert first in [f"itemwise: 0 of 12 cases, {number} being answered" for number in (4, 8)]
    assert [line for line in progress_lines(result) if not line.startswith("itemwise: ")] == []


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=" ".join)
def test_loading_a_model_is_told(run: Callable[..., pytest.RunResult], options: tuple[str, ...]) -> None:
    result = run(LOADING, *options)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["itemwise: 0 of 12 cases, loading embedded-text, * s"])


def test_a_quiet_run_tells_no_progress(run: Callable[..., pytest.RunResult]) -> None:
    result = run(LOOKED, "-q")
    assert result.ret == pytest.ExitCode.OK
    assert progress_lines(result) == []


def test_a_run_that_is_over_before_a_line_is_due_tells_none(run: Callable[..., pytest.RunResult]) -> None:
    result = run(LOOKED.replace("PROGRESS_EVERY, progress.LOOK_EVERY, progress.TOLD_EVERY = 0.05, ", "LOOK_EVERY, progress.TOLD_EVERY = "))
    assert result.ret == pytest.ExitCode.OK
    assert progress_lines(result) == []


def test_verbose_tests_are_named_again_behind_a_line_of_progress(run: Callable[..., pytest.RunResult]) -> None:
    result = run(GENERATING, "-v")
    assert len([line for line in result.stdout.lines if line.startswith("test_sums.py::") and ("PASSED" in line or "WRONG" in line)]) == 12
