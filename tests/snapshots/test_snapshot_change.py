"""What became of a reply since its snapshot was kept, and whether that fails the run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from itemwise.analysis.reply_changes import Change
from itemwise.snapshots import Snapshot, snapshot_change
from tests.snapshots.conftest import snapshot


@pytest.mark.parametrize(
    ("stored", "now", "kind"),
    [
        (None, snapshot(), Change.NEW),
        (snapshot(), snapshot(), Change.SAME),
        (snapshot(), snapshot(quantisation="int8"), Change.SAME),
        (snapshot(), snapshot("7 it is"), Change.OTHER_WORDS),
        (snapshot(), snapshot("It is 8", "8", "wrong"), Change.LOST),
        (snapshot(), snapshot("It is", None, "no answer"), Change.LOST_UNREADABLE),
        (snapshot(), snapshot("It is", None, "truncated"), Change.LOST_UNREADABLE),
        (snapshot("It is 8", "8", "wrong"), snapshot(), Change.GAINED),
        (snapshot("It is", None, "no answer"), snapshot(), Change.GAINED),
        (snapshot("It is 8", "8", "wrong"), snapshot("It is 9", "9", "wrong"), Change.OTHER_ANSWER),
        (snapshot("It is", None, "no answer"), snapshot("It is 9", "9", "wrong"), Change.OTHER_ANSWER),
        (snapshot("It is 8", "8", "wrong"), snapshot("8 it is", "8", "wrong"), Change.OTHER_WORDS),
        (snapshot("It is 8", "8", "wrong"), snapshot("It is", None, "no answer"), Change.UNREADABLE),
    ],
)
def test_every_difference_is_of_one_kind(stored: Snapshot | None, now: Snapshot, kind: Change) -> None:
    assert snapshot_change("case", stored, now).kind is kind


def test_other_words_fail_except_on_another_machine() -> None:
    assert snapshot_change("case", snapshot(), snapshot("7 it is")).fails
    assert snapshot_change("case", snapshot(), snapshot("7 it is", quantisation="int8")).fails
    assert not snapshot_change("case", snapshot(), snapshot("7 it is", machine="x86_64, avx512f")).fails


def test_another_answer_fails_on_every_machine() -> None:
    assert snapshot_change("case", snapshot(), snapshot("It is 8", "8", "wrong", machine="x86_64, avx512f")).fails


@pytest.mark.parametrize(
    ("stored", "now", "reasons"),
    [
        (snapshot(), snapshot(), ()),
        (snapshot(), snapshot("7 it is"), ()),
        (snapshot(), snapshot("7 it is", quantisation="int8", torch="2.9"), ("quantisation nf4 -> int8",)),  # torch is not known of before
        (snapshot(), snapshot(answer=None, verdict="no answer"), ("the reply is the same, so its extractor or its test changed",)),
        (snapshot(), replace(snapshot("7 it is"), prompt="beef"), ("the prompt changed",)),
        (snapshot(), replace(snapshot(verdict="wrong"), expected="8"), ("the expected answer '7' -> '8'",)),
    ],
)
def test_reasons_are_the_circumstances_that_changed(stored: Snapshot, now: Snapshot, reasons: tuple[str, ...]) -> None:
    assert snapshot_change("case", stored, now).reasons == reasons
