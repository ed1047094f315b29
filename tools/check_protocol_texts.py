"""Compares replies and scores under a protocol with lm-evaluation-harness' own: its task and `hf` backend, float32, batch 1.

    python -m tools.check_protocol_texts MODEL_FOLDER ROWS_FOLDER --rows 100
    python -m tools.check_protocol_texts MODEL_FOLDER ROWS_FOLDER --protocol lm-eval/gsm8k --lm-eval-python ../lm-eval/bin/python

ROWS_FOLDER has GSM8K's test.jsonl and train.jsonl; the first rows are asked. The harness wants its dependencies (pip install
"lm_eval[hf]==0.4.13"), which may stand in an environment of their own. Here the rows are asked by pytest, with batches as in any run. The
replies of both stay in `--keep`, so that the same command after an interruption goes on where it was; `--seconds` ends a piece by itself.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itemwise.models.checkpoint import folder_hash
from itemwise.protocols import protocols
from itemwise.reporting.table import aligned
from tools.first_difference import Difference, explained

ROOT = Path(__file__).parents[1]
PREFIX = "lm-eval/"  # of the protocols whose rest is a task of the harness
CPU = "cpu_seconds"  # a file beside run.json
HEAD = (
    "protocol",
    "rows",
    "texts equal",
    "strict: theirs",
    "ours",
    "flexible: theirs",
    "ours",
    "last-number",
    "items/s: theirs",
    "ours",
    "CPU s/item: theirs",
    "ours",
)


@dataclass(frozen=True)
class Asked:
    """One side's replies to the rows in their order (text, prompt, prompt_tokens), its scores by each reader, its items per second and its
    CPU seconds per item: the measure that other work on the machine leaves alone."""

    replies: list[dict[str, Any]]
    scores: dict[str, float]
    speed: float
    cpu: float


@dataclass(frozen=True)
class Check:
    """What is asked of both sides: a model's folder, a folder of rows, how many of them, and where replies are kept."""

    model: Path
    source: Path
    rows: int
    keep: Path
    lm_eval_python: str
    seconds: float

    @property
    def folder(self) -> Path:
        """Where this model's replies are kept."""
        return self.keep / f"{self.model.name}-{folder_hash(self.model)[-8:]}"

    def theirs(self, protocol: str) -> Asked | None:
        """The harness's side, on as many of the rows as it has answered; None where that is none."""
        task = protocol.removeprefix(PREFIX)
        kept = self.folder / f"{task}.jsonl"
        kept.parent.mkdir(parents=True, exist_ok=True)
        command = [self.lm_eval_python, str(ROOT / "tools" / "ask_lm_eval.py"), str(self.model), str(self.source), task, str(kept)]
        run_command([*command, "--rows", str(self.rows), "--seconds", str(self.seconds)])
        replies = _lines(kept)[: self.rows]
        if len(replies) < self.rows:
            print(f"{protocol}: the harness has answered {len(replies)} of {self.rows} rows; the same command goes on there.")
        if not replies:
            return None
        found = json.loads(kept.with_suffix(".scores.json").read_text(encoding="utf-8"))
        scores = {"strict": found["exact_match,strict-match"], "flexible": found["exact_match,flexible-extract"]}
        seconds, computed = (sum(reply[name] for reply in replies) for name in ("seconds", "cpu_seconds"))
        return Asked(replies, scores, len(replies) / seconds, computed / len(replies))

    def ours(self, protocol: str, rows: int) -> Asked:
        """This suite's side on the first `rows`, by its command; the speed is that of the run that generated most, its CPU seconds are
        those of the whole process, start and load included."""
        reports = self.folder / f"ours-{protocol.removeprefix(PREFIX)}"
        command = [sys.executable, "-m", "pytest", "benchmarks/", "-k", "gsm8k", "--protocol", protocol, "--model", str(self.model)]
        command += ["--source", str(self._first(rows)), "--sample", "all", "--quant", "none", "--compute", "float32"]
        before = computed_here()
        results = results_of([*command, "--report-dir", str(reports), "-q", "--tb=no"], reports, rows)
        (reports / "latest" / CPU).write_text(f"{computed_here() - before:.2f}", encoding="utf-8")
        replies = [_as_asked(result) for result in sorted(results, key=lambda result: int(result["case"].rpartition("-")[2]))]
        record = _record(reports / "latest")
        scores = {reader["reader"]: reader["accuracy"] for reader in record["readers"]}
        scores["strict"] = record["results"][0]["accuracy"]
        scores["flexible"] = scores["lm-eval-flexible"]
        runs = [run for run in reports.iterdir() if (run / CPU).is_file()]
        generated, seconds, computed = max(map(_speed, runs))
        return Asked(replies, scores, generated / seconds, computed / generated)

    def _first(self, count: int) -> Path:
        """A folder with the first `count` rows alone: the harness's examples of a row depend on the rows before it."""
        folder = self.keep / f"first-{count}-of-{self.source.name}"
        folder.mkdir(parents=True, exist_ok=True)
        rows = (self.source / "test.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)[:count]
        (folder / "test.jsonl").write_text("".join(rows), encoding="utf-8")
        (folder / "train.jsonl").write_bytes((self.source / "train.jsonl").read_bytes())
        return folder


def row_of(protocol: str, theirs: Asked, ours: Asked) -> tuple[str, ...]:
    """One line of the table."""
    equal = sum(one["text"] == other["text"] for one, other in zip(theirs.replies, ours.replies, strict=True))
    both = [f"{100 * side.scores[reader]:.1f}%" for reader in ("strict", "flexible") for side in (theirs, ours)]
    speeds = [f"{value:.2f}" for value in (theirs.speed, ours.speed, theirs.cpu, ours.cpu)]
    return protocol, str(len(theirs.replies)), str(equal), *both, f"{100 * ours.scores['last-number']:.1f}%", *speeds


def differences(theirs: Asked, ours: Asked) -> Iterator[Difference]:
    """The rows whose texts are not equal."""
    for number, (one, other) in enumerate(zip(theirs.replies, ours.replies, strict=True)):
        if one["text"] != other["text"]:
            yield Difference(number, one, other)


def main() -> int:
    """Ask both sides, print the table and what differs; 1 where a text does."""
    check, protocols = _command_line()
    table, unequal = [HEAD], []
    for protocol in protocols:
        if theirs := check.theirs(protocol):
            ours = check.ours(protocol, len(theirs.replies))
            table.append(row_of(protocol, theirs, ours))
            unequal += [f"{protocol} row {line}" for line in explained(check.model, list(differences(theirs, ours)))]
    print("\n".join([*aligned(table), *unequal]))
    return 1 if unequal or len(table) <= len(protocols) else 0


def _command_line() -> tuple[Check, Sequence[str]]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="a checkpoint folder")
    parser.add_argument("source", type=Path, help="a folder with test.jsonl and train.jsonl")
    names = [name for name in sorted(protocols()) if name.startswith(PREFIX) and protocols()[name].benchmark == "gsm8k"]
    parser.add_argument("--protocol", action="append", choices=names, help="repeatable (default: those of the harness for gsm8k)")
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--keep", type=Path, default=Path("build/protocol-texts"), help="where replies and runs are kept")
    parser.add_argument("--lm-eval-python", default=sys.executable, help="the Python that has lm_eval with its dependencies")
    parser.add_argument("--seconds", type=float, default=1e9, help="how long the harness may ask for each protocol")
    given = parser.parse_args()
    folders = given.model.resolve(), given.source.resolve()
    return Check(*folders, given.rows, given.keep.resolve(), given.lm_eval_python, given.seconds), given.protocol or names


