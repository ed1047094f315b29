"""Interrupt runs at random moments, and look for one that does not end or loses what it had.

    python -m tools.interrupt_runs --runs 200

SIGINT, SIGTERM or SIGHUP hits runs of three kinds: the embedded model, a stand-in that adds, and a slow server on 127.0.0.1, every fourth
of them under ``-n 2``, where the whole process group is hit. Each run must end soon, by status 2 (or by the signal, while it starts), and
its reports must hold every verdict it had shown. Exits 1 on any deviation.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tools.kill_workers import ADDER, CASES, SUMS

ROOT = Path(__file__).resolve().parent.parent
JUDGED = re.compile(r"sum-\d+\] (?:PASSED|WRONG|NO ANSWER|TRUNCATED)|(?:PASSED|WRONG|NO ANSWER|TRUNCATED) \S*sum-\d+\]")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Slow(BaseHTTPRequestHandler):
    """A server that adds, after a while."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The list of models."""
        self._send({"object": "list", "data": [{"id": "adder", "object": "model", "owned_by": "tools"}]})

    def do_POST(self) -> None:
        """A chat completion."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(random.uniform(0.1, 1.0))
        text = str(sum(map(int, re.findall("[0-9]+", body["messages"][-1]["content"]))))
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        usage = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
        with suppress(OSError):  # a client that was interrupted
            self._send({"id": "1", "object": "chat.completion", "created": 0, "model": "adder", "choices": [choice], "usage": usage})

    def _send(self, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Server(ThreadingHTTPServer):
    """Of Slow's, quiet about clients that went away."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Kind:
    """A kind of run: how many cases it has, its options and its conftest."""

    name: str
    cases: int
    options: tuple[str, ...]
    conftest: str = ""


@dataclass(frozen=True)
class Interrupted:
    """A run that was sent a signal, or that was over before that."""

    shown: str
    status: int | None
    seconds: float  # from the signal to the end

    def deviation(self, folder: Path, number: int) -> str:
        """What is wrong with it; empty where nothing is."""
        if self.status is None:
            return "did not end"
        running = "itemwise: store" in self.shown and "\nreports: " not in self.shown  # else it starts, or has nothing left to do
        if self.status not in (0, 2) and (running or self.status != -number):
            return f"ended with status {self.status}"
        judged = len(JUDGED.findall(self.shown))
        known = sum(1 for file in folder.glob("reports/latest/results.jsonl") for _ in file.open(encoding="utf-8"))
        if known < judged:
            return f"showed {judged} verdicts and reported {known}"
        return "an internal error" if "INTERNALERROR" in self.shown else ""


def interrupted(folder: Path, options: tuple[str, ...], number: int, moment: float | None, limit: float) -> Interrupted:
    """A run in `folder`, sent the signal `number` after `moment` seconds (None: never)."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-v",
        "--tb=no",
        "-rN",
        "-p",
        "no:cacheprovider",
        "--batch-size=4",
        *options,
    ]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with (folder / "output.txt").open("wb") as output:
        run = subprocess.Popen(  # noqa: S603 - our own command
            command,
            cwd=folder,
            env=os.environ | {"NO_PROXY": "127.0.0.1", "OMP_NUM_THREADS": "1", "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    status, began = _status(run, moment), time.monotonic()
    if status is None:
        (os.killpg if "-n" in options else os.kill)(run.pid, number)
        status = _status(run, limit)
    seconds = time.monotonic() - began
    with suppress(ProcessLookupError):
        os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    return Interrupted((folder / "output.txt").read_text(encoding="utf-8", errors="replace"), status, seconds)


def _status(run: subprocess.Popen[bytes], limit: float | None) -> int | None:
    try:
        return run.wait(limit)
    except subprocess.TimeoutExpired:
        return None


def kinds(url: str) -> list[Kind]:
    """What is run; a run of the server's kind asks `url`."""
    everything = ("--sample", "all")
    return [
        Kind("embedded", 16, ("--sample", "16")),
        Kind("stand-in", CASES, everything, ADDER),
        Kind("server", CASES, (*everything, "--model", f"{url}#adder")),
    ]


def folder_of(base: Path, name: str, kind: Kind) -> Path:
    """A new folder with the benchmark."""
    folder = base / name
    folder.mkdir()
    (folder / "test_sums.py").write_text(SUMS, encoding="utf-8")
    (folder / "conftest.py").write_text(kind.conftest, encoding="utf-8")
    return folder


def disturb(base: Path, chosen: list[Kind], runs: int, limit: float, say: Callable[[str], None]) -> int:
    """Interrupt `runs` runs; the number of deviations."""
    lengths, deviations, slowest = dict[str, float](), 0, 0.0
    for number in range(runs):
        kind = chosen[number % len(chosen)]
        options = (*kind.options, "-n", "2") if number % 4 == 3 else kind.options
        key = f"{kind.name}{' -n 2' if '-n' in options else ''}"
        if key not in lengths:
            began = time.monotonic()
            undisturbed = interrupted(folder_of(base, f"undisturbed-{len(lengths)}", kind), options, 0, None, limit)
            if undisturbed.status or len(JUDGED.findall(undisturbed.shown)) != kind.cases:
                raise SystemExit(undisturbed.shown[-3000:])
            lengths[key] = time.monotonic() - began
            say(f"{key}: {lengths[key]:.1f} s undisturbed")
        sent, moment = random.choice(SIGNALS), random.uniform(0, lengths[key])
        folder = folder_of(base, f"run-{number}", kind)
        run = interrupted(folder, options, sent, moment, limit)
        slowest = max(slowest, run.seconds)
        if wrong := run.deviation(folder, sent):
            deviations += 1
            say(f"DEVIATION: run {number}, {key}, {sent.name} after {moment:.1f} s: {wrong}\n{run.shown[-1500:]}")
    say(f"{runs} runs interrupted, the slowest ended {slowest:.1f} s after its signal, {deviations} deviations")
    return deviations


def main() -> int:
    """Read the command line, start the server, interrupt."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=42, help="of the moments and signals")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds within which a run must end (default: 60)")
    parser.add_argument("--kind", choices=["embedded", "stand-in", "server"], action="append", help="only these; repeatable")
    wanted = parser.parse_args()
    random.seed(wanted.seed)
    server = Server(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    chosen = [kind for kind in kinds(f"http://127.0.0.1:{server.server_port}/v1") if not wanted.kind or kind.name in wanted.kind]
    with tempfile.TemporaryDirectory(prefix="interrupt-runs-") as name:
        return int(disturb(Path(name), chosen, wanted.runs, wanted.limit, lambda line: print(line, flush=True)) > 0)


if __name__ == "__main__":
    sys.exit(main())
