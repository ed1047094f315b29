"""The JUnit files of whole runs: our own, and the one of pytest's ``--junitxml`` beside it."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from junitparser import Error, Failure
from junitparser.xunit2 import JUnitXml, TestSuite

from tests.reporting.writers.jenkins_schema import violations
from tests.runs.test_resume import FLAWLESS

GOLD = "control \\x00\\x1b[31m ]]> <b>&amp; [[ATTACHMENT|/etc/passwd]] ::error::no"  # as hostile as a gold may be
HOSTILE = "control \\x00\\x1b[31m ]]> <b>&amp; \\ud800 [[ATTACHMENT|/etc/passwd]] ::error::no"
MIXED = f'''
"""A benchmark with right answers, a wrong one, a hostile one, and a fault of ours."""
from itemwise.extractors import last_number
from itemwise import Case, cases

PROMPT = """Solve the problem. Reply with JSON only: "steps" lists each calculation, "answer" is the final number.
Example: {{"steps": ["6*7=42", "42-2=40"], "answer": 40}}

Problem: Ada has %d coins and is given %d more. How many coins does she have now?"""

def mixed():
    for n in range(3):
        yield Case(f"sum-{{n}}", PROMPT % (10 + n, 20 + n), str(30 + 2 * n))
    yield Case("wrong", PROMPT % (11, 12), "99999")
    yield Case("hostile [[ATTACHMENT|/etc/passwd]]", PROMPT % (11, 13), "{GOLD}")
    yield Case("fault", PROMPT % (11, 14), "25")

@cases(mixed, extract=lambda text: last_number(text))  # an extractor of its own: the hostile gold is no number
def test_mixed(case, answer):
    if case.name == "fault":
        raise OSError("{HOSTILE}")
    assert answer == case.answer
'''


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_our_file_and_pytests_tell_the_same_run(workers: tuple[str, ...], pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_mixed=MIXED)
    pytester.makeconftest(FLAWLESS)
    result = pytester.runpytest_subprocess("--sample", "all", "--junitxml", "mine.xml", *workers)
    assert result.ret == pytest.ExitCode.TESTS_FAILED, "for the fault of ours"
    path = pytester.path / "reports" / "latest" / "junit.xml"
    assert violations(ElementTree.parse(path).getroot()) == []
    (ours,), (pytests,) = JUnitXml.fromfile(str(path)), JUnitXml.fromfile(str(pytester.path / "mine.xml"))
    _count_alike(ours, pytests)
    _have_the_same_properties(ours, pytests)
    texts = ["".join(case.itertext()) for case in ElementTree.parse(pytester.path / "mine.xml").getroot().iter("testcase")]
    assert sum("[ [ATTACHMENT|/etc/passwd]]" in text for text in texts) == 2  # the hostile case and the fault of ours
    assert "[[ATTACHMENT" not in (pytester.path / "mine.xml").read_text(encoding="utf-8")  # nor in a property or a name


def _count_alike(ours: TestSuite, pytests: TestSuite) -> None:
    assert (ours.tests, ours.failures, ours.errors, ours.skipped) == (6, 2, 1, 0)
    assert (pytests.tests, pytests.skipped) == (6, 0)
    results = [result for case in ours for result in case.result]
    assert [found.type for found in results if isinstance(found, Failure)] == ["wrong", "wrong"]
    assert [found.type for found in results if isinstance(found, Error)] == ["error"]
    assert sorted(case.name for case in ours) == sorted(case.name for case in pytests)
    assert {case.classname for case in (*ours, *pytests)} == {"test_mixed"}


def _have_the_same_properties(ours: TestSuite, pytests: TestSuite) -> None:
    """The suite's in both; a case's as properties in pytest's, and in the output in ours."""
    found = {each.name: each.value for each in ours.properties()}
    assert {"accuracy": "0.600000", "n": "5", "sample": "6"}.items() <= found.items()
    named = {f"mixed/embedded-text/direct/{name}": value for name, value in found.items()}
    assert named.items() <= {each.name: each.value for each in pytests.properties()}.items()
    verdicts = {case.name: {each.name: each.value for each in case.properties()}["verdict"] for case in pytests}
    assert sorted(verdicts.values()) == ["correct"] * 3 + ["error"] + ["wrong"] * 2
    assert {case.name: case.system_out.partition("[[PROPERTY|verdict=")[2].partition("]]")[0] for case in ours} == verdicts
