"""Runs that are stopped from outside: what is known is reported, nothing swallows the stop, and others' handlers stay."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

SUMS = """
from itemwise.extractors import last_number
from itemwise import Case, cases

def sums():
    for n in range(12):
        yield Case(f"sum-{n:02}", f"How much is {n} + {n}?", str(2 * n))

@cases(sums, extract=last_number)
def test_sums(case, answer):
    assert answer == case.answer
"""
STUCK = '''
"""In place of the local model one that adds, and is stuck in its second batch in the way that STUCK says."""
import os, re, sys, time, types

from itemwise.models import Generation

def wait():
    print(f"stuck in {os.getpid()}", file=sys.__stdout__, flush=True)
    time.sleep(600)

class Finalised:
    def __del__(self):
        wait()

def bare():
    try:
        wait()
    except:
        time.sleep(600)

def finaliser():
    Finalised()
    time.sleep(600)

class Adder:
    name = "embedded-text"
    batches = 0

    def describe(self):
        return {"model": self.name, "device": "adder"}

    def generate(self, requests):
        self.batches += 1
        if self.batches == 2:
            {"wait": wait, "bare": bare, "finaliser": finaliser}[os.environ["STUCK"]]()
        return [Generation(str(sum(map(int, re.findall("[0-9]+", request.turns[-1].content)))), "stop", 6, 4) for request in requests]

sys.modules["itemwise.models.local.load"] = local = types.ModuleType("itemwise.models.local.load")
local.load, local.unload = lambda *arguments, **options: Adder(), lambda: None
'''
INTERRUPTED_WRITING = """
import signal
import itemwise.reporting.write_folder as folder
written = folder._write

def interrupted(*arguments):
    folder._write = written
    signal.raise_signal(signal.SIGINT)
    written(*arguments)

folder._write = interrupted
"""
PLAIN, WORKERS = (), ("-n", "2")
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Begin a run of twelve cases in a process group of its own, and wait until its model is stuck in the second batch."""
    pytester.makepyfile(test_sums=SUMS)
    pytester.makeconftest(STUCK)
    runs: list[subprocess.Popen[bytes]] = []

    def begin(*options: str, stuck: str = "wait", prefix: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        monkeypatch.setenv("STUCK", stuck)
        command = [
            *prefix,
            sys.executable,
            "-m",
            "pytest",
            "-s",
            "--sample",
            "all",
            "--batch-size",
            "2",
            "-p",
            "no:cacheprovider",
            *options,
        ]
        run = pytester.popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        runs.append(run)
        if "-n" not in options:  # workers have no terminal of their own
            assert any(b"stuck in" in line for line in run.stdout), "the model is asked"
        return run

    yield begin
    for run in runs:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            run.communicate()


def judged(pytester: pytest.Pytester) -> int:
    lines = pytester.path.joinpath("reports", "latest", "results.jsonl").read_text(encoding="utf-8").splitlines()
    return sum(json.loads(line)["verdict"] == "correct" for line in lines)


@pytest.mark.parametrize(
    ("name", "stuck"),
    [("SIGINT", "bare"), ("SIGINT", "finaliser"), ("SIGTERM", "wait"), ("SIGTERM", "finaliser"), ("SIGHUP", "bare")],
)
def test_a_stop_ends_the_run_with_its_reports_whatever_swallows_the_first_interrupt(
    name: str, stuck: str, start: Start, pytester: pytest.Pytester
) -> None:
    run = start(stuck=stuck)
    run.send_signal(getattr(signal, name))
    shown = run.communicate(timeout=600)[0].decode()
    assert run.returncode == pytest.ExitCode.INTERRUPTED, shown
    assert ("KeyboardInterrupt" if name == "SIGINT" else f"terminated by {name}") in shown
    assert judged(pytester) == 2


def test_a_second_sigterm_ends_the_run_at_once(start: Start, pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("conftest.py").write_text(STUCK + "\ndef pytest_keyboard_interrupt():\n    wait()\n", encoding="utf-8")
    run = start()
    run.send_signal(signal.SIGTERM)
    assert any(b"stuck in" in line for line in run.stdout), "pytest has heard"
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=600)
    assert run.returncode == -signal.SIGTERM


def test_a_ctrl_c_while_reports_are_written_waits_for_them(start: Start, pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("conftest.py").write_text(STUCK + INTERRUPTED_WRITING, encoding="utf-8")
    run = start()
    run.send_signal(signal.SIGINT)
    shown = run.communicate(timeout=600)[0].decode()
    assert run.returncode == pytest.ExitCode.INTERRUPTED, shown
    assert "writing reports; Ctrl-C again ends this at once" in shown
    assert judged(pytester) == 2


def test_under_nohup_a_lost_terminal_ends_nothing(start: Start) -> None:
    run = start(prefix=("nohup",))
    run.send_signal(signal.SIGHUP)
    run.send_signal(signal.SIGTERM)
    shown = run.communicate(timeout=600)[0].decode()
    assert "terminated by SIGTERM" in shown


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_to_the_whole_group_under_workers_leaves_reports(name: str, start: Start, pytester: pytest.Pytester) -> None:
    run = start(*WORKERS, "-v")
    seen = 0
    for line in run.stdout:
        seen += b"PASSED" in line
        if seen == 2:
            break
    os.killpg(run.pid, getattr(signal, name))
    shown = run.communicate(timeout=600)[0].decode()
    assert run.returncode == pytest.ExitCode.INTERRUPTED, shown
    assert f"terminated by {name}" in shown
    assert judged(pytester) >= 2


ORDINARY = """
import signal

def test_handlers():
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
"""


def test_an_ordinary_suite_keeps_its_handlers(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_plain=ORDINARY)
    assert pytester.runpytest_subprocess().ret == pytest.ExitCode.OK


def test_handlers_of_others_stay_and_ours_go_with_the_run(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        STUCK.replace("self.batches == 2", "False")
        + "\nimport signal\n\ndef own(number, frame):\n    print('own handler')\n\nsignal.signal(signal.SIGTERM, own)\n"
        + "\ndef pytest_runtest_teardown():\n    assert signal.getsignal(signal.SIGTERM) is own\n"
    )
    pytester.makepyfile(test_sums=SUMS)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        assert pytester.runpytest_inprocess("--sample", "all").ret == pytest.ExitCode.OK
        assert signal.getsignal(signal.SIGTERM).__name__ == "own"  # type: ignore[union-attr]
        assert all(signal.getsignal(number) == before[number] for number in (signal.SIGINT, signal.SIGHUP))
    finally:
        signal.signal(signal.SIGTERM, before[signal.SIGTERM])
