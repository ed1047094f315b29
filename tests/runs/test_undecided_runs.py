"""Whole runs with answers of which the judge cannot tell whether they are right: counted apart, in every report, and by every gate."""

from __future__ import annotations

from xml.etree import ElementTree

import hypothesis  # noqa: F401 - in-process runs forget the modules they import, and its plugin would import it in each
import pytest
import scipy.stats  # noqa: F401 - as above, and NumPy imports only once

from tests.runs.test_prompt_runs import record, results
from tests.runs.test_resume import ADDER, SUMS

UNCLEAR = SUMS.replace("import Case, cases", "import Case, Undecided, cases").replace(
    "    assert answer",
    '    if answer in ("2", "6", "10"):\n        raise Undecided(f"{answer} <may> or may not count")\n    assert answer',
)  # of 12 sums 3 are wrong and 3 undecided
ALL = ("--sample", "all", "-p", "no:hypothesispytest", "--tb=no", "--report-dir", "reports")


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(test_sums=UNCLEAR)
    pytester.makeconftest(ADDER)
    return pytester


def test_undecided_cases_are_neither_right_nor_wrong_in_any_report(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess(*ALL)
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "*3 failed, 6 passed, *3 undecided*",
            "*benchmark*truncated  undecided  errors*",
            "*sums *66.7%* 6 * 3 * 3 * 9 of 12*",
            "*3 of 12 cases are undecided and not judged; the accuracy is 50.0% if all of them are wrong and 75.0% if all are right: "
            "sum-01 (2 <may> or may not count), sum-03*",
        ]
    )
    (told,) = record(suite)["results"]
    assert (told["accuracy"], told["n"], told["undecided"]) == (pytest.approx(2 / 3), 9, 3)
    assert (told["accuracy_if_wrong"], told["accuracy_if_right"]) == (0.5, 0.75)
    unclear = [each for each in results(suite) if each["verdict"] == "undecided"]
    assert [(each["case"], each["answer"]) for each in unclear] == [("sum-01", "2"), ("sum-03", "6"), ("sum-05", "10")]
    assert unclear[0]["causes"] == [{"kind": "judge cannot tell", "evidence": "2 <may> or may not count"}]
    junit = ElementTree.parse(suite.path / "reports" / "latest" / "junit.xml").getroot()[0]
    assert {name: junit.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "12", "failures": "3", "errors": "0", "skipped": "3",
    }  # fmt: skip
    assert len(junit.findall("testcase/failure")) == 3
    assert "2 <may> or may not count" in str(junit.findall("testcase/skipped")[0].get("message"))
    properties = {each.get("name"): each.get("value") for each in junit.iter("property")}
    assert (properties["undecided"], properties["accuracy_if_wrong"], properties["accuracy_if_right"]) == ("3", "0.500000", "0.750000")
    page = (suite.path / "reports" / "latest" / "report.html").read_text(encoding="utf-8")
    assert "3 of 12 cases are undecided" in page
    assert '"verdict": "undecided"' in page or '"verdict":"undecided"' in page


def test_a_gate_is_decided_where_they_cannot_turn_it(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess(*ALL, *(f"--fail-under=sums={least}" for least in ("0.5", "0.6", "0.8")))
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "*gate sums* >= 0.50: passed with 0.500 to 0.750, whatever the 3 undecided of 12 cases are",
            "*gate sums* >= 0.60: undecided, only 9 of 12 cases are judged, 3 undecided",
            "*gate sums* >= 0.80: missed with 0.500 to 0.750, whatever the 3 undecided of 12 cases are",
        ]
    )