def results_of(command: Sequence[str], reports: Path, rows: int) -> list[dict[str, Any]]:
    """The results of a run of pytest whose reports are in `reports`; ends the tool with what it said where not all `rows` have a reply."""
    before = (reports / "latest").resolve()
    said = run_command(command, accepted=(0, 1))  # 1: some reply is wrong
    run = (reports / "latest").resolve()
    results = _lines(run / "results.jsonl") if run != before and run.is_dir() else []
    if (answered := sum(bool(result["reply"]) for result in results)) != rows:
        raise SystemExit(f"{' '.join(command)} answered {answered} of {rows} rows:\n{said[-2000:]}")
    return results


def run_command(command: Sequence[str], accepted: Sequence[int] = (0,)) -> str:
    """Run a command of this project's and give what it said; ends the tool with that where its exit status is not `accepted`."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode not in accepted:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def computed_here() -> float:
    """CPU seconds of the processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _speed(run: Path) -> tuple[int, float, float]:
    """How many replies a run of pytest generated, its seconds of generation, and its CPU seconds."""
    result = _record(run)["results"][0]
    return result["replies_generated"], result["seconds"], float((run / CPU).read_text(encoding="utf-8"))


def _as_asked(result: dict[str, Any]) -> dict[str, Any]:
    return {name: result["reply"][name] for name in ("text", "prompt_tokens", "finish_reason")} | {"prompt": result["prompt"]}


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _record(run: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((run / "run.json").read_text(encoding="utf-8"))
    return record


if __name__ == "__main__":
    sys.exit(main())
