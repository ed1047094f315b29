"""Snapshots: replies kept in files for review, and what became of each since.

The files are in `snapshot_file`, which alone needs syrupy, an extra: reports are written without it.
"""

from itemwise.snapshots.snapshot import Snapshot, machine
from itemwise.snapshots.snapshot_change import FileChanges, SnapshotChange, snapshot_change

__all__ = ["FileChanges", "Snapshot", "SnapshotChange", "machine", "snapshot_change"]
