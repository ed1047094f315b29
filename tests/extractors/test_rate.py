"""How fast extractors read, for `pytest tests/extractors/test_rate.py --benchmark-only`; measured, never asserted."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from itemwise.extractors import last_number, stated_choice

pytest.importorskip("pytest_benchmark")

WORK = "Nora buys 5 melons for $3 each, that is 15. Then she adds 2 more dollars. " * 6
TYPICAL = [
    '{"steps": ["48/2=24", "48+24=72"], "answer": 72}',
    '```json\n{\n "steps": ["5*3=15", "15+2=17"],\n "answer": "$17"\n}\n```',
    f'{{"reasoning": "{WORK}", "answer": "17 dollars"}}',
    f"{WORK}\n#### 17",
    f"{WORK}\n\nThe answer is $17.",
    f"{WORK}\nSo the final answer is $\\boxed{{17}}$.",
]
CHOICES = [
    '{"answer": "B"}',
    "The answer is B.",
    "(B)",
    "**Answer: B**",
    "B. a cloud",
    f"{WORK} So the answer is (B).",
]
OPTIONS = ["a brick", "a cloud", "a fish", "a tree"]
BARE = re.compile(r"(-?[$0-9.,]{2,})|(-?[0-9]+)")
EXTRACTORS: dict[str, tuple[Callable[[str], object], list[str]]] = {
    "last_number": (last_number, TYPICAL),
    "stated_choice": (lambda reply: stated_choice(reply, OPTIONS), CHOICES),
    "bare regex": (BARE.findall, TYPICAL),
}
Benchmark = Any  # the fixture of pytest-benchmark, which is not typed


@pytest.mark.parametrize("name", EXTRACTORS)
def test_a_thousand_typical_replies(benchmark: Benchmark, name: str) -> None:
    read, replies = EXTRACTORS[name]
    thousand = (replies * 167)[:1000]
    benchmark(lambda: [read(reply) for reply in thousand])


@pytest.mark.parametrize("unit", ["7", "{", "(A) ", "\\boxed{", "the answer is ", '"answer": ', "1,"])
@pytest.mark.parametrize("name", ["last_number", "stated_choice"])
def test_a_megabyte_of_one_thing(benchmark: Benchmark, name: str, unit: str) -> None:
    benchmark.pedantic(EXTRACTORS[name][0], args=(unit * (1_000_000 // len(unit)),), rounds=2)
