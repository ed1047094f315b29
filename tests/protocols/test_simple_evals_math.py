"""simple-evals' MATH: the problem between two sentences, the answer behind its word."""

from __future__ import annotations

from pathlib import Path

from itemwise.protocols.simple_evals_math import EXTRACTOR
from tests.protocols.asked import asked
from tests.protocols.test_lm_eval_hendrycks_math500 import math_rows

__all__ = ["math_rows"]


def test_the_problem_stands_between_two_sentences(math_rows: Path) -> None:
    (case,) = asked("simple-evals/math", math_rows).cases
    before, problem, after = case.text.split("\n\n")
    assert before.endswith("where $ANSWER is the answer to the problem.")
    assert problem == "Halve $\\frac{1}{3}$."
    assert after.endswith("you do not need to use a \\boxed command.")


def test_the_line_behind_the_first_word_is_compared_by_value_and_what_cannot_be_told_is_wrong() -> None:
    assert EXTRACTOR.answer("Halved.\nANSWER: $2/12$\nDone", "\\frac{1}{6}") == "\\frac{1}{6}"
    assert EXTRACTOR.answer("Answer: 42", "52_8") == "42"
    assert EXTRACTOR.read("It is 1/6.") is None
