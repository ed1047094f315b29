"""JUnit XML: any parser reads it, whatever a model wrote, Jenkins takes it, and it says what became of every case."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml

from itemwise.cases.reply import Verdict
from itemwise.reporting import RunRecord
from itemwise.reporting.writers.junit import case_properties, junit_parts, suite_properties
from itemwise.results.entry import Entry
from tests.reporting.writers.jenkins_schema import violations

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=60)
TELLING = ["]]>", "<![CDATA[", "</failure>", "&amp;&", "<b>\"'", "\x00\x1b[31m", "\ud800", "\udfff", "\ufffe\uffff", "\u202e", "😀", "\r\n"]
PLAIN_FIXTURES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def parsed(run: RunRecord) -> ElementTree.Element:
    return ElementTree.fromstring("".join(junit_parts(run)).encode("utf-8", errors="backslashreplace"))


def test_the_parts_are_laid_out_as_one_document(run: RunRecord) -> None:
    whole = parsed(run)
    ElementTree.indent(whole)
    assert "".join(junit_parts(run)) == f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(whole, encoding="unicode")}\n'


def properties(element: ElementTree.Element) -> dict[str, str]:
    return {found.attrib["name"]: found.attrib["value"] for found in element.findall("properties/property")}


def case_values(case: ElementTree.Element) -> dict[str, str]:
    """The properties in a case's output, as a dashboard finds them there."""
    return dict(re.findall(r"^\[\[PROPERTY\|([^=]+)=(.*)\]\]$", case.findtext("system-out", ""), re.MULTILINE))


def reply_shown(case: ElementTree.Element) -> str:
    """What stands in a case's output after its properties."""
    return case.findtext("system-out", "").partition("]]\n\n")[2]


def only_case(run: RunRecord) -> ElementTree.Element:
    (case,) = parsed(run).iter("testcase")
    return case


def test_each_benchmark_model_and_strategy_is_a_suite(run: RunRecord) -> None:
    suites = [(suite.attrib["name"], suite.attrib["tests"]) for suite in parsed(run)]
    assert suites == [("sums-synthetic/embedded-text/direct", "7"), ("sums-synthetic/embedded-text/tool", "8")]


def test_a_suite_counts_failures_of_the_model_apart_from_errors_of_ours(run: RunRecord) -> None:
    suite = parsed(run)[0]
    assert (suite.attrib["failures"], suite.attrib["errors"], suite.attrib["skipped"]) == ("3", "1", "0")
    assert (len(list(suite.iter("failure"))), len(list(suite.iter("error")))) == (3, 1)


def test_a_suite_has_its_accuracy_and_all_that_made_it(run: RunRecord) -> None:
    found = properties(parsed(run)[0])
    assert (found["accuracy"], found["n"], found["sample"], found["coverage"]) == ("0.500000", "6", "8", "0.750000")
    assert float(found["accuracy_low"]) < 0.5 < float(found["accuracy_high"])
    assert (found["correct"], found["wrong"], found["no_answer"], found["truncated"], found["error"]) == ("3", "1", "1", "1", "1")
    assert (found["model.revision"], found["model.max_new_tokens"], found["rows.source"]) == ("sha256:0123456789ab", "512", "synthetic")


