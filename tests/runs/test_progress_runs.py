"""Progress of whole runs: what is under way is told although nothing is finished."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.runs.test_resume import ADDER, SUMS

# A model that answers nothing before the line is written that a test waits for

WAITING = """
import itemwise.plugin.progress_lines as progress

progress.PROGRESS_EVERY, progress.LOOK_EVERY, progress.TOLD_EVERY = 0.05, 0.01, 0.01

def write(self, line, write=progress.Progress._write):
    write(self, line)
    if "{awaited}" in line:
        Path(__file__).with_name("written").touch()

def look(self, look=progress.Progress._look):
    underway = self._counts().underway  # a look before that shows nothing of it
    look(self)
    if "{awaited}" == "a look" and underway:
        Path(__file__).with_name("written").touch()

progress.Progress._write, progress.Progress._look = write, look

def wait():
    import threading
    while not Path(__file__).with_name("written").exists():
        threading.Event().wait(0.01)
"""
GENERATING = (
    WAITING.replace("{awaited}", "being answered")
    + """
def generate(self, requests, generate=Adder.generate):
    print("said by the model")
    wait()
    return generate(self, requests)

Adder.generate = generate
"""
)
LOADING = (
    WAITING.replace("{awaited}", "loading embedded-text")
    + """
def load(*arguments, **options):
    wait()
    return Adder()

local.load = load
"""
)
LOOKED = GENERATING.replace("being answered", "a look")
ALL = ("--sample", "all", "--batch-size", "4")


@pytest.fixture
def run(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    def run(conftest: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(test_sums=SUMS)
        pytester.makeconftest(ADDER + conftest)
        return pytester.runpytest_subprocess(*ALL, *options)

    return run


def progress_lines(result: pytest.RunResult) -> list[str]:
    """Those lines that tell the progress, whatever stands before it in its line."""
    return [line for line in result.stdout.lines if " of 12 cases" in line]


@pytest.mark.parametrize("options", [(), ("-v",), ("-s",), ("-n", "2"), ("-n", "2", "-v")], ids=" ".join)
def test_what_is_under_way_is_told_before_anything_is_finished(run: Callable[..., pytest.RunResult], options: tuple[str, ...]) -> None:
    result = run(GENERATING, *options)
    assert result.ret == pytest.ExitCode.OK
    first = next(line for line in progress_lines(result) if "being answered" in line)
    first = re.sub("loading embedded-text, [0-9]+ s, ", "", first)  # in another worker
    assert first in [f"itemwise: 0 of 12 cases, {number} being answered" for number in range(1, 9)]  # while they are submitted, too
    assert [line for line in progress_lines(result) if not line.startswith("itemwise: ")] == []


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=" ".join)
def test_loading_a_model_is_told(run: Callable[..., pytest.RunResult], options: tuple[str, ...]) -> None:
    result = run(LOADING, *options)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.re_match_lines([r"itemwise: 0 of 12 cases, loading embedded-text, [0-9]+ s(, 1 being answered)?$"])  # in another worker


def test_a_quiet_run_tells_no_progress(run: Callable[..., pytest.RunResult]) -> None:
    result = run(LOOKED, "-q")
    assert result.ret == pytest.ExitCode.OK
    assert progress_lines(result) == []


def test_a_run_that_is_over_before_a_line_is_due_tells_none(run: Callable[..., pytest.RunResult]) -> None:
    result = run(LOOKED.replace("PROGRESS_EVERY, progress.LOOK_EVERY, progress.TOLD_EVERY = 0.05, ", "LOOK_EVERY, progress.TOLD_EVERY = "))
    assert result.ret == pytest.ExitCode.OK
    assert progress_lines(result) == []


def test_verbose_tests_are_named_again_behind_a_line_of_progress(run: Callable[..., pytest.RunResult]) -> None:
    result = run(GENERATING, "-v")
    assert len([line for line in result.stdout.lines if line.startswith("test_sums.py::") and ("PASSED" in line or "WRONG" in line)]) == 12


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are of POSIX")
def test_in_a_terminal_a_live_view_is_shown_and_gone_at_the_end(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    pytester.makepyfile(test_sums=SUMS)
    pytester.makeconftest(ADDER + LOOKED)
    end, line = os.openpty()
    with subprocess.Popen([sys.executable, "-m", "pytest", *ALL], cwd=pytester.path, stdin=line, stdout=line, stderr=line) as process:
        os.close(line)
        written = b""
        with suppress(OSError):  # Linux tells the end of a terminal so
            while read := os.read(end, 65536):
                written += read
    os.close(end)
    shown = written.decode()
    assert process.returncode == pytest.ExitCode.OK
    assert "being answered" in shown
    assert "\x1b[?25l" not in shown  # the cursor was never hidden
    assert "being answered" not in shown.rpartition("\x1b[J")[2]
    assert "reports: " in shown.rpartition("\x1b[J")[2]
