"""Whole runs with ``--baseline``, as a user starts them."""

from __future__ import annotations

import json
import shutil

import hypothesis  # noqa: F401 - in-process runs forget the modules they import, and its plugin would import it in each
import pytest
import scipy.stats  # noqa: F401 - as above, and NumPy imports only once

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
    assert int(case.answer) >= LEAST
'''


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with a benchmark, and a run of it in which every case was right."""
    ask(pytester, 0)
    pytester.path.joinpath("reports", "latest").resolve().rename(pytester.path / "reports" / "before")
    return pytester


def ask(suite: pytest.Pytester, least: int, *arguments: str) -> pytest.RunResult:
    """A run in which the cases with an answer below `least` are wrong."""
    suite.makepyfile(test_sums=SUMS.replace("LEAST", str(least)))
    return suite.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def test_a_run_significantly_worse_than_its_baseline_fails_and_lists_the_flips(suite: pytest.Pytester) -> None:
    result = ask(suite, 12, "--baseline", "before")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["gate sums (-, -) not worse than reports/before: missed with 0 gained and 6 lost of 8, p = 0.0312; lost: sum-*, sum-*"]
    )


def test_a_run_no_worse_than_its_baseline_passes_and_notes_it(suite: pytest.Pytester) -> None:
    assert ask(suite, 2, "--baseline", "reports/before").ret == pytest.ExitCode.OK
    record = json.loads(suite.path.joinpath("reports", "latest", "run.json").read_text())
    assert [gate["passed"] for gate in record["gates"]] == [True]
    assert record["settings"]["baseline"] == str(suite.path / "reports" / "before")


def test_the_baseline_may_stand_in_pyproject(suite: pytest.Pytester) -> None:
    suite.makepyprojecttoml('[tool.itemwise]\nbaseline = "before"')
    assert ask(suite, 12).ret == pytest.ExitCode.TESTS_FAILED


def test_a_committed_file_is_the_baseline_without_any_report(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(suite.path)
    assert main(["baseline", "save", "before"]) == 0
    shutil.rmtree(suite.path / "reports")
    result = ask(suite, 12, "--baseline", "itemwise-baseline.json")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["gate sums (-, -) not worse than itemwise-baseline.json: missed with 0 gained and 6 lost of 8, *"])
    comment = suite.path.joinpath("reports", "latest", "comment.md").read_text(encoding="utf-8")
    assert "fell by 75.0 points from 100.0% to 25.0%" in comment
    assert "\n- baseline itemwise-baseline.json: run of 20" in comment


def test_a_part_of_the_sample_leaves_the_gate_undecided(suite: pytest.Pytester) -> None:
    result = ask(suite, 2, "--baseline", "before", "-k", "sum-3")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["gate sums (-, -) not worse than reports/before: undecided, only 1 of 8 cases is judged"])


@pytest.mark.parametrize("arguments", [(), ("-n", "1")], ids=["alone", "a worker"])
def test_a_baseline_that_cannot_be_read_stops_the_run_before_anything_is_asked(
    arguments: tuple[str, ...], pytester: pytest.Pytester
) -> None:
    pytester.makepyfile(test_sums=SUMS.replace("(case)", "(case, answer)"))
    result = pytester.runpytest_inprocess("--baseline", "bfore", *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --baseline bfore: no run 'bfore': *reports holds no runs."])
    assert not pytester.path.joinpath("reports").exists()


def test_a_run_without_benchmarks_reads_no_baseline(pytester: pytest.Pytester) -> None:
    pytester.makepyprojecttoml('[tool.itemwise]\nbaseline = "gone"')
    pytester.makepyfile("def test_plain(): pass")
    assert pytester.runpytest_inprocess().ret == pytest.ExitCode.OK
