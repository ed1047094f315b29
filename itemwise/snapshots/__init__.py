"""Snapshots: replies kept in files for review, and what became of each since."""

from itemwise.snapshots.snapshot import Snapshot, machine
from itemwise.snapshots.snapshot_change import FileChanges, SnapshotChange, snapshot_change
from itemwise.snapshots.snapshot_file import SnapshotFile, SnapshotFileError
from itemwise.snapshots.summary import summary_lines

__all__ = [
    "FileChanges",
    "Snapshot",
    "SnapshotChange",
    "SnapshotFile",
    "SnapshotFileError",
    "machine",
    "snapshot_change",
    "summary_lines",
]
