"""float32 beside bfloat16 on a CPU: tokens per second of the engine, and whose texts depend on the batch.

    python -m tools.bench_compute build/real/smollm2-135m-instruct --rows test.jsonl --items 200 --max-new-tokens 64 --sizes 1 8 64

Each type is asked for the same questions in batches of each of `--sizes`, one type and size after the other. Told is how fast each was,
and how many of its texts are those of the largest batch: all, if what is said does not depend on the batch.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from itemwise.models import REGISTRY, LoadOptions
from itemwise.models.local.load import load
from itemwise.models.registry import entry_named
from tools.bench_engine import by_engine, items, timed

COMPUTE = ("float32", "bfloat16")


def main() -> None:
    """Read the command line, ask in both types and every size, print the table as it grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="embedded-text", help="a name or a folder, as of --model of a run")
    parser.add_argument("--rows", type=Path, help="a file of rows with a column `question` (default: made ones)")
    parser.add_argument("--items", type=int, default=64)
    parser.add_argument("--compute", nargs="+", default=COMPUTE, choices=COMPUTE)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 8, 64], help="of batches")
    parser.add_argument("--quant", default="nf4", choices=("nf4", "none"))
    parser.add_argument("--max-new-tokens", type=int, default=96)
    wanted = parser.parse_args()
    entry = entry_named(wanted.model, REGISTRY, Path.cwd())
    requests = items(wanted.items, ["cot"], wanted.rows)
    sizes = sorted(wanted.sizes, reverse=True)
    print(f"{len(requests)} items, {wanted.quant}, at most {wanted.max_new_tokens} tokens a reply")
    print(f"{'':10}{'threads':>8}{'batch':>6}{'tokens/s':>10}{'tokens/CPU s':>14}   texts as in {sizes[0]}")
    for compute in wanted.compute:
        model, largest = load(entry, LoadOptions(wanted.quant, wanted.max_new_tokens, compute=compute)), list[str]()
        by_engine(model, None)(requests[:2])  # what is made once
        for size in sizes:
            wall, processor, said = timed(by_engine(model, size), requests)
            texts, tokens = [generation.text for generation in said], sum(generation.completion_tokens for generation in said)
            largest = largest or texts
            equal = sum(one == other for one, other in zip(texts, largest, strict=True))
            speeds = f"{tokens / wall:10.0f}{tokens / processor:14.0f}"
            print(f"{compute:10}{torch.get_num_threads():8}{size:6}{speeds}   {equal} of {len(texts)}", flush=True)
        model.close()


if __name__ == "__main__":
    main()
