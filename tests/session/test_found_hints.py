"""What a sample's cases are given as hints: of another split or a file, never what is asked, and told in the record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from itemwise.cases.benchmark import Benchmark, BenchmarkError
from itemwise.cases.case import Case
from itemwise.cases.choices import Choices
from itemwise.cases.examples import Examples
from itemwise.cases.picture import Picture
from itemwise.cases.row import Hub
from itemwise.extractors import last_number, stated_choice
from itemwise.session.sample import Sample, sampled
from itemwise.session.settings import SettingsError, read_settings
from itemwise.session.wording import Wording
from tests.session.test_shown_examples import OF_TRAIN, PROMPTS, sums, write

ASKED = ["How many eggs are five dozen?", "What is the area of a circle of radius 2?", "17?"]
TRAIN = ["How many rolls are two dozen?", "A train leaves at noon.", "The area of a square?"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "test.jsonl", ASKED)
    write(tmp_path / "train.jsonl", TRAIN)
    (tmp_path / "facts.md").write_text("- A dozen is 12.\n- A circle has the area pi * r^2.\n")
    return tmp_path


def sample(folder: Path, strategy: str = "hints:count=1", source: str = ".", own: Examples | None = OF_TRAIN, **given: Any) -> Sample:
    settings = read_settings({"source": source, "sample": "all", "strategy": strategy.split(), **given}, root=folder, here=folder)
    return sampled("sums", Benchmark(sums, last_number, PROMPTS, examples=own), settings, Wording("plain"))


def texts(sample: Sample, strategy: str = "hints:count=1") -> dict[str, list[str]]:
    return {name: [hint.text for hint in found] for name, found in sample.hints[strategy].by_case.items()}


def test_each_question_has_the_worked_examples_that_its_own_words_fit(folder: Path) -> None:
    found = sample(folder)
    assert texts(found) == {"sum-0": [f"{TRAIN[0]}\nSo 0."], "sum-1": [f"{TRAIN[2]}\nSo 2."], "sum-2": []}
    assert found.rows["hints:count=1"].startswith("of the worked examples of train.jsonl (train), 3, none for 1 of 3 cases, shown sha256 ")
    assert [case.text for case in found.cases] == [case.text for case in sample(folder, "direct").cases]


def test_the_words_of_the_prompt_itself_fit_nothing(folder: Path) -> None:
    (folder / "facts.md").write_text("- Q: and A: begin a question and an answer.\n")
    assert texts(sample(folder, "hints:file=facts.md"), "hints:file=facts.md")["sum-2"] == []


def test_a_file_s_entries_are_found_and_its_hash_is_told_and_only_what_is_shown_is_measured(folder: Path) -> None:
    name = "hints:file=facts.md"
    first = sample(folder, f"hints:file={folder}/facts.md direct")
    assert list(first.hints) == [name]
    assert texts(first, name) == {"sum-0": ["A dozen is 12."], "sum-1": ["A circle has the area pi * r^2.", "A dozen is 12."], "sum-2": []}
    assert first.rows[name].startswith("of facts.md with 2 entries, sha256 ")
    (folder / "facts.md").write_text("- A dozen is twelve.\n- A circle has the area pi * r^2.\n")
    changed = sample(folder, name)
    assert changed.rows[name] != first.rows[name]
    assert changed.hints[name].digest != first.hints[name].digest


def test_a_row_that_is_asked_is_never_a_hint(folder: Path) -> None:
    write(folder / "train.jsonl", [*TRAIN, "how many EGGS are five  dozen?"])
    with pytest.raises(BenchmarkError, match=r"sums: the example sum-3 asks the same as the row sum-0, which is to be asked"):
        sample(folder)
    (folder / "facts.md").write_text("- How many eggs are five dozen? They are 60.\n")
    with pytest.raises(BenchmarkError, match=r"sums: the entry facts.md:1 holds the question of the row sum-0"):
        sample(folder, "hints:file=facts.md")


@pytest.mark.parametrize("prompt", ["{question}\n{options}\nThe letter:", "Options and all: {question}\n{options}"])
def test_an_entry_that_holds_the_question_of_a_choice_without_its_options_is_refused(folder: Path, prompt: str) -> None:
    rows = {"question": "Which gas do plants take in by day?", "options": ["nitrogen", "carbon dioxide"], "right": 1}
    (folder / "choices.jsonl").write_text(json.dumps(rows))
    (folder / "told.md").write_text("- Which gas do plants take in by day? Carbon dioxide.\n- Plants make sugar of a gas.\n")
    choices = Choices("gas", Hub("gas"), question="question", options="options", right="right")
    settings = read_settings({"source": "choices.jsonl", "sample": "all", "strategy": ["hints:file=told.md"]}, root=folder, here=folder)
    with pytest.raises(
        BenchmarkError, match=r"the entry told.md:1 holds the question of the row gas-0.*'Which gas do plants take in by day"
    ):
        sampled("gas", Benchmark(choices, stated_choice, {"plain": prompt}), settings, Wording("plain"))


def test_the_file_of_rows_itself_gives_none_and_another_file_does(folder: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"sums: --strategy hints:count=1: its examples cannot be had\. .*test.jsonl"):
        sample(folder, source="test.jsonl")
    elsewhere = sample(folder, source="test.jsonl", examples="train.jsonl")
    assert texts(elsewhere)["sum-0"] == [f"{TRAIN[0]}\nSo 0."]
    assert "without effect" not in elsewhere.rows
    idle = sample(folder, "hints:file=facts.md", source="test.jsonl", examples="train.jsonl")
    assert idle.rows["without effect"] == f"--examples {folder}/train.jsonl"


def test_a_file_that_is_not_there_is_refused_before_anything_is_read(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"--strategy hints:file=none.md: file must be a file, and there is no .*none.md"):
        sample(folder, "hints:file=none.md")


def test_examples_with_pictures_are_refused_as_hints_show_text(folder: Path) -> None:
    seen = Case("seen", "What is this?", "1", picture=Picture("here", lambda: PIL.Image.new("RGB", (4, 4))))
    with pytest.raises(BenchmarkError, match=r"hints show text, and the example seen has a picture"):
        sample(folder, own=Examples([seen]))


def test_made_rows_have_made_hints_that_are_others(folder: Path) -> None:
    found = sample(folder, source="synthetic", sample="4")
    assert found.rows["hints:count=1"].startswith("of the worked examples of synthetic (train), 1000, shown")
    assert all(hint.name.startswith("sum-synthetic-train-") for hints in found.hints["hints:count=1"].by_case.values() for hint in hints)
