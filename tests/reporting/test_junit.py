"""JUnit XML: any parser reads it, whatever a model wrote, and it says what became of every case."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itemwise.case import Verdict
from itemwise.ledger import Entry
from itemwise.reporting import RunRecord
from itemwise.reporting.junit import case_properties, junit_xml, suite_properties

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=60)
TELLING = ["]]>", "<![CDATA[", "</failure>", "&amp;&", "<b>\"'", "\x00\x1b[31m", "\ud800", "\udfff", "\ufffe\uffff", "\u202e", "😀", "\r\n"]
PLAIN_FIXTURES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def parsed(run: RunRecord) -> ElementTree.Element:
    return ElementTree.fromstring(junit_xml(run).encode("utf-8", errors="backslashreplace"))


def test_the_parts_are_laid_out_as_one_document(run: RunRecord) -> None:
    whole = parsed(run)
    ElementTree.indent(whole)
    assert junit_xml(run) == f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(whole, encoding="unicode")}\n'


def properties(element: ElementTree.Element) -> dict[str, str]:
    return {found.attrib["name"]: found.attrib["value"] for found in element.findall("properties/property")}


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
    assert [child.tag for child in case] == ["properties", "system-out"]


def test_a_case_is_found_by_its_node_id(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    case = only_case(run_of(entry(0, Verdict.CORRECT)))
    assert (case.attrib["classname"], case.attrib["name"]) == ("benchmarks.test_sums", "test_sums[embedded-text-direct-sums-0]")


def test_a_case_has_its_answer_its_verdict_and_its_cost(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    assert properties(only_case(run_of(entry(0, Verdict.WRONG)))) == {
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
    reply = {**entry(0, Verdict.WRONG).reply, "text": said}
    case = only_case(run_of(entry(0, Verdict.WRONG, reply=reply, answer=said, expected=said, message=said)))
    assert case.find("system-out").text.startswith("before ")
    assert case.find("system-out").text.endswith(" after")
    assert properties(case)["answer"].endswith(" after")


@PLAIN_FIXTURES
@given(ANY_TEXT)
def test_any_text_in_any_place_can_be_read(run_of: Callable[..., RunRecord], entry: Callable[..., Entry], text: str) -> None:
    reply = {**entry(0, Verdict.WRONG).reply, "text": text, "finish_reason": text}
    values = {"answer": text, "expected": text, "rule": text, "node_id": f"{text}::{text}", "benchmark": text, "model_name": text}
    wrong = entry(0, Verdict.WRONG, reply=reply, rows={"source": text}, model={"location": text}, **values)
    error = entry(1, Verdict.ERROR, message=text, **values)
    assert [suite.tag for suite in parsed(run_of(wrong, error))]


@pytest.mark.parametrize("text", ["]]>", "<b>&amp;</b>", "two\nlines\tand a tab", "ünï ⛔ 😀", "\u202e"], ids=ascii)
def test_what_xml_can_hold_comes_back_unchanged(text: str, run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    reply = {**entry(0, Verdict.WRONG).reply, "text": text}
    case = only_case(run_of(entry(0, Verdict.WRONG, reply=reply, answer=text)))
    assert (case.find("system-out").text, case.find("failure").text, properties(case)["answer"]) == (text, text, text)


def test_a_reply_of_a_megabyte_is_shortened_to_its_two_ends(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    text = "begin " + "x" * 1_000_000 + " end"
    reply = {**entry(0, Verdict.WRONG).reply, "text": text}
    run = run_of(entry(0, Verdict.WRONG, reply=reply, answer=text, expected=text), entry(1, Verdict.ERROR, message=text))
    shown = parsed(run).find(".//system-out").text
    assert shown.startswith("begin ")
    assert shown.endswith(" end")
    assert "980010 characters left out" in shown
    assert len(junit_xml(run)) < 100_000
