"""Asking with a calculator at hand: calls good and broken, and an end to them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from itemwise.calculator import CALCULATOR
from itemwise.case import Turn
from itemwise.models import Generation
from itemwise.strategies.tool import ROUNDS, calculated, tool

MISCALLED = 'error: call with {"name": "calculator", "arguments": {"expression": "..."}}'


def call(expression: Any) -> str:
    return json.dumps({"name": "calculator", "arguments": {"expression": expression}})


def wrapped(*calls: str) -> str:
    return "\n".join(f"<tool_call>\n{each}\n</tool_call>" for each in calls)


class Script:
    """A model that says what it is told to, the last line again and again, and notes what it was asked."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.asked: list[tuple[list[Turn], list[Any]]] = []

    async def __call__(self, turns: Sequence[Turn], *, tools: Sequence[Any] = ()) -> Generation:
        self.asked.append((list(turns), list(tools)))
        return Generation(self.lines.pop(0) if len(self.lines) > 1 else self.lines[0], "stop", 5, 1)


def said(*lines: str) -> list[tuple[str, str]]:
    return [(turn.role, turn.content) for turn in asyncio.run(tool("6*7?", Script(*lines)))[1:]]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (call("6*7"), "42"),
        (call("7/2"), "3.5"),
        (call("10/3"), "3.333333"),
        (call("$1,200 × 15%"), "180"),
        (call(42), "42"),
        (f"\n  {call('6*7')}  \n", "42"),
        ('{"arguments": {"expression": "6*7"}}', "42"),
        (call("1/0"), "error: division by zero"),
        (call("9**9**9"), "error: exponent must be a whole number up to 64"),
        (call("__import__('os').system('x')"), """error: not arithmetic: "__import__('os').system('x')\""""),
        (call("1+" * 200), "error: expression longer than 200 characters"),
        (call(None), "error: not arithmetic: 'None'"),
        (call(["6", "7"]), """error: not arithmetic: "['6', '7']\""""),
        ("", MISCALLED),
        ("6*7", MISCALLED),
        ("null", MISCALLED),
        ('"6*7"', MISCALLED),
        (call("6*7")[:-2], MISCALLED),
        ('{"name": "calculator"}', MISCALLED),
        ('{"name": "calculator", "arguments": {}}', MISCALLED),
        ('{"name": "calculator", "arguments": "6*7"}', MISCALLED),
        ('{"name": "calculator", "arguments": ["6*7"]}', MISCALLED),
        ("[" * 100_000, MISCALLED),
        ("9" * 10_000, MISCALLED),
    ],
)
def test_every_call_has_an_answer(text: str, answer: str) -> None:
    assert calculated(text) == answer


def test_a_reply_without_a_call_is_the_reply() -> None:
    assert said("42") == [("assistant", "42")]


def test_a_call_is_answered_before_the_model_goes_on() -> None:
    assert said(wrapped(call("6*7")), "42") == [("assistant", wrapped(call("6*7"))), ("tool", "42"), ("assistant", "42")]


def test_each_of_several_calls_is_answered_in_order() -> None:
    roles = said(f"Let me see. {wrapped(call('6*7'), call('6*8'))}", "42 and 48")
    assert roles[1:] == [("tool", "42"), ("tool", "48"), ("assistant", "42 and 48")]


def test_a_broken_call_is_answered_with_how_to_call() -> None:
    assert said(wrapped("6*7"), "42")[1] == ("tool", MISCALLED)


@pytest.mark.parametrize("text", ["<tool_call>", "</tool_call>", f"</tool_call>{call('6*7')}<tool_call>", call("6*7")])
def test_what_is_no_closed_call_is_the_reply(text: str) -> None:
    assert said(text) == [("assistant", text)]


def test_the_model_is_told_of_the_calculator_each_time_it_may_call() -> None:
    script = Script(wrapped(call("6*7")), "42")
    asyncio.run(tool("6*7?", script))
    assert [tools for _, tools in script.asked] == [[CALCULATOR], [CALCULATOR]]


def test_the_model_sees_all_turns_so_far() -> None:
    script = Script(wrapped(call("6*7")), wrapped(call("42+1")), "43")
    turns = asyncio.run(tool("6*7+1?", script))
    assert [len(asked) for asked, _ in script.asked] == [1, 3, 5]
    assert script.asked[-1][0] == turns[:-1]


def test_a_model_that_never_stops_calling_is_asked_once_more_without_tools() -> None:
    script = Script(wrapped(call("6*7")))
    turns = asyncio.run(tool("6*7?", script))
    assert [bool(tools) for _, tools in script.asked] == [True] * ROUNDS + [False]
    assert turns[-1].role == "assistant"
