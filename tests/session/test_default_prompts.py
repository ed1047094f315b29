"""Which of GSM8K's prompts a model is asked where nobody says: the one it prefers, else the benchmark's first."""

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.test_gsm8k import PROMPTS, gsm8k
from benchmarks.test_gsm8k_platinum import PROMPTS as PLATINUM
from itemwise.cases.benchmark import Benchmark
from itemwise.extractors import last_number
from itemwise.models import REGISTRY, ModelEntry
from itemwise.session.settings import read_settings
from itemwise.session.wording import prompts_of

BENCHMARK = Benchmark(gsm8k, last_number, PROMPTS)
CHECKPOINT = ModelEntry("a-checkpoint", "./a-checkpoint", local=True)
TRAINED_ON = {
    "json": "b9813f5a9ca0498e08a74afc422c22ddf9f3204e18acace68accc46549b8479b",
    "json-zh": "c6b7334841ee892b5f9c0e29acdb9dd810f583aafcb9949217a64f4d37a8210d",
    "cot": "b5bad92a5f751f1b1bd17383c7b46bc6f5caba4c903a5977ba85ef4e82c6f71e",
}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (CHECKPOINT, "cot"),
        (REGISTRY["qwen2.5-7b-instruct"], "cot"),
        (REGISTRY["embedded-text"], "json"),
        (REGISTRY["qwen2.5-math-7b-instruct"], "question"),
        (replace(CHECKPOINT, prompt="boxed"), "boxed"),
        (replace(CHECKPOINT, prompt="no-such"), "cot"),
    ],
)
def test_a_model_is_asked_what_it_prefers_else_the_first(entry: ModelEntry, expected: str, tmp_path: Path) -> None:
    assert prompts_of(BENCHMARK, read_settings({}, root=tmp_path, here=tmp_path), entry) == (expected,)


@pytest.mark.parametrize("name", TRAINED_ON)
def test_what_the_embedded_model_was_trained_on_stays_to_the_byte(name: str) -> None:
    assert hashlib.sha256(PROMPTS[name].encode()).hexdigest() == TRAINED_ON[name]


def test_gsm8k_platinum_is_asked_in_the_same_words() -> None:
    assert PLATINUM.items() <= PROMPTS.items()


def test_only_those_have_numbers_that_a_model_may_take_for_an_answer() -> None:
    assert {name for name, text in PROMPTS.items() if re.search(r"\d", text)} == {"json", "json-zh"}
