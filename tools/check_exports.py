"""Reads an exported run by its consumers' own code: ``python -m tools.check_exports RUN`` exports it into a temporary folder and prints
what lm_eval, inspect_ai, huggingface_hub and csv make of it, as far as they are installed beside this.

It exits 1 where one of them is installed and counts something else than the run says.
"""

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from itemwise.__main__ import main as itemwise
from itemwise.replies import read_replies
from itemwise.results.run_folder import RunFolder, read_run


def main() -> int:
    """Export, read by each, print; 1 where one counts otherwise."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", metavar="RUN", help="a run's folder, or its name under reports/")
    parser.add_argument("--dataset", metavar="OWNER/NAME", help="the hub's dataset that the rows are of, for the model card")
    given = parser.parse_args()
    run = read_run(given.run)
    expected = sum(entry.verdict.value == "correct" for entry in run.entries)
    found = [_found(*consumer, run, given.dataset) for consumer in CONSUMERS]
    print(f"the run itself: {expected} correct of {sum(tally.judged for tally in run.tallies)}")
    return int(any(correct not in (None, expected) for correct in found))


def _found(package: str, form: str, read: Callable[[Path], int | None], run: RunFolder, dataset: str | None) -> int | None:
    """How many correct cases a consumer counts; None where it counts none, is not installed, or the run is nothing for it."""
    if not find_spec(package):
        print(f"{form}: {package} is not installed")
        return None
    with tempfile.TemporaryDirectory() as folder:
        beside = ["--dataset", dataset] if dataset and form == "model-card" else []
        if itemwise(["export", str(run.folder), "--to", form, "--into", folder, *beside]):
            return None
        return read(Path(folder))


def _by_lm_eval(folder: Path) -> int:
    """Its table of the results, and its file names; datasets' reader of the samples, as its own pages advise."""
    import datasets
    from lm_eval.utils import get_latest_filename, get_results_filenames, get_sample_results_filenames

    files = [str(file) for file in folder.rglob("*")]
    results = json.loads(Path(get_latest_filename(get_results_filenames(files))).read_text(encoding="utf-8"))
    if find_spec("pytablewriter"):
        from lm_eval.utils import make_table

        print(make_table(results))
    samples = [datasets.load_dataset("json", data_files=file, split="train") for file in get_sample_results_filenames(files)]
    correct = sum(int(sum(split["exact_match"])) for split in samples)
    print(f"lm-eval: {correct} correct of {sum(map(len, samples))}, results of {', '.join(results['results'])}")
    return correct


def _by_inspect(folder: Path) -> int:
    """Its reader of logs, and its list of those in a folder; then ours of what it writes itself, packed as .eval."""
    from inspect_ai.log import list_eval_logs, read_eval_log, write_eval_log

    logs = [read_eval_log(info) for info in list_eval_logs(str(folder))]
    samples = [sample for log in logs for sample in log.samples or []]
    correct = sum(sample.scores["itemwise"].value == "C" for sample in samples if sample.scores)
    packed = folder / "again.eval"
    write_eval_log(logs[0], str(packed))
    again = read_replies(packed)
    texts = {str(sample.id): sample.output.completion for sample in logs[0].samples or []}
    equal = {reply.id: reply.text for reply in again.replies} == texts
    accuracy = [log.results.scores[0].metrics["accuracy"].value for log in logs if log.results]
    print(
        f"inspect: {correct} correct of {len(samples)}, accuracy {accuracy}; packed and read again: texts {'equal' if equal else 'DIFFER'}"
    )
    return correct if equal else -1


def _by_hub(folder: Path) -> None:
    import yaml
    from huggingface_hub import parse_eval_result_entries

    entries = [entry for file in folder.rglob("*.yaml") for entry in parse_eval_result_entries(yaml.safe_load(file.read_text()))]
    for entry in entries:
        print(f"model-card: {entry.dataset_id} {entry.task_id} {entry.value} ({entry.notes})")


def _by_csv(folder: Path) -> int:
    with (folder / "cases.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    correct = sum(row["verdict"] == "correct" for row in rows)
    print(f"csv: {correct} correct of {len(rows)}")
    return correct


CONSUMERS = (
    ("lm_eval", "lm-eval", _by_lm_eval),
    ("inspect_ai", "inspect", _by_inspect),
    ("huggingface_hub", "model-card", _by_hub),
    ("csv", "csv", _by_csv),
)

if __name__ == "__main__":
    sys.exit(main())
