"""Kill a run at random moments, start it again until it completes, and look for any harm done.

    python -m tools.kill_and_resume --kills 20 --sample 60

Plain and under ``-n 2``, every process of the run gets SIGKILL at a moment drawn from the time an undisturbed run takes.
After each kill a copy of the store must pass SQLite's integrity check and hold every reply that was kept; no reply that
was kept may be asked again; and the verdicts of the run that completes must be those of the undisturbed one. When a run
completes before all kills are spent, the next begins with an empty store. Exits 1 on any deviation.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTES = '''
"""Notes, in one file for all processes, each request before it is asked and after its reply is kept."""
import hashlib, os
from itemwise.models.lazy import LazyModel
from itemwise.results.store import ModelReplies

def note(word, requests):
    keys = " ".join(hashlib.sha256(repr(request).encode()).hexdigest()[:16] for request in requests)
    file = os.open(os.environ["KILL_NOTES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{word} {keys}\\n".encode())
    os.close(file)

def generate(self, requests, generate=LazyModel.generate):
    self.describe()  # loads the model
    note("asked", requests)
    return generate(self, requests)

def running(self, running=LazyModel.running):
    batch = running(self)
    if batch is not None and "prepare" not in vars(batch):
        prepare = batch.prepare
        batch.prepare = lambda request: (note("asked", [request]), prepare(request))[1]
    return batch

def keep(self, said, keep=ModelReplies.keep):
    keep(self, said)
    note("kept", [request for request, _ in said])

LazyModel.generate, LazyModel.running, ModelReplies.keep = generate, running, keep
'''


@dataclass
class Way:
    """A way of running the benchmark, and what came of it."""

    name: str
    options: list[str]
    processes: int
    kills: list[float] = field(default_factory=list)
    completed: int = 0
    asked: int = 0
    again: int = 0
    deviations: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """One report folder's run: started, killed, started again."""

    folder: Path
    command: list[str]

    @property
    def store(self) -> Path:
        """Where its replies are."""
        return self.folder / "replies.sqlite"

    def start(self) -> subprocess.Popen[bytes]:
        """The run in a process group of its own, its output beside its reports."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = os.pathsep.join(filter(None, [str(self.folder.parent), os.environ.get("PYTHONPATH")]))
        with (self.folder / "output.txt").open("ab") as output:
            return subprocess.Popen(  # noqa: S603 - our own command
                [*self.command, "--report-dir", str(self.folder)],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": path, "KILL_NOTES": str(self.folder / "notes.txt")},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def notes(self) -> list[tuple[str, list[str]]]:
        """What was asked and kept, in the order it happened."""
        file = self.folder / "notes.txt"
        lines = file.read_text().splitlines() if file.exists() else []
        return [(word, keys) for word, *keys in map(str.split, lines)]

    def results(self) -> dict[str, str]:
        """The verdict of each case in the newest report."""
        lines = (self.folder / "latest" / "results.jsonl").read_text(encoding="utf-8").splitlines()
        return {result["case"]: result["verdict"] for result in map(json.loads, lines)}

    def stored(self) -> int:
        """How many replies a copy of the store holds, so that the next run finds what the kill left. Raises sqlite3.DatabaseError."""
        if not self.store.exists():
            return 0
        with tempfile.TemporaryDirectory() as name:
            for suffix in ("", "-wal", "-journal"):
                if (part := self.store.with_name(self.store.name + suffix)).exists():
                    shutil.copy(part, name)
            with closing(sqlite3.connect(Path(name, self.store.name))) as copy:
                found = copy.execute("PRAGMA integrity_check").fetchall()
                if found != [("ok",)]:
                    raise sqlite3.DatabaseError(str(found[:3]))
                made = copy.execute("SELECT count(*) FROM sqlite_master WHERE name = 'replies'").fetchone()[0]
                return int(copy.execute("SELECT count(*) FROM replies").fetchone()[0]) if made else 0


def asked_after_kept(notes: list[tuple[str, list[str]]]) -> tuple[int, int, set[str]]:
    """How many requests were asked, how many of them again, and which again although their replies had been kept."""
    asked, kept, wasted, times = set[str](), set[str](), set[str](), 0
    for word, keys in notes:
        if word == "kept":
            kept.update(keys)
        else:
            wasted.update(kept.intersection(keys))
            asked.update(keys)
            times += len(keys)
    return times, times - len(asked), wasted


def check_store(way: Way, run: Run) -> None:
    """After a kill: the store is whole and holds all that was kept."""
    kept = {key for word, keys in run.notes() if word == "kept" for key in keys}
    try:
        stored = run.stored()
    except sqlite3.DatabaseError as error:
        way.deviations.append(f"the store is damaged: {error}")
        return
    if stored < len(kept):
        way.deviations.append(f"{len(kept)} replies were kept, the store holds {stored}")


def check_completed(way: Way, run: Run, code: int, expected: dict[str, str]) -> None:
    """After a run that completed: the verdicts of the undisturbed one, and nothing paid for twice."""
    way.completed += 1
    check_store(way, run)
    asked, again, wasted = asked_after_kept(run.notes())
    way.asked += asked
    way.again += again
    if wasted:
        way.deviations.append(f"{len(wasted)} replies were generated again although they had been kept")
    if code:
        way.deviations.append(f"the run that completed exited {code}: {run.folder / 'output.txt'}")
    elif (found := run.results()) != expected:
        others = sorted(case for case in expected | found if expected.get(case) != found.get(case))
        way.deviations.append(f"{len(others)} verdicts differ from the undisturbed run's, first {others[0]}")


def killed_after(process: subprocess.Popen[bytes], seconds: float | None) -> bool:
    """Whether the run still ran after `seconds` and was killed with all its processes; None lets it complete."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def disturb(way: Way, base: Path, command: list[str], kills: int, longest: float, expected: dict[str, str]) -> None:
    """Spend all kills on runs of this way, and let the last one complete."""
    while len(way.kills) < kills or not way.completed:
        run = Run(base / f"{way.name}-{way.completed}", [*command, *way.options])
        while True:
            moment = random.uniform(0, longest) if len(way.kills) < kills else None
            process = run.start()
            if not killed_after(process, moment):
                check_completed(way, run, process.returncode, expected)
                break
            way.kills.append(moment or 0.0)
            check_store(way, run)


