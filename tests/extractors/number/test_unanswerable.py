"""Problems that lack what it takes: saying so is an answer, a number that is announced stands."""

from __future__ import annotations

import pytest

from itemwise.extractors import UNANSWERABLE, number_or_unanswerable


@pytest.mark.parametrize(
    "reply",
    [
        *("The answer is unanswerable.", "The answer is None.", "\\boxed{None}", '{"answer": null}', "#### None", "**None**."),
        "We don't know how many wheels there are.\n#### None",
        "The price of a pen is not given, so the total cannot be determined.",
        "Since the number of wheels is not specified, we can't calculate the total.",
        "The answer is: there is not enough information.",
        "由于没有给出价格，无法计算总数。",
    ],
)
def test_a_reply_may_state_that_there_is_no_telling(reply: str) -> None:
    assert number_or_unanswerable(reply) == UNANSWERABLE


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("3 + 4 = 7\nThe answer is 7.", "7"),
        ("The price is not given. If it is $2, the answer is 10.", "10"),
        ("It is 5 + 3 = 8 apples.", "8"),
        ("I like apples.", None),
        ("", None),
    ],
)
def test_a_number_that_is_stated_stands(reply: str, answer: str | None) -> None:
    assert number_or_unanswerable(reply) == answer
