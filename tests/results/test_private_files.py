"""What is made is its user's alone; what is there already keeps its rights."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from itemwise.results.private_files import create_private, make_private_folder, open_private

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights of other kinds")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_folder_that_is_made_is_private_and_those_above_stay(tmp_path: Path) -> None:
    above = tmp_path / "above"
    above.mkdir(mode=0o755)
    make_private_folder(above / "a" / "b")
    make_private_folder(above)
    assert [mode(folder) for folder in (above, above / "a", above / "a" / "b")] == [0o755, 0o700, 0o700]


def test_a_file_in_the_place_of_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(OSError, match="a"):
        make_private_folder(tmp_path / "a")


def test_a_new_file_is_private_and_one_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("kept")
    (tmp_path / "old").chmod(0o644)
    for name in ("new", "old"):
        create_private(tmp_path / name)
    assert [(mode(tmp_path / name), (tmp_path / name).read_text()) for name in ("new", "old")] == [(0o600, ""), (0o644, "kept")]


def test_what_is_written_is_utf_8_and_half_a_character_is_spelled_out(tmp_path: Path) -> None:
    with open_private(tmp_path / "text") as file:
        file.write("四 \ud800")
    assert (mode(tmp_path / "text"), (tmp_path / "text").read_bytes()) == (0o600, "四 \\ud800".encode())
