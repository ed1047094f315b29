"""The file that snapshots are kept in: any text comes back, edits are refused, a head says what answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.snapshots import Snapshot, SnapshotChange, snapshot_change
from itemwise.snapshots.snapshot_file import SnapshotFile, SnapshotFileError
from tests.snapshots.conftest import MADE, snapshot


def page(path: Path, *cases: SnapshotChange) -> SnapshotFile:
    SnapshotFile.read(path).update(cases)
    return SnapshotFile.read(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "one\n\n\ntwo\n",
        " indented \t\n  and trailing  \n",
        "\x00\x07\x1b[2J\r\r\n\x0b\x0c\x1c\x85\u2028\u202e\ufeff",
        "\ud800 half a pair",
        "</script><script>alert(1)</script>]]>",
        "# ---\n# name: sum-9\n  verdict: correct\n# serializer version: 9\n---\nmade with torch: 1",
        "verdict: correct\nanswer: 1\n\nreply",
        r"\frac{1}{2} \x1b \\x1b \u4f60 \x5cx1b \underline",
        "你好 🙂",
        "x" * 1_000_000,
        "line\n" * 200_000,
    ],
)
def test_hostile_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    case = Snapshot("wrong", text, text, "f00d", text, MADE)
    others = [snapshot_change(name, None, snapshot()) for name in ("sum-0", "sum-9")]
    found = page(tmp_path / "sums.replies", snapshot_change("sum-1", None, case), *others)
    assert found.cases == {"sum-0": snapshot(), "sum-1": case, "sum-9": snapshot()}


def test_no_control_character_reaches_the_file(tmp_path: Path) -> None:
    page(tmp_path / "sums.replies", snapshot_change("sum-1", None, snapshot("\x1b[2J\x00\r")))
    assert "\n  \\x1b[2J\\x00\\x0d\n# ---" in tmp_path.joinpath("sums.replies").read_bytes().decode()


def test_a_whole_update_renews_the_head_and_part_of_one_does_not(tmp_path: Path) -> None:
    path = tmp_path / "sums.replies"
    stored = page(path, snapshot_change("a", None, snapshot()), snapshot_change("b", None, snapshot()))
    part = page(path, snapshot_change("a", stored.cases["a"], snapshot("7 it is", quantisation="int8")))
    assert (part.head["quantisation"], part.cases["a"].made["quantisation"]) == ("nf4", "int8")
    again = [snapshot_change(name, case, snapshot("It's 7", quantisation="fp4")) for name, case in part.cases.items()]
    whole = page(path, *again)
    assert (whole.head["quantisation"], whole.cases["b"].made["quantisation"]) == ("fp4", "fp4")
    assert "made with" not in path.read_text()


def test_an_entry_that_was_edited_beyond_reading_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sums.replies"
    page(path, snapshot_change("a", None, snapshot()))
    path.write_text(path.read_text().replace("verdict", "verdikt"))
    with pytest.raises(SnapshotFileError, match="cannot be read as snapshots"):
        SnapshotFile.read(path)
