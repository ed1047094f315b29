"""Replies kept for review: what became of each since it was kept, and the files they are kept in."""

from itemwise.snapshots.comparison import Comparison, Kind, compare
from itemwise.snapshots.file import Page, SnapshotFileError
from itemwise.snapshots.record import file_record
from itemwise.snapshots.snapshot import Snapshot, machine
from itemwise.snapshots.summary import summary_lines
from itemwise.snapshots.words import word_diff, word_pieces

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
