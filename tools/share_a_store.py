"""Have short runs come and go beside a long one on one store, and look for what was paid for and is missing.

    python -m tools.share_a_store                  # 200 rounds: processes that hold what a run holds
    python -m tools.share_a_store --runs --rounds 5            # whole runs of pytest, with a model that adds
    python -m tools.share_a_store --runs --rounds 5 -n 2

In each round a long process keeps a reply, a few short ones open the store, keep theirs and end, again and again until the long one is
done. After each round every reply that a process said was kept must be in the store, and the store must pass integrity_check. Exits 1
where one is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parent.parent
KEEPER = """
import sys
from pathlib import Path
from itemwise.models import Generation
from itemwise.results.store import Store

for line in sys.stdin:
    name, count = line.split()
    stores = [Store(Path(sys.argv[1])) for _ in range(2)]  # of the process that asks and of the one that reports, in one
    for number in range(int(count)):
        stores[number % 2].keep_replies([({"model": {"name": name}, "turns": [number], "tools": []}, Generation("y" * 900, "stop", 1, 1))])
        if name.startswith("long"):
            print(number, flush=True)
            sys.stdin.readline()
    for store in stores:
        store.close()
    print("done", flush=True)
"""
BENCHMARK = """
import re, time
from itemwise import Case, cases
from itemwise.extractors import last_number

def sums():
    for n in range(12):
        yield Case(f"sum-{n:02}", f"How much is {n} + {n}?", str(2 * n))

@cases(sums, extract=last_number)
def test_sums(case, answer):
    assert answer == case.answer
"""
ADDER = """
import os, re, sys, time, types
from itemwise.models import Generation

class Adder:
    name = "embedded-text"

    def describe(self):
        return {"model": self.name, "device": "adder"}

    def generate(self, requests):
        time.sleep(float(os.environ.get("ADDER_SECONDS", 0)))
        return [Generation(str(2 * int(re.findall("[0-9]+", request.turns[-1].content)[0])), "stop", 6, 4) for request in requests]

sys.modules["itemwise.models.local.load"] = local = types.ModuleType("itemwise.models.local.load")
local.load, local.unload = lambda *arguments, **options: Adder(), lambda: None
"""


def keeper(store: Path) -> subprocess.Popen[str]:
    """A process that keeps replies when it is told to."""
    command = [sys.executable, "-c", KEEPER, str(store)]
    return subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)  # noqa: S603 - our own


def told(process: subprocess.Popen[str], line: str) -> str:
    """What the process says to a line."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def held(store: Path) -> int:
    """How many replies the store holds. Raises sqlite3.DatabaseError where it is damaged."""
    with closing(sqlite3.connect(store)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchall()
        if found != [("ok",)]:
            raise sqlite3.DatabaseError(str(found[:3]))
        return int(connection.execute("SELECT count(*) FROM replies").fetchone()[0])


def rounds_of_processes(rounds: int, store: Path) -> str:
    """What went wrong; empty where nothing did."""
    long, shorts = keeper(store), [keeper(store) for _ in range(3)]
    kept = 0
    try:
        for number in range(rounds):
            said = told(long, f"long-{number} 6")
            while said != "done":
                kept += 1
                for short, process in enumerate(shorts):
                    if told(process, f"short-{number}-{said}-{short} 2") != "done":
                        return f"round {number}: a short process ended"
                    kept += 2
                said = told(long, "go on")
                if not said:
                    return f"round {number}: the long process ended"
            if (found := held(store)) != kept:
                return f"round {number}: {kept} replies were kept, the store holds {found}"
    except sqlite3.DatabaseError as error:
        return f"damaged: {error}"
    finally:
        for process in (long, *shorts):
            process.kill()
            process.wait()
    print(f"{rounds} rounds, {kept} replies kept, all of them there, integrity_check ok after each round")
    return ""


def run_of(folder: Path, system: str, seconds: float, *options: str) -> subprocess.Popen[bytes]:
    """A whole run, of a model that another `system` prompt makes another model."""
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", "--sample", "all", "--batch-size", "1"]
    with (folder / "output.txt").open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own
            [*command, "--max-new-tokens", system, *options],
            cwd=folder,
            env=os.environ | {"ADDER_SECONDS": str(seconds)},
            stdout=output,
            stderr=output,
        )


def rounds_of_runs(rounds: int, folder: Path, workers: list[str]) -> str:
    """What went wrong with whole runs beside each other; empty where nothing did."""
    (folder / "test_sums.py").write_text(BENCHMARK)
    (folder / "conftest.py").write_text(ADDER)
    store, models = folder / "reports" / "replies.sqlite", 0
    for number in range(rounds):
        long = run_of(folder, str(1000 + 10 * number), 1.0, *workers)
        short = 0
        while long.poll() is None:
            short += 1
            if code := run_of(folder, str(1000 + 10 * number + short % 10), 0.0, *workers, "--fresh").wait():
                return f"round {number}: a short run exited {code}"
        models += 1 + min(short, 9)
        if long.returncode:
            return f"round {number}: the long run exited {long.returncode}"
        try:
            found = held(store)
        except sqlite3.DatabaseError as error:
            return f"round {number}: damaged: {error}"
        if found != 12 * models:
            return f"round {number}: {12 * models} replies were kept, the store holds {found}"
        last = json.loads((folder / "reports" / "latest" / "run.json").read_text())
        print(f"round {number}: {short} short runs beside a long one, {found} replies, {last['results'][0]['n']} judged", flush=True)
    return ""


def main() -> int:
    """Read the command line, do the rounds, print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--runs", action="store_true", help="whole runs of pytest instead of processes that hold a store")
    parser.add_argument("-n", dest="workers", help="workers of each run")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="share-a-store-") as name:
        if wanted.runs:
            wrong = rounds_of_runs(wanted.rounds, Path(name), ["-n", wanted.workers] if wanted.workers else [])
        else:
            wrong = rounds_of_processes(wanted.rounds, Path(name, "replies.sqlite"))
        if wrong and (output := Path(name, "output.txt")).exists():
            print(output.read_text()[-3000:])
    print(f"DEVIATION: {wrong}" if wrong else "nothing is missing")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
