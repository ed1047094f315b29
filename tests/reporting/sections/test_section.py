"""A section as text writers and pages take it."""

from __future__ import annotations

from pathlib import Path

import itemwise.reporting.sections
from itemwise.reporting.sections import BUILDERS
from itemwise.reporting.sections.section import Column, Row, Section, figures, words

PAIRS = Section(
    "pairs",
    columns=[Column("label", "label"), *words("shown"), *figures("gained"), Column("drawn", "flips")],
    rows=[Row(("#1 to #2", "no difference", "3", ""), (3, 1, 9))],
)
NAMED = [Column("benchmark", "name"), Column("model", "subname"), Column("strategy", "subname"), *figures("n")]


def test_text_has_no_column_for_what_can_only_be_drawn() -> None:
    assert PAIRS.table() == [["label", "shown", "gained"], ["#1 to #2", "no difference", "3"]]


def test_columns_of_words_are_counted_wherever_their_style_says_word() -> None:
    assert (PAIRS.words, Section("x", columns=NAMED).words) == (2, 3)


def test_a_section_without_a_row_is_no_table() -> None:
    assert Section("x", columns=NAMED).table() == []


def test_a_page_shows_a_name_and_its_subnames_in_one_cell() -> None:
    assert Section("x", columns=NAMED).in_cells(["gsm8k", "qwen", "direct", "50"]) == [["gsm8k", "qwen", "direct"], ["50"]]


def test_a_cell_is_found_by_its_heading() -> None:
    assert PAIRS.text(PAIRS.rows[0], "gained") == "3"


def test_a_long_group_of_rows_is_one_line_and_all_else_stays() -> None:
    rows = [Row(("a",), group="by topic"), Row(("b",), group="by topic"), Row(("c",), group="by grade"), Row(("d",))]
    section = Section("x", columns=words("value"), rows=rows)
    assert section.folded(2) == (rows, [])
    assert section.folded(1) == (rows[2:], ["by topic: 2 values, in run.json and report.html"])


def test_every_file_of_a_section_is_in_the_list_of_builders() -> None:
    files = {path.stem for path in Path(itemwise.reporting.sections.__path__[0]).glob("*_section.py")}
    assert [build.__module__.rpartition(".")[2] for build in BUILDERS].count("accuracy_section") == 1
    assert {build.__module__.rpartition(".")[2] for build in BUILDERS} == files
