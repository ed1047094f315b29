"""Replies kept for review: what became of each since it was kept, and the files they are kept in."""

from itemwise.snapshots.change_record import file_record
from itemwise.snapshots.snapshot import Snapshot, machine
from itemwise.snapshots.snapshot_change import Comparison, Kind, compare
from itemwise.snapshots.snapshot_file import Page, SnapshotFileError
from itemwise.snapshots.summary import summary_lines
from itemwise.snapshots.word_diff import word_diff, word_pieces

__all__ = [
    "Comparison",
    "Kind",
    "Page",
    "Snapshot",
    "SnapshotFileError",
    "compare",
    "file_record",
    "machine",
    "summary_lines",
    "word_diff",
    "word_pieces",
]
