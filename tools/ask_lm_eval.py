"""lm-evaluation-harness' own task and `hf` backend, batch 1, on the rows of a folder; run by `tools.check_protocol_texts`.

    python tools/ask_lm_eval.py MODEL_FOLDER ROWS_FOLDER TASK KEPT --rows 100 --seconds 500

Needs nothing of this suite, so that the harness may have an environment of its own. Each reply is a line of the file KEPT as soon as it
is there (text, prompt, its tokens, seconds of the clock and of the CPU), and those that it holds are not asked again. Once all rows are
answered, or the seconds are over, the harness scores those that are, and KEPT's .scores.json has what it says. The hub is not asked:
`datasets.load_dataset` gives the folder's test.jsonl and train.jsonl.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import datasets
from lm_eval import simple_evaluate
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM


class TimeOverError(Exception):
    """The seconds are over before all rows are answered."""


class KeepingLM(HFLM):
    """The `hf` backend, which keeps what it said in `kept`, and asks nothing more once it has asked for `seconds`."""

    def __init__(self, kept: Path, seconds: float, **options: Any) -> None:
        super().__init__(**options)
        kept.touch()
        self._kept, self._until = kept, time.monotonic() + seconds
        self.said = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]

    def generate_until(self, requests: Sequence[Instance], disable_tqdm: bool = True) -> list[str]:
        """The replies in the order of the rows. Raises TimeOverError."""
        for request in requests[len(self.said) :]:
            if time.monotonic() > self._until:
                raise TimeOverError
            started, computed = time.perf_counter(), time.process_time()
            (text,) = super().generate_until([request], disable_tqdm=disable_tqdm)
            spent = {"seconds": round(time.perf_counter() - started, 3), "cpu_seconds": round(time.process_time() - computed, 3)}
            self._keep({"prompt": request.args[0], "prompt_tokens": self._prompt_tokens, "text": text, **spent})
        return [said["text"] for said in self.said[: len(requests)]]

    def tok_batch_encode(self, *texts: Any, **options: Any) -> Any:
        """The harness's tokens of a prompt, after its cut from the left."""
        ids, mask = super().tok_batch_encode(*texts, **options)
        self._prompt_tokens = ids.shape[1]
        return ids, mask

    def _keep(self, said: dict[str, Any]) -> None:
        self.said.append(said)
        with self._kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps(said, ensure_ascii=False) + "\n")


def evaluated(model: KeepingLM, task: str, rows: int) -> dict[str, Any]:
    """The harness's results on the first `rows` rows, or on those that are answered when the seconds are over."""
    asked = {"model": model, "tasks": [task], "bootstrap_iters": 0, "log_samples": False}
    try:
        return dict(simple_evaluate(**asked, limit=rows))
    except TimeOverError:
        return dict(simple_evaluate(**asked, limit=len(model.said))) if model.said else {"results": {task: {}}}


def main() -> None:
    """Ask, keep, score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a checkpoint folder")
    parser.add_argument("source", type=Path, help="a folder with test.jsonl and train.jsonl")
    parser.add_argument("task")
    parser.add_argument("kept", type=Path, help="the file of replies")
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="ask no more rows after that")
    wanted = parser.parse_args()
    rows = datasets.DatasetDict({split: _rows(wanted.source / f"{split}.jsonl") for split in ("train", "test")})
    datasets.load_dataset = lambda *_, **__: rows
    model = KeepingLM(wanted.kept, wanted.seconds, pretrained=wanted.model, dtype="float32", device="cpu", batch_size=1)
    scores = evaluated(model, wanted.task, wanted.rows)["results"][wanted.task]
    wanted.kept.with_suffix(".scores.json").write_text(json.dumps(scores, default=str), encoding="utf-8")


def _rows(file: Path) -> datasets.Dataset:
    return datasets.Dataset.from_list([json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()])


if __name__ == "__main__":
    main()
