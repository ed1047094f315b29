"""Replies that were cut off while they thought."""

from __future__ import annotations

import pytest

from itemwise.causes.cause import Cause
from itemwise.causes.thinking import unfinished_thought


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("<think>There are 4 rows, so", "cut off after 27 characters of thought: <think>There are 4 rows, so"),
        ("Well. <think>\nFour", "cut off after 12 characters of thought: Well. <think>\nFour"),
        ("<|channel|>analysis<|message|>Four", "cut off after 34 characters of thought: ..."),
        ("<think>a</think> <think>Four", "cut off after 11 characters of thought: <think>a</think> <think>Four"),
    ],
)
def test_an_open_thought_is_named_with_its_length_and_its_last_words(text: str, evidence: str) -> None:
    found = unfinished_thought(text, "")
    assert found is not None
    assert found.kind == "thought until the limit"
    assert found.evidence.startswith(" ".join(evidence.split()))


@pytest.mark.parametrize(
    "text", ["", "Four rows, so", "<think>Four</think> It is", "<think>Four</think>", "Four</think>", "Four</think> It"]
)
def test_who_had_begun_to_speak_did_not_think_until_the_limit(text: str) -> None:
    assert unfinished_thought(text, "") is None


def test_a_thought_that_came_beside_the_text_counts_where_nothing_was_said() -> None:
    assert unfinished_thought("", "Four rows") == Cause("thought until the limit", "cut off after 9 characters of thought: Four rows")
    assert unfinished_thought("It is", "Four rows") is None
