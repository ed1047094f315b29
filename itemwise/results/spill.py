"""Where what reports quote of the cases lies until they are written: one temporary file, so that memory does not grow with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

__all__ = ["Kept", "KeptMapping", "Spool"]


class Spool:
    """Records in a file without a name in `folder`, which is gone with this process, however it ends.

    The file is opened when the first record comes. Reading the record that was read last costs nothing, so what wants
    several of its parts should want them together.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._end = 0
        self._last: tuple[int, Mapping[str, Any]] = (-1, {})

    def keep(self, record: Mapping[str, Any]) -> Kept:
        """Write `record`, which is plain data. Raises OSError where there is no place for it; what was kept before stays."""
        if self._file is None:
            self._file = TemporaryFile(dir=self._folder, prefix=".itemwise-", buffering=0)  # noqa: SIM115 - open as long as the run
        written = json.dumps(record).encode()
        self._file.seek(self._end)
        if self._file.write(written) != len(written):
            raise OSError(f"{self._folder} has no room for {len(written)} bytes")
        self._end += len(written)
        return Kept(self, self._end - len(written), len(written))

    def read(self, start: int, length: int) -> Mapping[str, Any]:
        """The record in these bytes of the file."""
        if self._last[0] != start:
            assert self._file is not None, "only what was kept is read"
            self._file.seek(start)
            self._last = start, json.loads(self._file.read(length))
        return self._last[1]


class Kept:
    """A record in a spool."""

    __slots__ = ("_length", "_spool", "_start")

    def __init__(self, spool: Spool, start: int, length: int) -> None:
        self._spool = spool
        self._start = start
        self._length = length

    def read(self) -> Mapping[str, Any]:
        """The record as it was kept."""
        return self._spool.read(self._start, self._length)


class KeptMapping(Mapping[str, Any]):
    """The mapping under `name` of a kept record, with the values in `at_hand` in memory too."""

    __slots__ = ("_at_hand", "_kept", "_length", "_name")

    def __init__(self, kept: Kept, name: str, length: int, at_hand: Mapping[str, Any]) -> None:
        self._kept = kept
        self._name = name
        self._length = length
        self._at_hand = at_hand

    def changed(self, values: Mapping[str, Any]) -> KeptMapping:
        """The mapping with other `values` of some that it has."""
        return KeptMapping(self._kept, self._name, self._length, {**self._at_hand, **values})

    def __getitem__(self, key: str) -> Any:
        return self._at_hand[key] if key in self._at_hand else self._whole[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole)

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        return repr(dict(self))

    @property
    def _whole(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._kept.read()[self._name]
        return found