def report(way: Way, batch_size: int) -> None:
    """The few lines on a way."""
    moments = ", ".join(f"{moment:.1f}" for moment in sorted(way.kills))
    print(f"{way.name}: {len(way.kills)} kills (after {moments} s), {way.completed} runs completed")
    most = len(way.kills) * way.processes * batch_size
    print(f"  {way.asked} replies generated, {way.again} of them again; in flight at the kills were at most {most}")
    if way.again > most:
        way.deviations.append(f"{way.again} replies were generated again, more than were in flight")
    for deviation in way.deviations:
        print(f"  DEVIATION: {deviation}")
    if not way.deviations:
        print("  verdicts as undisturbed, nothing kept was asked again, store intact after every kill")


def main() -> int:
    """Read the command line, run undisturbed and disturbed, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20, help="kills for each way (default: 20)")
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--seed", type=int, default=42, help="of the moments of the kills")
    wanted = parser.parse_args()
    random.seed(wanted.seed)
    command = [sys.executable, "-m", "pytest", "benchmarks/", "-q", "--tb=no", "-p", "no:cacheprovider", "-p", "kill_notes"]
    command += ["-k", "gsm8k", "--sample", str(wanted.sample), "--batch-size", str(wanted.batch_size)]
    ways = [Way("plain", [], 1), Way("two-workers", ["-n", "2"], 2)]
    with tempfile.TemporaryDirectory(prefix="kill-and-resume-") as name:
        base = Path(name)
        (base / "kill_notes.py").write_text(NOTES)
        undisturbed = Run(base / "undisturbed", command)
        began = time.monotonic()
        if undisturbed.start().wait():
            raise SystemExit((undisturbed.folder / "output.txt").read_text()[-2000:])
        longest, expected = time.monotonic() - began, undisturbed.results()
        print(f"undisturbed: {len(expected)} cases in {longest:.1f} s, {list(expected.values()).count('correct')} correct", flush=True)
        for way in ways:
            disturb(way, base, command, wanted.kills, longest, expected)
            report(way, wanted.batch_size)
    return int(any(way.deviations for way in ways))


if __name__ == "__main__":
    sys.exit(main())