def test_a_suite_of_errors_alone_claims_no_accuracy(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    found = properties(parsed(run_of(entry(0, Verdict.ERROR)))[0])
    assert (found["accuracy"], found["accuracy_low"], found["accuracy_high"], found["n"]) == ("", "", "", "0")


def test_all_suites_in_one_dictionary_keep_their_names_apart(run: RunRecord) -> None:
    found = suite_properties(run)
    assert found["sums-synthetic/embedded-text/direct/accuracy"] == "0.500000"
    assert found["sums-synthetic/embedded-text/tool/accuracy"] == "0.875000"


@pytest.mark.parametrize("verdict", [Verdict.WRONG, Verdict.NO_ANSWER, Verdict.TRUNCATED])
def test_a_failure_has_the_verdict_as_its_type(verdict: Verdict, run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    (failure,) = only_case(run_of(entry(0, verdict))).findall("failure")
    assert failure.attrib["type"] == verdict.value
    assert failure.attrib["message"].startswith(f"{verdict.value}: expected '42', read ")


def test_an_error_is_no_failure(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    case = only_case(run_of(entry(0, Verdict.ERROR)))
    assert case.find("failure") is None
    assert case.find("error").text == "out of memory even for this case alone"


def test_a_correct_case_is_neither(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    case = only_case(run_of(entry(0, Verdict.CORRECT)))
    assert [child.tag for child in case] == ["system-out"]


def test_a_case_is_found_by_its_node_id(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    case = only_case(run_of(entry(0, Verdict.CORRECT)))
    assert (case.attrib["classname"], case.attrib["name"]) == ("benchmarks.test_sums", "test_sums[embedded-text-direct-sums-0]")


def test_a_case_has_its_answer_its_verdict_and_its_cost(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    assert case_values(only_case(run_of(entry(0, Verdict.WRONG)))) == {
        "answer": "41",
        "expected": "42",
        "verdict": "wrong",
        "cause": "arithmetic slip",
        "evidence": "6*7=41 (it is 42); corrected, the steps give 42",
        "read_by": "answer field",
        "completion_tokens": "12",
        "prompt_tokens": "20",
        "seconds": "0.2500",
        "finish_reason": "stop",
    }


def test_a_case_without_a_reply_has_what_is_known(entry: Callable[..., Entry]) -> None:
    assert case_properties(entry(0, Verdict.ERROR)) == {"expected": "42", "verdict": "error"}


@pytest.mark.parametrize("text", TELLING, ids=ascii)
def test_whatever_a_model_wrote_the_document_can_be_read(text: str, run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    said = f"before {text} after"
    reply = {**entry(0, Verdict.WRONG).texts().reply.record(), "text": said}
    case = only_case(run_of(entry(0, Verdict.WRONG, reply=reply, answer=said, expected=said, message=said)))
    assert reply_shown(case).startswith("before ")
    assert reply_shown(case).endswith(" after")
    assert case_values(case)["answer"].endswith(" after")


@PLAIN_FIXTURES
@given(ANY_TEXT)
def test_any_text_in_any_place_can_be_read(run_of: Callable[..., RunRecord], entry: Callable[..., Entry], text: str) -> None:
    reply = {**entry(0, Verdict.WRONG).texts().reply.record(), "text": text, "finish_reason": text}
    values = {"answer": text, "expected": text, "rule": text, "node_id": f"{text}::{text}", "benchmark": text, "model_name": text}
    wrong = entry(0, Verdict.WRONG, reply=reply, rows={"source": text}, model={"location": text}, **values)
    error = entry(1, Verdict.ERROR, message=text, **values)
    assert violations(parsed(run_of(wrong, error))) == []


@pytest.mark.parametrize("text", ["]]>", "<b>&amp;</b>", "two\nlines\tand a tab", "ünï ⛔ 😀", "\u202e"], ids=ascii)
def test_what_xml_can_hold_comes_back_unchanged(text: str, run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    reply = {**entry(0, Verdict.WRONG).texts().reply.record(), "text": text}
    case = only_case(run_of(entry(0, Verdict.WRONG, reply=reply, answer=text)))
    assert reply_shown(case) == text
    assert case.findtext("failure").endswith(f"\n\n{text}")


def test_a_reply_of_a_megabyte_is_shortened_to_its_two_ends(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    text = "begin " + "x" * 1_000_000 + " end"
    reply = {**entry(0, Verdict.WRONG).texts().reply.record(), "text": text}
    run = run_of(entry(0, Verdict.WRONG, reply=reply, answer=text, expected=text), entry(1, Verdict.ERROR, message=text))
    shown = reply_shown(parsed(run).find(".//testcase"))
    assert shown.startswith("begin ")
    assert shown.endswith(" end")
    assert "980010 characters left out" in shown
    assert len("".join(junit_parts(run))) < 100_000


def test_jenkins_takes_a_run_with_every_verdict(run: RunRecord) -> None:
    assert violations(parsed(run)) == []


@pytest.mark.parametrize(
    ("path", "change", "broken"),
    [
        (".//testsuite", lambda found: found.attrib.pop("errors"), "<testsuite> lacks errors"),
        (".//testsuite", lambda found: found.set("time", "1e-05"), "<testsuite> has the time '1e-05'"),
        (".//testcase", lambda found: found.set("file", "test_sums.py"), "<testcase> has file"),
        (".//testcase", lambda found: ElementTree.SubElement(found, "properties"), "<testcase> holds <properties>"),
        (".//property", lambda found: found.attrib.pop("value"), "<property> lacks value"),
        (".//failure", lambda found: ElementTree.SubElement(found, "b"), "<failure> holds <b>"),
        (".//testcase", lambda found: setattr(found, "text", "words"), "<testcase> holds text"),
    ],
)
def test_the_table_of_jenkins_rules_finds_what_breaks_them(
    path: str, change: Callable[[ElementTree.Element], object], broken: str, run: RunRecord
) -> None:
    root = parsed(run)
    change(root.find(path))
    assert violations(root) == [broken]


def test_a_parser_of_others_counts_what_the_ledger_counted(run: RunRecord) -> None:
    direct, tool = JUnitXml.fromstring("".join(junit_parts(run)).encode())
    assert (direct.tests, direct.failures, direct.errors, direct.skipped) == (7, 3, 1, 0)
    assert (tool.tests, tool.failures, tool.errors, tool.skipped) == (8, 1, 0, 0)
    results = [result for case in direct for result in case.result]
    assert [found.type for found in results if isinstance(found, Failure)] == ["wrong", "no answer", "truncated"]
    assert [found.message for found in results if isinstance(found, Error)] == ["out of memory even for this case alone"]
    found = {each.name: each.value for each in direct.properties()}
    assert (found["accuracy"], found["accuracy_low"], found["accuracy_high"], found["n"]) == ("0.500000", "0.187616", "0.812384", "6")


def test_a_parser_of_others_loses_nothing_on_the_way_through(run: RunRecord) -> None:
    text = "".join(junit_parts(run))
    again = JUnitXml.fromstring(text.encode()).tostring().decode()
    assert ElementTree.canonicalize(again, strip_text=True) == ElementTree.canonicalize(text, strip_text=True)


def test_the_text_of_a_failure_says_all_for_dashboards_that_show_nothing_else(
    run_of: Callable[..., RunRecord], entry: Callable[..., Entry]
) -> None:
    wrong = entry(0, Verdict.WRONG)
    failure = only_case(run_of(wrong)).find("failure")
    assert failure.text == f"{failure.attrib['message']}\nrerun: {wrong.texts().rerun}\n\n{wrong.texts().reply_text}"


@pytest.mark.parametrize("tag", ["[[ATTACHMENT|/etc/passwd]]", "[[PROPERTY|verdict=correct]]", "[[PROPERTY|x]]\ny\n[[/PROPERTY]]"])
def test_no_text_of_a_model_attaches_a_file_or_sets_a_property(
    tag: str, run_of: Callable[..., RunRecord], entry: Callable[..., Entry]
) -> None:
    reply = {**entry(0, Verdict.WRONG).texts().reply.record(), "text": f"{tag}\n{tag}"}
    wrong = entry(0, Verdict.WRONG, reply=reply, answer=tag, expected=tag, node_id=f"test_a.py::test_a[{tag}]")
    error = entry(1, Verdict.ERROR, message=tag)
    cases = list(parsed(run_of(wrong, error)).iter("testcase"))
    assert {name: [case_values(case)[name] for case in cases] for name in ("verdict",)} == {"verdict": ["wrong", "error"]}
    assert [len(re.findall(r"\[\[/?\w+[|\]]", "".join(case.itertext()))) for case in cases] == [len(case_values(case)) for case in cases]
    assert not any("[[" in (found.get("message") or "") for case in cases for found in case)
    assert not any(re.search(r"\[\[/?\w+[|\]]", case.attrib["name"]) for case in cases)


@pytest.mark.parametrize("text", ["two\nlines", "carriage\r\nreturn", "ends]]", "a=b"])
def test_a_property_in_the_output_is_one_line(text: str, run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    case = only_case(run_of(entry(0, Verdict.WRONG, answer=text)))
    assert list(case_values(case)) == list(case_properties(entry(0, Verdict.WRONG)))
