"""How time and memory grow with the number of cases: whole runs, runs on stored replies, collection alone, and bare pytest.

    python -m tools.bench_scaling --cases 50 500 5000 --collect 1000 10000 100000

Each run is a process of its own, one after the other; bare pytest runs as many trivial parametrized tests, without the plugin.
Printed are wall and CPU seconds, the time a case takes beyond that of the smallest run, the peak memory of the process, and what
each further case adds to it; the seconds are of this machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
NUMBERS = """
from itemwise import Case, cases

def numbers():
    for n in range({cases}):
        yield Case(f"n-{{n}}", f"{{n}}", str(n))

@cases(numbers, extract=str)
def test_numbers(case, answer):
    assert answer == case.answer
"""
BARE = """
import pytest

@pytest.mark.parametrize("n", range({cases}))
def test_bare(n):
    assert n >= 0
"""


class Run(NamedTuple):
    """What one process took: wall and CPU seconds, and its peak resident memory in MiB."""

    seconds: float
    cpu: float
    memory: float


def run_of(arguments: list[str], folder: Path) -> Run:
    """One pytest run."""
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rN", "-p", "no:cacheprovider", *arguments]
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:  # noqa: S603 - our own command
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} exited {process.returncode}")
    return Run(time.perf_counter() - started, used.ru_utime + used.ru_stime, _mebibytes(used))


def _mebibytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / 1024


def shown(what: str, sizes: list[int], runs: list[Run]) -> None:
    """A line for each size: what each case beyond those of the smallest run took, in time and memory."""
    for size, run in zip(sizes, runs, strict=True):
        line = f"{what:16}{size:>8} cases  {run.seconds:7.1f} s  {run.cpu:7.1f} s CPU  {run.memory:6.0f} MiB"
        if more := size - sizes[0]:
            seconds, cpu, memory = (now - first for now, first in zip(run, runs[0], strict=True))
            line += f"  a case more: {1e3 * seconds / more:6.2f} ms, {1e3 * cpu / more:6.2f} ms CPU, {1024 * memory / more:6.1f} KiB"
        print(line)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, nargs="+", default=[50, 500, 5000])
    parser.add_argument("--collect", type=int, nargs="+", default=[1000, 10_000, 100_000])
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked, replayed, bare, collected = [], [], [], []
        for size in wanted.cases:
            options = [str(ROOT / "benchmarks" / "test_gsm8k.py"), "--sample", str(size), "--report-dir", str(folder / str(size))]
            asked.append(run_of(options, ROOT))
            replayed.append(run_of(options, ROOT))
            (folder / "test_bare.py").write_text(BARE.format(cases=size))
            bare.append(run_of(["-p", "no:itemwise", "test_bare.py"], folder))
        for size in wanted.collect:
            (folder / "test_numbers.py").write_text(NUMBERS.format(cases=size))
            collected.append(run_of(["--co", "test_numbers.py", "--sample", "all", "--source", "hub"], folder))
    shown("asked", wanted.cases, asked)
    shown("from the store", wanted.cases, replayed)
    shown("bare pytest", wanted.cases, bare)
    shown("collected", wanted.collect, collected)


if __name__ == "__main__":
    main()
