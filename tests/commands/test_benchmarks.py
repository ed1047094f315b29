"""The list of benchmarks with their cards."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.__main__ import main
from itemwise.commands import benchmarks

OWN = """
from itemwise import Card, Hub, cases
from itemwise.extractors import last_number

CARD = Card(2, "sums", Hub("owner/sums"), "12", "MIT", suites=("maths",), published=("a model 50%",))

@cases(list, extract=last_number, card=CARD)
def test_sums(case, answer): ...

@cases(list, extract=last_number)
def test_other(case, answer): ...
"""


def test_every_benchmark_of_the_tree_is_a_line_with_what_a_user_needs_to_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmarks"]) == 0
    lines = capsys.readouterr().out.splitlines()
    table = {line.split()[0]: line for line in lines[1 : lines.index("")]}
    files = (Path(__file__).parents[2] / "benchmarks").glob("test_*.py")
    assert sorted(table) == sorted(file.stem.removeprefix("test_") for file in files)
    assert all("it has no card" not in line for line in table.values())
    assert all(word in table["mmlu"] for word in ("14,042", "57 subjects", "choices, quick", "MIT", "cais/mmlu@c30699e8356d"))
    assert any(line.startswith("mgsm: Llama-3.1-8B-Instruct 68.9%") for line in lines)


def test_lines_fit_into_a_terminal_and_lose_no_word(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["benchmarks"]) == 0
    whole = capsys.readouterr().out
    monkeypatch.setattr(benchmarks, "terminal_width", lambda: 80)
    assert main(["benchmarks"]) == 0
    fitted = capsys.readouterr().out
    assert max(map(len, whole.splitlines())) > 100
    assert max(map(len, fitted.splitlines())) <= 80
    assert set(whole.split()) <= set(fitted.split())


def test_those_of_a_folder_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "test_own.py").write_text(OWN)
    assert main(["benchmarks", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert [line.split()[:2] for line in out.splitlines()[1:3]] == [["sums", "2"], ["other", "-"]]
    assert "owner/sums, not pinned" in out
    assert out.endswith("sums: a model 50%\n")


@pytest.mark.parametrize(("content", "said"), [("1 / 0", "cannot be read: ZeroDivisionError"), (None, "holds no file test_*.py")])
def test_a_folder_that_cannot_be_listed_is_refused(
    content: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content:
        (tmp_path / "test_own.py").write_text(content)
    assert main(["benchmarks", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err
