"""What the calls of a reply show of why it is wrong, and calls read back out of a conversation."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from itemwise.cases.chat import Turn
from itemwise.causes import Cause
from itemwise.causes.find_causes import find_causes
from itemwise.causes.tool_use import AnsweredCall, answered_calls, tool_cause
from itemwise.strategies.tool import tool
from tests.scripted import Script, run

EGGS = "Ann's hens lay 16 eggs. She eats 7 and sells the rest for $2 each. How many dollars does she make?"
RIGHT = AnsweredCall("calculator((16-7)*2)", "18")
WRONG = AnsweredCall("calculator(16*2)", "32")
THIRD = AnsweredCall("calculator(10/3)", "10/3 (about 3.333333)")
FAILED = AnsweredCall("calculator(16 eggs)", "error: not arithmetic: '16 eggs'; write numbers with + - * / // % ** and parentheses")


def shown(calls: list[AnsweredCall], text: str, answer: int | None, *, called: bool | None = True) -> Cause | None:
    return tool_cause(called, calls, text, Fraction(18), None if answer is None else Fraction(answer))


@pytest.mark.parametrize(
    ("calls", "text", "answer", "cause"),
    [
        ([RIGHT], "The answer is 20.", 20, Cause("tool result ignored", "calculator((16-7)*2) = 18, and the answer is 20")),
        ([RIGHT, WRONG], "The answer is 32.", 32, Cause("tool result ignored", "calculator((16-7)*2) = 18, and the answer is 32")),
        ([RIGHT], "Eighteen.", None, Cause("tool result ignored", "calculator((16-7)*2) = 18, and no answer was read")),
        ([WRONG], "The answer is 20.", 20, Cause("tool result ignored", "calculator(16*2) = 32, which the reply does not have")),
        ([WRONG], "The answer is 32.", 32, Cause("tool argument wrong", "calculator(16*2) = 32, which is the answer that was given")),
        ([WRONG, FAILED], "The answer is 32.", 32, Cause("tool call failed", f"{FAILED.call}: {FAILED.answer}")),
        ([FAILED], "The answer is 20.", 20, Cause("tool call failed", f"{FAILED.call}: {FAILED.answer}")),
        (
            [FAILED, WRONG],
            "The answer is 32.",
            32,
            Cause("tool argument wrong", "calculator(16*2) = 32, which is the answer that was given"),
        ),
        ([WRONG], "She has 32 of them and 7 more, which makes 39.", 39, None),
        ([THIRD], "It is 3.33, so 3.", 3, None),
    ],
)
def test_the_calls_show_why(calls: list[AnsweredCall], text: str, answer: int | None, cause: Cause | None) -> None:
    assert cause == shown(calls, text, answer)


def test_a_tool_that_was_offered_and_not_called_is_told() -> None:
    assert shown([], "20", 20, called=False) == Cause("no tool call", "a tool was offered and none was called")
    assert shown([], "20", 20, called=None) is None


def test_a_choice_shows_only_that_a_call_failed() -> None:
    assert tool_cause(True, [WRONG], "(A)", None, None) is None
    assert tool_cause(True, [FAILED], "(A)", None, None) == Cause("tool call failed", f"{FAILED.call}: {FAILED.answer}")


def test_an_ignored_result_is_the_first_cause_and_a_wrong_argument_the_last() -> None:
    def kinds(text: str, answer: str, *calls: AnsweredCall) -> list[str]:
        return [each.kind for each in find_causes(EGGS, text, "18", answer, truncated=False, called=True, calls=calls)]

    assert kinds("9*2 = 20. The answer is 20.", "20", RIGHT) == ["tool result ignored", "arithmetic slip"]
    assert kinds("16*2 = 30. No, the answer is 32.", "32", WRONG) == ["arithmetic slip", "tool argument wrong"]
    assert kinds("The answer is 32.", "32", WRONG) == ["tool argument wrong"]


@pytest.mark.parametrize("offer", ["template", "prompt"])
def test_calls_are_read_back_with_their_answers_wherever_the_calculator_was_offered(offer: str) -> None:
    lines = [json.dumps({"name": "calculator", "arguments": {"expression": expression}}) for expression in ("6*7", "1/0", "6*8")]
    other = json.dumps({"name": "search", "arguments": {"words": "x" * 100}})
    found = run(tool, Script("\n".join(lines[:2]), lines[2], other, "42 and 48"), offer=offer)
    *good, bad = answered_calls(found.turns)
    assert good == [
        AnsweredCall("calculator(6*7)", "42"),
        AnsweredCall("calculator(1/0)", "error: division by zero; divide by another number"),
        AnsweredCall("calculator(6*8)", "48"),
    ]
    assert (len(bad.call), bad.failed, bad.result) == (68, True, None)
    assert [each.result for each in good] == [42, None, 48]


def test_a_call_that_nobody_answered_is_left_out() -> None:
    [*turns, _, _] = run(tool, Script(json.dumps({"name": "calculator", "arguments": {"expression": "6*7"}}), "42")).turns
    assert [bool(turn.calls) for turn in turns] == [False, True]
    assert answered_calls([*turns]) == []
    assert answered_calls([Turn("user", "6*7?")]) == []
