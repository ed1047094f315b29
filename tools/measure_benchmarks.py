"""Measures models on all benchmarks that a folder has rows of, each pair in a process of its own, and prints one Markdown table.

    python -m tools.measure_benchmarks ROWS_FOLDER --model ./smollm2-135m-instruct --model ./qwen2.5-coder-0.5b-instruct
    python -m tools.measure_benchmarks ROWS_FOLDER --model embedded-text --benchmark svamp --benchmark mgsm-de --sample 20
    python -m tools.measure_benchmarks ROWS_FOLDER --model ./smollm2-135m-instruct --protocol lm-eval/gsm8k --protocol lm-eval/piqa

ROWS_FOLDER has a folder for each benchmark, called after it; each row is asked once, without controls. Benchmarks that show pictures are
asked with `--pictures`, and under a protocol of the field besides with `--protocol`. What follows ``--``
is given to pytest: ``-- --compute bfloat16``. Replies and results stay in `--keep`, so that the same command after an interruption goes on
where it was; a benchmark that is done is not asked again until its version or the command changes. CPU minutes are those of whole
processes, start and load included; ``>`` stands before them where a process was killed before they could be noted.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itemwise.commands.benchmarks import benchmarks_in
from itemwise.commands.copy_benchmarks import benchmark_files
from itemwise.models.checkpoint import folder_hash
from itemwise.protocols import protocol_names, protocols
from tools.check_protocol_texts import ROOT, computed_here

HEAD = ("benchmark", "model", "rows", "accuracy", "95% interval", "no answer", "cut off", "tokens", "CPU min", "as others read or score it")
KEY = ("benchmark", "model", "strategy", "prompt")  # of a row of results, its scores, likelihoods and extractors
PARTS = ("results", "scores", "likelihood", "readers")  # of run.json


@dataclass(frozen=True)
class Measurement:
    """A benchmark, or one of its configurations, that one model is asked."""

    name: str
    file: Path
    version: int
    model: str
    benchmark: str
    protocol: str = ""

    @property
    def called(self) -> str:
        """As the table calls it."""
        return f"{self.name} by {self.protocol}" if self.protocol else self.name

    def command(self, source: Path, sample: str, more: Sequence[str], keep: Path) -> list[str]:
        """The run of pytest that measures it, with a store and reports of its own."""
        asked = [sys.executable, "-m", "pytest", str(self.file), "-k", self.name, "--model", self.model, "--source", str(source)]
        asked += ["--control", "none", *(["--protocol", self.protocol] if self.protocol else [])]  # each row once
        kept = ["--sample", sample, "--store", str(keep / "replies.sqlite"), "--report-dir", str(keep / "reports")]
        return [*asked, *kept, *more, "-q", "--tb=no"]


def measurements(
    source: Path, models: Sequence[str], wanted: Sequence[str] = (), pictures: bool = False, asked: Sequence[str] = ()
) -> Iterator[Measurement]:
    """What is to be measured, one model after the other, in order of the benchmarks' files: all that `source` has rows of, or those
    `wanted`, each also under the protocols `asked` that are of it."""
    found = [(file, name, benchmark) for file in benchmark_files() for name, benchmark in benchmarks_in(file) if (source / name).is_dir()]
    of_protocols = [(protocol, _called(protocols()[protocol].benchmark, protocols()[protocol].config)) for protocol in asked]
    for model in models:
        for file, name, benchmark in found:
            for called in [_called(name, config) for config in benchmark.configs or [""]]:
                if {name, called} & {*wanted} or (not wanted and (pictures or not benchmark.pictures)):
                    version = benchmark.card.version if benchmark.card else 0
                    for protocol in ("", *(protocol for protocol, of in of_protocols if of == called)):
                        yield Measurement(called, file, version, model, name, protocol)


def _called(name: str, config: str) -> str:
    return f"{name}-{config}" if config else name


def measured(one: Measurement, command: Sequence[str], keep: Path) -> Mapping[str, Any]:
    """The result of a measurement, from `keep` where it was brought to an end before: what run.json says, CPU seconds; or
    a `fault`. What ended with errors is shown, and asked again by the same command."""
    keep.mkdir(parents=True, exist_ok=True)
    asked, done = {"command": list(command), "version": one.version}, keep / "result.json"
    if done.is_file() and (kept := json.loads(done.read_text(encoding="utf-8")))["asked"] == asked:
        return dict(kept["result"])
    ended = _run_noting_cpu(command, keep)
    record = _record(keep / "reports" / "latest" / "run.json")
    rows = [row for row in record.get("results", ()) if row["n"]]
    if ended.returncode not in (0, 1) or not rows:
        return {"fault": _last_words(ended)}
    result = {**{part: record.get(part, []) for part in PARTS}, **_computed(keep)}
    if ended.returncode == 0:
        done.write_text(json.dumps({"asked": asked, "result": result}), encoding="utf-8")
    return result


def _run_noting_cpu(command: Sequence[str], keep: Path) -> subprocess.CompletedProcess[str]:
    """Run a piece of a measurement; that it began, and its CPU seconds, are lines of a file, also where it is interrupted."""
    before = computed_here()
    with (keep / "cpu.txt").open("a", encoding="utf-8") as noted:
        print("began", file=noted, flush=True)
        try:
            return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        finally:
            print(f"{computed_here() - before:.2f}", file=noted)


def _computed(keep: Path) -> dict[str, Any]:
    lines = (keep / "cpu.txt").read_text(encoding="utf-8").split()
    seconds = [float(line) for line in lines if line != "began"]
    return {"cpu": sum(seconds), "is_all": len(lines) == 2 * len(seconds)}


def _record(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def _last_words(ended: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in (ended.stdout + ended.stderr).splitlines() if line.strip()] or ["it said nothing"]
    told = next((line for line in lines if line.startswith("ERROR ")), lines[-1])
    return f"ended with {ended.returncode}: {told.replace('|', '/')}"


def rows_of(one: Measurement, result: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The lines of the table: one for each strategy and prompt, that of the last with the CPU minutes of all."""
    if fault := result.get("fault"):
        yield one.called, Path(one.model).name, *["-"] * (len(HEAD) - 3), fault
    for row in result.get("results", ()):
        low, high = row["interval"] or (None, None)
        accuracy = ("-", "-") if low is None else (f"{row['accuracy']:.1%}", f"{100 * low:.1f} to {100 * high:.1f}%")
        counts = [f"{row[name]:,}" for name in ("no_answer", "truncated", "completion_tokens")]
        minutes = f"{'' if result['is_all'] else '> '}{result['cpu'] / 60:.1f}" if row is result["results"][-1] else ""
        size = str(row["n"]) if row["n"] == row["sample"] else f"{row['n']} of {row['sample']}"
        named = [row[part] for part in KEY[2:] if len({other.get(part) for other in result["results"]}) > 1]
        yield " ".join([one.called, *named]), Path(one.model).name, size, *accuracy, *counts, minutes, "; ".join(_beside(one, row, result))


