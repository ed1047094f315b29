"""Spills long records to one temporary file until the reports are written, so that memory stays flat however many cases there are."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar

__all__ = ["SpillFile", "SpilledRecord"]

HELD = 8_000_000  # bytes of records that stay in memory once they are read: of some 2,000 cases

V = TypeVar("V")


class SpillFile:
    """JSON objects in a file without a name in `folder`, which is gone with this process, however it ends.

    The file is opened when the first record comes. What was made of the first records to be read, of so many bytes together, stays in
    memory, and so does that of the last.
    """

    def __init__(self, folder: Path, held: int = HELD) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._end = 0
        self._room = held
        self._held: dict[int, Any] = {}
        self._last: tuple[int, Any] = (-1, None)

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

    def read(self, record: SpilledRecord, make: Callable[[dict[str, Any]], V]) -> V:
        """What `make` makes of the object of a record in this file; always the same `make`."""
        start = record.start
        if start not in self._held:
            made = self._last[1] if self._last[0] == start else make(json.loads(self.text(record)))
            self._last = start, made
            if record.length > self._room:
                return made
            self._room -= record.length
            self._held[start] = made
        held: V = self._held[start]
        return held

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

    def read(self, make: Callable[[dict[str, Any]], V]) -> V:
        """What `make` makes of the record that was written."""
        return self.file.read(self, make)

    def text(self) -> str:
        """Its JSON as it was written."""
        return self.file.text(self)
