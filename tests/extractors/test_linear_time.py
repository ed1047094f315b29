"""Twice the text takes at most two and a half times the work, on the texts that bring peers to a halt."""

from collections.abc import Callable

import pytest

from itemwise.extractors import last_number, stated_choice, stated_expression
from tests.counted import calls

UNITS = [
    *("7", "{", "(A) ", "\\boxed{", "the answer is ", "the answer is 5 ", "1,", "#### ", '"answer": ', '{"answer": 5}\n', "<think>"),
    *(
        "</think>",
        "\\",
        "Question: ",
        "答案是",
        "So 5. ",
        "Wait, no 5. ",
        "the most likely one (option B) is ",
        "So only C fits. ",
        "【答案】：",
        "option B is correct. ",
        "A, ",
        "x = 5, ",
        "```",
    ),
    *(
        "<think>5</think>",
        "`<think>`",
        "< /think",
        "<tool_call>",
        "<tool_call>{",
        "<tool_call>{}",
        "<|im_end|>",
        "<|im_start|>user\n",
        "[INST]",
    ),
    *('{"name": "x", "arguments": {"a": 1}}\n', '```json\n{"name": "x", "arguments": ', "Action: x\nObservation: 5\n", "```output\n"),
    *("<|channel|>analysis<|message|>5<|end|>", "<|channel|>final<|message|>5", "analysisassistantfinal", "\n****", "Question:\n*****\n"),
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    "read",
    [last_number, lambda reply: stated_choice(reply, 4), stated_expression],
    ids=["last_number", "stated_choice", "stated_expression"],
)
def test_work_grows_no_faster_than_the_text(read: Callable[[str], object], unit: str) -> None:
    text = unit * (20_000 // len(unit))
    read(f" {text}")  # patterns are compiled at their first use; another text, as the parts of the last few are kept
    assert calls(lambda: read(text * 2)) <= 2.5 * calls(lambda: read(text)) + 50
