"""Replies that tell what their own code gave, and replies that only write code or a heading."""

from __future__ import annotations

from time import process_time

import pytest

from itemwise.causes.made_up_output import made_up_output

CODE = "We can compute it:\n```python\npots = 4 * 9\nprint(pots - 5)\n```\n"

MADE_UP = [
    (CODE + "```output\n33\n```\nSo there are 33 pots.", "```output 33"),
    (CODE + "Output:\n```\n33\n```\n", "Output: ``` 33"),
    (CODE + "**Output:** 33", "**Output:** 33"),
    (CODE + "The script outputs 33.", "script outputs 33."),
    (CODE + "Running this code gives us 33.", "Running this code gives us 33."),
    (CODE + "If you try that, it prints:\n\n```\n33\n```\n", "prints: ``` 33"),
    (CODE + "The output of this code is `33`.", "output of this code is `33`"),
    (CODE + "```output\nNameError: name 'pots' is not defined\n```", "NameError"),
    ('<tool_call>\n{"name": "calculator", "arguments": {"expression": "4*9"}}\n</tool_call>\n<tool_response>\n33\n</tool_response>', "33"),
    ("Action: calculator\nAction Input: 4*9\nObservation: 33\nThe answer is 33.", "Observation: 33"),
]

NOT_MADE_UP = [
    CODE,
    CODE + "So there are 31 pots.",
    CODE + "Run it to see the output of this program.",
    "Output: 33",
    '```json\n{"steps": ["4*9=36"]}\n```\n\nOutput:\n```json\n{"answer": 33}\n```',
    "```output\n33\n```",
    "The machine prints 33 pages a minute, and another one returns 5 of them.",
    "<think>" + CODE + "```output\n33\n```</think>The answer is 33.",
    CODE + "```output\n```",
    "",
]


@pytest.mark.parametrize(("text", "evidence"), MADE_UP)
def test_output_of_code_that_nobody_ran_is_quoted(text: str, evidence: str) -> None:
    found = made_up_output(text)
    assert found is not None
    assert found.kind == "made-up output"
    assert found.evidence.startswith("nobody ran it: ")
    assert evidence in found.evidence


@pytest.mark.parametrize("text", NOT_MADE_UP)
def test_code_alone_and_a_heading_alone_are_none(text: str) -> None:
    assert made_up_output(text) is None


@pytest.mark.parametrize("unit", ["The code prints 5. ", "```output\n", "```python\n", "output: ", "run the code ", "\n", " "])
def test_a_long_reply_takes_a_second_at_most(unit: str) -> None:
    started = process_time()
    made_up_output(unit * (500_000 // len(unit)))
    assert process_time() - started < 1.5  # ten times what it takes; a pattern that goes through a text again and again takes minutes
