"""Compares scored options under a protocol with lm-evaluation-harness' own, item by item: its task and `hf` backend, float32.

    python -m tools.check_likelihood MODEL_FOLDER ROWS_FOLDER --protocol lm-eval/mmlu --rows 200 --shots 5
    python -m tools.check_likelihood MODEL_FOLDER ROWS_FOLDER --protocol lm-eval/arc_easy --lm-eval-python ../lm-eval/bin/python

ROWS_FOLDER has a file for each split in the columns of the hub's dataset (test.jsonl or validation.jsonl, dev.jsonl or train.jsonl for
examples); the first rows are asked. The harness wants its dependencies (pip install "lm_eval[hf]==0.4.13"), which may stand in an
environment of their own. CPU seconds are those of the whole process on either side, start and load included.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from itemwise.cases.case import LETTERS, Case
from itemwise.cases.chat import Turn
from itemwise.cases.option_scores import score_of
from itemwise.protocols import Protocol, protocols
from itemwise.reporting.table import aligned
from itemwise.strategies import ConfiguredStrategy, configured_strategy
from tools.check_protocol_texts import PREFIX, ROOT, computed_here, results_of, run_command
from tools.check_protocols import cases_of

HEAD = (
    "protocol",
    "shots",
    "rows",
    "texts equal",
    "largest difference",
    "acc: theirs",
    "ours",
    "acc_norm: theirs",
    "ours",
    "CPU s/row: theirs",
    "ours",
)
SPLITS = ("test", "validation")  # that are asked, the first that is there


@dataclass(frozen=True)
class Scored:
    """One side's options of each row: prompt and option as one text, their log-likelihoods, both accuracies, CPU seconds of a row."""

    texts: Sequence[Sequence[str]]
    logprobs: Sequence[Sequence[float]]
    acc: float
    acc_norm: float | None
    cpu: float


@dataclass(frozen=True)
class Check:
    """What both sides are asked: a model's folder, a folder of rows, how many examples; `keep` is where results are written."""

    model: Path
    rows: Path
    shots: str
    keep: Path
    lm_eval_python: str
    batch_size: int

    def theirs(self, protocol: Protocol) -> Scored:
        """The harness's side."""
        kept, script = self.keep / "theirs.json", ROOT / "tools" / "score_lm_eval.py"
        command = [self.lm_eval_python, str(script), str(self.model), str(self.rows), protocol.name.removeprefix(PREFIX), str(kept)]
        before = computed_here()
        run_command([*command, "--shots", self.shots, "--batch-size", str(self.batch_size)])
        items = json.loads(kept.read_text(encoding="utf-8"))
        texts = [["".join(asked) for asked in item["asked"]] for item in items]
        acc, acc_norm = ([item[metric] for item in items if metric in item] for metric in ("acc", "acc_norm"))
        cpu = (computed_here() - before) / len(items)
        return Scored(texts, [item["logprobs"] for item in items], mean(acc), mean(acc_norm) if acc_norm else None, cpu)

    def ours(self, protocol: Protocol) -> Scored:
        """This suite's side, by its command; nothing is taken from a store."""
        asked = [
            "-k",
            protocol.benchmark,
            "--protocol",
            protocol.name,
            "--sample",
            "all",
            "--source",
            str(self.rows),
            "--shots",
            self.shots,
            "--control",
            "none",  # the harness asks each row once
        ]
        model = ["--model", str(self.model), "--quant", "none", "--compute", "float32", "--report-dir", str(self.keep), "--fresh"]
        before = computed_here()
        cases = cases_of(protocol, source=str(self.rows), shots=[self.shots])
        results = results_of([sys.executable, "-m", "pytest", "benchmarks/", *asked, *model, "-q", "--tb=no"], self.keep, len(cases))
        cpu = computed_here() - before
        scores = {result["case"]: result["reply"]["notes"]["likelihood"] for result in results}
        logprobs = [scores[case.name]["logprobs"] for case in cases]
        strategy = configured_strategy(protocol.strategy)
        acc, acc_norm = (accuracy(cases, logprobs, norm) for norm in ("sum", "characters"))
        is_text = scores[cases[0].name]["form"] == "text"
        return Scored([scored_texts(strategy, case) for case in cases], logprobs, acc, acc_norm if is_text else None, cpu / len(cases))


