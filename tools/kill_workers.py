"""Kill workers of ``-n 2`` at random moments, and look for runs that hang or lose cases.

    python -m tools.kill_workers --runs 40

Each run asks a quick stand-in model 48 sums over two workers, and one to three SIGKILLs hit any of its workers: while they collect,
load, ask, judge, or have nothing left to do. Every run must end in time. Every case must then have its verdict, and a case may be an
error only where the report says that its worker died. Exits 1 on any deviation.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

CASES = 48
SUMS = f"""
from itemwise.extractors import last_number
from itemwise import Case, cases

def sums():
    for n in range({CASES}):
        yield Case(f"sum-{{n:02}}", f"How much is {{n}} + {{n}}?", str(2 * n))

@cases(sums, extract=last_number)
def test_sums(case, answer):
    assert answer == case.answer
"""
ADDER = '''
"""In place of the local model one that adds, and takes its time."""
import re, sys, time, types
from itemwise.models import Generation

class Adder:
    name = "embedded-text"

    def describe(self):
        return {"model": self.name, "device": "adder"}

    def generate(self, requests):
        time.sleep(0.2)
        return [Generation(str(sum(map(int, re.findall("[0-9]+", request.turns[-1].content)))), "stop", 6, 4) for request in requests]

def load(*arguments, **options):
    time.sleep(0.3)
    return Adder()

sys.modules["itemwise.models.local.load"] = local = types.ModuleType("itemwise.models.local.load")
local.load, local.unload = load, lambda: None
'''
COMMAND = [sys.executable, "-m", "pytest", "-n", "2", "-q", "--tb=line", "-p", "no:cacheprovider", "--sample", "all", "--batch-size", "4"]


def workers_of(run: subprocess.Popen[bytes]) -> list[int]:
    """The processes that a run has started."""
    with suppress(OSError):
        return [int(pid) for pid in Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()]
    return []


def kill_some(run: subprocess.Popen[bytes], moments: Sequence[float]) -> int:
    """Kill a worker at each of the moments (seconds after the start); how many there were to kill."""
    began, killed = time.monotonic(), 0
    for moment in sorted(moments):
        with suppress(subprocess.TimeoutExpired):
            run.wait(max(0.0, began + moment - time.monotonic()))
            break
        if workers := workers_of(run):
            os.kill(random.choice(workers), signal.SIGKILL)
            killed += 1
    return killed


def deviation(run: subprocess.Popen[bytes], folder: Path, limit: float) -> str:
    """What is wrong with a run once it ended; empty where nothing is."""
    try:
        run.wait(limit)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        return f"still ran after {limit:.0f} s"
    shown = (folder / "output.txt").read_text(encoding="utf-8")
    if "INTERNALERROR" in shown:
        return "an internal error"
    lines = (folder / "reports" / "latest" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    results = list(map(json.loads, lines))
    counts = Counter(result["verdict"] for result in results)
    unexplained = [result["case"] for result in results if result["verdict"] == "error" and "died while" not in result["message"]]
    if len(results) != CASES or counts["correct"] + counts["error"] != CASES or unexplained:
        return f"{dict(counts)} of {CASES}, unexplained errors {unexplained}"
    return ""


def main() -> int:
    """Run it once undisturbed, then so many times with kills; print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=42, help="of the moments of the kills")
    parser.add_argument("--limit", type=float, default=180.0, help="seconds after which a run is taken to hang (default: 180)")
    wanted = parser.parse_args()
    random.seed(wanted.seed)
    longest, kills, deviations = 0.0, 0, 0
    with tempfile.TemporaryDirectory(prefix="kill-workers-") as name:
        for number in range(wanted.runs + 1):
            folder = Path(name, f"run-{number}")
            folder.mkdir()
            (folder / "test_sums.py").write_text(SUMS, encoding="utf-8")
            (folder / "conftest.py").write_text(ADDER, encoding="utf-8")
            with (folder / "output.txt").open("wb") as output:
                began = time.monotonic()
                run = subprocess.Popen(  # noqa: S603 - our own command
                    COMMAND, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
                )
            moments = [random.uniform(0, 1.3 * longest) for _ in range(random.randint(1, 3))] if number else []
            killed = kill_some(run, moments)
            kills += killed
            if wrong := deviation(run, folder, wanted.limit):
                deviations += 1
                print(f"run {number}, killed after {', '.join(f'{moment:.1f}' for moment in moments)} s: {wrong}", flush=True)
            longest = longest or time.monotonic() - began
    print(f"{wanted.runs} runs of {longest:.1f} s undisturbed, {kills} workers killed, {deviations} deviations")
    return int(deviations > 0)


if __name__ == "__main__":
    sys.exit(main())
