"""One process, two workers, and two Ray replicas over the same cases, one after the other.

    python -m tools.bench_workers --cases 200

Printed are whole-run seconds, start-up and model loads included, and the seconds of generation alone beside those of one
process; the seconds are of this machine. Each runs with a store of its own, so that nothing is recalled.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WAYS = {
    "one process": [],
    "two workers (-n 2)": ["-n", "2"],
    "two Ray replicas": ["--engine", "ray", "--replicas", "2"],
}


def main() -> None:
    """Read the command line, run each way, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--batch-size", type=int, default=32)
    wanted = parser.parse_args()
    first = 0.0
    for name, options in WAYS.items():
        whole, right = run_of(options, wanted.cases, wanted.batch_size)
        first = first or whole
        print(
            f"{name:20} {whole:7.1f} s  {wanted.cases / whole:6.1f} cases/s  {first / whole:5.2f} times one process  {right} correct",
            flush=True,
        )


def run_of(options: list[str], cases: int, batch_size: int) -> tuple[float, int]:
    """Wall seconds of one run, and how many cases it judged correct."""
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
        started = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)  # noqa: S603 - our own command
        whole = time.perf_counter() - started
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} exited {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        record = json.loads((Path(folder) / "latest" / "run.json").read_text())
    return whole, sum(result["correct"] for result in record["results"])


if __name__ == "__main__":
    main()
