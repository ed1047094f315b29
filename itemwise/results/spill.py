"""Spills long records to one temporary file until the reports are written, so that memory stays flat however many cases there are."""

from __future__ import annotations

import json
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

    def read(self, start: int, length: int) -> dict[str, Any]:
        """The record in these bytes of the file."""
        if self._last[0] != start:
            self._last = start, json.loads(self.text(start, length))
        return self._last[1]

    def text(self, start: int, length: int) -> str:
        """The JSON in these bytes of the file."""
        assert self._file is not None, "only what was written is read"
        self._file.seek(start)
        return self._file.read(length).decode("ascii")


class SpilledRecord:
    """A record in a spill file, as the bytes that it takes there."""

    __slots__ = ("_file", "_length", "_start")

    def __init__(self, file: SpillFile, start: int, length: int) -> None:
        self._file = file
        self._start = start
        self._length = length

    def read(self) -> dict[str, Any]:
        """The record that was written."""
        return self._file.read(self._start, self._length)

    def text(self) -> str:
        """Its JSON as it was written."""
        return self._file.text(self._start, self._length)
