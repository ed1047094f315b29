"""Runs over several workers: each takes its share, and the share of one that dies is taken over."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.runs.test_resume import ADDER

SUMS = """
from itemwise.extractors import last_number
from itemwise import Case, cases

def sums():
    for number in range(24):
        yield Case(f"sum-{number}", f"Calculate:\\n{number + 10}+{number + 11}", str(2 * number + 21))

@cases(sums, extract=last_number)
def test_sums(case, answer):
    assert answer == case.answer
"""
DYING = '''
import os
from pathlib import Path

from itemwise.strategies import Transcript

async def dying(chat, ask, extract):
    """Ask, but kill the process at the case that adds 15 and 16, once."""
    mark = Path(__file__).with_name("died")
    if "15+16" in chat[-1].content and not mark.exists():
        mark.touch()
        os._exit(1)
    reply = await ask(chat)
    return Transcript([*chat, reply], reply)
'''


def results(pytester: pytest.Pytester) -> list[dict[str, Any]]:
    lines = pytester.path.joinpath("reports", "latest", "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_share_of_a_worker_that_dies_is_taken_over_and_no_case_is_lost(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_sums=SUMS, my_dying=DYING)
    pytester.makeconftest(ADDER)
    command = ("--sample", "all", "--strategy", "my_dying:dying", "-n", "2", "--batch-size", "4")
    first = pytester.runpytest_subprocess(*command)
    assert first.ret == pytest.ExitCode.TESTS_FAILED  # a death is told, although every case has its verdict
    first.stdout.fnmatch_lines(["worker * crashed while running*"])
    first.stdout.fnmatch_lines(["sums *24 of 24"])
    verdicts = {each["case"]: each["verdict"] for each in results(pytester)}
    second = pytester.runpytest_subprocess(*command)
    assert second.ret == pytest.ExitCode.OK
    assert {each["case"]: each["verdict"] for each in results(pytester)} == verdicts
    assert sum(each["reply"]["generated"] for each in results(pytester)) == 0


NAMED = ADDER.replace('note("loads", str(os.getpid()))', 'note("loads", f"{os.getpid()} {arguments[0].name}")')
BOTH = ("--sample", "all", "--quant", "nf4", "--quant", "none", "--batch-size", "12", "--control", "none")


def loads(pytester: pytest.Pytester) -> dict[str, list[str]]:
    """The models that each process loaded, one after the other."""
    found: dict[str, list[str]] = {}
    for line in pytester.path.joinpath("loads.txt").read_text(encoding="utf-8").splitlines():
        process, model = line.split()
        found.setdefault(process, []).append(model)
    pytester.path.joinpath("loads.txt").unlink()
    return found


def told(pytester: pytest.Pytester) -> list[tuple[str, ...]]:
    """What results.jsonl says of each case, in its order."""
    return [(each["node_id"], each["verdict"], each["reply"]["text"]) for each in results(pytester)]


def test_two_quantisations_are_asked_side_by_side_and_nothing_else_differs(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_sums=SUMS, test_plain="def test_plain(): pass\ndef test_other(): pass")
    pytester.makeconftest(NAMED)
    assert pytester.runpytest_subprocess(*BOTH).ret == pytest.ExitCode.OK
    alone = told(pytester)
    assert list(map(len, loads(pytester).values())) == [2]
    beside = pytester.runpytest_subprocess(*BOTH, "-n", "2", "--fresh")
    assert beside.ret == pytest.ExitCode.OK
    beside.stdout.fnmatch_lines(["sums *24 of 24", "sums *24 of 24"])
    assert told(pytester) == alone
    loaded = [*loads(pytester).values()]
    assert sorted(models[0] for models in loaded) == ["embedded-text+nf4", "embedded-text+none"]
    assert [models for models in loaded if len({*models}) < len(models)] == []  # one that is done may help, as loads take no time here
    assert pytester.runpytest_subprocess(*BOTH, "-n", "2").ret == pytest.ExitCode.OK
    assert told(pytester) == alone
    assert not pytester.path.joinpath("loads.txt").exists()


def test_a_worker_that_dies_in_the_middle_of_one_of_two_models_loses_no_case(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_sums=SUMS, my_dying=DYING)
    pytester.makeconftest(NAMED)
    result = pytester.runpytest_subprocess(*BOTH, "--strategy", "my_dying:dying", "-n", "2")
    result.stdout.fnmatch_lines(["worker * crashed while running*"])
    assert len(results(pytester)) == 48
    assert errors(pytester) == []


KILLER = SUMS.replace(
    "    assert",
    """    if case.name == "sum-7":
        import os
        os._exit(9)
    assert""",
)
FATAL = '''
import os

from itemwise.strategies import Transcript

async def fatal(chat, ask, extract):
    """Ask, but kill the process whenever the case that adds 15 and 16 is asked, as out of memory would."""
    if "15+16" in chat[-1].content:
        os._exit(9)
    reply = await ask(chat)
    return Transcript([*chat, reply], reply)
'''


def errors(pytester: pytest.Pytester) -> list[str]:
    return [each["case"] for each in results(pytester) if each["verdict"] == "error"]


def test_a_case_whose_test_kills_its_worker_is_an_error_in_every_report_and_is_not_run_again(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_sums=KILLER)
    pytester.makeconftest(ADDER)
    result = pytester.runpytest_subprocess("--sample", "all", "-n", "2", "--batch-size", "4")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["worker * crashed while running *sum-7*. It counts as an error and is not run again."])
    result.stdout.fnmatch_lines(["sums *23 of 24"])
    assert sum(line.startswith("worker '") for line in result.stdout.lines) == 1  # the summary has it once more where CI is set
    assert (errors(pytester), len(results(pytester))) == (["sum-7"], 24)
    junit = pytester.path.joinpath("reports", "latest", "junit.xml").read_text(encoding="utf-8")
    assert junit.count("<error ") == 1
    assert "died while its test ran" in junit


def test_a_case_that_kills_whoever_asks_it_is_the_only_one_that_is_lost(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_sums=SUMS, my_fatal=FATAL)
    pytester.makeconftest(ADDER)
    result = pytester.runpytest_subprocess("--sample", "all", "-n", "2", "--batch-size", "8", "--strategy", "my_fatal:fatal")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["sums *23 of 24"])
    assert errors(pytester) == ["sum-5"]
