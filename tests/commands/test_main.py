"""`python -m itemwise` as a person types it: what it prints, and how it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from itemwise.__main__ import main
from tests.commands.conftest import Reports


def test_show_compare_and_extractors_end_well(reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    reports.judged("one", "CW")
    reports.judged("two", "CC")
    ended = [main(["show", "one"]), main(["compare", "one", "two"]), main(["extractors", "one", "--most", "0"])]
    printed = capsys.readouterr()
    assert (ended, printed.err) == ([0, 0, 0], "")
    assert all(word in printed.out for word in ("run: reports/one", "#1 to #2", "strict-json"))


@pytest.mark.parametrize("command", ["show", "compare", "extractors"])
def test_bad_input_ends_with_2_and_one_line(command: str, reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "nope"]) == 2
    assert capsys.readouterr() == (
        "",
        f"python -m itemwise {command}: no run 'nope': neither nope nor reports/nope is a folder; reports holds no runs.\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["guess"],
        ["show"],
        ["compare"],
        ["extractors", "one", "--most", "-1"],
        ["extractors", "one", "--most", "x"],
        ["compare", "one", "--html"],
    ],
)
def test_a_command_line_that_cannot_be_read_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: python -m itemwise" in capsys.readouterr().err


def test_an_extractor_of_the_users_is_found_where_the_command_is_given(reports: Reports) -> None:
    reports.judged("one", "CW")
    (reports.root / "mine.py").write_text("def nothing(text):\n    return None\n")
    command = [sys.executable, "-m", "itemwise", "extractors", "one", "--extractor", "mine:nothing"]
    done = subprocess.run(command, cwd=reports.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "mine:nothing reads as the run did in 0 of 2 judged replies" in done.stdout


def test_a_terminal_of_few_characters_shows_what_it_can(reports: Reports) -> None:
    reports.judged("一", "CW")
    command = [sys.executable, "-m", "itemwise", "show", "一"]
    done = subprocess.run(command, cwd=reports.root, capture_output=True, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"}, check=False)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, rb"run: reports/\u4e00")


def test_former_names_work_and_say_the_new_ones(reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    reports.judged("one", "CW")
    assert main(["extractors", "one", "--extractor", "json:dumps"]) == 0
    now = capsys.readouterr()
    assert main(["panel", "one", "--reader", "json:dumps"]) == 0
    before = capsys.readouterr()
    assert (now.err, now.out) == ("", before.out)
    assert before.err == ("python -m itemwise panel: panel is now extractors, --reader is now --extractor; the former name still works\n")


def test_a_reader_of_the_output_may_leave_early(reports: Reports) -> None:
    reports.judged("one", "W" * 3000)
    reports.judged("two", "C" * 3000)
    command = f"{sys.executable} -m itemwise compare one two | head -n 1"
    done = subprocess.run(command, shell=True, cwd=Path.cwd(), capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout.count("\n")) == ("", 1)


def test_looking_at_a_run_loads_no_model_library(reports: Reports) -> None:
    reports.judged("one", "CW")
    program = (
        "import sys; from itemwise.__main__ import main; main(['extractors', 'one']); print({'torch', 'transformers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=reports.root, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "set()"
