"""The nouns."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError

import pytest

from itemwise.case import Case, Reply, Turn, Verdict

REPLY = Reply("42", "stop", 12, 3, 0.25, 8, (Turn("user", "6*7?"), Turn("assistant", "42")))


def test_a_reply_ended_by_the_token_limit_is_truncated() -> None:
    assert [Reply("4", reason, 1, 1, 0.1, 1, ()).truncated for reason in ("stop", "length")] == [False, True]


def test_a_reply_is_recorded_whole_as_plain_data() -> None:
    assert json.loads(json.dumps(REPLY.record())) == {
        "text": "42",
        "finish_reason": "stop",
        "prompt_tokens": 12,
        "completion_tokens": 3,
        "seconds": 0.25,
        "batch_size": 8,
        "turns": [{"role": "user", "content": "6*7?"}, {"role": "assistant", "content": "42"}],
        "generated": 0,
        "generated_tokens": 0,
        "notes": {},
    }


def test_a_case_cannot_be_changed_once_made() -> None:
    case = Case("sum-1", "6*7?", "42")
    with pytest.raises(FrozenInstanceError):
        case.answer = "43"


def test_cases_do_not_share_their_tags() -> None:
    assert Case("a", "?", "0").tags is not Case("b", "?", "0").tags


def test_verdicts_are_the_words_that_reports_show() -> None:
    assert [verdict.value for verdict in Verdict] == ["correct", "wrong", "no answer", "truncated", "error"]
