"""Judge training checkpoints on the selection split, which neither training nor the suite's own cases touch.

    python -m tools.choose_checkpoint build/embedded-text/step-*

Prints the accuracy of each checkpoint, in 4-bit and in full precision, asked directly (for each prompt) and with the
calculator. The shipped one is the first whose 4-bit accuracy with the JSON prompt is inside the band of 40 % to 70 %
while the calculator is clearly above: a model that really solves, really fails, and shows what a tool adds.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from benchmarks.test_gsm8k import PROMPTS
from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply
from itemwise.engine.engine import Engine
from itemwise.extractors import last_number
from itemwise.models import LoadOptions, Model, ModelEntry
from itemwise.models.local.load import load
from itemwise.strategies import configured_strategy
from itemwise.synthetic import word_problems

SEED = 7
KINDS = (
    ("nf4", "direct", "json"),
    ("none", "direct", "json"),
    ("nf4", "tool", "json"),
    ("nf4", "direct", "json-zh"),
    ("nf4", "direct", "cot"),
)


def share_right(model: Model, strategy: str, prompt: str, rows: Iterable[dict[str, str]]) -> float:
    """The share of `rows` that `model` answers rightly."""
    engine = Engine(model, batch_size=50)
    golds = {}
    for number, row in enumerate(rows):
        chat = [Turn("user", PROMPTS[prompt].format_map(row))]
        engine.submit(str(number), configured_strategy(strategy).bind(chat, lambda turn: last_number(turn.content)))
        golds[str(number)] = row["answer"].rpartition("#### ")[2]
    while not engine.idle:
        engine.step()
    right = sum(isinstance(reply, Reply) and last_number(reply.text) == golds[key] for key, reply in engine.outcomes.items())
    return right / len(golds)


def main() -> None:
    """Read the command line and print a row per checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--problems", type=int, default=200)
    parser.add_argument("--pool", default="seen")
    wanted = parser.parse_args()
    rows = list(islice(word_problems(SEED, pool=wanted.pool, split="selection"), wanted.problems))
    print("checkpoint", *("/".join(kind) for kind in KINDS), sep="\t")
    for folder in wanted.folders:
        shares = []
        for quantisation, strategy, prompt in KINDS:
            entry = ModelEntry(folder.name, str(folder.resolve()), local=True)
            model = load(entry, LoadOptions(quantisation, 512))
            shares.append(f"{share_right(model, strategy, prompt, rows):.1%}")
        print(folder.name, *shares, sep="\t", flush=True)


if __name__ == "__main__":
    main()
