"""Runs with the plugin turned off, and beside plugins that run a test again."""

from __future__ import annotations

import json

import pytest
import scipy.stats  # noqa: F401 - in-process runs forget the modules they import, and NumPy imports only once

SUMS = """
    from itemwise import Case, cases
    from itemwise.extractors import last_number

    def sums():
        for number in range(4):
            yield Case(f"sum-{number}", "6*7?", str(41 + number % 2))

    @cases(sums, extract=last_number)
    def test_sums(case, answer):
        assert answer == case.answer
"""
WORDS = """
    from itemwise import Turn
    from itemwise.strategies import Transcript

    async def said(chat, ask, extract):
        said = Turn("assistant", "The answer is 42.")
        return Transcript([*chat, said], said)
"""
FLAKY = """
    from itemwise import Case, cases
    from itemwise.extractors import last_number

    seen = []

    def sums():
        yield Case("sum-0", "6*7?", "42")

    @cases(sums, extract=last_number)
    def test_sums(case, answer):
        seen.append(case)
        assert len(seen) > 2
"""
RERUNS = """
    from _pytest.runner import runtestprotocol

    def pytest_runtest_protocol(item, nextitem):
        \"\"\"As pytest-rerunfailures: up to two more times while it fails, and those before are reports of the outcome 'rerun'.\"\"\"
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for left in (2, 1, 0):
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
            again = left and any(report.failed for report in reports)
            for report in reports:
                if again and report.failed:
                    report.outcome = "rerun"
                item.ihook.pytest_runtest_logreport(report=report)
            if not again:
                break
            item._initrequest()
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_report_teststatus(report):
        return ("rerun", "R", "RERUN") if report.outcome == "rerun" else None
"""


@pytest.mark.parametrize("strict", [[], ["--strict-markers"], ["-W", "error"]], ids=["plain", "strict markers", "warnings are errors"])
def test_a_benchmark_is_skipped_where_the_plugin_is_off(pytester: pytest.Pytester, strict: list[str]) -> None:
    pytester.makepyfile(test_sums=SUMS, test_plain="def test_plain():\n    pass\n")
    result = pytester.runpytest_subprocess("-p", "no:itemwise", "-rs", *strict)
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*a benchmark of itemwise, whose plugin is not loaded: -p no:itemwise*"])


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["one process", "-n 2"])
def test_a_case_that_is_run_again_counts_once(pytester: pytest.Pytester, workers: list[str]) -> None:
    pytester.makepyfile(test_sums=SUMS, words=WORDS, reruns=RERUNS)
    result = pytester.runpytest_subprocess("-p", "reruns", "--strategy", "words:said", "--tb=no", *workers)
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["*2 failed, 2 passed, 4 rerun in *", "sums * 50.0% * 4 of 4"])
    assert result.ret == 0


def test_the_verdict_of_the_last_run_counts(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_sums=FLAKY, words=WORDS, reruns=RERUNS)
    pytester.syspathinsert()
    result = pytester.runpytest_inprocess("-p", "reruns", "--strategy", "words:said", "--tb=no")
    result.stdout.fnmatch_lines(["*1 passed,*2 rerun in *", "sums * 100.0% * 1 of 1"])
    (line,) = pytester.path.joinpath("reports", "latest", "results.jsonl").read_text().splitlines()
    assert json.loads(line)["verdict"] == "correct"