def _beside(one: Measurement, row: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[str]:
    """The means of a row's scores, its accuracy by the options' length where they were scored, and by each extractor of a protocol."""
    for score in _of_row(row, result["scores"]):
        yield f"{score['score']} {score['mean']:.1%}"
    for scored in _of_row(row, result.get("likelihood", ())):
        if "characters" in scored["accuracy_by_norm"]:  # of WinoGrande's blanks there is none
            yield f"acc_norm {scored['accuracy_by_norm']['characters']:.1%}"
    asked = [protocol for protocol in protocols().values() if protocol.benchmark == one.benchmark]
    known = {extractor.name for protocol in asked if not protocol.strategy.startswith("likelihood") for extractor in protocol.extractors}
    for reader in _of_row(row, result["readers"]):
        if reader["reader"] in known and reader["accuracy"] is not None:
            yield f"{reader['reader']} {reader['accuracy']:.1%}"


def _of_row(row: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (record for record in records if all(record.get(part) == row.get(part) for part in KEY))


def markdown(rows: Sequence[Sequence[str]]) -> list[str]:
    """The table in Markdown, `HEAD` above it."""
    return [f"| {' | '.join(row)} |" for row in [HEAD, ["---"] * len(HEAD), *rows]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is not yet measured, print the table and the numbers others published; 1 where something could not be measured."""
    given = _given(arguments)
    source = given.source.resolve()
    models = [str(Path(model).resolve()) if Path(model).is_dir() else model for model in given.model]
    rows: list[tuple[str, ...]] = []
    faults = 0
    for one in measurements(source, models, given.benchmark, given.pictures, given.protocol):
        keep = given.keep.resolve() / _folder_name(one.model) / one.called.replace("/", "-").replace(" ", "-")
        result = measured(one, one.command(source, given.sample, given.more, keep), keep)
        faults += "fault" in result
        for row in rows_of(one, result):
            rows.append(row)
            print("  ".join(row), file=sys.stderr, flush=True)
    print("\n".join(markdown(rows)))
    print("\nNumbers that others published, each with its setting: python -m itemwise benchmarks")
    return int(bool(faults) or not rows)


def _folder_name(model: str) -> str:
    """What a model's results are kept under: a checkpoint's files are part of it."""
    name = re.sub(r"[^\w.-]+", "-", Path(model).name)
    return f"{name}-{folder_hash(Path(model))[-8:]}" if Path(model).is_dir() else name


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.measure_benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path, metavar="ROWS_FOLDER")
    parser.add_argument("--model", action="append", required=True, help="a checkpoint folder or a name of the registry; repeatable")
    parser.add_argument("--benchmark", action="append", default=[], help="one that is measured, such as mgsm-de; repeatable (default: all)")
    parser.add_argument("--sample", default="50", help="rows of each (default: 50)")
    parser.add_argument("--protocol", action="append", default=[], choices=protocol_names(), help="asked besides; repeatable")
    parser.add_argument("--pictures", action="store_true", help="also benchmarks that show pictures")
    parser.add_argument("--keep", type=Path, default=Path("build/benchmarks"), help="where replies and results are kept")
    words = list(sys.argv[1:] if arguments is None else arguments)
    cut = words.index("--") if "--" in words else len(words)
    given = parser.parse_args(words[:cut])
    given.more = words[cut + 1 :]
    return given


if __name__ == "__main__":
    sys.exit(main())
