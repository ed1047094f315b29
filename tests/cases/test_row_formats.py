"""A csv as RFC 4180 has it: what spreadsheets and pandas write is read, and what would shift a cell is refused by line."""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.cases import gzipped, row_formats
from itemwise.cases.row import Hub, Row, RowsError
from itemwise.cases.source import Source, rows
from tests.traced import traced_peak


def table(folder: Path, content: str | bytes, name: str = "rows.csv") -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def cells(file: Path) -> list[dict[str, str]]:
    return [dict(row) for row in rows(file)]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a mark"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("name", ["rows.csv", "ROWS.CSV"])
def test_is_read_with_a_mark_at_the_start_blank_lines_and_any_ending(tmp_path: Path, start: bytes, ending: str, name: str) -> None:
    text = ending.join(["question,answer", "1+1,2", "", "2+2,4"])
    file = table(tmp_path, start + text.encode(), name)
    assert cells(file) == [{"question": "1+1", "answer": "2"}, {"question": "2+2", "answer": "4"}]
    assert [row.id for row in rows(file)] == ["0", "1"]


@pytest.mark.parametrize("name", ["rows.csv.gz", "rows.jsonl.gz"])
def test_is_read_out_of_gzip_and_one_that_is_cut_off_is_refused(tmp_path: Path, name: str) -> None:
    text = b"question\n1+1\n" if "csv" in name else b'{"question": "1+1"}\n'
    assert cells(table(tmp_path, gzip.compress(text), name)) == [{"question": "1+1"}]
    with pytest.raises(RowsError, match=r"gz: cannot be unpacked \("):
        cells(table(tmp_path, gzip.compress(text)[:-9], name))


@pytest.mark.parametrize("name", ["rows.csv.gz", "rows.jsonl.gz", "rows.parquet.gz"])
def test_that_unpacks_to_far_more_than_text_is_refused_before_memory_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(row_formats, "LONGEST_LINE", 4 << 20)
    monkeypatch.setattr(gzipped, "MOST", 4 << 20)
    file = table(tmp_path, gzip.compress(bytes(8 << 20)) * 16, name)
    with traced_peak() as peak, pytest.raises(RowsError, match=r"gz(, line \d)?: .*more than \d+ MB"):
        cells(file)
    assert peak() < 32 << 20


@pytest.mark.parametrize("name", ["rows.csv.gz", "rows.jsonl.gz"])
def test_is_read_out_of_gzip_row_by_row(tmp_path: Path, name: str) -> None:
    text = b"question\n1+1\n" if "csv" in name else b'{"question": "1+1"}\n'
    first = next(iter(rows(table(tmp_path, gzip.compress(text) + gzip.compress(os.urandom(1 << 20))[:-9], name))))
    assert dict(first) == {"question": "1+1"}


def test_has_commas_quotes_and_line_ends_in_its_cells(tmp_path: Path) -> None:
    file = table(tmp_path, 'question,answer\n"Add 1, then 2.\nHow ""much""?",3\n')
    assert cells(file) == [{"question": 'Add 1, then 2.\nHow "much"?', "answer": "3"}]


def test_has_text_in_every_cell(tmp_path: Path) -> None:
    (row,) = rows(table(tmp_path, "question,answer,flag,none\nq,007,True,NA\n"))
    assert dict(row) == {"question": "q", "answer": "007", "flag": "True", "none": "NA"}
    assert row.number("answer") == "7"


def test_says_by_an_empty_cell_that_there_is_no_picture(tmp_path: Path) -> None:
    (row,) = rows(table(tmp_path, "question,image\nq,\n"))
    assert row.picture("image") is None
    with pytest.raises(RowsError, match=r"rows\.csv, line 2: row 0, column 'image': '' is blank"):
        row.text("image")


def test_shows_the_picture_that_a_cell_names(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"content")
    (row,) = rows(table(tmp_path, "question,image\nq,a.png\n"))
    assert (picture := row.picture("image")) is not None
    assert picture.content == b"content"


def test_without_rows_or_without_anything_has_none(tmp_path: Path) -> None:
    assert cells(table(tmp_path, "question,answer\n")) == cells(table(tmp_path, "")) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("question,answer\n1+1,2\nAdd 1, then 2,3\n", "line 3: 3 cells for 2 columns; a cell that holds a comma stands in quotes."),
        ("question,answer\n1+1\n", "line 2: 1 cell for 2 columns"),
        ('question,answer\n"a\nb",2\n1+1\n', "line 4: 1 cell for 2 columns"),
        ('question,answer\nq,"3\n', "line 2: not CSV (unexpected end of data)"),
        ('question,answer\nq,"3"4\n', "line 2: not CSV ("),
        ("question,answer\rq,3\r", "line 1: not CSV ("),
        (b"question,answer\nq,3\ncaf\xe9,4\n", "line 3: not CSV ("),
        ("question,question\nq,3\n", "line 1: two columns are called 'question'; give each a name of its own."),
        ("question;answer\nq;3\n", "line 1: one column, 'question;answer': its cells are separated by semicolons"),
        ("question\tanswer\nq\t3\n", "its cells are separated by tabs"),
        (f"question\n{'a' * 200_000}\n", "line 2: not CSV (field larger than field limit (131072))"),
    ],
)
def test_that_cannot_be_told_apart_is_refused_by_line(tmp_path: Path, content: str | bytes, said: str) -> None:
    file = table(tmp_path, content)
    with pytest.raises(RowsError) as raised:
        cells(file)
    assert str(raised.value).startswith(f"{file}, ")
    assert said in str(raised.value)


def test_without_a_column_names_those_it_has(tmp_path: Path) -> None:
    (row,) = rows(table(tmp_path, "question,gold\nq,3\n"))
    with pytest.raises(RowsError, match="row 0 has no column 'answer'; it has question, gold"):
        row.number("answer")


TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_written_by_the_standard_library_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, written: list[tuple[str, str]]
) -> None:
    file = tmp_path_factory.mktemp("csv") / "rows.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([("a", "b"), *written])
    read: list[Row] = list(rows(file))
    assert [(row["a"], row["b"]) for row in read] == written


def test_a_tsv_has_tabs_between_its_cells_and_else_the_rules_of_a_csv(tmp_path: Path) -> None:
    assert cells(table(tmp_path, 'question\tanswer\nAdd 1, then 2.\t3\n"a\ttab"\t1\n', "rows.tsv")) == [
        {"question": "Add 1, then 2.", "answer": "3"},
        {"question": "a\ttab", "answer": "1"},
    ]
    with pytest.raises(RowsError, match=r"line 1: one column, .* separated by commas; tabs separate them in a file of this name"):
        cells(table(tmp_path, "question,answer\n1,2\n", "rows.tsv"))


def test_without_a_head_has_the_columns_that_the_benchmark_names(tmp_path: Path) -> None:
    def read(text: str) -> list[dict[str, str]]:
        source = Source("file", path=table(tmp_path, text, "rows.tsv"))
        return [dict(row) for row in source.rows(Hub("owner/data", columns=("question", "answer")))]

    assert read("1+1\t2\n2+2\t4\n") == [{"question": "1+1", "answer": "2"}, {"question": "2+2", "answer": "4"}]
    assert read("answer\tquestion\n2\t1+1\n") == [{"question": "1+1", "answer": "2"}]
    with pytest.raises(RowsError, match=r"rows\.tsv, line 1: 3 cells for 2 columns; a cell that holds a tab stands in quotes"):
        read("1+1\t2\t3\n")
