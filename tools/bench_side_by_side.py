"""Several models of one run under ``-n``: side by side, as they are asked, and one after the other, as they were.

    python -m tools.bench_side_by_side --cases 8 -- --model ./smollm2-135m-instruct --model ./qwen2.5-coder-0.5b-instruct \\
        --source test.jsonl --quant none --max-new-tokens 16

Printed are the loads, by process, and processor seconds of all processes, those of loading and all; and wall seconds, which say something
on a quiet machine alone. Each way runs with a store of its own, way after way in each of the `--rounds`. What follows ``--`` is given to
pytest.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.bench_workers import run_of
from tools.counted_loads import AFTER, NOTES, noted

WAYS: Mapping[str, Mapping[str, str]] = {"one after the other": {AFTER: "1"}, "side by side": {}}


def main() -> None:
    """Read the command line, run each way, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("more", nargs="*", help="options of pytest, behind --")
    wanted = parser.parse_args()
    options = ["-n", str(wanted.workers), "-p", "tools.counted_loads", *wanted.more]
    for _ in range(wanted.rounds):
        for name, variables in WAYS.items():
            print(f"{name:20} {measured(options, wanted.cases, wanted.batch_size, variables)}", flush=True)


def measured(options: list[str], cases: int, batch_size: int, variables: Mapping[str, str]) -> str:
    """What one run took, in words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "notes")
        whole, right = run_of(options, cases, batch_size, {**variables, NOTES: str(path), "OMP_NUM_THREADS": "1"})
        notes = noted(path)
    loads = [note for note in notes if "load" in note]
    by_process: dict[int, list[str]] = {}
    for note in loads:
        by_process.setdefault(note["process"], []).append(note["load"])
    listed = "; ".join(", ".join(models) for models in by_process.values())
    loading = sum(note["seconds"] for note in loads)
    everything = sum(note["seconds"] for note in notes if "load" not in note)
    return f"{len(loads)} loads ({listed})  processor {loading:.1f} s of {everything:.1f} s  wall {whole:.1f} s  {right} correct"


if __name__ == "__main__":
    main()
