"""Records out of memory come back as they went, and leave nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.results.spill import KeptMapping, Spool

RECORDS = [{"text": "6*7=42", "turns": [{"role": "user"}]}, {"text": "\ud800 \x00 \u2028 😀\n", "votes": {"42": 2}}, {}]


def test_every_record_comes_back_in_whatever_order_it_is_read(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    kept = [spool.keep(record) for record in RECORDS]
    assert [each.read() for each in reversed(kept)] == RECORDS[::-1]


def test_records_are_kept_after_others_were_read(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    first = spool.keep(RECORDS[0])
    assert first.read() == RECORDS[0]
    second = spool.keep(RECORDS[1])
    assert (first.read(), second.read()) == (RECORDS[0], RECORDS[1])


def test_the_file_has_no_name_that_a_killed_run_could_leave(tmp_path: Path) -> None:
    Spool(tmp_path).keep(RECORDS[0])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        Spool(tmp_path / "missing").keep(RECORDS[0])


def test_what_is_at_hand_is_not_read(tmp_path: Path) -> None:
    kept = Spool(tmp_path).keep({"reply": {"text": "in the file", "tokens": 3}})
    mapping = KeptMapping(kept, "reply", 2, {"tokens": 4})
    assert (mapping["tokens"], mapping["text"], len(mapping), list(mapping)) == (4, "in the file", 2, ["text", "tokens"])
    assert mapping.get("calls", "none") == "none"
