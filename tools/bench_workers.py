"""One process, two workers, and two Ray replicas over the same cases, one after the other.

    python -m tools.bench_workers --cases 200
    python -m tools.bench_workers --cases 64 -- --model ./smollm2-135m-instruct --source test.jsonl --max-new-tokens 128

Printed are whole-run seconds, start-up and model loads included, beside those of one process on one thread; the seconds are of this
machine. Each runs with a store of its own, so that nothing is recalled. What follows ``--`` is given to pytest.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ONE_THREAD = "one process, one thread"
WAYS = {
    ONE_THREAD: [],
    "one process": [],
    "two workers (-n 2)": ["-n", "2"],
    "two Ray replicas": ["--engine", "ray", "--replicas", "2"],
}


def main() -> None:
    """Read the command line, run each way, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("more", nargs="*", help="options of pytest, behind --")
    wanted = parser.parse_args()
    first = 0.0
    for name, options in WAYS.items():
        threads = {"OMP_NUM_THREADS": "1"} if name == ONE_THREAD else {}
        whole, right = run_of([*options, *wanted.more], wanted.cases, wanted.batch_size, threads)
        first = first or whole
        print(
            f"{name:23} {whole:7.1f} s  {wanted.cases / whole:6.1f} cases/s  {first / whole:5.2f} times the first  {right} correct",
            flush=True,
        )


def run_of(options: list[str], cases: int, batch_size: int, threads: Mapping[str, str]) -> tuple[float, int]:
    """Wall seconds of one run, with the variables `threads`, and how many cases it judged correct."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--tb=no",
            "-rN",
            "-p",
            "no:cacheprovider",
            str(ROOT / "benchmarks"),
            "-k",
            "gsm8k",
        ]
        command += ["--sample", str(cases), "--batch-size", str(batch_size), "--report-dir", folder, *options]
        environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"} | {**threads}
        started = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)  # noqa: S603 - our own command
        whole = time.perf_counter() - started
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} exited {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        record = json.loads((Path(folder) / "latest" / "run.json").read_text())
    return whole, sum(result["correct"] for result in record["results"])


if __name__ == "__main__":
    main()
