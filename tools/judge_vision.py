"""Judge checkpoints of the embedded vision model, kind by kind of picture, beside guessing and the best constant answer.

    python -m tools.judge_vision build/embedded-vision/step-*                 # the selection split, which chooses
    python -m tools.judge_vision itemwise/embedded/vision --split test --quant nf4 none --prompt json letter

The shipped checkpoint is the first whose 4-bit accuracy with the JSON prompt on the selection split is inside the band of
75 % to 85 %: a model that really sees, and still really fails.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForImageTextToText, AutoTokenizer, BitsAndBytesConfig
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from benchmarks.test_scienceqa import FORMS
from itemwise.extractors import stated_choice
from itemwise.models.local.load import prepack_for_cpu
from itemwise.results.statistics import accuracy
from itemwise.synthetic.pictures import science_pictures
from training.picture_chats import LETTERS, asked

SEED = 7
AT_ONCE = 48
Row = dict[str, Any]


class Checkpoint:
    """A loaded folder: rows in, replies out."""

    def __init__(self, folder: Path, quantisation: str) -> None:
        options: dict[str, Any] = {}
        if quantisation == "nf4":
            options["quantization_config"] = BitsAndBytesConfig(
                load_in_4bit=True,
                bnb_4bit_quant_type="nf4",
                bnb_4bit_use_double_quant=True,
                bnb_4bit_compute_dtype=torch.float32,
            )
        self._model = AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32, device_map="cpu", **options).eval()
        prepack_for_cpu(self._model, 0)
        self._tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
        self._pictures = Qwen2VLImageProcessorPil.from_pretrained(folder)

    def replies(self, rows: Sequence[Row], prompt: str) -> Iterator[str]:
        """What the model says to each row, in batches."""
        for start in range(0, len(rows), AT_ONCE):
            yield from self._batch(rows[start : start + AT_ONCE], prompt)

    def _batch(self, rows: Sequence[Row], prompt: str) -> list[str]:
        seen = self._pictures([row["image"] for row in rows], return_tensors="pt")
        mark = "<|image_pad|>"
        texts = []
        for row, (_, high, wide) in zip(rows, seen["image_grid_thw"].tolist(), strict=True):
            content = [{"type": "image"}, {"type": "text", "text": asked(row, prompt)}]
            chat = [{"role": "user", "content": content}]
            text = self._tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
            texts.append(text.replace(mark, mark * (high * wide // 4)))
        words = self._tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
        kinds = (words["input_ids"] == self._model.config.image_token_id).int()
        with torch.inference_mode():
            out = self._model.generate(
                input_ids=words["input_ids"],
                attention_mask=words["attention_mask"],
                mm_token_type_ids=kinds,
                pixel_values=seen["pixel_values"],
                image_grid_thw=seen["image_grid_thw"],
                do_sample=False,
                max_new_tokens=64,
            )
        return list(self._tokenizer.batch_decode(out[:, words["input_ids"].shape[1] :], skip_special_tokens=True))


def right(row: Row, reply: str) -> bool:
    """Whether the reply states the right letter."""
    return stated_choice(reply, row["choices"]) == LETTERS[row["answer"]]


def table(rows: Sequence[Row], hits: Sequence[bool]) -> Iterator[str]:
    """A line per kind and one for all: how many are right, with interval, guessing, and the best constant letter."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        groups[row["kind"]].append(number)
    groups = dict(sorted(groups.items())) | {"all": list(range(len(rows)))}
    for kind, numbers in groups.items():
        correct = sum(hits[number] for number in numbers)
        _, _, share, interval = accuracy(correct, len(numbers))
        chance = sum(1 / len(rows[number]["choices"]) for number in numbers) / len(numbers)
        constant = max(Counter(rows[number]["answer"] for number in numbers).values()) / len(numbers)
        shown = f"{share:6.1%} ({interval.low:.1%} to {interval.high:.1%})"
        yield f"{kind:12} {shown:26} {correct:4} of {len(numbers):4}   chance {chance:.1%}   constant {constant:.1%}"


def main() -> None:
    """Read the command line and print a table per checkpoint, quantisation and prompt."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--pictures", type=int, default=480)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--split", default="selection")
    parser.add_argument("--pool", default="seen")
    parser.add_argument("--quant", nargs="+", default=["nf4"])
    parser.add_argument("--prompt", nargs="+", default=["json"])
    parser.add_argument("--replies", type=int, default=0, help="how many replies to print")
    wanted = parser.parse_args()
    torch.set_num_threads(1)
    rows = list(islice(science_pictures(wanted.seed, pool=wanted.pool, split=wanted.split), wanted.pictures))
    for folder in wanted.folders:
        for quantisation in wanted.quant:
            checkpoint = Checkpoint(folder, quantisation)
            for name in wanted.prompt:
                said = list(checkpoint.replies(rows, FORMS[name]))
                print(f"\n{folder} {quantisation} {name}, {len(rows)} of the {wanted.split} split, seed {wanted.seed}")
                print(*table(rows, [right(row, reply) for row, reply in zip(rows, said, strict=True)]), sep="\n", flush=True)
                for row, reply in list(zip(rows, said, strict=True))[: wanted.replies]:
                    print(f"  {row['kind']}, {LETTERS[row['answer']]}, {row['description']!r}: {reply!r}")


if __name__ == "__main__":
    main()
