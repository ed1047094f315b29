"""Records out of memory come back as they went, and leave nothing behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from itemwise.results.spill import SpillFile

RECORDS = [{"text": "6*7=42", "turns": [{"role": "user"}]}, {"text": "\ud800 \x00 \u2028 😀\n", "votes": {"42": 2}}, {}]
WRITTEN = [json.dumps(record) for record in RECORDS]


def test_every_record_comes_back_in_whatever_order_it_is_read(tmp_path: Path) -> None:
    file = SpillFile(tmp_path)
    spilled = [file.append(record) for record in WRITTEN]
    assert [each.read(dict) for each in reversed(spilled)] == RECORDS[::-1]


def test_records_are_appended_after_others_were_read(tmp_path: Path) -> None:
    file = SpillFile(tmp_path)
    first = file.append(WRITTEN[0])
    assert first.read(dict) == RECORDS[0]
    second = file.append(WRITTEN[1])
    assert (first.read(dict), second.read(dict)) == (RECORDS[0], RECORDS[1])


def test_the_file_has_no_name_that_a_killed_run_could_leave(tmp_path: Path) -> None:
    SpillFile(tmp_path).append(WRITTEN[0])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        SpillFile(tmp_path / "missing").append(WRITTEN[0])


def test_what_was_read_is_held_as_far_as_there_is_room_and_so_is_the_last(tmp_path: Path) -> None:
    file = SpillFile(tmp_path, held=len(WRITTEN[0]))
    first, second, third = (file.append(record) for record in WRITTEN)
    held = first.read(dict)
    assert second.read(dict) is second.read(dict)
    last = third.read(dict)
    assert second.read(dict) == RECORDS[1]
    assert third.read(dict) is not last
    assert first.read(dict) is held
