"""Throw random and mutated replies at the extractors: none may raise, and every span must lie in its reply.

    python -m tools.fuzz_extractors --replies 1000000 [labelled.jsonl ...]

Replies are strings of awkward pieces, of random characters, and slices of the ``output`` of the given files with pieces
pasted in. Prints each reply that breaks a promise, and exits 1 if there is one.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

from itemwise.extractors import Reading, last_number, stated_choice

PIECES = (
    '"answer": ', "{", "}", "[", '"', "'", "\\boxed{", "\\frac{", "####", "the answer is ", "Answer:", "答案是", "【答案】", "(A)", " B ",
    "<think>", "</think>", "1,", "1 000", ".", "-", "=", "x", "$", "**", "\n", "Wait, no ", "not ", " or ", "½", "十", "\uff13", "e9", "^",
    "\ud800", "\x00", "7" * 4400, "Question:", "option ", "so ", "A: ", "\\", ":30", "/0", "İ", "١", "²", "⁻", "1/", "e999", "\\u00",
    "\\sqrt{", "π", "!", "7!", ",\\!", "\\ ", "$-", "R$ ", "€", ",50",
    "M", "k", " and a half", "half of ", "x", " i", "_2", "cm^2", "m/s", "<<", "~~", "*3*",
    "\u0663", "\u096b", "3万5千", "壹", "廿", "⁄", "≤", "\\{", "\\circ",
    "(12,350)", " km by ", ", respectively", "o'clock", "p.m.", "\\\\= ",
    "</tool_call>", '<tool_call>{"a": ', "<function=x>", "[TOOL_CALLS]", '{"name": "x", "arguments": {', "<s>", "<answer>", "```output\n",
    "<|channel|>analysis<|message|>", "<|channel|>final<|message|>", "<|end|>", "<|start|>", "<|channel>", "<channel|>", "analysisW",
    "<|im_start|>user\n", "<|im_start|>assistant\n", "<|im_end|>", "[INST]", "[/INST]", "assistantfinal", "here is my response:", "```",
    "Action: x\n", "Observation: ",
    "\\u0041", "%", "万", "·", "1.", "10^", "{,}", "\\,",
)  # fmt: skip
OPTIONS = ("x", "b c", "12", "12 m")


def reply(rng: random.Random, known: Sequence[str]) -> str:
    """One reply nobody would write."""
    kind = rng.random()
    if kind < 0.4 or not known:
        return "".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 14)))
    if kind < 0.5:
        return "".join(chr(rng.randrange(0x3000)) for _ in range(rng.randrange(60)))
    text = rng.choice(known)
    start = rng.randrange(len(text))
    text = text[start : start + rng.randrange(10, 250)]
    for _ in range(rng.randrange(4)):
        place = rng.randrange(len(text) + 1)
        text = text[:place] + rng.choice(PIECES) + text[place + rng.randrange(6) :]
    return text


def fault(text: str) -> str | None:
    """What the extractors do wrong with `text`, if anything."""
    try:
        found: list[Reading | None] = [last_number(text), stated_choice(text, OPTIONS), stated_choice(text, 5)]
    except Exception as error:  # any exception is what is looked for
        return f"{type(error).__name__}: {error}"
    outside = [reading for reading in found if reading is not None and not 0 <= reading.start <= reading.end <= len(text)]
    return f"span outside the reply: {outside[0]!r}" if outside else None


def main() -> None:
    """Read the command line, throw, and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--replies", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    rng = random.Random(wanted.seed)
    known = [json.loads(line)["output"][:1500] for file in wanted.files for line in file.open(encoding="utf-8")]
    started, faults = time.perf_counter(), 0
    for _ in range(wanted.replies):
        text = reply(rng, known)
        if said := fault(text):
            faults += 1
            print(f"{text[:300]!r}: {said}")
    print(f"{wanted.replies} replies, {faults} faults, {time.perf_counter() - started:.0f} s")
    raise SystemExit(faults > 0)


if __name__ == "__main__":
    main()
