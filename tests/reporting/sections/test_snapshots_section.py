"""How replies changed since they were kept."""

from __future__ import annotations

from dataclasses import replace

from itemwise.reporting import RunRecord
from itemwise.reporting.sections import snapshots_section
from itemwise.reporting.sections.snapshots_section import snapshot_differences
from itemwise.snapshots import FileChanges, Snapshot, snapshot_change

RIGHT, WRONG = (Snapshot(verdict, "42", "42", "f00d", verdict, {}) for verdict in ("correct", "wrong"))
TOOL = FileChanges("tool.replies", {"a": snapshot_change("sums-0", None, RIGHT), "b": snapshot_change("sums-1", RIGHT, RIGHT)})
DIRECT = FileChanges("direct.replies", {"c": snapshot_change("sums-2", RIGHT, WRONG)}, updated=True)
UNREAD = FileChanges("x.replies", trouble="x.replies cannot be read as snapshots")


def test_files_are_rows_and_only_kinds_that_there_are_columns(run: RunRecord) -> None:
    (section,) = snapshots_section.build(replace(run, snapshots=[TOOL, DIRECT, UNREAD]))
    assert section.table() == [
        ["snapshots", "right -> wrong", "new, no snapshot yet", "unchanged"],
        ["tool.replies", "0", "1", "1"],
        ["direct.replies", "1", "0", "0"],
    ]
    assert [note.text for note in section.notes] == [
        "x.replies cannot be read as snapshots",
        "This run was asked to keep what differs as the new snapshots.",
    ]
    assert section.brief == ()  # a terminal has the summary of the snapshots themselves


def test_differences_are_in_the_order_of_kinds_whichever_file_comes_first() -> None:
    for files in ([TOOL, DIRECT, UNREAD], [UNREAD, DIRECT, TOOL]):
        assert [change["kind"] for change in snapshot_differences(files)] == ["right -> wrong", "new, no snapshot yet"]
