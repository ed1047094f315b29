"""The outcome of a test becomes a verdict: tests that ended in every way, none of them run."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply
from itemwise.plugin.verdicts import ANSWER, Verdicts
from itemwise.plugin.worker import REPLY
from tests.plugin.conftest import SUMS, Collect, verdicts_of, wrapped


def a_reply(text: str, finish_reason: str = "stop") -> Reply:
    return Reply(text, finish_reason, 5, 2, 0.5, 4, (Turn("user", "How much is 0 + 0?"), Turn("assistant", text)))


@pytest.fixture
def item(collect: Collect) -> pytest.Function:
    return collect()[0]


def concluded(item: pytest.Function, end: Callable[[], object], *, when: str = "call") -> Any:
    """The report of a test whose phase `when` did `end`, as the process that reports is sent it."""
    call = pytest.CallInfo.from_call(end, when=when)  # type: ignore[arg-type]
    report = pytest.TestReport.from_item_and_call(item, call)
    return wrapped(verdicts_of(item).pytest_runtest_makereport(item, call), report)


def asked(item: pytest.Function, reply: Reply) -> str | None:
    """Have `reply` said to the case and read."""
    item.stash[REPLY] = reply
    return verdicts_of(item).answer(item, reply)


def test_what_a_strategy_of_one_s_own_scores_is_no_answer(collect: Collect, pytester: pytest.Pytester) -> None:
    scoring = "from itemwise.strategies import scores\n@scores('text')\nasync def lines(chat, ask, extract): ..."
    pytester.makepyfile(own_scoring=scoring)
    item = collect(SUMS, "--strategy", "own_scoring:lines")[0]
    asked(item, a_reply("The answer is 0"))
    assert json.loads(concluded(item, lambda: None).itemwise)["is_answered"] is False


def fails() -> None:
    raise AssertionError("assert '1' == '0'")


def breaks() -> None:
    raise KeyError("a field")


@pytest.mark.parametrize(
    ("text", "finish_reason", "end", "verdict"),
    [
        ("The answer is 0", "stop", lambda: None, "correct"),
        ("The answer is 1", "stop", fails, "wrong"),
        ("Who knows?", "stop", fails, "no answer"),
        ("First, I", "length", fails, "truncated"),
        ("The answer is 1", "stop", lambda: pytest.fail("by hand"), "wrong"),
        ("The answer is 1", "stop", lambda: pytest.xfail("as expected"), "wrong"),
        ("The answer is 0", "stop", breaks, "error"),
    ],
)
def test_how_the_test_ended_and_what_was_read_make_the_verdict(
    text: str, finish_reason: str, end: Callable[[], object], verdict: str, item: pytest.Function
) -> None:
    asked(item, a_reply(text, finish_reason))
    report = concluded(item, end)
    assert (report.itemwise_verdict, json.loads(report.itemwise)["verdict"]) == (verdict, verdict)


def test_the_benchmarks_extractor_reads_the_answer(item: pytest.Function) -> None:
    assert asked(item, a_reply("The answer is 7")) == "7"
    assert item.stash[ANSWER] == "7"


def test_the_entry_tells_the_case_and_what_was_said(item: pytest.Function) -> None:
    asked(item, a_reply("The answer is 1"))
    entry = json.loads(concluded(item, fails).itemwise)
    assert (entry["node_id"], entry["benchmark"], entry["case"]) == (item.nodeid, "sums", "sum-0")
    assert (entry["model_name"], entry["strategy"], entry["sample_size"]) == ("embedded-text", "direct", 4)
    assert (entry["prompt"], entry["expected"], entry["answer"]) == ("How much is 0 + 0?", "0", "1")
    assert entry["reply"]["text"] == "The answer is 1"
    assert entry["rerun"].endswith("test_sums.py::test_sums[embedded-text-direct-sum-0]'")


def test_a_failed_case_is_shown_by_its_reply_and_not_by_its_traceback(item: pytest.Function) -> None:
    asked(item, a_reply("The answer is 1"))
    report = concluded(item, fails)
    assert report.longreprtext.startswith("sum-0: wrong, expected '0', read '1'")
    assert "The answer is 1" in report.longreprtext
    assert dict(report.user_properties)["verdict"] == "wrong"


def test_an_error_keeps_its_traceback(item: pytest.Function) -> None:
    asked(item, a_reply("The answer is 1"))
    assert "KeyError" in concluded(item, breaks).longreprtext


def test_what_fails_before_the_test_is_an_error_of_ours(item: pytest.Function) -> None:
    report = concluded(item, fails, when="setup")
    assert (report.itemwise_verdict, json.loads(report.itemwise)["reply"]) == ("error", {})


def test_a_setup_that_goes_well_decides_nothing(item: pytest.Function) -> None:
    assert not hasattr(concluded(item, lambda: None, when="setup"), "itemwise")


def test_a_skip_is_told_with_its_reason_and_has_no_verdict(item: pytest.Function) -> None:
    report = concluded(item, lambda: pytest.skip("not today"))
    assert not hasattr(report, "itemwise")
    skip = json.loads(report.itemwise_skip)
    assert (skip["case"], skip["reason"], skip["sample_size"]) == ("sum-0", "not today", 4)


def test_an_xfail_before_there_is_a_reply_is_a_skip(item: pytest.Function) -> None:
    assert hasattr(concluded(item, lambda: pytest.xfail("not yet")), "itemwise_skip")


def test_what_a_subtest_found_wrong_stays_wrong(item: pytest.Function) -> None:
    asked(item, a_reply("The answer is 1"))
    concluded(item, fails)
    assert concluded(item, lambda: None).itemwise_verdict == "wrong"


def test_after_its_teardown_a_case_that_is_run_again_begins_anew(item: pytest.Function) -> None:
    asked(item, a_reply("The answer is 1"))
    concluded(item, fails)
    concluded(item, lambda: None, when="teardown")
    assert [key in item.stash for key in (REPLY, ANSWER)] == [False, False]
    asked(item, a_reply("The answer is 0"))
    assert concluded(item, lambda: None).itemwise_verdict == "correct"


def test_a_fault_in_judging_is_an_error_of_this_one_test(item: pytest.Function, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Verdicts, "_judge", lambda *_: 1 / 0)
    report = concluded(item, lambda: None)
    assert (report.outcome, hasattr(report, "itemwise")) == ("failed", False)
    assert report.longreprtext.startswith("itemwise could not judge this case:")
    assert "ZeroDivisionError" in report.longreprtext


def test_an_ordinary_test_has_no_verdict(collect: Collect) -> None:
    assert not hasattr(concluded(collect()[-1], fails), "itemwise")


def test_cases_of_one_measurement_share_its_hash_and_another_strategy_does_not(collect: Collect) -> None:
    items = collect(SUMS, "--strategy", "direct", "--strategy", "vote")[:-1]
    hashes = {item.nodeid: json.loads(concluded(item, lambda: None).itemwise)["run"] for item in items}
    assert len({value for name, value in hashes.items() if "direct" in name}) == 1
    assert len(set(hashes.values())) == 2


def test_scores_are_of_the_time_that_the_test_ran_last(item: pytest.Function) -> None:
    item.user_properties.append(("score", 0.25))
    assert json.loads(concluded(item, lambda: None).itemwise)["scores"] == {"score": 0.25}
    concluded(item, lambda: None, when="teardown")
    assert "scores" not in json.loads(concluded(item, lambda: None).itemwise)
    item.user_properties.append(("score", (1, 2)))
    assert json.loads(concluded(item, lambda: None).itemwise)["scores"] == {"score": [1.0, 2.0]}


def test_what_is_no_score_is_an_error_that_names_it_even_of_a_test_that_was_to_fail(item: pytest.Function) -> None:
    item.user_properties.append(("score", 73))
    asked(item, a_reply("The answer is 0"))
    for end in (lambda: None, fails, lambda: pytest.xfail("as expected")):
        report = concluded(item, end)
        assert (report.outcome, json.loads(report.itemwise)["verdict"]) == ("failed", "error")
        assert str(report.longrepr).startswith("record_property('score', 73): a score is a number in 0 to 1")


@pytest.mark.parametrize(("options", "begins"), [((), "test_sums"), (("--full-trace",), "from_call")])
def test_a_traceback_is_shown_from_the_test_on_without_a_look_at_frames_of_pytest(collect: Collect, options: Any, begins: str) -> None:
    item = collect(SUMS, *options)[0]
    call = pytest.CallInfo.from_call(lambda: item.obj(case=item.callspec.params["case"], answer="1"), when="call")
    report = pytest.TestReport.from_item_and_call(item, call)
    wrapped(verdicts_of(item).pytest_runtest_makereport(item, call), report)
    assert call.excinfo is not None
    assert call.excinfo.traceback[0].name == begins
