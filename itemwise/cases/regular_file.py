"""Safe open of files that a dataset names: regular files only, as a pipe would block and /dev/zero never ends."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

__all__ = ["open_regular"]

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def open_regular(path: Path) -> BinaryIO:
    """The file for reading. Raises OSError, in words, for what is no regular file.

    What was opened is looked at, not what the path named before: nothing can be put in its place in between.
    """
    _require_regular(path.stat().st_mode)  # a socket cannot be opened, and its error would not say so
    descriptor = os.open(path, _FLAGS)  # a pipe that nobody writes into would block here without O_NONBLOCK
    try:
        _require_regular(os.fstat(descriptor).st_mode)
    except OSError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def _require_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise OSError(f"it is {_KINDS.get(stat.S_IFMT(mode), 'no regular file')}, not a regular file")
