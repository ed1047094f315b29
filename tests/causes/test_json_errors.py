"""Replies that are not the JSON that was asked for."""

from __future__ import annotations

import pytest

from itemwise.causes.cause import BROKEN_JSON, NO_JSON, Cause
from itemwise.causes.json_errors import json_error


@pytest.mark.parametrize("text", ['{"answer": 4}', '```json\n{"answer": 4}\n```', 'So:\n```\n{"answer": 4}\n```\nDone.', "{}"])
def test_json_is_no_error(text: str) -> None:
    assert json_error(text, truncated=False) is None


@pytest.mark.parametrize(
    ("text", "evidence"),
    [("", "the reply is empty"), ("  \n", "the reply is empty"), ("It is 4.", "no object anywhere; the reply begins: It is 4.")],
)
def test_a_reply_without_an_object_has_no_json(text: str, evidence: str) -> None:
    assert json_error(text, truncated=False) == Cause(NO_JSON, evidence)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ('{"answer": 4', "Expecting ',' delimiter at: {\"answer\": 4"),
        ("{'answer': 4}", "Expecting property name enclosed in double quotes at: {'answer': 4}"),
        ('It is {"a": 4,}', 'at: It is {"a": 4,}'),
        ('{"a": ' * 10**5, "larger than the parser takes: "),
    ],
    ids=["open", "single quotes", "comma", "deep"],
)
def test_broken_json_is_told_in_the_parsers_words(text: str, evidence: str) -> None:
    found = json_error(text, truncated=False)
    assert found is not None
    assert found.kind == BROKEN_JSON
    assert evidence in found.evidence


def test_a_reply_that_was_cut_off_is_not_also_broken() -> None:
    assert json_error('{"answer": 4', truncated=True) is None
    assert json_error("It is", truncated=True) is not None
