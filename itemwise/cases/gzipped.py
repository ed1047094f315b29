"""Out of gzip: as a stream, or whole up to a bound, as some kilobytes of gzip may be gigabytes."""

import gzip
import io
import os
import zlib
from functools import partial
from typing import BinaryIO, cast

__all__ = ["BROKEN", "is_gzip", "unpacked", "unpacking"]

BROKEN = (OSError, EOFError, zlib.error)  # what reading a stream out of gzip may raise

MOST = 256 << 20  # bytes that any gzip may hold
MOST_TIMES = 100  # its own size, where that is more; text is some 3 to 20 times as long as its gzip
_BEGINS = b"\x1f\x8b"
_BLOCK = 1 << 20


def unpacking(file: BinaryIO) -> BinaryIO:
    """`file` from its beginning, out of its gzip where it is one; `file` itself where not."""
    return cast("BinaryIO", gzip.GzipFile(fileobj=file)) if is_gzip(file) else file


def is_gzip(file: BinaryIO) -> bool:
    """Whether `file`, which is left at its beginning, is one by its first bytes."""
    file.seek(0)
    begins = file.read(len(_BEGINS))
    file.seek(0)
    return begins == _BEGINS


def unpacked(file: BinaryIO) -> bytes:
    """All of `file`, out of its gzip. Raises one of BROKEN, an OSError in words where the gzip holds more than it may."""
    size = file.seek(0, os.SEEK_END)
    stream = unpacking(file)
    if stream is file:
        return file.read()
    most = max(MOST, MOST_TIMES * size)
    held = io.BytesIO()
    for block in iter(partial(stream.read, _BLOCK), b""):
        held.write(block)
        if held.tell() > most:
            raise OSError(f"it holds more than {most >> 20} MB in {size} bytes; if it is no mistake, unpack it and give that file")
    return held.getvalue()
