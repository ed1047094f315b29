"""Out of gzip: as a stream, or whole up to a bound, as some kilobytes of gzip may be gigabytes; the same bound for an archive."""

import gzip
import io
import os
import zlib
from functools import partial
from typing import Any, BinaryIO, cast

__all__ = ["BROKEN", "is_gzip", "require_bounded", "unpacked", "unpacking"]

BROKEN = (OSError, EOFError, zlib.error)  # what reading a stream out of gzip may raise

MOST = 256 << 20  # bytes that any packed file may hold
MOST_TIMES = 100  # its own size, where that is more; text is some 3 to 20 times as long as its gzip
_BEGINS = b"\x1f\x8b"
_BLOCK = 1 << 20


def unpacking(file: BinaryIO, *, bounded: bool = False) -> BinaryIO:
    """`file` from its beginning, out of its gzip where it is one; `file` itself where not. `bounded`, for what will be held, raises an
    OSError in words once it is more than a gzip may hold."""
    if not is_gzip(file):
        return file
    return cast("BinaryIO", io.BufferedReader(_Bounded(file), _BLOCK) if bounded else gzip.GzipFile(fileobj=file))


class _Bounded(io.RawIOBase):
    """A gzip that is read up to what it may hold."""

    def __init__(self, file: BinaryIO) -> None:
        self._size = file.seek(0, os.SEEK_END)
        file.seek(0)
        self._stream = gzip.GzipFile(fileobj=file)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._stream.readinto(buffer)
        require_bounded(self._stream.tell(), self._size, "unpack it and give that file")
        return count


def require_bounded(length: int, size: int, instead: str) -> None:
    """Raises an OSError in words, with what to do `instead`, where a file of `size` bytes holds `length` bytes, or more, and may not."""
    most = max(MOST, MOST_TIMES * size)
    if length > most:
        raise OSError(f"it holds more than {most >> 20} MB in {size} bytes; if it is no mistake, {instead}")


def is_gzip(file: BinaryIO) -> bool:
    """Whether `file`, which is left at its beginning, is one by its first bytes."""
    file.seek(0)
    begins = file.read(len(_BEGINS))
    file.seek(0)
    return begins == _BEGINS


def unpacked(file: BinaryIO) -> bytes:
    """All of `file`, out of its gzip. Raises one of BROKEN, an OSError in words where the gzip holds more than it may."""
    stream = unpacking(file, bounded=True)
    if stream is file:
        return file.read()
    held = io.BytesIO()
    for block in iter(partial(stream.read, _BLOCK), b""):
        held.write(block)
    return held.getvalue()
