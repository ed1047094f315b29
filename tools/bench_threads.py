"""Threads and how they wait, in turns: tokens per second of each way, on the machine as it is and beside busy neighbours.

    python -m tools.bench_threads --rounds 3
    python -m tools.bench_threads --model embedded-text ./qwen2.5-0.5b --quant none --items 32 --max-new-tokens 32

Every way is a process of its own with its own environment, since libgomp reads how threads wait once. The ways take turns, so that
what else the machine does meets all alike. A neighbour is a process that counts; `--busy` says how many (as many as cores, by
default; 0 leaves that half out). Printed are the median tokens per second of each way and what they are beside the first way, with the
least and the most. What the measurements decide: `SMALL` in itemwise/results/environment.py (parameters of a model below which
it has one thread) and the policy in `wait_passively` there.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
SPINS = "300000"  # what libgomp takes where nobody sets a policy, as torch has it without itemwise
WAYS: dict[str, Mapping[str, str]] = {
    "all threads, active": {"OMP_NUM_THREADS": str(CORES), "GOMP_SPINCOUNT": SPINS},
    "all threads, passive": {"OMP_NUM_THREADS": str(CORES), "OMP_WAIT_POLICY": "PASSIVE"},
    "one thread, active": {"OMP_NUM_THREADS": "1", "GOMP_SPINCOUNT": SPINS},
    "one thread, passive": {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"},
    "as itemwise chooses": {},
}
CHOSEN = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
ASK = """
import json, sys, time
from itertools import islice
from pathlib import Path
from benchmarks.test_gsm8k import PROMPTS
from itemwise.engine.batching import PendingRequest, batcher_for
from itemwise.cases.chat import Turn
from itemwise.models import LoadOptions, REGISTRY, Request, entry_named
from itemwise.models.lazy import LazyModel
from itemwise.synthetic import word_problems
name, quantisation, items, limit = json.loads(sys.argv[1])
model = LazyModel(entry_named(name, REGISTRY, Path.cwd()), LoadOptions(quantisation, limit))
batches = batcher_for(model, 32)
def asked(requests):
    waiting = [PendingRequest(request) for request in requests]
    whole = list(waiting)
    while waiting or batches.running:
        list(batches.step(waiting))
    return sum(asking.result.completion_tokens for asking in whole)
questions = (problem["question"] for problem in islice(word_problems(42), items))
requests = [Request((Turn("user", PROMPTS["json"].format(question=question)),)) for question in questions]
asked(requests[:2])
began = time.perf_counter()
tokens = asked(requests)
print(json.dumps([tokens / (time.perf_counter() - began), model.describe()["threads"]]))
"""


def main() -> None:
    """Read the command line, measure in turns, print one table a model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", nargs="+", default=["embedded-text"], help="names and folders, as of --model of a run")
    parser.add_argument("--quant", default="none", choices=("nf4", "none"))
    parser.add_argument("--items", type=int, default=32)
    parser.add_argument("--max-new-tokens", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--busy", type=int, default=CORES)
    parser.add_argument("--without-quiet", action="store_true", help="leave out the half without neighbours: the machine is busy anyway")
    wanted = parser.parse_args()
    halves = {} if wanted.without_quiet else {"no neighbours": 0}
    halves |= {f"{wanted.busy} busy neighbours": wanted.busy} if wanted.busy else {}
    for name in wanted.model:
        job = json.dumps([name, wanted.quant, wanted.items, wanted.max_new_tokens])
        for half, busy in halves.items():
            report(f"{name}, {half}, {CORES} cores, load {load():.1f} before", in_turns(job, wanted.rounds, busy))


def in_turns(job: str, rounds: int, busy: int) -> dict[str, list[tuple[float, str]]]:
    """Tokens per second and what was in force, by way and round."""
    found: dict[str, list[tuple[float, str]]] = {way: [] for way in WAYS}
    with neighbours(busy):
        for _ in range(rounds):
            for way, chosen in WAYS.items():
                found[way].append(measured(job, chosen))
                print(f"{way}: {found[way][-1][0]:,.0f} tokens/s", file=sys.stderr, flush=True)
    return found


def measured(job: str, chosen: Mapping[str, str]) -> tuple[float, str]:
    """Tokens per second of one process, and what it says of its threads."""
    plain = {name: value for name, value in os.environ.items() if name not in CHOSEN}
    done = subprocess.run([sys.executable, "-c", ASK, job], env=plain | dict(chosen), cwd=ROOT, capture_output=True, text=True)  # noqa: S603 - our own
    if done.returncode:
        raise SystemExit(done.stderr)
    speed, threads = json.loads(done.stdout.splitlines()[-1])
    return speed, threads


@contextmanager
def neighbours(count: int) -> Iterator[None]:
    """So many processes that do nothing but count."""
    counting = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in counting:
            process.kill()
            process.wait()


def report(title: str, found: Mapping[str, Sequence[tuple[float, str]]]) -> None:
    """One table, ready for a page."""
    first = median(speed for speed, _ in next(iter(found.values())))
    print(f"\n{title}\n\n| way | in force | tokens/s | least to most | beside the first |\n|---|---|---|---|---|")
    for way, rounds in found.items():
        speeds = [speed for speed, _ in rounds]
        middle = median(speeds)
        print(f"| {way} | {rounds[0][1]} | {middle:,.0f} | {min(speeds):,.0f} to {max(speeds):,.0f} | {middle / first:.2f} |", flush=True)


def load() -> float:
    """How many processes want a core, where the system says so."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


if __name__ == "__main__":
    main()
