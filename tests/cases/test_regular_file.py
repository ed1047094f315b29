"""Only regular files are opened: nothing that a dataset names may block or never end."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from itemwise.cases.regular_file import open_regular


def test_a_regular_file_is_read_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(b"{}")
    (tmp_path / "link").symlink_to("rows.jsonl")
    for name in ("rows.jsonl", "link"):
        with open_regular(tmp_path / name) as file:
            assert file.read() == b"{}"


@pytest.mark.parametrize("kind", ["a folder", "a pipe", "a socket", "a device"])
def test_whatever_else_it_is_is_said_and_not_waited_for(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    path = Path("/dev/zero") if kind == "a device" else Path("it")
    if kind == "a folder":
        path.mkdir()
    elif kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
    with pytest.raises(OSError, match=f"it is {kind}, not a regular file"):
        open_regular(path)


def test_a_file_that_is_not_there_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "none")
