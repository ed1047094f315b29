"""Whole runs with several prompts: each is a measurement of its own, in ids, tables, reports, store, gates and comparisons."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from typing import Any
from xml.etree import ElementTree

import hypothesis  # noqa: F401 - in-process runs forget the modules they import, and its plugin would import it in each
import pytest
import scipy.stats  # noqa: F401 - as above, and NumPy imports only once

from itemwise.commands.compare import comparison_lines, comparison_of
from itemwise.results.run_folder import read_run
from tests.runs.test_resume import ADDER, asked, loads

SUMS = """
from itemwise.extractors import last_number
from itemwise import Case, cases

PROMPTS = {"plain": "How much is {n} + {n}?", "kind": "Please: {n} + {n}", "curt": "{n} + {n}"}

def sums(prompt):
    for n in range(12):
        yield Case(f"sum-{n:02}", prompt.format(n=n), str(2 * n))

@cases(sums, prompts=PROMPTS, extract=last_number)
def test_sums(case, answer):
    assert answer == case.answer
"""
# Asked kindly the model never errs; a curt question it does not answer.
MOODY = (
    ADDER
    + """
def said(self, prompt, said=Adder.said):
    if prompt.startswith("Please"):
        note("asked", prompt)
        return Generation(f"The answer is {2 * int(re.findall('[0-9]+', prompt)[0])}", "stop", 6, 4)
    reply = said(self, prompt)
    return reply if prompt.startswith("How") else Generation("Which sum?", "stop", 6, 4)

Adder.said = said
"""
)
ALL = ("--sample", "all", "--batch-size", "4", "-p", "no:hypothesispytest", "--tb=no")


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with a benchmark of twelve cases and three prompts, and a model that adds according to how it is asked."""
    pytester.makepyfile(test_sums=SUMS)
    pytester.makeconftest(MOODY)
    return pytester


def record(suite: pytest.Pytester) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(suite.path.joinpath("reports", "latest", "run.json").read_text(encoding="utf-8"))
    return found


