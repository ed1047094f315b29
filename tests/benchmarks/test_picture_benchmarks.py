"""The benchmarks with pictures, on rows in the hub's own schema: parquet with the picture's bytes, drawn here."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import PIL.Image
import pyarrow
import pyarrow.parquet
import pytest

from benchmarks import test_ai2d as ai2d
from benchmarks import test_chartqa as chartqa
from benchmarks import test_hallusion_bench as hallusion_bench
from benchmarks import test_math_vision as math_vision
from benchmarks import test_mathvista as mathvista
from benchmarks import test_mmmu as mmmu
from benchmarks import test_mmmu_pro as mmmu_pro
from benchmarks import test_mmstar as mmstar
from benchmarks import test_pope as pope
from benchmarks import test_realworldqa as realworldqa
from itemwise.cases.case import Case
from itemwise.cases.chat import PLACE
from itemwise.cases.row import RowsError
from itemwise.cases.source import Source
from tests.benchmarks.example_rows import benchmark, example_row

MODULES = (ai2d, chartqa, hallusion_bench, math_vision, mathvista, mmmu, mmmu_pro, mmstar, pope, realworldqa)
RENDERINGS = ("{}", "The answer is {}.", "So \\boxed{{{}}}.", '{{"answer": "{}"}}', "The answer is **{}**.")
Row = Mapping[str, Any]


def drawn(path: str) -> bytes:
    """A PNG whose width tells its number: that of ``2.png`` has 20 pixels."""
    content = io.BytesIO()
    PIL.Image.new("RGB", (10 * int(Path(path).stem), 8), "green").save(content, format="PNG")
    return content.getvalue()


def in_schema(row: Row) -> dict[str, Any]:
    """The row with its pictures as the hub's image columns have them, bytes and path."""
    held = {name: {"bytes": drawn(value["path"]), "path": value["path"]} for name, value in row.items() if is_picture(value)}
    return {**row, **held}


def is_picture(value: object) -> bool:
    return isinstance(value, dict) and "path" in value


def loaded(module: ModuleType, folder: Path, *rows: Row, prompt: str = "", config: str = "") -> list[Case]:
    """The cases of rows in a parquet file."""
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([in_schema(row) for row in rows]), folder / "rows.parquet")
    found = benchmark(module).of_config(config or next(iter(benchmark(module).configs), ""))
    return list(found.cases(Source("file", path=folder / "rows.parquet"), prompt or next(iter(found.prompts))))


def example(module: ModuleType, **changes: Any) -> Row:
    row = {**json.loads(example_row(module)), **changes}
    return {**row, "decoded_image": {"path": "7.png"}} if module is math_vision else row


def widths(case: Case) -> list[int]:
    return [picture.image().width for picture in case.pictures]


@pytest.mark.parametrize(
    ("module", "beginning", "answer", "seen", "tags"),
    [
        (ai2d, "What eats the mouse?\nA. grass\nB. owl\nC. corn\nD. sun\n\n", "B", [70], {}),
        (chartqa, "How much rice was sold in May?\n\nReply", "120", [70], {"type": "human_test"}),
        (math_vision, "How many squares are in the figure?\n<image1>\nA. 3\n", "C", [70], {"subject": "counting", "level": "2"}),
        (mathvista, "How tall is the bar of May? (Unit: cm)\n\nReply", "1.2", [70], {"answer_type": "float", "places": "1"}),
        (mmmu, f"Which note does {PLACE} show?\nA. C\nB. F\nC. {PLACE}\n\n", "B", [10, 20], {"subject": "Music"}),
        (mmmu_pro, f"Which note does {PLACE} show?\nA. C\nB. D\nC. E\n", "D", [10], {"subject": "Music"}),
        (mmstar, "What is on the table?\nA. a cup\nB. a pen\nC. a book\nD. a key\n\nReply", "B", [70], {"l2_category": "recognition"}),
        (pope, "Is there a kite in the image?\n\nReply with yes", "yes", [70], {"photograph": "made_000007"}),
        (realworldqa, "What must the driver do?\nA. Stop.\nB. Turn left.\nC. Go on.\n\nReply", "A", [70], {}),
        (hallusion_bench, "Is the bar of May the tallest?\n\n", "yes", [70], {"set": "VS-chart-3", "figure": "VS-chart-3-1"}),
    ],
)
def test_the_row_of_a_docstring_becomes_a_case(
    module: ModuleType, beginning: str, answer: str, seen: list[int], tags: Row, tmp_path: Path
) -> None:
    (case,) = loaded(module, tmp_path, example(module))
    said = case.chat[0].content
    assert (said[: len(beginning)], case.answer, widths(case)) == (beginning, answer, seen)
    assert tags.items() <= case.tags.items()


