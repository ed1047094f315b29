"""Whole runs with ``--shard``, merged again."""

from __future__ import annotations

import json

import pytest

from itemwise.__main__ import main

SUMS = '''
"""Sums: a benchmark of one's own, whose cases need no model."""
from itemwise.extractors import last_number
from itemwise import Case, cases

def sums():
    for n in range(8):
        yield Case(f"sum-{n}", f"How much is {n} + {n}?", str(2 * n))

@cases(sums, extract=last_number)
def test_sums(case):
    assert int(case.answer) >= 6

def test_beside():
    pass
'''


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(test_sums=SUMS)
    return pytester


def ask(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return suite.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def verdicts(suite: pytest.Pytester, folder: str) -> dict[str, str]:
    lines = suite.path.joinpath(folder, "latest", "results.jsonl").read_text().splitlines()
    return {result["case"]: result["verdict"] for result in map(json.loads, lines)}


def test_the_shards_of_a_run_are_the_run(suite: pytest.Pytester) -> None:
    ask(suite, "--report-dir", "whole")
    names = []
    for number in (1, 2, 3):
        result = ask(suite, "--shard", f"{number}/3", "--report-dir", f"shard{number}", "--fail-under", "sums=0.9")
        result.stdout.fnmatch_lines([f"itemwise: shard {number}/3 of the cases; * merge makes one run of all shards, which gates wait for"])
        assert result.ret == pytest.ExitCode.OK  # whatever a gate would say of a part
        assert result.parseoutcomes()["passed"] >= 1  # a test that is no case runs in each
        names.append(str(suite.path / f"shard{number}" / "latest"))
    assert main(["merge", *names, "--into", "merged"]) == 1
    assert verdicts(suite, "merged") == verdicts(suite, "whole")
    record = json.loads(suite.path.joinpath("merged", "latest", "run.json").read_text())
    assert [gate["text"] for gate in record["gates"]] == ["gate sums (-, -) >= 0.90: missed with 0.625 (5 of 8)"]


def test_the_command_that_runs_a_case_again_names_no_shard(suite: pytest.Pytester) -> None:
    ask(suite, "--shard", "1/1")
    lines = suite.path.joinpath("reports", "latest", "results.jsonl").read_text().splitlines()
    assert all("--shard" not in json.loads(line)["rerun"] for line in lines)


def test_the_repeats_of_a_case_are_in_one_shard(suite: pytest.Pytester) -> None:
    result = ask(suite, "--shard", "1/2", "--repeats", "3", "--decoding", "temperature=0.7", "--collect-only", "-q")
    asked = [line for line in result.outlines if "[sum-" in line]
    items = [line.partition("sum-")[2][0] for line in asked]
    assert items
    assert {items.count(item) for item in items} == {3}


def test_a_shard_that_is_none_stops_the_run(suite: pytest.Pytester) -> None:
    result = ask(suite, "--shard", "3/2")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--shard must be a part and how many there are, such as 2/4, or auto, got 3/2."])
