"""A verdict follows from the reply, the answer read in it and the outcome of the assertion; so do causes and the entry."""

from __future__ import annotations

from typing import Any

import pytest

from itemwise.cases.case import Case
from itemwise.cases.chat import ToolCall, Turn, TurnCost
from itemwise.cases.picture import Picture
from itemwise.cases.reply import Reply, Verdict
from itemwise.causes import Cause
from itemwise.extractors import last_number
from itemwise.extractors.reading import Reading
from itemwise.results.entry import MeasuredCase, Texts
from itemwise.results.judge import AssertOutcome, answer_in, causes_of, entry_of, verdict_of
from itemwise.results.labels import Key

HELD, FAILED, BROKEN = AssertOutcome.HELD, AssertOutcome.FAILED, AssertOutcome.BROKEN
CASE = Case("sum-1", "How much is 6*7?", "42", {"grade": "4"})
MEASURED = MeasuredCase(
    node_id="test_sums.py::test_sums[m-direct-sum-1]",
    position=("test_sums.py::test_sums", 0, 0, 1),
    benchmark="sums",
    model_name="m",
    strategy="direct",
    case="sum-1",
    sample_size=50,
    measurement="12ab",
)


def reply(text: str, finish_reason: str = "stop", *turns: Turn, notes: dict[str, Any] | None = None) -> Reply:
    return Reply(text, finish_reason, 12, 3, 0.5, 8, (*CASE.chat, *turns, Turn("assistant", text)), notes=notes or {})


@pytest.mark.parametrize(
    ("outcome", "finish_reason", "answer", "verdict"),
    [
        (HELD, "stop", "42", Verdict.CORRECT),
        (HELD, "length", "42", Verdict.CORRECT),  # the answer stood before the limit
        (HELD, "stop", None, Verdict.CORRECT),  # a test may hold that there is no answer
        (FAILED, "stop", "41", Verdict.WRONG),
        (FAILED, "length", "41", Verdict.WRONG),
        (FAILED, "stop", "", Verdict.WRONG),
        (FAILED, "stop", None, Verdict.NO_ANSWER),
        (FAILED, "length", None, Verdict.TRUNCATED),
        (BROKEN, "stop", "42", Verdict.ERROR),
        (BROKEN, "length", None, Verdict.ERROR),
    ],
)
def test_a_verdict_follows_from_outcome_reply_and_answer(
    outcome: AssertOutcome, finish_reason: str, answer: str | None, verdict: Verdict
) -> None:
    assert verdict_of(outcome, reply("...", finish_reason), answer) is verdict


def test_a_reply_that_a_test_judged_by_itself_is_wrong_and_not_unread() -> None:
    assert verdict_of(FAILED, reply("no", "length"), None, is_read=False) is Verdict.WRONG


def test_a_failed_assertion_on_no_reply_of_ours_has_no_answer() -> None:
    assert verdict_of(FAILED, None, None) is Verdict.NO_ANSWER


CUT_OFF = [
    ("6 bags of 7, 42 apples", "length", None),  # merely the last number on the way
    ("6 bags of 7, 42 apples", "stop", "42"),
    ("The answer is 42. Now", "length", "42"),
    ("I cannot say.", "stop", None),
    ("", "length", None),
]


@pytest.mark.parametrize(("text", "finish_reason", "answer"), CUT_OFF)
def test_the_last_number_of_a_reply_that_was_cut_off_is_no_answer(text: str, finish_reason: str, answer: str | None) -> None:
    assert answer_in(last_number, reply(text, finish_reason)) == answer


@pytest.mark.parametrize(("text", "finish_reason", "answer"), CUT_OFF)
def test_a_turn_is_read_as_the_reply_is(text: str, finish_reason: str, answer: str | None) -> None:
    assert answer_in(last_number, Turn("assistant", text, cost=TurnCost(finish_reason, 12, 3))) == answer


