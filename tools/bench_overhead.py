"""What the plugin costs beside the model: its share of a run's wall time, and per case beside bare pytest.

    python -m tools.bench_overhead --cases 1319

One session runs, one after the other: bare pytest over as many trivial parametrized tests, the same as cases that ask
nothing of a model, and the real benchmark with the embedded model. Printed are ratios; the seconds are of this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BARE = """
import pytest

@pytest.mark.parametrize("n", range({cases}))
def test_bare(n):
    assert n >= 0
"""
CASES_ONLY = """
from itemwise import Case, cases

def numbers():
    for n in range({cases}):
        yield Case(f"n-{{n}}", f"{{n}}", str(n))

@cases(numbers, extract=str)
def test_numbers(case):
    assert case.answer
"""


def seconds_of(arguments: list[str], folder: Path) -> float:
    """Wall seconds of one pytest run in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rN", "-p", "no:cacheprovider", *arguments]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})  # noqa: S603 - our own command
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} exited {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.perf_counter() - started


def main() -> None:
    """Read the command line, run the three, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1319)
    parser.add_argument("--batch-size", type=int, default=32)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_empty.py").write_text("def test_one(): pass\n")
        (folder / "test_bare.py").write_text(BARE.format(cases=wanted.cases))
        (folder / "test_cases.py").write_text(CASES_ONLY.format(cases=wanted.cases))
        start_up = seconds_of(["test_empty.py"], folder)
        bare = seconds_of(["test_bare.py"], folder) - start_up
        plugin = seconds_of(["test_cases.py", "--sample", "all", "--source", "hub"], folder) - start_up
        options = ["--sample", str(wanted.cases), "--batch-size", str(wanted.batch_size), "--report-dir", str(folder)]
        whole = seconds_of([str(ROOT / "benchmarks"), "-k", "gsm8k", *options], ROOT)
        run = json.loads((folder / "latest" / "run.json").read_text())
    engine = sum(result["seconds"] for result in run["results"])
    outside = (whole - engine) / bare
    print(f"bare pytest              1.00   ({bare / wanted.cases * 1e3:.2f} ms a test, start-up of {start_up:.1f} s left out)")
    print(f"cases that ask nothing   {plugin / bare:.2f}   times bare pytest a test")
    print(f"whole run                {whole:.1f} s, {engine:.1f} s of them generation: {1 - engine / whole:.1%} outside the engine")
    print(f"outside the engine       {outside:.2f}   times bare pytest a test, start-up and model load included")


if __name__ == "__main__":
    main()
