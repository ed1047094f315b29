"""Whole runs with repeats: each case asked from seeds of its own, counted by items in tables, reports, gates and comparisons."""

from __future__ import annotations

from xml.etree import ElementTree

import hypothesis  # noqa: F401 - in-process runs forget the modules they import, and its plugin would import it in each
import pytest
import scipy.stats  # noqa: F401 - as above, and NumPy imports only once

from itemwise.cases.repeats import repeat_seed
from itemwise.commands.compare import comparison_lines, comparison_of
from itemwise.results.run_folder import read_run
from tests.runs.test_prompt_runs import record, results
from tests.runs.test_resume import ADDER, SUMS, asked

# Of odd sums the reply depends on the seed, the others are right.
WAVERING = (
    ADDER
    + """
def generate(self, requests):
    note("seeds", " ".join(str(request.seed) for request in requests))
    return [self.said(request.turns[-1].content, request.seed) for request in requests]

def said(self, prompt, seed):
    note("asked", prompt)
    first, second = map(int, re.findall("[0-9]+", prompt))
    return Generation(f"The answer is {first + second + (first % 2 and seed % 2)}", "stop", 6, 4)

Adder.generate, Adder.said = generate, said
"""
)
ALL = ("--sample", "all", "-p", "no:hypothesispytest", "--tb=no", "--decoding", "temperature=0.7")


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(test_sums=SUMS)
    pytester.makeconftest(WAVERING)
    return pytester


def test_each_case_is_asked_from_seeds_of_its_own_and_counted_by_items(suite: pytest.Pytester) -> None:
    odd = [repeat_seed(42, repeat) % 2 for repeat in (1, 2, 3)]
    assert odd == [0, 1, 0]
    once = suite.runpytest_inprocess(*ALL, "--report-dir", "reports")
    assert "12 passed" in str(once.stdout)
    result = suite.runpytest_inprocess(*ALL, "--repeats", "3", "--fail-under", "sums>=0.95")
    assert asked(suite).total() == 36  # the first time is that of the run before
    assert (record(suite)["settings"]["repeats"], record(suite)["rows"]["sums"]["repeats"]) == (3, "3")
    found = results(suite)
    assert [each["node_id"].partition("direct-")[2] for each in found][:4] == [
        "sum-00]", "sum-00-repeat2]", "sum-00-repeat3]", "sum-01]",
    ]  # fmt: skip
    assert [each.get("repeat", 1) for each in found][:4] == [1, 2, 3, 1]
    (told,) = record(suite)["repeats"]
    assert (told["repeats"], told["items"], told["accuracy"]) == (3, 12, pytest.approx(5 / 6))
    assert told["by_repeat"] == [1.0, 0.5, 1.0]
    assert told["unstable"] == {f"sum-{n:02}": [2, 3] for n in range(1, 12, 2)}
    assert told["same_text"] == 6
    assert (told["pass_at"], told["pass_all"]["3"]) == ({"1": pytest.approx(5 / 6), "2": 1.0, "3": 1.0}, 0.5)
    assert [each["accuracy"] for each in record(suite)["results"]] == [pytest.approx(5 / 6)]
    result.stdout.fnmatch_lines(["itemwise: rows *, 3 repeats, *", "*6 of 12 items are right only sometimes: sum-01 (2 of 3)*"])
    result.stdout.fnmatch_lines(["gate sums*lower end >= 0.95: missed with 0.681 (30 of 36); all 36 correct would give 0.758*"])
    suites = ElementTree.parse(suite.path / "reports" / "latest" / "junit.xml").getroot()
    assert (suites[0].get("tests"), suites[0].get("failures")) == ("36", "6")
    properties = {each.get("name"): each.get("value") for each in suites[0].iter("property")}
    assert (properties["repeats"], properties["unstable_items"], properties["pass_all_3"]) == ("3", "6", "0.500000")
    assert "[[PROPERTY|repeat=2]]" in "".join(suites[0].itertext())
    page = (suite.path / "reports" / "latest" / "report.html").read_text(encoding="utf-8")
    assert "Unstable items" in page
    runs = sorted(path for path in (suite.path / "reports").iterdir() if (path / "run.json").exists() and not path.is_symlink())
    lines = comparison_lines(comparison_of([read_run(str(run)) for run in runs]))
    pair = next(line for line in lines if line.startswith("#1 to #2"))
    assert pair.split()[5:] == ["is", "better", "12", "-16.7", "points", "0", "6", "0.0312", "0.0312", "-"]
    assert any(line.startswith("  lost, right less often, 6: sum-01 (1 of 1 to 2 of 3), sum-03 (1 of 1 to 2") for line in lines)


def test_greedy_repeats_are_refused_and_a_strategy_that_samples_is_not(suite: pytest.Pytester) -> None:
    refused = suite.runpytest_inprocess("-p", "no:hypothesispytest", "--repeats", "2")
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    refused.stderr.fnmatch_lines(["*--repeats 2 would ask for the same greedy text 2 times, as nothing is sampled; give *"])
    voted = suite.runpytest_inprocess(
        *("--sample", "2", "-p", "no:hypothesispytest", "--tb=no", "--repeats", "2", "--strategy", "vote:samples=2", "--strategy", "direct")
    )
    voted.stdout.fnmatch_lines(["itemwise: embedded-text under direct has the same greedy text at every repeat"])
    seeds = {int(seed) for line in (suite.path / "seeds.txt").read_text(encoding="utf-8").splitlines() for seed in line.split()}
    assert seeds == {0, 1, 2, repeat_seed(42, 2) + 1, repeat_seed(42, 2) + 2}


def test_repeats_of_a_strategy_that_could_sample_and_did_not_are_told(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "3", "-p", "no:hypothesispytest", "--tb=no", "--repeats", "2", "--strategy", "retry")
    result.stdout.fnmatch_lines(["*every reply has the same text each time, so nothing was sampled and the noise floor tells nothing"])
