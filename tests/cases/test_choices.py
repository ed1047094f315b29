"""`Choices`: the columns of a multiple-choice dataset, in the forms that datasets have them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from itemwise.cases.case import Case
from itemwise.cases.choices import CHOICE_PROMPTS, Choices, subject_of
from itemwise.cases.row import Hub, RowsError
from itemwise.cases.source import Source

HUB = Hub("owner/quiz")
LISTED = {"question": "Which is red?", "options": ["grass", "blood"], "right": 1}


def asked(row: dict[str, Any], folder: Path, prompt: str = "letter", **columns: Any) -> Case:
    file = folder / "rows.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    loader = Choices("quiz", HUB, **{"question": "question", "options": "options", "right": "right", **columns})
    (case,) = loader(Source("file", path=file), CHOICE_PROMPTS[prompt], prompt)
    return case


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        ({}, {}),
        ({"right": "B"}, {}),
        ({"right": "1"}, {}),
        ({"right": "blood"}, {}),
        ({"options": "['grass', 'blood']"}, {}),
        ({"options": "[['grass', 'blood']]"}, {}),
        ({"options": {"text": ["grass", "blood"], "label": ["1", "2"]}, "right": "2"}, {}),
        ({"options": {"a": "grass", "b": "blood", "c": None}, "right": "b"}, {}),
        ({"options": [{"label": "1", "text": "grass"}, {"label": "2", "text": "blood"}], "right": "2"}, {}),
        ({"right": "(B)"}, {}),
        ({"right": "B."}, {}),
        ({"right": " blood "}, {}),
        ({"a": "grass", "b": "blood"}, {"options": ("a", "b")}),
        ({"question": "Which", "more": "is red?"}, {"question": "{question} {more}"}),
        ({"wrong": "grass"}, {"options": lambda row: [row.text("wrong"), "blood"], "right": lambda row: 1}),
        ({"question": "is red?"}, {"question": lambda row: f"Which {row.text('question')}"}),
    ],
)
def test_takes_the_columns_of_a_dataset_as_they_are(changes: dict[str, Any], columns: dict[str, Any], tmp_path: Path) -> None:
    case = asked(LISTED | changes, tmp_path, **columns)
    assert case.text == "Which is red?\nA. grass\nB. blood\n\nReply with the letter of the right option only."
    assert (case.name, case.choices, case.answer, case.solved) == ("quiz-0", ("grass", "blood"), "B", "B")


def test_a_prompt_may_name_a_tag_and_an_example_shows_the_thought_of_its_row(tmp_path: Path) -> None:
    row = LISTED | {"subject": "colours", "thought": "Blood is red. The answer is B."}
    case = asked(row, tmp_path, "cot", tags=("subject",), worked="thought")
    assert (case.tags, case.solved) == ({"subject": "colours"}, "Blood is red. The answer is B.")
    assert asked(row, tmp_path, "cot", worked="none").solved == "The answer is B."
    tagged = Choices("quiz", HUB, question="question", options="options", right="right", tags={"subject": lambda row: row.text("subject")})
    (case,) = tagged(Source("file", path=tmp_path / "rows.jsonl"), "On {subject}: {question}")
    assert case.text == "On colours: Which is red?"


def test_a_row_is_asked_as_it_is_with_one_option_or_the_same_twice(tmp_path: Path) -> None:
    assert asked(LISTED | {"options": ["blood"], "right": 0}, tmp_path).answer == "A"
    assert asked(LISTED | {"options": ["blood", "blood"]}, tmp_path).choices == ("blood", "blood")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"right": "C"}, "column 'right': 'C' is no option; there are A, B."),
        ({"options": ["blood", "blood"], "right": "blood"}, "column 'right': 'blood' is no option; there are A, B."),
        ({"right": "2"}, "column 'right': '2' is no option; there are A, B."),
        ({"right": 2}, "column 'right': 2; give the right option's place"),
        ({"options": {"text": ["grass", "blood"], "label": ["1", "2"]}, "right": "B"}, "column 'right': 'B' is no option; there are 1, 2."),
        ({"options": {"text": ["grass"], "label": ["1", "2"]}}, "column 'options': options in parts are a list text and a list label"),
        ({"options": {"A": "grass", "B": 7}}, "column 'options': options by their labels are texts, such as {'A': 'yes', 'B': 'no'}."),
        ({"options": ["1", "2"], "right": "1"}, "column 'right': '1' is the place of one option and the text of another; give a letter"),
        ({"options": ["grass", ""]}, "column 'options': option 1: '' is blank"),
    ],
)
def test_what_cannot_be_judged_is_refused_by_row_and_column(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(RowsError) as raised:
        asked(LISTED | changes, tmp_path)
    assert said in str(raised.value)


def test_a_table_may_have_its_options_in_numbered_columns_and_be_a_file_for_each_subject(tmp_path: Path) -> None:
    loader = Choices("quiz", HUB, question="question", options="choices", right="answer", tags={"subject": subject_of})
    for first in (0, 1):
        file = tmp_path / "high_school_art_test.csv.gz"
        head = ",".join(["question", *(f"choice{number}" for number in range(first, first + 2)), "answer"])
        file.write_bytes(gzip.compress(f"{head}\nWhich is red?,grass,blood,1\n".encode()))
        (case,) = loader(Source("file", path=file), CHOICE_PROMPTS["letter"])
        assert (case.choices, case.answer, case.tags) == (("grass", "blood"), "B", {"subject": "high_school_art"})


def test_options_that_are_nowhere_are_named(tmp_path: Path) -> None:
    with pytest.raises(RowsError, match="no column 'options'; it has question, right"):
        asked({"question": "Which is red?", "right": 1}, tmp_path)
