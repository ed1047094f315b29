"""What became of a case asked again alone, on its way between processes and into run.json."""

from __future__ import annotations

import json

import pytest

from itemwise.results.batch_invariance import BatchCheck


@pytest.mark.parametrize("differing", [None, ("so 42", "so 41"), ("", "42")])
@pytest.mark.parametrize("alone", ["42", "41", None])
def test_a_check_survives_the_way_through_json(alone: str | None, differing: tuple[str, str] | None) -> None:
    check = BatchCheck("m", "direct", "sum-1", "42", alone, 8, differing)
    assert BatchCheck.from_record(json.loads(json.dumps(check.record()))) == check


def test_its_record_has_the_texts_only_where_they_differ() -> None:
    record = {"model": "m", "strategy": "vote", "case": "sum-1", "same_text": True, "same_answer": True, "answer": None, "alone": None}
    assert BatchCheck("m", "vote", "sum-1", None, None, 8).record() == {**record, "batch_size": 8}
    differing = BatchCheck("m", "vote", "sum-1", "1", "2", 8, ("1", "2")).record()
    assert differing == {
        **record, "same_text": False, "same_answer": False, "answer": "1", "alone": "2", "batch_size": 8, "text": "1", "text_alone": "2",
    }  # fmt: skip
