"""Spills long records to one temporary file until the reports are written, so that memory stays flat however many cases there are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

__all__ = ["SpillFile", "SpilledRecord"]


class SpillFile:
    """JSON objects in a file without a name in `folder`, which is gone with this process, however it ends.

    The file is opened when the first record comes. Reading the record that was read last costs nothing, so what wants
    several of its parts should want them together.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._end = 0
        self._last: tuple[int, dict[str, Any]] = (-1, {})

    def append(self, record: str) -> SpilledRecord:
        """Write `record`, the JSON of an object in ASCII. Raises OSError where there is no room for it; what was written before stays."""
        if self._file is None:
            self._file = TemporaryFile(dir=self._folder, prefix=".itemwise-", buffering=0)  # noqa: SIM115 - open as long as the run
        written = record.encode("ascii")
        self._file.seek(self._end)
        if self._file.write(written) != len(written):
            raise OSError(f"{self._folder} has no room for {len(written)} bytes")
        self._end += len(written)
        return SpilledRecord(self, self._end - len(written), len(written))

    def read(self, record: SpilledRecord) -> dict[str, Any]:
        """The object of a record in this file."""
        if self._last[0] != record.start:
            self._last = record.start, json.loads(self.text(record))
        return self._last[1]

    def text(self, record: SpilledRecord) -> str:
        """The JSON of a record in this file, as it was written."""
        assert self._file is not None, "only what was written is read"
        self._file.seek(record.start)
        return self._file.read(record.length).decode("ascii")


@dataclass(frozen=True, slots=True)
class SpilledRecord:
    """A record in a spill file, as the bytes that it takes there."""

    file: SpillFile
    start: int
    length: int

    def read(self) -> dict[str, Any]:
        """The record that was written."""
        return self.file.read(self)

    def text(self) -> str:
        """Its JSON as it was written."""
        return self.file.text(self)