def test_how_to_reply_stands_in_the_prompt_and_not_in_the_question_too(tmp_path: Path) -> None:
    question = "How many signs are there?\nPlease answer directly with a single word or number."
    (case,) = loaded(realworldqa, tmp_path, example(realworldqa, question=question, answer="2"))
    assert case.chat[0].content.startswith("How many signs are there?\n\nReply with the answer only")


@pytest.mark.parametrize("module", MODULES)
def test_an_answer_is_read_however_it_is_given(module: ModuleType, tmp_path: Path) -> None:
    for prompt in benchmark(module).prompts:
        (case,) = loaded(module, tmp_path, example(module), prompt=prompt)
        read = benchmark(module).extractor(case)
        assert [read(reply.format(case.answer)) for reply in RENDERINGS] == [case.answer] * len(RENDERINGS)


@pytest.mark.parametrize("module", MODULES)
def test_a_row_without_its_picture_is_an_error_of_the_case_that_shows_it_and_no_other_is_read(module: ModuleType, tmp_path: Path) -> None:
    broken = {"path": "none.png"}
    rows = [{name: broken if is_picture(value) else value for name, value in example(module).items()}]
    (tmp_path / "rows.jsonl").write_text(json.dumps(rows[0]))
    found = benchmark(module).of_config(next(iter(benchmark(module).configs), ""))
    (case,) = found.cases(Source("file", path=tmp_path / "rows.jsonl"), next(iter(found.prompts)))
    with pytest.raises(Exception, match=r"none\.png"):
        widths(case)


def test_pictures_stand_where_question_and_options_name_them_and_the_others_before(tmp_path: Path) -> None:
    pictures = {f"image_{number}": {"path": f"{number}.png"} for number in (1, 2, 3)}
    options = "['<image 3>', 'as <image 1>']"
    (case,) = loaded(mmmu, tmp_path, {**example(mmmu), **pictures, "question": "Which fits <image 1>?", "options": options})
    assert widths(case) == [20, 10, 30, 10]
    assert case.chat[0].content.startswith(f"{PLACE}Which fits {PLACE}?\nA. {PLACE}\nB. as {PLACE}\n")
    assert case.text.startswith("user: [picture]Which fits [picture]?")


@pytest.mark.parametrize("options", ["__import__('os').system('x')", "['a', open('x')]", "['a'", "[" * 5000])
def test_options_that_are_no_literal_list_are_refused_and_never_run(options: str, tmp_path: Path) -> None:
    with pytest.raises(RowsError, match="give the options as a list"):
        loaded(mmmu, tmp_path, example(mmmu, options=options))


@pytest.mark.parametrize(("answer", "replies"), [("['24/7', '3.43']", ["24/7", "So it is \\boxed{3.43}."]), ("Sonata", ["**sonata**"])])
def test_a_free_answer_of_mmmu_may_be_any_of_several(answer: str, replies: list[str], tmp_path: Path) -> None:
    (case,) = loaded(mmmu, tmp_path, example(mmmu, options="[]", answer=answer, question_type="open"))
    assert [benchmark(mmmu).extractor(case)(reply) for reply in replies] == [case.answer] * len(replies)
    assert benchmark(mmmu).extractor(case)("The answer is 5.") != case.answer


@pytest.mark.parametrize(
    ("gold", "reply"),
    [("6", "I count 6.\n\\boxed{6}"), ("(3,-4)", "\\boxed{(3, -4)}"), ("4.8", "The answer is 4.80."), ("C", "The answer is (C).")],
)
def test_a_free_answer_of_math_vision_is_a_number_a_point_or_a_letter(gold: str, reply: str, tmp_path: Path) -> None:
    row = {**json.loads(example_row(math_vision)), "options": [], "answer": gold}
    (tmp_path / "testmini.jsonl").write_text(json.dumps(row))
    (case,) = benchmark(math_vision).cases(Source("file", path=tmp_path / "testmini.jsonl"), "boxed")
    assert case.choices == ()
    assert benchmark(math_vision).extractor(case)(reply) == gold == case.answer