@pytest.mark.parametrize("returned", [42, b"42", ["42"], True])
def test_an_extractor_that_returns_no_text_is_refused_by_what_it_returned(returned: Any) -> None:
    with pytest.raises(TypeError, match=rf"the extractor returned .* \({type(returned).__name__}\); it must return text"):
        answer_in(lambda text: returned, reply("42"))


@pytest.mark.parametrize("verdict", [Verdict.CORRECT, Verdict.ERROR])
def test_a_correct_case_and_an_error_of_ours_have_no_cause(verdict: Verdict) -> None:
    assert causes_of(CASE, reply("6*7 = 41"), "41", verdict) == ()


def test_a_wrong_reply_has_its_causes_and_one_that_was_cut_off_this_first() -> None:
    slip = Cause("arithmetic slip", "6*7 = 41 (it is 42); corrected, the steps give 42")
    assert causes_of(CASE, reply("6*7 = 41"), "41", Verdict.WRONG) == (slip,)
    assert [cause.kind for cause in causes_of(CASE, reply("First, 6*"), None, Verdict.TRUNCATED)][:1] == ["truncated"]
    assert causes_of(CASE, None, None, Verdict.NO_ANSWER) == ()


def test_no_tool_call_is_a_cause_where_a_tool_was_offered_alone() -> None:
    called = Turn("assistant", "<call>", (ToolCall("calculator", {"expression": "6*7"}),))
    kinds = {
        name: [cause.kind for cause in causes_of(CASE, given, "7", Verdict.WRONG)]
        for name, given in {
            "not offered": reply("It is 7"),
            "not called": reply("It is 7", notes={"calls": 0}),
            "called": reply("It is 7", "stop", called, notes={"calls": 1}),
        }.items()
    }
    assert kinds == {"not offered": ["reasoning"], "not called": ["no tool call"], "called": ["reasoning"]}


def test_the_entry_holds_the_case_its_answer_and_where_it_was_read() -> None:
    said, read = reply("The answer is 41"), Reading("41", start=14, end=16, rule="the answer is")
    entry = entry_of(MEASURED, CASE, said, read, Verdict.WRONG, model={"model": "m"}, rows={"seed": "42"}, message="no", rerun="pytest")
    assert (entry.key, entry.case, entry.measurement, entry.sample_size) == (Key("sums", "m", "direct"), "sum-1", "12ab", 50)
    assert (entry.expected, entry.answer, type(entry.answer), entry.rule, entry.span) == ("42", "41", str, "the answer is", (14, 16))
    assert (entry.tags, entry.model, entry.rows) == ({"grade": "4"}, {"model": "m"}, {"seed": "42"})
    assert entry.texts() == Texts("How much is 6*7?", "no", "pytest", said)
    assert entry.cause == "reasoning"


def test_an_entry_without_a_reply_has_neither_answer_nor_cost() -> None:
    entry = entry_of(MEASURED, CASE, None, None, Verdict.ERROR, model={}, rows={}, message="out of memory")
    assert (entry.answer, entry.rule, entry.span, entry.causes, entry.cost, entry.texts().reply) == (None, None, None, (), None, None)


def test_an_answer_of_an_extractor_that_does_not_say_where_it_stood_has_no_span() -> None:
    entry = entry_of(MEASURED, CASE, reply("42"), "42", Verdict.CORRECT, model={}, rows={})
    assert (entry.answer, entry.rule, entry.span) == ("42", None, None)


def test_an_entry_names_its_picture_by_its_hash_and_none_that_cannot_be_read(tmp_path: Any) -> None:
    dot = Picture("dot.png", lambda: b"\x89PNG\r\n\x1a\n")
    shown = Case("look", "What is it?", "A", picture=dot)
    missing = Case("look", "What is it?", "A", picture=Picture("none.png", lambda: str(tmp_path / "none.png")))
    entries = [entry_of(MEASURED, case, None, None, Verdict.ERROR, model={}, rows={}) for case in (CASE, shown, missing)]
    assert [entry.picture for entry in entries] == ["", dot.sha256, ""]
