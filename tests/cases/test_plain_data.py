"""Texts and records are what they must be before anything is made of them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from itemwise.cases.plain_data import known_fields, plain_text, require_kinds, shown_value, without_empty


class Loud(str):
    __slots__ = ()

    def __str__(self) -> str:
        return self.upper()


def test_a_text_of_a_subclass_becomes_a_plain_one() -> None:
    text = plain_text(Loud("quiet"), "the prompt")
    assert (type(text), text) == (str, "quiet")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "the prompt must be text (str), got 5 (int); convert it."),
        (None, "the prompt must be text (str), got None (NoneType); convert it."),
        ("a\ud83db", "the prompt holds half a character ('\\ud83d' at 1), which no model or file can take"),
    ],
)
def test_what_is_no_text_is_refused_with_its_value(value: object, message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - its message is compared
        plain_text(value, "the prompt", "convert it")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("record", "message"),
    [([], "list instead of an object"), ({"text": 5}, "'text' is '5'"), ({"text": "x" * 200, "count": "1" * 200}, "'count' is '1{80}'$")],
)
def test_a_record_of_another_kind_is_refused(record: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        require_kinds(record, {"text": str, "count": (int, float)})


def test_a_record_may_lack_a_value_and_hold_more() -> None:
    require_kinds({"text": "x", "later": []}, {"text": str, "count": int})

    @dataclass
    class Noun:
        text: str
        count: int = 0

    assert known_fields(Noun, {"text": "x", "later": []}) == {"text": "x"}


def test_values_in_messages_are_short_and_rare_ones_are_left_out_where_empty() -> None:
    assert len(shown_value("x" * 1000)) < 40
    assert without_empty({"text": "", "reasoning": "", "refusal": "no"}, "reasoning", "refusal") == {"text": "", "refusal": "no"}