def scored_texts(strategy: ConfiguredStrategy, case: Case) -> list[str]:
    """Prompt and continuation of each option as one text, as the strategy asks for them."""
    texts: list[str] = []

    async def ask(turns: Sequence[Turn], *, continuations: Sequence[str]) -> Turn:
        texts.extend(turns[-1].content + continuation for continuation in continuations)
        return Turn("assistant", "", logprobs=tuple(0.0 for _ in continuations))

    asyncio.run(strategy.bind(case.chat, lambda _: None, case.choices)(ask))  # type: ignore[arg-type]  # what it uses of ask
    return texts


def accuracy(cases: Sequence[Case], logprobs: Sequence[Sequence[float]], norm: str) -> float:
    """The share of cases whose best option by `norm` is the right one; of equal ones the first counts."""
    right = 0
    for case, of_case in zip(cases, logprobs, strict=True):
        scores = [score_of(logprob, text, norm) for logprob, text in zip(of_case, case.choices, strict=True)]
        right += LETTERS[scores.index(max(scores))] == case.answer
    return right / len(cases)


def row_of(protocol: str, shots: str, theirs: Scored, ours: Scored) -> tuple[str, ...]:
    """One line of the table."""
    equal = sum(list(one) == list(other) for one, other in zip(theirs.texts, ours.texts, strict=True))
    both = zip(theirs.logprobs, ours.logprobs, strict=True)
    largest = max(abs(one - other) for pair in both for one, other in zip(*pair, strict=True))
    accuracies = [f"{100 * value:.2f}%" if value is not None else "-" for value in (theirs.acc, ours.acc, theirs.acc_norm, ours.acc_norm)]
    return (protocol, shots, str(len(ours.texts)), str(equal), f"{largest:.1e}", *accuracies, f"{theirs.cpu:.2f}", f"{ours.cpu:.2f}")


def is_equal(theirs: Scored, ours: Scored) -> bool:
    """Whether texts and accuracies are; log-likelihoods may differ by rounding."""
    return (theirs.texts, theirs.acc, theirs.acc_norm) == (ours.texts, ours.acc, ours.acc_norm)


def first_rows(source: Path, folder: Path, count: int) -> Path:
    """A folder with the first `count` rows of what is asked, and all others."""
    asked = next((split for split in SPLITS if (source / f"{split}.jsonl").is_file()), None)
    if asked is None:
        raise SystemExit(f"{source} has none of {', '.join(f'{split}.jsonl' for split in SPLITS)}, of which rows are asked.")
    folder.mkdir(parents=True, exist_ok=True)
    for file in source.glob("*.jsonl"):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / file.name).write_text("".join(lines[:count] if file.stem == asked else lines), encoding="utf-8")
    return folder


def main() -> int:
    """Score on both sides and print the table; 1 where a text or an accuracy differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [name for name, protocol in sorted(protocols().items()) if protocol.strategy.startswith("likelihood")]
    parser.add_argument("model", type=Path, help="a checkpoint folder")
    parser.add_argument("source", type=Path, help="a folder of rows")
    parser.add_argument("--protocol", choices=names, required=True)
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--shots", default="0")
    parser.add_argument("--keep", type=Path, default=Path("build/likelihood"), help="where results are written")
    parser.add_argument("--lm-eval-python", default=sys.executable, help="the Python that has lm_eval with its dependencies")
    parser.add_argument("--batch-size", type=int, default=8, help="of the harness")
    given = parser.parse_args()
    protocol = protocols()[given.protocol]
    keep = given.keep.resolve() / given.model.name / f"{protocol.name.removeprefix(PREFIX)}-{given.shots}"
    rows = first_rows(given.source, keep / "rows", given.rows)
    check = Check(given.model.resolve(), rows, given.shots, keep, given.lm_eval_python, given.batch_size)
    theirs, ours = check.theirs(protocol), check.ours(protocol)
    print("\n".join(aligned([HEAD, row_of(protocol.name, given.shots, theirs, ours)])))
    return 0 if is_equal(theirs, ours) else 1


if __name__ == "__main__":
    sys.exit(main())
