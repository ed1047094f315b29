"""float32 beside bfloat16 on a CPU: tokens per second of the engine, and whose texts depend on the batch.

    python -m tools.bench_compute build/real/smollm2-135m-instruct --items 64 --max-new-tokens 96

Both types have the same model, asked for the same made word problems in turns; the best of `--rounds` counts. Then each type is
asked for the items alone and in batches of 8, and told is how many texts are those of the engine's own batch.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from itemwise.models import REGISTRY, LoadOptions, ModelEntry
from itemwise.models.local.load import load
from tools.bench_engine import Way, by_engine, items, static, timed

COMPUTE = ("float32", "bfloat16")


def main() -> None:
    """Read the command line, ask in both types, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", help="a checkpoint folder (default: the embedded model)")
    parser.add_argument("--items", type=int, default=64)
    parser.add_argument("--quant", default="nf4", choices=("nf4", "none"))
    parser.add_argument("--max-new-tokens", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=2)
    wanted = parser.parse_args()
    folder = wanted.model and Path(wanted.model).resolve()
    entry = ModelEntry(folder.name, str(folder), local=True) if folder else REGISTRY["embedded-text"]
    requests = items(wanted.items, ["cot"])
    models = {compute: load(entry, LoadOptions(wanted.quant, wanted.max_new_tokens, compute=compute)) for compute in COMPUTE}
    ways: dict[str, Way] = {compute: by_engine(model, None) for compute, model in models.items()}
    for way in ways.values():
        way(requests[:2])  # what is made once
    rounds = {compute: [timed(way, requests) for _ in range(wanted.rounds)] for compute, way in ways.items()}
    speed = {compute: max(sum(one.completion_tokens for one in said) / wall for wall, _, said in rounds[compute]) for compute in COMPUTE}
    print(f"{len(requests)} items, {wanted.quant}, {torch.get_num_threads()} threads, at most {wanted.max_new_tokens} tokens a reply")
    print(f"{'':10}{'tokens/s':>10}{'ratio':>8}   texts as in the engine's batch, asked alone, in 8")
    for compute, model in models.items():
        said = rounds[compute][0][2]
        equal = [sum(one.text == other.text for one, other in zip(said, static(model, size)(requests), strict=True)) for size in (1, 8)]
        print(f"{compute:10}{speed[compute]:10.0f}{speed[compute] / speed['float32']:8.2f}   {equal[0]}, {equal[1]} of {len(said)}")


if __name__ == "__main__":
    main()
