r"""The benchmark whose answers are expressions: the row of its docstring becomes a case, and what a prompt asks for is what is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import test_math500 as math500
from itemwise.cases.row import RowsError
from itemwise.expressions import same_expression
from tests.benchmarks.example_rows import benchmark, example_row, loaded

RENDERINGS = (r"So \boxed{%s}.", "The answer is $%s$.", r"**Final answer:** \[ %s \]", '{"answer": "%s"}', "Thus $y = %s$")


def test_the_row_of_the_docstring_becomes_a_case(tmp_path: Path) -> None:
    case = loaded(math500, example_row(math500), tmp_path, "boxed")
    assert case.text.splitlines()[0] == r"What is $\frac{1}{2}$ of $3\sqrt{5}$?"
    assert case.text.endswith(r"put your final answer within \boxed{}.")
    assert (case.answer, case.tags) == (r"\frac{3\sqrt{5}}{2}", {"subject": "Prealgebra", "level": "1"})


def test_a_row_of_math_has_its_answer_in_the_box_of_its_solution(tmp_path: Path) -> None:
    row = {"problem": "Halve 7.", "level": "Level 2", "type": "Algebra", "solution": r"It is $7/2 = \boxed{\frac{7}{2}}$."}
    case = loaded(math500, json.dumps(row), tmp_path, "question")
    assert (case.text, case.answer, case.tags) == ("Halve 7.", r"\frac{7}{2}", {"subject": "Algebra", "level": "2"})
    with pytest.raises(RowsError, match=r"column 'solution': it states no answer; give the column answer\."):
        loaded(math500, json.dumps(row | {"solution": "It is half of it."}), tmp_path, "question")


@pytest.mark.parametrize("ending", RENDERINGS)
@pytest.mark.parametrize("gold", [r"\frac{3\sqrt{5}}{2}", "7", "(1, 2]", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", "x^2 - 1"])
def test_a_gold_is_read_however_it_is_given(gold: str, ending: str, tmp_path: Path) -> None:
    case = loaded(math500, example_row(math500), tmp_path, "boxed")
    written = gold.replace("\\", "\\\\") if ending.startswith("{") else gold
    assert same_expression(benchmark(math500).extractor(case)(ending % written), gold)


def test_the_solution_of_an_example_is_read_as_its_gold(tmp_path: Path) -> None:
    case = loaded(math500, example_row(math500), tmp_path, "boxed")
    assert same_expression(benchmark(math500).extractor(case)(case.solved), case.answer)
