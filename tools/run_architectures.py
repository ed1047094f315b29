"""Two rows of GSM8K's made problems asked of a small checkpoint of each architecture that the registry's models of 2026 have.

    python -m tools.run_architectures
    python -m tools.run_architectures lfm3 gpt_oss

Makes the checkpoints (random weights, a tokenizer of bytes), asks all in one run of pytest as a user does it, and prints how each was
batched. Ends with 1 where one was not asked whole.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from itemwise.reporting.table import aligned
from tests.models.architectures import QWEN_3_IMAGES, make_architecture, make_seeing

ROOT = Path(__file__).parents[1]
CONTEXT = 4096  # the prompts are some hundred bytes long
TEXT = ("qwen3", "smollm3", "olmo3", "llama", "gpt_oss", "phi3", "gemma4_text", "lfm2", "lfm2_moe", "lfm3", "granitemoehybrid", "falcon_h1")

SEEING = {"qwen3_vl": QWEN_3_IMAGES, "qwen3_5": QWEN_3_IMAGES, "gemma3": None}  # with what their image processor is told


def main(names: Sequence[str]) -> int:
    """Ask the architectures `names`, all where none is given. Returns the exit status."""
    with TemporaryDirectory() as folder:
        made = [_made(Path(folder, name), name) for name in names or (*TEXT, *SEEING)]
        models = [part for checkpoint in made for part in ("--model", str(checkpoint))]
        options = ["-k", "gsm8k", "--sample", "2", "--source", "synthetic", "--quant", "none", "--max-new-tokens", "8", "-q"]
        report = Path(folder, "report")
        command = [sys.executable, "-m", "pytest", "benchmarks/test_gsm8k.py", *options, *models, "--report-dir", str(report)]
        command += ["--store", str(Path(folder, "store"))]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        latest = report / "latest"
        if not (latest / "run.json").is_file():
            print(done.stdout[-3000:], done.stderr[-3000:], sep="\n")
            return 1
        rows = [_row(latest, checkpoint.name) for checkpoint in made]
    print("\n".join(aligned([("architecture", "asked", "batching"), *rows])))
    return 0 if all(asked == "2 of 2" for _, asked, _ in rows) else 1


def _made(folder: Path, name: str) -> Path:
    if name in SEEING:
        return make_seeing(folder, name, SEEING[name], max_position_embeddings=CONTEXT)
    return make_architecture(folder, name, max_position_embeddings=CONTEXT)


def _row(run: Path, name: str) -> tuple[str, str, str]:
    """The architecture, how many of its two cases were judged, and how it was batched."""
    results = [json.loads(line) for line in (run / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    judged = [result for result in results if result["model_name"] == name and result["verdict"] != "error"]
    described = json.loads((run / "run.json").read_text(encoding="utf-8"))["models"].get(name, {})
    return name, f"{len(judged)} of 2", str(described.get("batching", "not loaded"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
