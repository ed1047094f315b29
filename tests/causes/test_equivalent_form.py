"""Answers that are the gold in another form."""

from __future__ import annotations

from fractions import Fraction

import pytest

from itemwise.causes.cause import NO_JSON, Cause
from itemwise.causes.equivalent_form import equivalent_form, rounded_answer, stated_in_other_form
from itemwise.causes.numeric_reply import NumericReply, answer_value


def reply(answer: str | None, gold: str, prompt: str = "", text: str = "") -> NumericReply:
    return NumericReply(prompt, text, Fraction(gold), answer_value(answer), answer or "")


def shown(cause: Cause | None) -> str | None:
    return cause.evidence if cause else None


@pytest.mark.parametrize(
    ("given", "evidence"),
    [
        (reply("18.0", "18"), "'18.0' is 18, written otherwise"),
        (reply("0.35", "35", "What percent is it?"), "0.35 is 35%"),
        (reply("35", "0.35", "as a share, not %"), "35% is 0.35"),
        (reply("120", "2", "How many hours? 30 minutes each"), "120 minutes are 2 hours"),
        (reply("2", "24", "24 eggs", "2 dozen"), "2 dozens are 24 single ones"),
        (reply("1.5", "150", "How many cm are they?", "1.5 m"), "1.5 m are 150 cm"),
    ],
)
def test_the_form_is_named(given: NumericReply, evidence: str) -> None:
    assert shown(equivalent_form(given)) == evidence


@pytest.mark.parametrize(
    "given", [reply(None, "18"), reply("120", "2", "How many?"), reply("0.35", "35"), reply("60", "1", "a minute", "60 apples")]
)
def test_without_the_words_for_it_there_is_none(given: NumericReply) -> None:
    assert equivalent_form(given) is None


@pytest.mark.parametrize(
    ("answer", "gold", "evidence"),
    [("3.6", "4", "3.6 rounds to 4"), ("4", "3.6", "3.6 rounds to 4"), ("3.4", "4", None), ("3.6", "3.7", None), (None, "4", None)],
)
def test_rounding_goes_half_a_unit_either_way(answer: str | None, gold: str, evidence: str | None) -> None:
    assert shown(rounded_answer(reply(answer, gold))) == evidence


def test_a_gold_that_was_stated_but_not_extracted_is_quoted() -> None:
    given = reply(None, "18", text="The answer is 18.")
    assert shown(stated_in_other_form(given, None)) == "stated, but not as asked: The answer is 18."
    assert stated_in_other_form(given, Cause(NO_JSON, "")) is None
    assert stated_in_other_form(reply("18", "18", text="The answer is 18."), None) is None
    assert stated_in_other_form(reply(None, "18", text="There are 18 left"), None) is None
