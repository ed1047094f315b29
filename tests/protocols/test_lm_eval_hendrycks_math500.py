"""lm-evaluation-harness' hendrycks_math500: its prompt, what is read, and which answers are one text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from itemwise.extractors.named_extractor import NotTheSame
from itemwise.protocols.lm_eval_hendrycks_math500 import EXTRACTOR, hendrycks_text, is_same_text
from tests.protocols.asked import asked

ROW = {
    "problem": "Halve $\\frac{1}{3}$.",
    "solution": "It is \\boxed{1}, no: $\\boxed{\\frac{1}{6}}$.",
    "answer": "\\frac{1}{6}",
    "subject": "Algebra",
    "level": 1,
}

__all__ = ["ROW", "math_rows"]


@pytest.fixture
def math_rows(tmp_path: Path) -> Path:
    (tmp_path / "test.jsonl").write_text(json.dumps(ROW) + "\n")
    return tmp_path / "test.jsonl"


def test_a_problem_is_asked_as_it_stands_and_its_gold_is_in_the_last_box(math_rows: Path) -> None:
    sample = asked("lm-eval/hendrycks_math500", math_rows)
    (case,) = sample.cases
    assert case.text == "Problem: Halve $\\frac{1}{3}$.\nAnswer:"
    assert (case.name, case.answer, list(case.stop)) == ("math500-0", "\\frac{1}{6}", ["Problem:", "</s>", "<|im_end|>"])


def test_all_of_math_has_its_golds_in_the_solutions(tmp_path: Path) -> None:
    file = tmp_path / "test.jsonl"
    file.write_text(json.dumps({"problem": "1+1?", "solution": "It is $\\boxed 2$."}) + "\n")
    assert [case.answer for case in asked("lm-eval/hendrycks_math500", file).cases] == ["2"]


@pytest.mark.parametrize(
    ("reply", "answer"),
    [("Both $a$ and $b$ are 2.", "a$ and $b"), ("It costs $5", "It costs $5"), ("7", "7")],
)
def test_what_stands_between_the_first_and_the_last_dollar_is_read(reply: str, answer: str) -> None:
    assert EXTRACTOR.read(reply) == answer


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("\\dfrac12", "\\frac{1}{2}"),
        ("\\frac1{72}", "\\frac{1}{72}"),
        ("1/2", "\\frac{1}{2}"),
        ("0.5", "\\frac{1}{2}"),
        (".25", "0.25"),
        ("x = 5", "5"),
        ("area = 5", "area=5"),
        ("\\sqrt3", "\\sqrt{3}"),
        ("18\\text{ cm}", "18"),
        ("90^\\circ", "90"),
        ("\\left( 3, 4 \\right)", "(3,4)"),
        ("2\\text{ and }3\\text{ cm}", None),
        ("x/y", None),
    ],
)
def test_answers_are_compared_once_they_are_spelt_alike(text: str, compared: str | None) -> None:
    assert hendrycks_text(text) == compared


def test_what_its_code_fails_at_is_compared_as_it_is_written() -> None:
    assert (is_same_text("x/y", "x/y"), is_same_text("x / y", "x/y")) == (True, False)


def test_an_answer_of_the_same_value_in_other_words_is_wrong_here() -> None:
    assert (EXTRACTOR.answer("$1/6$", "\\frac{1}{6}"), EXTRACTOR.answer("$2/12$", "\\frac{1}{6}")) == ("\\frac{1}{6}", "2/12")
    assert isinstance(EXTRACTOR.answer("$2/12$", "\\frac{1}{6}"), NotTheSame)
