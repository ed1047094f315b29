"""Replies kept for review: what became of each since it was kept, and the files they are kept in."""

from itemwise.snapshots.comparison import Comparison, Kind, compare
from itemwise.snapshots.file import Page, SnapshotFileError
from itemwise.snapshots.snapshot import Snapshot, machine
from itemwise.snapshots.summary import summary_lines
from itemwise.snapshots.words import word_diff

__all__ = ["Comparison", "Kind", "Page", "Snapshot", "SnapshotFileError", "compare", "machine", "summary_lines", "word_diff"]
