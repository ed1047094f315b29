"""Asking with a calculator at hand: calls good and broken, and an end to them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from itemwise.cases.chat import ToolCall, Turn
from itemwise.models import ContextFullError
from itemwise.strategies.calculator import CALCULATOR, CALCULATOR_WITHOUT_EXAMPLE
from itemwise.strategies.tool import HINTS, OFFER, tool
from tests.scripted import Script, run

QUESTION = Turn("user", "6*7?")


def call(expression: Any) -> str:
    return json.dumps({"name": "calculator", "arguments": {"expression": expression}})


def wrapped(*calls: str) -> str:
    return "\n".join(f"<tool_call>\n{each}\n</tool_call>" for each in calls)


def said(*lines: str) -> list[tuple[str, str]]:
    return [(turn.role, turn.content) for turn in run(tool, Script(*lines)).turns[1:]]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, ["6*7?", HINTS["call"]]),
        ({"tool_hint": False}, ["6*7?"]),
        ({"hint": "none"}, ["6*7?"]),
        ({"hint": "call", "tool_hint": False}, ["6*7?", HINTS["call"]]),
        ({"offer": "prompt"}, ["6*7?", OFFER, HINTS["call"]]),
        ({"offer": "prompt", "hint": "none"}, ["6*7?", OFFER]),
    ],
)
def test_the_question_is_asked_with_the_words_that_the_settings_name(settings: dict[str, Any], words: list[str]) -> None:
    script = Script(wrapped(call("6*7")), "42")
    found = run(tool, script, **settings)
    assert [turns[0] for turns, *_ in script.asked] == [Turn("user", "\n\n".join(words))] * 2
    assert found.turns[0] == script.asked[0][0][0]


def test_the_words_stand_behind_the_last_turn_of_a_chat_alone() -> None:
    chat = [Turn("system", "Be brief."), Turn("user", "1+1?"), Turn("assistant", "2"), QUESTION]
    found = run(tool, Script("42"), chat=chat)
    assert [*found.turns[:3]] == chat[:3]
    assert found.turns[3].content == f"6*7?\n\n{HINTS['call']}"


def test_offered_in_the_prompt_calls_and_results_are_words_of_the_chat() -> None:
    script = Script(f"I call {wrapped(call('6*7'), call('1/0'))}", wrapped(call("6*8")), "42 and 48")
    found = run(tool, script, offer="prompt")
    assert [tools for _, tools, *_ in script.asked] == [[], [], []]
    assert not any(turn.calls or turn.role == "tool" for turns, *_ in script.asked for turn in turns)
    assert [turn.content for turn in script.asked[-1][0][1:]] == [
        f"I call {wrapped(call('6*7'), call('1/0'))}",
        "calculator: 42\ncalculator: error: division by zero; divide by another number",
        wrapped(call("6*8")),
        "calculator: 48",
    ]
    assert [len(turn.calls) for turn in found.turns] == [0, 2, 0, 1, 0, 0]
    assert found.notes == {"calls": 3, "failed calls": 1}


def test_offered_in_the_prompt_it_is_asked_once_more_after_the_last_round() -> None:
    found = run(tool, Script(wrapped(call("6*7"))), offer="prompt", rounds=2)
    assert [turn.role for turn in found.turns] == ["user", "assistant"] * 3
    assert found.notes == {"calls": 2, "failed calls": 0}


def test_a_reply_without_a_call_is_the_reply() -> None:
    assert said("42") == [("assistant", "42")]


def test_a_call_is_answered_before_the_model_goes_on() -> None:
    assert said(wrapped(call("6*7")), "42") == [("assistant", wrapped(call("6*7"))), ("tool", "42"), ("assistant", "42")]


def test_each_of_several_calls_is_answered_in_order() -> None:
    roles = said(f"Let me see. {wrapped(call('6*7'), call('6*8'))}", "42 and 48")
    assert roles[1:] == [("tool", "42"), ("tool", "48"), ("assistant", "42 and 48")]


def test_an_error_of_the_calculator_is_its_answer() -> None:
    role, answer = said(wrapped(call("1/0")), "?")[1]
    assert (role, answer.startswith("error: division by zero")) == ("tool", True)


@pytest.mark.parametrize("broken", ["6*7", "null", call("6*7")[:-4], '{"name": "calculator"}', '{"name": "python", "arguments": {}}'])
def test_what_is_wrong_with_a_call_is_its_answer(broken: str) -> None:
    role, answer = said(wrapped(broken), "42")[1]
    assert role == "tool"
    assert answer.startswith("error: ")
    assert "calculator" in answer


def test_calls_and_their_failures_are_counted() -> None:
    found = run(tool, Script(wrapped(call("6*7"), call("1/0")), wrapped(call("1+1")), "42"))
    assert found.notes == {"calls": 3, "failed calls": 1}


def test_the_model_is_told_of_the_calculator_each_time_it_may_call() -> None:
    script = Script(wrapped(call("6*7")), "42")
    run(tool, script)
    assert [tools for _, tools, *_ in script.asked] == [[CALCULATOR_WITHOUT_EXAMPLE]] * 2


def test_a_model_that_learned_the_calculator_with_an_example_sees_it_with_that() -> None:
    script = Script("42")
    run(tool, script, tool_hint=False)
    assert [tools for _, tools, *_ in script.asked] == [[CALCULATOR]]
    assert "12*(3+4)" in json.dumps(CALCULATOR)
    assert not any(digit in json.dumps(CALCULATOR_WITHOUT_EXAMPLE) + OFFER + "".join(HINTS.values()) for digit in "0123456789")


def test_the_model_sees_all_turns_so_far() -> None:
    script = Script(wrapped(call("6*7")), wrapped(call("42+1")), "43")
    turns = run(tool, script).turns
    assert [len(asked) for asked, *_ in script.asked] == [1, 3, 5]
    assert script.asked[-1][0] == list(turns[:-1])


@pytest.mark.parametrize("rounds", [1, 12])
def test_a_model_that_never_stops_calling_is_asked_once_more_without_tools(rounds: int) -> None:
    script = Script(wrapped(call("6*7")))
    found = run(tool, script, rounds=rounds)
    assert [bool(tools) for _, tools, *_ in script.asked] == [True] * rounds + [False]
    assert found.reply is found.turns[-1]
    assert found.reply.role == "assistant"


def test_a_conversation_that_fills_the_context_is_cut_off_there() -> None:
    found = run(tool, Script(wrapped(call("6*7")), ContextFullError("full")))
    assert found.reply.cost is not None
    assert (found.reply.content, found.reply.cost.finish_reason) == (wrapped(call("6*7")), "length")
    assert found.turns[-1] == Turn("tool", "42")


def test_a_question_that_is_too_long_by_itself_is_an_error_not_a_reply() -> None:
    with pytest.raises(ContextFullError):
        run(tool, Script(ContextFullError("full")))


def test_calls_of_the_case_s_own_chat_are_not_counted_nor_taken_for_the_reply() -> None:
    chat = [
        Turn("user", "1+1?"),
        Turn("assistant", "", (ToolCall("calculator", {"expression": "1+1"}),)),
        Turn("tool", "error: no"),
        QUESTION,
    ]
    transcript = run(tool, Script(wrapped(call("6*7")), "42"), chat=chat)
    assert transcript.notes == {"calls": 1, "failed calls": 0}
    with pytest.raises(ContextFullError, match="leaves no room for a reply"):
        run(tool, Script(ContextFullError("full")), chat=chat)
