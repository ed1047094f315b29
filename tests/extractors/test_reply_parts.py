"""Think blocks of a text, kept apart from what was said."""

from __future__ import annotations

import pytest

from itemwise.extractors.reply_parts import parted, thoughts_in


@pytest.mark.parametrize(
    ("text", "shown", "thought"),
    [
        ("The answer is 4.", "The answer is 4.", ""),
        ("<think>5?</think>\nThe answer is 4.", "The answer is 4.", "<think>5?</think>"),
        ("5?</think>The answer is 4.", "The answer is 4.", "5?</think>"),
        ("So <think>5?", "So", "<think>5?"),
        ("a <think>1</think> b <think>2</think> c", "a  b  c", "<think>1</think>\n<think>2</think>"),
    ],
)
def test_thoughts_are_taken_out(text: str, shown: str, thought: str) -> None:
    assert parted(text)[:2] == (shown, thought)
    assert thoughts_in(text) == thought


@pytest.mark.parametrize("text", ["<think>4?</think>\nThe answer is 42", "a <think>1</think> 42 <think>2</think>", "42 <think>1"])
def test_what_was_read_stands_where_it_stood(text: str) -> None:
    start = text.index("42")
    shown, _, span = parted(text, (start, start + 2))
    assert span is not None
    assert shown[slice(*span)] == "42"


def test_what_stands_in_a_thought_is_nowhere_beside_it() -> None:
    assert parted("<think>42</think>x", (7, 9))[2] is None
