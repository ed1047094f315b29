"""The JUnit files of whole runs: our own, and the one of pytest's ``--junitxml`` beside it."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from junitparser import Error, Failure, JUnitXml, TestSuite

from tests.reporting.jenkins_schema import violations

HOSTILE = "control \\x00\\x1b[31m ]]> <b>&amp; \\ud800 [[ATTACHMENT|/etc/passwd]] ::error::no"
MIXED = f'''
"""A benchmark with right answers, a wrong one, a hostile one, and a fault of ours."""
from extractors import last_number
from itemwise import Case, cases

PROMPT = """Solve the problem. Reply with JSON only: "steps" lists each calculation, "answer" is the final number.
Example: {{"steps": ["6*7=42", "42-2=40"], "answer": 40}}

Problem: Ada has %d coins and is given %d more. How many coins does she have now?"""

def mixed():
    for n in range(3):
        yield Case(f"sum-{{n}}", PROMPT % (10 + n, 20 + n), str(30 + 2 * n))
    yield Case("wrong", PROMPT % (11, 12), "99999")
    yield Case("hostile", PROMPT % (11, 13), "{HOSTILE}")
    yield Case("fault", PROMPT % (11, 14), "25")

@cases(mixed, extract=last_number)
def test_mixed(case, answer):
    if case.name == "fault":
        raise OSError("{HOSTILE}")
    assert answer == case.answer
'''


@pytest.fixture(params=[(), ("-n", "2")], ids=["one process", "two workers"])
def files(request: pytest.FixtureRequest, pytester: pytest.Pytester) -> tuple[ElementTree.Element, JUnitXml, TestSuite]:
    """Our file, as its elements and as a parser of others reads it, and the one suite of pytest's."""
    pytester.makepyfile(test_mixed=MIXED)
    result = pytester.runpytest_subprocess("--sample", "all", "--junitxml", "mine.xml", *request.param)
    assert result.ret == pytest.ExitCode.TESTS_FAILED, "for the fault of ours"
    ours = pytester.path / "reports" / "latest" / "junit.xml"
    (pytests,) = JUnitXml.fromfile(str(pytester.path / "mine.xml"))
    return ElementTree.parse(ours).getroot(), JUnitXml.fromfile(str(ours)), pytests


def test_both_files_count_alike_and_ours_is_what_jenkins_takes(files: tuple[ElementTree.Element, JUnitXml, TestSuite]) -> None:
    root, (suite,), pytests = files
    assert violations(root) == []
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (6, 2, 1, 0)
    assert {"accuracy": "0.600000", "n": "5", "sample": "6"}.items() <= {each.name: each.value for each in suite.properties()}.items()
    results = [result for case in suite for result in case.result]
    assert [found.type for found in results if isinstance(found, Failure)] == ["wrong", "wrong"]
    assert [found.type for found in results if isinstance(found, Error)] == ["error"]
    assert sorted(case.name for case in suite) == sorted(case.name for case in pytests)
    assert {case.classname for case in suite} == {case.classname for case in pytests} == {"test_mixed"}
    assert pytests.tests == 6


def test_pytests_file_has_the_run_as_suite_properties_and_each_case_as_its_own(
    files: tuple[ElementTree.Element, JUnitXml, TestSuite],
) -> None:
    _, (suite,), pytests = files
    found = {each.name: each.value for each in pytests.properties()}
    assert {f"mixed/embedded-text/direct/{each.name}": each.value for each in suite.properties()}.items() <= found.items()
    verdicts = {case.name: {each.name: each.value for each in case.properties()}["verdict"] for case in pytests}
    assert sorted(verdicts.values()) == ["correct"] * 3 + ["error"] + ["wrong"] * 2
    shown = {case.name: case.system_out.partition("[[PROPERTY|verdict=")[2].partition("]]")[0] for case in suite}
    assert shown == verdicts
