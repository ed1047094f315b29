"""What does not fit into a terminal is told in less or goes on below; nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.reporting.narrow import fitted, wrapped
from itemwise.reporting.table import aligned

HEAD = ("benchmark", "model", "strategy", "accuracy", "95% interval", "correct", "no answer", "tokens/correct", "n of N")
NF4 = ("gsm8k", "qwen2.5-coder-0.5b-instruct+nf4", "tool", "58.3%", "38.8 to 75.5%", "14", "0", "164", "24 of 24")
INT8 = ("gsm8k", "qwen2.5-coder-0.5b-instruct+int8", "tool", "62.5%", "42.7 to 78.8%", "15", "0", "171", "24 of 24")
OTHER = ("math500", "qwen2.5-coder-0.5b-instruct+int8", "direct", "50.0%", "31.4 to 68.6%", "12", "1", "171", "24 of 240")


@pytest.mark.parametrize("width", [0, 200])
def test_a_table_that_fits_is_as_it_always_was(width: int) -> None:
    assert fitted([HEAD, NF4, INT8], 3, width) == aligned([HEAD, NF4, INT8], 3)


def test_what_all_rows_share_is_told_below_once() -> None:
    assert fitted([HEAD[:5], NF4[:5], INT8[:5]], 3, 70) == [
        "model                             accuracy   95% interval",
        "qwen2.5-coder-0.5b-instruct+nf4      58.3%  38.8 to 75.5%",
        "qwen2.5-coder-0.5b-instruct+int8     62.5%  42.7 to 78.8%",
        "in every row: benchmark gsm8k, strategy tool",
    ]


def test_figures_that_all_rows_share_are_told_below_where_that_spares_a_line() -> None:
    assert [line[-8:].strip() for line in fitted([HEAD, NF4, INT8], 3, 86)[1:]] == ["n of N", "24 of 24", "24 of 24", "answer 0"]
    assert fitted([HEAD, NF4, INT8], 3, 76)[-1] == "in every row: benchmark gsm8k, strategy tool, no answer 0, n of N 24 of 24"


def test_headings_are_broken_before_rows_are() -> None:
    assert fitted([HEAD, NF4, INT8], 3, 80)[:3] == [
        "                                                                    tokens/",
        "model                             accuracy   95% interval  correct  correct",
        "qwen2.5-coder-0.5b-instruct+nf4      58.3%  38.8 to 75.5%       14      164",
    ]


def test_a_row_that_is_still_too_long_goes_on_below() -> None:
    assert fitted([HEAD, NF4, OTHER], 3, 80) == [
        "benchmark  model                             strategy  accuracy   95% interval",
        "  correct  no answer  tokens/correct     n of N",
        "gsm8k      qwen2.5-coder-0.5b-instruct+nf4   tool         58.3%  38.8 to 75.5%",
        "       14          0             164   24 of 24",
        "math500    qwen2.5-coder-0.5b-instruct+int8  direct       50.0%  31.4 to 68.6%",
        "       12          1             171  24 of 240",
    ]


def test_a_row_does_not_go_on_where_nothing_is_left_of_it() -> None:
    rows = [["name", "where", "remark"], ["a", "x" * 12, ""], ["b", "y" * 12, "z" * 12], ["c", "", "w" * 12]]
    assert fitted(rows, 3, 20) == [
        "name  where",
        "  remark",
        "a     " + "x" * 12,
        "b     " + "y" * 12,
        "  " + "z" * 12,
        "c",
        "  " + "w" * 12,
    ]


def test_of_a_single_row_only_what_is_nothing_is_told_below() -> None:
    assert fitted([HEAD, NF4], 3, 80)[-1] == "in every row: no answer 0"


def test_rows_that_are_all_alike_are_shown_nonetheless() -> None:
    assert fitted([("benchmark " * 4, "n"), ("gsm8k", "0"), ("gsm8k", "0")], 1, 30)[-2:] == ["gsm8k      0", "gsm8k      0"]


CELL = st.from_regex(r"[a-z0-9]{1,30}", fullmatch=True)
TABLES = st.integers(1, 6).flatmap(lambda size: st.lists(st.lists(CELL, min_size=size, max_size=size), min_size=2, max_size=5))


@given(TABLES, st.integers(30, 100))
def test_every_cell_is_there_and_no_line_is_longer_than_the_terminal(rows: list[list[str]], width: int) -> None:
    lines = fitted(rows, 1, width)
    assert {cell for row in rows for cell in row} <= set(" ".join(lines).replace(",", " ").split())
    assert [line for line in lines if len(line) > max(width, 32)] == []


def test_a_sentence_is_broken_between_words_and_indented_as_it_began() -> None:
    assert wrapped("one two three", 0) == ["one two three"]
    assert wrapped("  of 24 rows: json-form best", 16) == ["  of 24 rows:", "    json-form", "    best"]
    assert wrapped("/a/path/that/is/one/word", 10) == ["/a/path/that/is/one/word"]
