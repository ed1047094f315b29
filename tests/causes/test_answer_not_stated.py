"""The gold as a result in the reply, while something else was given as the answer."""

from __future__ import annotations

from fractions import Fraction

import pytest

from itemwise.causes.answer_not_stated import answer_not_stated
from itemwise.causes.arithmetic.equations import find_equations
from itemwise.causes.numeric_reply import NumericReply


def evidence(text: str, prompt: str = "How many?") -> str | None:
    cause = answer_not_stated(NumericReply(prompt, text, Fraction(24), Fraction(7), "7"), find_equations(text))
    return cause.evidence if cause else None


@pytest.mark.parametrize("text", ["48/2 = 24, so 7", "That leaves 24. 7", "- 24\nAnswer: 7", "The total is $24, or 7", "一共有24个, 7"])
def test_a_result_that_was_not_given_is_quoted(text: str) -> None:
    shown = evidence(text)
    assert shown is not None
    assert shown.startswith("stated: ")
    assert "24" in shown


@pytest.mark.parametrize(
    "text", ["Step 24: it is 7", "the result is 24 + 3", "24. Then we add", "is 24x", "He took 24, 7 and", "It is 240."]
)
def test_labels_operands_and_parts_of_numbers_are_no_results(text: str) -> None:
    assert evidence(text) is None


@pytest.mark.parametrize("prompt", ["There are 24 eggs.", "How many hours has a day?", "Two dozen? twenty 24"])
def test_a_number_of_the_prompt_counts_only_in_an_equation(prompt: str) -> None:
    assert evidence("That leaves 24. 7", prompt) is None
    assert evidence("48/2 = 24, so 7", prompt) is not None
