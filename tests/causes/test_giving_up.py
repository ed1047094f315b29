"""Replies that give up or refuse, and replies that only say that something cannot be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.causes.cause import Cause
from itemwise.causes.giving_up import _GATES, _WITH_ANSWER, _WITHOUT_ANSWER, giving_up

GIVES_UP = [
    ("I'm sorry, but I can't help with that.", None, "I'm sorry, but I can't help"),
    ("As an AI, I hold no view on this picture.", None, "As an AI"),
    ("4 rows hold 9 pots. Without the price, the total can't be calculated.", None, "can't be calculated"),
    ("The table has no prices. Please provide more information about the pots.", None, "provide more information"),
    ("There is not enough information to say how many pots there are.", None, "not enough information"),
    ("It is impossible to determine which lamp burns, as no picture was given.", None, "impossible to determine"),
    ('{"answer": "Error in the problem"}', None, "Error in the problem"),
    ("The text does not give enough information about the pots.", None, "does not give enough information"),
    ("<think>Nine pots?</think>I am unable to answer this.", None, "unable to answer"),
    ("根据题目给出的信息，无法确定一共有多少支铅笔。", None, "无法确定"),
    ("很抱歉，我看不到图片。", None, "抱歉"),
    ("We know x only. Therefore, the answer cannot be determined from this.\n\n#### 0", "0", "the answer cannot be determined"),
    ("Both cannot hold, which makes it impossible to solve the problem as stated.\n#### 12", "12", "impossible to solve the problem"),
]

GOES_ON = [
    ("A bus cannot carry half a pupil, so 7 buses are needed.", "7"),
    ("We cannot know x yet, so call the pots x: 4x = 36, x = 9. There are 9 pots.", "9"),
    ("It is impossible to tell from the first line alone. Therefore, the correct answer is: (B) No", "B"),
    ("A shop seeks additional information of its pots. It has 12 of them or more.", None),
    ("He cannot buy more than 3 pots.", None),
    ("She could not carry the box, so he took it.", None),
    ("<think>I cannot answer this. Or can I?</think> So 4 * 9 = 36", None),
    ("I cannot say at once. " + "Let us count the pots in each of the rows, one by one. " * 12 + "That makes 36 pots.", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "answer", "evidence"), GIVES_UP)
def test_the_words_that_give_up_are_quoted(text: str, answer: str | None, evidence: str) -> None:
    found = giving_up(text, answer, "")
    assert found is not None
    assert found.kind == "gave up or refused"
    assert evidence in found.evidence


@pytest.mark.parametrize(("text", "answer"), GOES_ON)
def test_what_cannot_be_in_the_question_is_not_given_up(text: str, answer: str | None) -> None:
    assert giving_up(text, answer, "") is None


def test_a_refusal_that_came_beside_the_text_is_quoted() -> None:
    assert giving_up("", None, "I must decline.") == Cause("gave up or refused", "I must decline.")
    assert giving_up("It is 5.", "5", "I must decline.") is None
    assert giving_up("", None, " ") is None


@given(st.from_regex(_WITHOUT_ANSWER) | st.from_regex(_WITH_ANSWER))
def test_what_the_patterns_find_has_one_of_the_words_looked_for_first(text: str) -> None:
    assert any(gate in text for gate in _GATES)
