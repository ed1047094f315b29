"""What a person reads of a snapshot file in the terminal."""

from __future__ import annotations

from itemwise.language import language_named
from itemwise.reporting.writers.snapshot_lines import snapshot_lines
from itemwise.snapshots import Snapshot, snapshot_change
from tests.snapshots.conftest import snapshot


def test_differences_stand_one_by_one_then_each_kind_with_its_cases() -> None:
    wrong = snapshot("It is 8", "8", "wrong", quantisation="int8")
    changes = [
        snapshot_change("same", snapshot(), snapshot()),
        snapshot_change("reworded", snapshot(), snapshot("7 it is")),
        snapshot_change("new", None, snapshot()),
        snapshot_change("lost", snapshot(), wrong),
    ]
    assert snapshot_lines("sums.replies", changes) == [
        "lost: right -> wrong",
        "  kept: correct, read '7', expected '7'",
        "  now:  wrong, read '8', expected '7'",
        "  | It is [-7-]{+8+}",
        "  may be due to: quantisation nf4 -> int8",
        "reworded: other words, same answer",
        "  kept: correct, read '7', expected '7'",
        "  now:  correct, read '7', expected '7'",
        "  | [-It -]{+7 it +}is[- 7-]",
        "  may be due to: nothing that is recorded",
        "sums.replies",
        "  right -> wrong                1  lost",
        "  other words, same answer      1  reworded",
        "  new, no snapshot yet          1  new",
        "  unchanged                     1",
        "  may be due to: quantisation nf4 -> int8 (1 of 2)",
    ]


def test_they_are_told_in_the_run_s_language() -> None:
    changes = [snapshot_change("lost", snapshot(), snapshot("It is 8", "8", "wrong", quantisation="int8"))]
    lines = snapshot_lines("sums.replies", changes, language_named("zh"))
    assert lines[:3] == ["lost: 由对变错", "  原来：正确，读到 '7'，正确答案 '7'", "  现在：错误，读到 '8'，正确答案 '7'"]
    assert lines[4:6] == ["  可能的原因：量化 nf4 -> int8", "sums.replies"]
    assert lines[6] == "  由对变错                      1  lost"


def test_of_many_differences_ten_are_shown_and_fifty_cases_named() -> None:
    changes = [snapshot_change(f"sum-{number}", snapshot(), snapshot("It is 8", "8", "wrong")) for number in range(60)]
    lines = snapshot_lines("sums.replies", changes)
    assert sum(line.endswith(": right -> wrong") for line in lines) == 10
    assert "... and 50 more that differ" in lines
    assert next(line for line in lines if line.endswith(" and 10 more")).startswith("  right -> wrong               60  sum-0, sum-1,")


def test_what_a_model_wrote_steers_no_terminal() -> None:
    hostile = Snapshot("wrong", "\x1b[2J", "7", "f00d", "\x1b[2J::error::", {})
    assert "\x1b" not in "\n".join(snapshot_lines("sums.replies", [snapshot_change("case", snapshot(), hostile)]))
