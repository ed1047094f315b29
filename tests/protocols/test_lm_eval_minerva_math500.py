"""lm-evaluation-harness' minerva_math500: the examples of its own file, what is read, and which answers are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.cases.benchmark import BenchmarkError
from itemwise.protocols.lm_eval_minerva_math500 import final_answer, is_same_answer, minerva_text
from tests.protocols.asked import asked, package
from tests.protocols.test_lm_eval_hendrycks_math500 import math_rows

__all__ = ["math_rows"]

FILE = """
def list_fewshot_samples() -> list[dict]:
    return [
        {"problem": "What is {1}?", "solution": "One.\\nFinal Answer: The final answer is $1$. I hope it is correct.", "few_shot": "1"},
    ]
"""


def test_the_examples_of_its_own_file_stand_before_the_problem(math_rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path, monkeypatch, "lm_eval", {"tasks/minerva_math/utils.py": FILE})
    (case,) = asked("lm-eval/minerva_math500", math_rows, shots=["1"]).cases
    assert case.text == (
        "Problem:\nWhat is {1}?\n\nSolution: One.\nFinal Answer: The final answer is $1$. I hope it is correct.\n\n"
        "Problem:\nHalve $\\frac{1}{3}$.\n\nSolution:"
    )


@pytest.mark.parametrize("text", ["", "def list_fewshot_samples():\n    return made()\n"])
def test_a_file_without_them_is_refused(text: str, math_rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path, monkeypatch, "lm_eval", {"tasks/minerva_math/utils.py": text})
    with pytest.raises(BenchmarkError, match=r"list_fewshot_samples.* literal; install the version that the protocol names"):
        asked("lm-eval/minerva_math500", math_rows)


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("So.\nFinal Answer: The final answer is $24$. I hope it is correct.", "$24$"),
        ("Final Answer: The final answer is $24$. ", "$24$"),  # cut off before the sentence's end
        ("The final answer is 24. I hope it is correct.", None),
        ("\\boxed{24}", None),
    ],
)
def test_the_announced_answer_is_read(reply: str, answer: str | None) -> None:
    assert final_answer(reply) == answer


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("$x = 16$", "16"),
        ("2\\pi cm", "2\\pi"),
        ("\\left(1,2\\right)", "\\left(1,2\\right)"),
        ("1,000", "1000"),
        ("0,1", "0,1"),
        ("\\fracab", "\\frac{a}{b}"),
        ("\\sqrt[3]8", "\\sqrt[3]{8}"),
        ("\\text{even}", "even"),
        ("90^\\circ", "90"),
        ("5 square units", "5"),
    ],
)
def test_answers_are_compared_without_units_and_what_they_are_put_in(text: str, compared: str) -> None:
    assert minerva_text(text) == compared


def test_answers_of_one_text_or_one_value_are_the_same() -> None:
    assert [is_same_answer(answer, "\\frac{1}{6}") for answer in ("\\frac16", "$2/12$", "0.17", "six", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]
