"""ScienceQA as LLaVA, lmms-eval, VLMEvalKit and Qwen2-VL ask it, spelt out on rows of our own, and their readers to the letter."""

from __future__ import annotations

import json
from pathlib import Path

import PIL.Image
import pytest

from itemwise.protocols.lmms_eval_scienceqa_img import LETTER
from itemwise.protocols.vlmevalkit_scienceqa import MATCHING
from tests.protocols.asked import asked

ROWS = [
    {"pid": "7", "image": "a.png", "question": "Which pulls?", "choices": ["the left one", "the right one"], "answer": 1, "hint": "Nails."},
    {"pid": "8", "image": "a.png", "question": "哪个?", "choices": ["x", "y"], "answer": 0, "hint": ""},
    {"pid": "9", "question": "No picture?", "choices": ["x", "y"], "answer": 0, "hint": ""},
]
DIRECTLY = "Answer with the option's letter from the given choices directly."
SELECT = "Please select the correct answer from the options above."
HINT = "Hint: Nails.\nQuestion: Which pulls?\nOptions:\nA. the left one\nB. the right one\n"
CONTEXT = f"Context: Nails.\nWhich pulls?\nA. the left one\nB. the right one\n{DIRECTLY}"
WITHOUT = f"哪个?\nA. x\nB. y\n{DIRECTLY}"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    PIL.Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    (tmp_path / "test.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("protocol", "with_hint", "without"),
    [
        ("llava/scienceqa", CONTEXT, WITHOUT),
        ("lmms-eval/scienceqa_img", CONTEXT, WITHOUT),
        ("vlmevalkit/scienceqa", f"{HINT}{SELECT} \n", f"Question: 哪个?\nOptions:\nA. x\nB. y\n{SELECT} \n"),
        ("qwen2-vl/scienceqa", f"{HINT}{SELECT}", "Question: 哪个?\nOptions:\nA. x\nB. y\n请直接回答选项字母。"),
    ],
)
def test_the_rows_with_a_picture_are_asked_in_its_words(protocol: str, with_hint: str, without: str, pictures: Path) -> None:
    sample = asked(protocol, pictures)
    assert {case.name: case.text for case in sample.cases} == {"scienceqa-7": with_hint, "scienceqa-8": without}
    assert [len(case.pictures) for case in sample.cases] == [1, 1]
    assert {case.name: case.answer for case in sample.cases} == {"scienceqa-7": "B", "scienceqa-8": "A"}
    assert sample.rows["protocol"] == protocol


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        ("B", "B"),
        (" b\n", "B"),
        ("B. the right one", "B"),
        ("b. it", None),
        ("B) it", None),
        ("The answer is B.", None),
        ("3", None),
        ("", None),
    ],
)
def test_lmms_eval_reads_a_letter_that_begins_the_reply(reply: str, read: str | None) -> None:
    assert LETTER.read(reply) == read


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        ("B", "B"),
        ("(B)", "B"),
        ("I think the answer is surely B.", "B"),
        ("B is what I would take here, I think", None),  # no letter among the last words
        ("A or B", None),
        ("C", None),  # no option of the row
        ("The correct answer is **B**. A is what it is not, for it has no nail at all", "B"),
        ("the right one", "B"),
        ("the left one, not the right one", None),
        ("the right one " * 5, None),  # twice as long as the options
        ("", None),
    ],
)
def test_vlmevalkit_reads_a_letter_or_the_text_of_an_option(reply: str, read: str | None) -> None:
    assert MATCHING.answer(reply, "B", ["the left one", "the right one"]) == read
