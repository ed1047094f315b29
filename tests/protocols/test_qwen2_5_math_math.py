"""Qwen2.5-Math's math: asked as its gsm8k, compared as numbers, as text, part by part and by value."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.protocols.qwen2_5_math_math import EXTRACTOR, same_value
from tests.protocols.asked import asked
from tests.protocols.test_lm_eval_hendrycks_math500 import math_rows

__all__ = ["math_rows"]


def test_a_problem_stands_behind_the_system_turn_that_asks_for_a_box(math_rows: Path) -> None:
    (case,) = asked("qwen2.5-math/math", math_rows).cases
    assert [(turn.role, turn.content) for turn in case.chat][1:] == [("user", "Halve $\\frac{1}{3}$.")]
    assert "\\boxed{}" in case.chat[0].content
    assert EXTRACTOR.answer("So $\\boxed{\\dfrac{2}{12}}$.", case.answer) == case.answer


@pytest.mark.parametrize(
    ("answer", "expected", "same"),
    [
        ("15", "0.15", True),  # a hundredth
        ("15.01", "15", False),
        ("(1,2.0001)", "(1,2)", True),
        ("[1,2]", "(1,2)", True),
        ("(1,2)", "1,2", True),  # brackets are taken away
        ("\\sqrt51", "\\sqrt{51}", True),
        ("\\frac{x+2}{7}", "\\frac{x}{7}+\\frac{2}{7}", True),
        ("f(x)=5", "5", False),
        ("x+1", "x+2", False),
    ],
)
def test_its_comparison_allows_more_than_one_text(answer: str, expected: str, *, same: bool) -> None:
    assert same_value(answer, expected) is same