def test_the_authors_file_of_math_vision_is_read_with_its_pictures(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "7.jpg").write_bytes(drawn("7.png"))
    (tmp_path / "testmini.jsonl").write_text(example_row(math_vision))
    (case,) = benchmark(math_vision).cases(Source("file", path=tmp_path / "testmini.jsonl"), "boxed")
    assert widths(case) == [70]


@pytest.mark.parametrize(
    ("gold", "reply", "right"), [("120", "126", True), ("120", "127", False), ("Rice", "rice", True), ("0", "0.01", False)]
)
def test_a_number_of_chartqa_may_be_off_by_a_twentieth(gold: str, reply: str, right: bool, tmp_path: Path) -> None:
    (case,) = loaded(chartqa, tmp_path, example(chartqa, answer=gold))
    assert judged(chartqa.test_chartqa, case, benchmark(chartqa).extractor(case)(reply)) is right


@pytest.mark.parametrize(("reply", "right"), [("1.23", True), ("1.26", False), ("no idea", False)])
def test_a_decimal_number_of_mathvista_counts_to_its_places(reply: str, right: bool, tmp_path: Path) -> None:
    (case,) = loaded(mathvista, tmp_path, example(mathvista))
    assert judged(mathvista.test_mathvista, case, benchmark(mathvista).extractor(case)(reply)) is right


def test_an_option_of_mathvista_is_told_by_its_text(tmp_path: Path) -> None:
    row = example(mathvista, choices=["2", "1.2"], question_type="multi_choice", answer_type="text", precision=None)
    (case,) = loaded(mathvista, tmp_path, row)
    assert (case.answer, case.tags["places"]) == ("B", "-")
    with pytest.raises(RowsError, match=r"'9' is none of the choices 2, 1\.2"):
        loaded(mathvista, tmp_path, {**row, "answer": "9"})


def judged(test: Any, case: Case, answer: str | None) -> bool:
    """Whether a benchmark's test lets an answer pass."""
    try:
        test(case, answer)
    except AssertionError:
        return False
    return True


def test_the_picture_of_mmmu_pro_vision_holds_question_and_options(tmp_path: Path) -> None:
    row = {"id": "test_Music_7", "options": "['C', 'D']", "answer": "B", "subject": "Music", "image": {"path": "7.png"}}
    (case,) = loaded(mmmu_pro, tmp_path, row, config="vision")
    assert case.text.splitlines()[:3] == [mmmu_pro.IN_THE_PICTURE, "", "Reply with the letter of the right option only."]
    assert (case.name, case.choices, case.answer, widths(case)) == ("mmmu_pro-vision-test_Music_7", ("C", "D"), "B", [70])


def test_a_question_of_mmstar_whose_options_cannot_be_told_is_asked_with_its_letters(tmp_path: Path) -> None:
    (case,) = loaded(mmstar, tmp_path, example(mmstar, question="Which of the four is it?"))
    assert case.choices == ("A", "B", "C", "D")


def test_an_answer_of_hallusion_bench_that_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RowsError, match="'2' is no answer; give 1 for yes or 0 for no"):
        loaded(hallusion_bench, tmp_path, example(hallusion_bench, gt_answer="2"))


def test_a_copy_of_mmmus_repository_is_read_subject_by_subject(tmp_path: Path) -> None:
    for subject in ("Art", "Music"):
        (tmp_path / subject).mkdir()
        row = in_schema(example(mmmu, id=f"validation_{subject}_1"))
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist([row]), tmp_path / subject / "validation-00000-of-00001.parquet")
    found = list(benchmark(mmmu).cases(Source("file", path=tmp_path), "short"))
    assert [(case.name, case.tags["subject"]) for case in found] == [
        ("mmmu-validation_Art_1", "Art"),
        ("mmmu-validation_Music_1", "Music"),
    ]
