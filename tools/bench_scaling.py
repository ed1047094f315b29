"""How time and memory grow with the number of cases: whole runs, runs on stored replies, and collection alone.

    python -m tools.bench_scaling --cases 50 500 5000 --collect 1000 10000 100000

Each run is a process of its own, one after the other. Printed are times a case beside those of the smallest
run, and the peak memory of the process; the seconds are of this machine.
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


class Run(NamedTuple):
    """What one process took: wall seconds and its peak resident memory in MiB."""

    seconds: float
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
    return Run(time.perf_counter() - started, _mebibytes(used))


def _mebibytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / 1024


def shown(what: str, sizes: list[int], runs: list[Run], start_up: float) -> None:
    """A line for each size: time a case beyond start-up, beside the smallest run's."""
    first = (runs[0].seconds - start_up) / sizes[0]
    for size, run in zip(sizes, runs, strict=True):
        each = (run.seconds - start_up) / size
        print(f"{what:22}{size:>8} cases  {run.seconds:7.1f} s  {1e3 * each:8.2f} ms a case  {each / first:5.2f}  {run.memory:6.0f} MiB")


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, nargs="+", default=[50, 500, 5000])
    parser.add_argument("--collect", type=int, nargs="+", default=[1000, 10_000, 100_000])
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_empty.py").write_text("def test_one(): pass\n")
        start_up = run_of(["test_empty.py"], folder).seconds
        asked, replayed, collected = [], [], []
        for size in wanted.cases:
            options = [str(ROOT / "benchmarks"), "-k", "gsm8k", "--sample", str(size), "--report-dir", str(folder / str(size))]
            asked.append(run_of(options, ROOT))
            replayed.append(run_of(options, ROOT))
        for size in wanted.collect:
            (folder / "test_numbers.py").write_text(NUMBERS.format(cases=size))
            collected.append(run_of(["--co", "test_numbers.py", "--sample", "all", "--source", "hub"], folder))
    print(f"start-up of pytest with the plugin, {start_up:.1f} s, is left out of what a case takes")
    shown("asked", wanted.cases, asked, start_up)
    shown("from the store", wanted.cases, replayed, start_up)
    shown("collected", wanted.collect, collected, start_up)


if __name__ == "__main__":
    main()
