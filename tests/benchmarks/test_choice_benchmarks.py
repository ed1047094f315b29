"""The benchmarks of choices: the row of each docstring becomes a case, and its letter is read however it is given."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import test_arc as arc
from benchmarks import test_cmmlu as cmmlu
from benchmarks import test_commonsense as commonsense
from benchmarks import test_hellaswag as hellaswag
from benchmarks import test_mmlu as mmlu
from benchmarks import test_mmlu_pro as mmlu_pro
from benchmarks import test_mmlu_redux as mmlu_redux
from benchmarks import test_piqa as piqa
from benchmarks import test_truthfulqa as truthfulqa
from benchmarks import test_winogrande as winogrande
from itemwise.cases.case import LETTERS
from itemwise.cases.source import Source
from tests.benchmarks.example_rows import benchmark, example_row, loaded

MODULES = (arc, cmmlu, commonsense, hellaswag, mmlu, mmlu_pro, mmlu_redux, piqa, truthfulqa, winogrande)
RENDERINGS = ("{}", "({}).", "The answer is **{}**.", '{{"answer": "{}"}}', "So \\boxed{{{}}}.")


@pytest.mark.parametrize(
    ("module", "config", "lines", "right", "tags"),
    [
        (mmlu, "", ["Which planet is nearest to the sun?", "A. Venus", "B. Mercury"], "Mercury", {"subject": "astronomy"}),
        (mmlu_pro, "", ["Which number is prime?", "A. 21", "B. 27"], "29", {"category": "math"}),
        (arc, "easy", ["Which of these is a metal?", "A. wood", "B. iron"], "iron", {}),
        (hellaswag, "", ["Which ending fits?", "", "Baking bread: A woman kneads dough. She"], "puts it into a bowl.", {}),
        (commonsense, "", ["Where would you keep milk cold?", "A. oven", "B. shelf"], "fridge", {}),
        (truthfulqa, "", ["Do goldfish forget everything within seconds?"], "No, they remember for months", {}),
        (piqa, "", ["To keep bread fresh for longer,", "A. store it in a closed box."], "store it in a closed box.", {}),
        (winogrande, "", ["What fits the blank?", "", "The trophy did not fit into the bag because the _ was too small."], "bag", {}),
        (cmmlu, "", ["离太阳最近的行星是", "A. 金星", "B. 水星"], "水星", {"subject": "rows"}),
    ],
)
def test_the_row_of_a_docstring_becomes_a_case(
    module: ModuleType, config: str, lines: list[str], right: str, tags: dict[str, str], tmp_path: Path
) -> None:
    case = loaded(module, example_row(module), tmp_path, "letter", config)
    assert case.text.splitlines()[: len(lines)] == lines
    assert (case.choices[LETTERS.index(case.answer)], case.tags) == (right, tags)


@pytest.mark.parametrize("module", MODULES)
def test_the_letter_of_a_case_is_read_however_it_is_given_and_so_is_the_solution_of_an_example(module: ModuleType, tmp_path: Path) -> None:
    config = next(iter(benchmark(module).configs), "")
    for prompt in benchmark(module).prompts:
        case = loaded(module, example_row(module), tmp_path, prompt, config)
        read = benchmark(module).extractor(case)
        assert [read(reply.format(case.answer)) for reply in RENDERINGS] == [case.answer] * len(RENDERINGS)
        assert read(case.solved) == case.answer


def test_the_true_option_of_truthfulqa_stands_in_a_place_of_each_rows_own(tmp_path: Path) -> None:
    row = json.loads(example_row(truthfulqa))
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row | {"question": f"Question {number}?"}) + "\n" for number in range(40)))
    found = [[case.answer for case in benchmark(truthfulqa).cases(Source("file", path=file), "letter")] for _ in range(2)]
    assert found[0] == found[1]
    assert all(9 < found[0].count(letter) < 18 for letter in "ABC")


def test_rows_of_mmlu_redux_that_people_found_bad_are_left_out(tmp_path: Path) -> None:
    row = json.loads(example_row(mmlu_redux))
    kinds = ("OK", "bad_question_clarity", "wrong_groundtruth", "ok ", "expert")
    file = tmp_path / "anatomy.jsonl"
    file.write_text("".join(json.dumps(row | {"question": kind, "error_type": kind}) + "\n" for kind in kinds))
    found = list(benchmark(mmlu_redux).cases(Source("file", path=file), "letter"))
    assert [(case.name, case.tags["subject"]) for case in found] == [
        ("mmlu_redux-anatomy-0", "anatomy"),
        ("mmlu_redux-anatomy-3", "anatomy"),
    ]


def test_a_copy_of_mmlu_reduxs_repository_has_its_subjects_in_folders(tmp_path: Path) -> None:
    for subject in ("anatomy", "virology"):
        (tmp_path / subject).mkdir()
        (tmp_path / subject / "test.jsonl").write_text(example_row(mmlu_redux).replace("nearest", f"of {subject}"))
    found = list(benchmark(mmlu_redux).cases(Source("file", path=tmp_path), "letter"))
    assert [(case.name, case.tags["subject"]) for case in found] == [
        ("mmlu_redux-anatomy-0", "anatomy"),
        ("mmlu_redux-virology-0", "virology"),
    ]
