"""Hints: entries that may help with a question, found among worked examples or in a user's file of formulas and facts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from itemwise.cases.row import RowsError
from itemwise.cases.row_formats import file_rows
from itemwise.cases.same_question import typed_without_spaces
from itemwise.cases.split_files import opened

__all__ = ["Hint", "hint_texts", "require_untold"]

COLUMN = "text"  # of a file of rows
_LISTS = (".md", ".markdown", ".txt")
_ITEM = re.compile(r"^(?:[-*+]|\d+[.)])[ \t]+(\S.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)  # with the lines that are indented below it
_SHORTEST = 8  # characters, without spaces, of a question that is looked for in an entry
_QUOTED = 80


@dataclass(frozen=True)
class Hint:
    """What is shown before a question: the `text`, under the `name` and `score` by which a record tells of it."""

    name: str
    text: str
    score: float = 0.0


def hint_texts(file: Path) -> Mapping[str, str]:
    """The entries of a file by name, such as ``facts.md:3``, its third.

    A ``.jsonl``, ``.csv``, ``.parquet`` or ``.arrow`` has one a row in the column ``text``. Of a Markdown list (``.md``, ``.txt``) each
    item is one, with the lines that are indented below it; headings and paragraphs are not read. Raises RowsError for a file without any.
    """
    is_list = file.suffix.lower() in _LISTS
    texts = _items(file) if is_list else [row.text(COLUMN) for row in file_rows(file, ())]
    if not any(text.strip() for text in texts):
        form = 'items that begin with "- "' if is_list else f"rows with a column {COLUMN!r}"
        raise RowsError(f"{file} holds no entry; it must have {form}.")
    return {f"{file.name}:{number}": text for number, text in enumerate(texts, start=1) if text.strip()}


def _items(file: Path) -> list[str]:
    with opened(file) as content:
        try:
            text = content.read().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise RowsError(f"{file}: not UTF-8 ({error}).") from None
    return ["\n".join(line.strip() for line in item.splitlines()) for item in _ITEM.findall(text)]


def require_untold(questions: Mapping[str, str], hints: Mapping[str, Sequence[Hint]]) -> None:
    """Raise RowsError where a hint of a question holds that question itself, however it is typed: its answer would be told."""
    for name, question in questions.items():
        typed = typed_without_spaces(question)
        told = [hint for hint in hints.get(name, ()) if len(typed) >= _SHORTEST and typed in typed_without_spaces(hint.text)]
        if told:
            quoted = question[:_QUOTED] + ("..." if len(question) > _QUOTED else "")
            raise RowsError(
                f"the entry {told[0].name} holds the question of the row {name}, which is to be asked: {quoted!r}; so its answer would be "
                "told. Take it out of the file."
            )
