"""Files and folders created with rights for their user alone (0600 and 0700); existing ones keep their rights."""

import os
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from typing import IO

__all__ = ["create_private", "make_private_folder", "open_private", "write_private"]


def make_private_folder(path: Path) -> None:
    """Make `path` with those above it that are missing. Raises OSError where it cannot be made, or a file stands there."""
    missing = list(takewhile(lambda folder: not folder.exists(), [path, *path.parents]))
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    path.mkdir(exist_ok=True)


def create_private(path: Path) -> None:
    """Make an empty file where there is none. A file that is there is not even opened. Raises OSError where it cannot be made."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def open_private(path: Path, mode: str = "w") -> IO[str]:
    """A text file to write in UTF-8, where what cannot be encoded is spelled out."""
    return open(path, mode, encoding="utf-8", errors="backslashreplace", opener=_open)


def write_private(path: Path, content: bytes) -> None:
    """Write a file of bytes. Raises OSError where it cannot be written."""
    with open(path, "wb", opener=_open) as file:
        file.write(content)


def _open(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
