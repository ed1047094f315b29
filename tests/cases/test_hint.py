"""Files of formulas and facts, and that none tells an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.cases.hint import Hint, hint_texts, require_untold
from itemwise.cases.row import RowsError

LIST = """# Formulas

What follows is no entry.

- A circle of radius r
  has the area pi * r^2.
- A dozen is 12.
  - A gross is 144.

Words between.
1. one
2) two
no entry
* last
"""


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_the_items_of_a_list_are_entries_with_what_is_indented_below_them(tmp_path: Path) -> None:
    texts = ["A circle of radius r\nhas the area pi * r^2.", "A dozen is 12.\n- A gross is 144.", "one", "two", "last"]
    assert hint_texts(write(tmp_path, "facts.md", LIST)) == {f"facts.md:{number}": text for number, text in enumerate(texts, 1)}


@pytest.mark.parametrize(
    ("name", "text"),
    [("facts.jsonl", '{"text": "A dozen is 12."}\n{"text": "一打"}\n'), ("facts.csv", "text,of\nA dozen is 12.,x\n一打,\n")],
)
def test_rows_have_theirs_in_the_column_text(tmp_path: Path, name: str, text: str) -> None:
    assert list(hint_texts(write(tmp_path, name, text)).items()) == [(f"{name}:1", "A dozen is 12."), (f"{name}:2", "一打")]


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("facts.md", "# Formulas\n\nWords.\n", r"holds no entry; it must have items that begin with \"- \""),
        ("facts.jsonl", "", r"holds no entry; it must have rows with a column 'text'"),
        ("facts.jsonl", '{"fact": "A dozen is 12."}\n', r"text"),
        ("facts.pdf", "%PDF", r"rows are read from \.jsonl"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, name: str, text: str, fault: str) -> None:
    with pytest.raises(RowsError, match=fault):
        hint_texts(write(tmp_path, name, text))


def test_a_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "facts.md").write_bytes(b"- \xff\xfe")
    with pytest.raises(RowsError, match="not UTF-8"):
        hint_texts(tmp_path / "facts.md")


def test_an_entry_that_holds_the_question_is_refused_in_whatever_spaces() -> None:
    hints = {"sum-1": [Hint("facts.md:2", "How  MANY eggs\nare five dozen? 60")], "sum-2": [Hint("facts.md:1", "A dozen is 12.")]}
    require_untold({"sum-2": "How many eggs are five dozen?"}, hints)
    with pytest.raises(RowsError, match=r"the entry facts.md:2 holds the question of the row sum-1.*'How many eggs are five dozen\?'"):
        require_untold({"sum-1": "How many eggs are five dozen?"}, hints)
    with pytest.raises(RowsError, match=r"the entry facts.md:1 holds"):
        require_untold({"小明": "小明有 3 个苹果和 2 个梨？"}, {"小明": [Hint("facts.md:1", "题：小明有3个苹果和2个梨? 共5个。")]})
