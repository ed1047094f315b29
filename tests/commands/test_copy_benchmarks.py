"""`python -m itemwise copy-benchmarks`: the benchmark files, where a user can run and change them."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.__main__ import main

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_writes_every_benchmark_of_the_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["copy-benchmarks", str(tmp_path / "new" / "mine")]) == 0
    files = sorted((tmp_path / "new" / "mine").iterdir())
    assert {file.name: file.read_text() for file in files} == {file.name: file.read_text() for file in BENCHMARKS.glob("*.py")}
    assert capsys.readouterr().out.splitlines() == [*(f"wrote {file}" for file in files), f"run them: pytest {files[0].parent} -k gsm8k"]


def test_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "test_gsm8k.py").write_text("mine")
    assert main(["copy-benchmarks", str(tmp_path)]) == 2
    assert f"{tmp_path} holds test_gsm8k.py already; give another folder" in capsys.readouterr().err
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("test_gsm8k.py", "mine")]


def test_says_where_nothing_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["copy-benchmarks", str(tmp_path / "file" / "folder")]) == 2
    assert "cannot be written" in capsys.readouterr().err
