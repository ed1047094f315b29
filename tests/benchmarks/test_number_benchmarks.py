"""The benchmarks that ask for a number: the row of each docstring becomes a case, and what a prompt asks for is what is read."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from benchmarks import test_aime as aime
from benchmarks import test_cmath as cmath
from benchmarks import test_gsm8k as gsm8k
from benchmarks import test_gsm_plus as gsm_plus
from benchmarks import test_gsm_symbolic as gsm_symbolic
from benchmarks import test_mgsm as mgsm
from benchmarks import test_svamp as svamp
from itemwise.extractors import last_number
from tests.benchmarks.example_rows import benchmark, example_row, loaded

GOLDS = ("7", "-3", "114200", "2813.18", "0.75")
RENDERINGS = ("{}", "3 * 14 = 42\n#### {}", "So \\boxed{{{}}}.", '{{"steps": ["3*14=42"], "answer": "{}"}}', "**Answer:** {} apples")


@pytest.mark.parametrize(
    ("module", "config", "beginning", "answer", "tags"),
    [
        (gsm8k, "", "A baker fills 6 trays with 7 rolls each and eats 2 rolls. How many", "40", {}),
        (svamp, "", "Mia has 9 pens and 5 books. She gives 2 pens away. How many pens has she left?\n\n", "7", {"type": "Subtraction"}),
        (cmath, "", "小云有17颗糖，又买了25颗，她现在有多少颗糖？\n\n请一步一步", "42", {"grade": "2", "reasoning_step": "1"}),
        (gsm_plus, "", "A baker fills some trays", "unanswerable", {"variation": "critical thinking", "seed": "0"}),
        (gsm_symbolic, "p1", "A baker fills 6 trays with 7 rolls each", "40", {"template": "3"}),
        (aime, "26", "Find the least positive integer with exactly 12 divisors.\n\nPlease reason", "60", {}),
        (mgsm, "zh", "小云有17颗糖，又买了25颗。她现在有多少颗糖？\n\n请一步一步", "42", {}),
    ],
)
def test_the_row_of_a_docstring_becomes_a_case(
    module: ModuleType, config: str, beginning: str, answer: str, tags: dict[str, str], tmp_path: Path
) -> None:
    first = next(iter(benchmark(module).prompts))
    case: Any = loaded(module, example_row(module), tmp_path, first, config)
    assert (case.text[: len(beginning)], case.answer, case.tags) == (beginning, answer, tags)


def test_the_file_of_the_authors_of_cmath_is_read_too(tmp_path: Path) -> None:
    row = example_row(cmath).replace("question", "input")
    assert loaded(cmath, row, tmp_path, "boxed").text.startswith("小云有17颗糖")


@pytest.mark.parametrize("gold", GOLDS)
@pytest.mark.parametrize("ending", RENDERINGS)
def test_a_gold_is_read_however_it_is_given(gold: str, ending: str) -> None:
    assert last_number(ending.format(gold)) == gold


@pytest.mark.parametrize("gold", GOLDS)
@pytest.mark.parametrize("language", mgsm.STEPS)
def test_the_sentence_that_a_prompt_asks_for_is_read_in_its_language(language: str, gold: str) -> None:
    (sentence,) = re.findall('[“"„«「] ?([^”"“»」]*?) ?[”"“»」]', mgsm.STEPS[language])
    assert last_number(f"3 × 14 = 42\n12 + 30 = 42\n{sentence} {gold}") == gold


@pytest.mark.parametrize("module", [gsm8k, svamp, cmath])
def test_the_solution_of_an_example_is_read_as_its_gold(module: ModuleType, tmp_path: Path) -> None:
    for prompt in benchmark(module).prompts:
        case = loaded(module, example_row(module), tmp_path, prompt)
        assert last_number(case.solved) == case.answer