def results(suite: pytest.Pytester) -> list[dict[str, Any]]:
    lines = suite.path.joinpath("reports", "latest", "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def correct(suite: pytest.Pytester) -> dict[str, int]:
    return dict(Counter(each.get("prompt_name", "") for each in results(suite) if each["verdict"] == "correct"))


def table(result: pytest.RunResult) -> list[list[str]]:
    """Prompt, accuracy and coverage of each line of the main table."""
    return [[(cells := line.split())[3], cells[4], " ".join(cells[-3:])] for line in result.stdout.lines if line.endswith(" of 12")]


def test_each_prompt_is_a_line_of_the_table_and_a_suite_of_the_reports(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess(*ALL, "--prompt", "plain", "--prompt", "kind")
    assert result.ret == pytest.ExitCode.OK
    assert table(result) == [["plain", "75.0%", "12 of 12"], ["kind", "100.0%", "12 of 12"]]
    result.stdout.fnmatch_lines(["itemwise: *, prompt plain, kind, *", "sums, plain: *prompt plain*", "sums, kind: *prompt kind*"])
    assert [each["node_id"] for each in results(suite)][::12] == [
        "test_sums.py::test_sums[embedded-text-direct-plain-sum-00]", "test_sums.py::test_sums[embedded-text-direct-kind-sum-00]",
    ]  # fmt: skip
    assert [(each["prompt"], each["accuracy"]) for each in record(suite)["results"]] == [("plain", 0.75), ("kind", 1.0)]
    assert {name: rows["prompt"] for name, rows in record(suite)["rows"].items()} == {"sums, plain": "plain", "sums, kind": "kind"}
    assert record(suite)["settings"]["prompt"] == ["plain", "kind"]
    suites = ElementTree.parse(suite.path / "reports" / "latest" / "junit.xml").getroot()
    assert [each.get("name") for each in suites] == ["sums/embedded-text/direct/plain", "sums/embedded-text/direct/kind"]


def test_a_prompt_alone_leaves_everything_as_it_is_called_without(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL, "--prompt", "kind")
    assert results(suite)[0]["node_id"] == "test_sums.py::test_sums[embedded-text-direct-sum-00]"
    assert "prompt_name" not in results(suite)[0]
    assert (list(record(suite)["rows"]), record(suite)["settings"]["prompt"]) == (["sums"], "kind")
    assert "prompt" not in record(suite)["results"][0]
    assert "prompts" not in record(suite)


def test_the_ladder_says_what_the_prompt_adds_and_the_panel_what_the_prompts_move(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess(*ALL, "--prompt", "all")
    result.stdout.re_match_lines(
        [
            r"kind, direct +plain, direct +the prompt +100.0% .* \+25.0 points +3 +0 +0.25 .*",
            r"the ladder of sums, .*: the prompt kind \+25.0 points \(no difference shown\), the prompt curt -100.0 points \(hurts\)\.",
            r"sums, embedded-text, direct: the prompt moves the score by 100.0 points .*, best kind 100.0% and worst curt 0.0%; 12 .*",
            r"  of 12 rows: 0 right under all 3 prompts, 0 under none, 12 under some: sum-00, .* and 7 more",
        ]
    )
    (ladder,) = record(suite)["ladders"]
    assert [(rung["prompt"], rung.get("by")) for rung in ladder["rungs"]] == [
        ("plain", None),
        ("kind", "the prompt"),
        ("curt", "the prompt"),
    ]
    (prompts,) = record(suite)["prompts"]
    assert (prompts["best"], prompts["worst"], prompts["spread"], len(prompts["right_under_some"])) == ("kind", "curt", 1.0, 12)
    page = (suite.path / "reports" / "latest" / "report.html").read_text(encoding="utf-8")
    assert '<h2 id="prompts">Prompts</h2>' in page
    assert "Rows that the prompt changes: sums, embedded-text, direct" in page


def test_replies_and_verdicts_of_a_prompt_are_known_whether_it_was_asked_alone_or_among_others(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL, "--prompt", "kind")
    suite.runpytest_inprocess(*ALL, "--prompt", "curt")
    asked(suite)
    result = suite.runpytest_inprocess(*ALL, "--prompt", "all", "-k", "sum-00 or plain")
    assert set(asked(suite)) == {f"How much is {n} + {n}?" for n in range(12)}
    assert table(result) == [["plain", "75.0%", "12 of 12"], ["kind", "100.0%", "12 of 12"], ["curt", "0.0%", "12 of 12"]]
    ids = [each["node_id"] for each in results(suite)]
    assert len(set(ids)) == len(ids) == 36  # those that are recalled are called as in this run
    alone = suite.runpytest_inprocess(*ALL, "--prompt", "plain", "-k", "sum-03")
    alone.stdout.fnmatch_lines(["sums * 75.0% *12 of 12"])
    assert asked(suite) == Counter()
    assert {each["node_id"] for each in results(suite)} == {f"test_sums.py::test_sums[embedded-text-direct-sum-{n:02}]" for n in range(12)}


def test_a_run_is_replayed_from_the_store(suite: pytest.Pytester) -> None:
    prompts = ("--prompt", "kind", "--prompt", "curt")
    suite.runpytest_inprocess(*ALL, *prompts)
    before = loads(suite)
    assert suite.runpytest_inprocess(*ALL, *prompts, "--replay").ret == pytest.ExitCode.OK
    assert (loads(suite), correct(suite)) == (before, {"kind": 12})


def test_the_line_of_a_case_runs_it_again_under_its_prompt(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL, "--prompt", "kind", "--prompt", "curt")
    rerun = results(suite)[-1]["rerun"]
    program, *arguments = shlex.split(rerun)
    assert (program, arguments[-1]) == ("pytest", "test_sums.py::test_sums[embedded-text-direct-curt-sum-11]")
    result = suite.runpytest_inprocess(*arguments, "-p", "no:hypothesispytest", "--tb=no")
    result.assert_outcomes(failed=1)
    assert result.ret == pytest.ExitCode.OK


def test_a_prompt_that_one_benchmark_lacks_is_told_of_it_alone(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_more=SUMS.replace("test_sums", "test_more").replace('"kind":', '"gentle":').replace("sum-", "more-"))
    result = suite.runpytest_inprocess(*ALL, "--prompt", "plain", "--prompt", "kind")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert table(result) == [["plain", "75.0%", "12 of 12"], ["plain", "75.0%", "12 of 12"], ["kind", "100.0%", "12 of 12"]]
    result.stdout.fnmatch_lines(["*test_more.py::test_more[[]embedded-text-direct-kind-no-cases]*"])
    again = suite.runpytest_inprocess(*ALL[:-1], "--prompt", "kind", "-k", "more")
    again.stdout.fnmatch_lines(["*--prompt 'kind' is not one of this benchmark's: plain, gentle, curt."])


def test_a_gate_holds_every_prompt_or_the_one_that_it_names(suite: pytest.Pytester) -> None:
    prompts = ("--prompt", "plain", "--prompt", "kind")
    every = suite.runpytest_inprocess(*ALL, *prompts, "--fail-under", "sums=0.9")
    every.stdout.fnmatch_lines(
        ["gate sums (embedded-text, direct, plain) >= 0.90: missed*", "gate sums (embedded-text, direct, kind) >= 0.90: passed*"]
    )
    named = suite.runpytest_inprocess(*ALL, *prompts, "--fail-under", "sums/embedded-text/direct/kind=0.9")
    assert (every.ret, named.ret) == (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.OK)
    absent = suite.runpytest_inprocess(*ALL, *prompts, "--fail-under", "sums/embedded-text/direct/curt=0.9")
    assert absent.ret == pytest.ExitCode.USAGE_ERROR
    absent.stderr.fnmatch_lines(["*sums is not asked with 'curt' among other prompts; name them with --prompt."])


def test_a_baseline_of_one_prompt_is_that_of_the_same_prompt_among_others(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL, "--prompt", "kind")
    (before,) = [path.name for path in suite.path.joinpath("reports").iterdir() if path.is_dir() and not path.is_symlink()]
    result = suite.runpytest_inprocess(*ALL, "--prompt", "curt", "--prompt", "kind", "--baseline", before)
    result.stdout.fnmatch_lines(
        [
            f"gate sums (embedded-text, direct, curt) not worse than *{before}: left out, it has none like this",
            f"gate sums (embedded-text, direct, kind) not worse than *{before}: passed with 0 gained and 0 lost of 12*",
        ]
    )


def test_a_run_is_compared_prompt_with_prompt(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL, "--prompt", "plain", "--prompt", "kind")
    lines = comparison_lines(comparison_of([read_run(str(suite.path / "reports" / "latest"))]))
    assert [line.split()[2] for line in lines[1:3]] == ["sums/embedded-text/direct/plain", "sums/embedded-text/direct/kind"]
    assert any(line.startswith("#1 to #2") and "+25.0 points" in line for line in lines)


def test_workers_share_the_cases_of_all_prompts(suite: pytest.Pytester) -> None:
    result = suite.runpytest_subprocess("--sample", "all", "--batch-size", "4", "--prompt", "all", "-n", "2")
    assert table(result) == [["plain", "75.0%", "12 of 12"], ["kind", "100.0%", "12 of 12"], ["curt", "0.0%", "12 of 12"]]
    assert Counter(each["prompt_name"] for each in results(suite)) == {"plain": 12, "kind": 12, "curt": 12}


def test_snapshots_of_each_prompt_are_kept_apart(suite: pytest.Pytester) -> None:
    prompts = ("--prompt", "plain", "--prompt", "kind")
    suite.runpytest_inprocess(*ALL, *prompts, "-m", "snapshot", "--snapshot-update")
    kept = sorted(path.name for path in suite.path.joinpath("__snapshots__", "test_sums").iterdir())
    assert kept == ["sums-embedded-text-direct-kind.replies", "sums-embedded-text-direct-plain.replies"]
    assert suite.runpytest_inprocess(*ALL, *prompts, "-m", "snapshot").ret == pytest.ExitCode.OK
