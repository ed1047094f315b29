"""lm-evaluation-harness' own task and `hf` backend on the rows of a folder, scoring options; run by `tools.check_likelihood`.

    python tools/score_lm_eval.py MODEL_FOLDER ROWS_FOLDER TASK SCORED --shots 0 --batch-size 8

Needs nothing of this suite, so that the harness may have an environment of its own. SCORED becomes a json of all rows: prompt and
continuation of each option, its log-likelihood, ``acc`` and ``acc_norm``. The hub is not asked: `datasets.load_dataset` gives the folder's
files, one for each split (test.jsonl, validation.jsonl, dev.jsonl, train.jsonl), of which a task of mmlu is given the rows of its subject.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import datasets
from lm_eval import simple_evaluate
from lm_eval.models.huggingface import HFLM

NUMBER = "row_number"  # the column that tells which row of its split a sample is of


def splits(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of each split, with their numbers."""
    read = {file.stem: file.read_text(encoding="utf-8").splitlines() for file in sorted(folder.glob("*.jsonl"))}
    return {split: [json.loads(line) | {NUMBER: number} for number, line in enumerate(lines)] for split, lines in read.items()}


def served(rows: dict[str, list[dict[str, Any]]], config: str | None) -> datasets.DatasetDict:
    """The splits as the harness is given them, those rows of a subject where `config` is one."""
    of_all = dict.fromkeys(("train", "validation", "test"), ()) | rows  # the harness looks for examples also where none are shown
    chosen = {split: [row for row in of_split if row.get("subject", config) == config] for split, of_split in of_all.items()}
    return datasets.DatasetDict({split: datasets.Dataset.from_list(of_split) for split, of_split in chosen.items()})


def item(sample: dict[str, Any]) -> dict[str, Any]:
    """What is compared of one row."""
    asked = [[prompt, continuation] for prompt, continuation in sample["arguments"]]
    logprobs = [float(said[0][0]) for said in sample["resps"]]
    measured = {metric: sample[metric] for metric in ("acc", "acc_norm") if metric in sample}
    return {"row": sample["doc"][NUMBER], "asked": asked, "logprobs": logprobs, **measured}


def main() -> None:
    """Score and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a checkpoint folder")
    parser.add_argument("source", type=Path, help="a folder of rows")
    parser.add_argument("task")
    parser.add_argument("scored", type=Path, help="the file to write")
    parser.add_argument("--shots", type=int, default=0)
    parser.add_argument("--batch-size", type=int, default=8)
    wanted = parser.parse_args()
    rows = splits(wanted.source)
    datasets.load_dataset = lambda **asked: served(rows, asked.get("name"))
    subjects = dict.fromkeys(row["subject"] for row in rows.get("test", ()) if "subject" in row)
    tasks = [f"{wanted.task}_{subject}" for subject in subjects] or [wanted.task]
    model = HFLM(pretrained=wanted.model, dtype="float32", device="cpu", batch_size=wanted.batch_size)
    found = simple_evaluate(model=model, tasks=tasks, num_fewshot=wanted.shots, bootstrap_iters=0, log_samples=True)
    items = [item(sample) for task in tasks for sample in found["samples"][task]]
    wanted.scored.write_text(json.dumps(sorted(items, key=lambda each: each["row"])), encoding="utf-8")


if __name__ == "__main__":
    main()
