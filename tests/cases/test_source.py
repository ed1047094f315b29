"""Rows from files, folders and generators, and the draw of which of them are asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.ipc
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from itemwise.cases.draw import draw
from itemwise.cases.picture import Picture
from itemwise.cases.row import Hub, Row, RowsError
from itemwise.cases.source import Source, rows
from itemwise.cases.split_files import row_files, sha256_of_files

UNHURRIED = settings(deadline=None)  # the first example may pay for an import, any for a busy machine
QUESTIONS = [{"question": f"What is {number}?", "answer": str(number)} for number in range(3)]
MIB = 1 << 20


def sha256_of(path: Path) -> str:
    return sha256_of_files(row_files(path).files)


def jsonl(file: Path, *found: object) -> Path:
    file.write_text("".join(json.dumps(row) + "\n" for row in found), encoding="utf-8")
    return file


def parquet(file: Path, found: list[dict[str, Any]]) -> Path:
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(found), file)
    return file


def arrow_stream(file: Path, found: list[dict[str, Any]]) -> Path:
    table = pyarrow.Table.from_pylist(found)
    with pyarrow.ipc.new_stream(str(file), table.schema) as writer:
        writer.write_table(table)
    return file


def arrow_file(file: Path, found: list[dict[str, Any]]) -> Path:
    table = pyarrow.Table.from_pylist(found)
    with pyarrow.ipc.new_file(str(file), table.schema) as writer:
        writer.write_table(table)
    return file


class TestDraw:
    def test_seed_42_of_the_1319_gsm8k_rows_begins_with_the_rows_everybody_knows(self) -> None:
        assert draw(range(1319), 50, 42)[:10] == [30, 754, 429, 1010, 1284, 953, 751, 954, 705, 993]

    @pytest.mark.parametrize(("length", "seed"), [(1319, 42), (1319, 0), (2017, 42), (60, 7)])
    def test_equals_shuffle_and_select_of_the_datasets_library(self, length: int, seed: int) -> None:
        from datasets import Dataset

        shuffled = Dataset.from_dict({"row": list(range(length))}).shuffle(seed=seed).select(range(50))
        assert shuffled["row"][:] == draw(range(length), 50, seed)

    def test_a_size_beyond_the_population_gives_all_of_it(self) -> None:
        assert sorted(draw(["a", "b", "c"], 50, 42)) == ["a", "b", "c"]

    @UNHURRIED
    @given(st.integers(0, 300), st.integers(1, 60), st.integers(0, 2**32))
    def test_is_without_repetition_and_the_same_each_time(self, length: int, size: int, seed: int) -> None:
        drawn = draw(range(length), size, seed)
        assert min(length, size) == len(set(drawn)) == len(drawn)
        assert drawn == draw(range(length), size, seed)

    @UNHURRIED
    @given(st.integers(1, 200), st.integers(1, 60), st.integers(0, 2**32))
    def test_a_larger_sample_begins_with_the_smaller(self, length: int, size: int, seed: int) -> None:
        assert draw(range(length), size, seed) == draw(range(length), size + 7, seed)[:size]


class TestFiles:
    @pytest.mark.parametrize(
        ("write", "name"),
        [
            (lambda file, found: jsonl(file, *found), "rows.jsonl"),
            (parquet, "rows.parquet"),
            (arrow_stream, "rows.arrow"),
            (arrow_file, "rows.arrow"),
        ],
        ids=["jsonl", "parquet", "arrow stream", "arrow file"],
    )
    def test_of_every_format_give_the_same_rows(self, tmp_path: Path, write: Any, name: str) -> None:
        found = list(rows(write(tmp_path / name, QUESTIONS)))
        assert [dict(row) for row in found] == QUESTIONS
        assert [row.id for row in found] == ["0", "1", "2"]

    def test_saved_by_the_datasets_library_are_read_from_their_folder(self, tmp_path: Path) -> None:
        from datasets import Dataset

        Dataset.from_list(QUESTIONS).save_to_disk(tmp_path / "saved")
        assert [dict(row) for row in rows(tmp_path / "saved")] == QUESTIONS

    def test_that_the_datasets_library_caches_in_a_saved_folder_are_no_rows_of_it(self, tmp_path: Path) -> None:
        from datasets import Dataset, load_from_disk

        Dataset.from_list(QUESTIONS).save_to_disk(tmp_path / "saved")
        before = sha256_of(tmp_path / "saved")
        load_from_disk(tmp_path / "saved").map(lambda row: {"length": len(row["question"])})
        assert list((tmp_path / "saved").glob("cache-*.arrow")), "the library left no cache, so this shows nothing"
        assert len(QUESTIONS) == len(list(rows(tmp_path / "saved")))
        assert before == sha256_of(tmp_path / "saved")

    def test_of_a_folder_are_read_in_order_of_name_and_numbered_through(self, tmp_path: Path) -> None:
        parquet(tmp_path / "b.parquet", [{"n": 2}, {"n": 3}])
        jsonl(tmp_path / "a.jsonl", {"n": 0}, {"n": 1})
        arrow_stream(tmp_path / "c.arrow", [{"n": 4}])
        (tmp_path / "README.md").write_text("not rows")
        assert [(str(number), number) for number in range(5)] == [(row.id, row["n"]) for row in rows(tmp_path)]

    @pytest.mark.parametrize("ending", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
    @pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["no BOM", "BOM"])
    def test_of_lines_may_have_a_mark_at_the_start_blank_lines_and_any_ending(self, tmp_path: Path, start: bytes, ending: bytes) -> None:
        file = tmp_path / "rows.jsonl"
        file.write_bytes(start + ending.join([b'{"n": 0}', b"", b"  ", b'{"n": 1}', b'{"n": 2}']))
        assert [(row.id, row["n"]) for row in rows(file)] == [("0", 0), ("1", 1), ("2", 2)]

    def test_of_lines_are_split_at_line_feeds_only(self, tmp_path: Path) -> None:
        file = tmp_path / "rows.jsonl"
        file.write_bytes('{"q": "one\u2028two\x85three"}\n{"q": "four"}\n'.encode())
        assert [row["q"] for row in rows(file)] == ["one\u2028two\x85three", "four"]

    def test_that_are_empty_have_no_rows(self, tmp_path: Path) -> None:
        (tmp_path / "rows.jsonl").write_bytes(b"\xef\xbb\xbf\n\n")
        assert list(rows(tmp_path / "rows.jsonl")) == []

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            (b'{"n": 1', "not JSON (Expecting ',' delimiter"),
            (b"question,answer", "not JSON (Expecting value"),
            (b'{"n": "\xe9"}', "not JSON ('utf-8' codec can't decode byte 0xe9"),
            (b"[" * 200_000, "not JSON ("),
            (b"[1, 2]", "list instead of an object."),
            (b"null", "NoneType instead of an object."),
        ],
        ids=["cut off", "csv", "latin-1", "nested", "a list", "null"],
    )
    def test_with_a_broken_line_name_file_and_line(self, tmp_path: Path, line: bytes, said: str) -> None:
        file = tmp_path / "rows.jsonl"
        file.write_bytes(b'{"n": 0}\n\n' + line + b"\n")
        with pytest.raises(RowsError) as raised:
            list(rows(file))
        assert str(raised.value).startswith(f"{file}, line 3: {said}")

    @pytest.mark.parametrize("name", ["rows.parquet", "rows.arrow"])
    @pytest.mark.parametrize("content", [b"", b"not a table at all"], ids=["empty", "garbage"])
    def test_that_are_no_tables_are_named(self, tmp_path: Path, name: str, content: bytes) -> None:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(RowsError, match=rf"{name}: not a readable \.\w+ file"):
            list(rows(tmp_path / name))

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("rows.xlsx", "rows are read from .jsonl, .csv, .tsv, .parquet, .arrow, not .xlsx."),
            ("rows", "rows are read from .jsonl, .csv, .tsv, .parquet, .arrow, not a file without suffix."),
        ],
    )
    def test_of_another_format_say_which_are_read(self, tmp_path: Path, name: str, said: str) -> None:
        (tmp_path / name).write_text("question,answer\n")
        with pytest.raises(RowsError) as raised:
            list(rows(tmp_path / name))
        assert f"{tmp_path / name}: {said}" == str(raised.value)

    def test_that_do_not_exist_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(RowsError) as raised:
            list(rows(tmp_path / "mine.jsonl"))
        assert f"{tmp_path / 'mine.jsonl'}: no such file or folder." == str(raised.value)

    def test_are_missed_in_a_folder_without_any(self, tmp_path: Path) -> None:
        with pytest.raises(RowsError) as raised:
            list(rows(tmp_path))
        assert f"{tmp_path} holds no .jsonl, .csv, .tsv, .parquet, .arrow file." == str(raised.value)

    def test_hash_alike_only_with_the_same_content(self, tmp_path: Path) -> None:
        one, two = jsonl(tmp_path / "a.jsonl", {"n": 0}), jsonl(tmp_path / "b.jsonl", {"n": 1})
        assert sha256_of(one) != sha256_of(two)
        assert sha256_of(one) == sha256_of(jsonl(tmp_path / "copy.jsonl", {"n": 0}))


class TestRow:
    def test_reads_a_column_only_when_asked_for_it(self) -> None:
        asked = []
        row = Row("7", ("question", "picture"), lambda column: asked.append(column) or column.upper())
        assert row["question"] == "QUESTION"
        assert list(row) == ["question", "picture"]
        assert asked == ["question"]

    def test_fills_a_prompt_without_reading_columns_the_prompt_does_not_name(self) -> None:
        asked = []
        row = Row("7", ("question", "picture"), lambda column: asked.append(column) or "6*7?")
        assert "Solve: {question}".format_map(row) == "Solve: 6*7?"
        assert asked == ["question"]

    def test_of_an_arrow_file_leaves_pictures_on_the_disk(self, tmp_path: Path) -> None:
        file = arrow_stream(tmp_path / "rows.arrow", [{"n": number, "picture": bytes(MIB)} for number in range(16)])
        before = pyarrow.total_allocated_bytes()
        found = list(rows(file))
        assert list(range(16)) == [row["n"] for row in found]
        assert pyarrow.total_allocated_bytes() - before < MIB
        assert len(found[3]["picture"]) == MIB

    def test_without_a_column_names_those_it_has(self, tmp_path: Path) -> None:
        (row,) = rows(jsonl(tmp_path / "rows.jsonl", {"question": "6*7?", "answer": "42"}))
        with pytest.raises(RowsError) as raised:
            row["gold"]
        assert str(raised.value) == f"{tmp_path / 'rows.jsonl'}, line 1: row 0 has no column 'gold'; it has question, answer"

    def test_is_a_mapping_whose_missing_column_is_a_key_error(self, tmp_path: Path) -> None:
        (row,) = rows(parquet(tmp_path / "rows.parquet", [{"question": "6*7?"}]))
        assert row.get("gold", "none") == "none"
        assert len(row) == 1


def refused(row: Row, read: Callable[[Row], object]) -> str:
    with pytest.raises(RowsError) as raised:
        read(row)
    return str(raised.value)


class TestRowIsChecked:
    """What would be asked as "None", or judged wrong whatever the reply, is refused by file, row and column."""

    @pytest.mark.parametrize(
        ("question", "said"),
        [
            (None, "null; give the value, or leave the row out."),
            (["a"], "['a'] (list) is no text; give text."),
            (7, "7 (int) is no text; give text."),
            (True, "True (bool) is no text; give text."),
            ({"en": "?"}, "{'en': '?'} (dict) is no text; give text."),
            ("", "'' is blank; give text, or leave the row out."),
            (" \n\t", "' \\n\\t' is blank; give text, or leave the row out."),
            ("\u200b\ufeff", "'\\u200b\\ufeff' is blank; give text, or leave the row out."),
            ("a\ud800b", "half a character ('\\ud800' at 1); decode the row anew."),
        ],
        ids=repr,
    )
    def test_before_its_text_goes_into_a_prompt(self, tmp_path: Path, question: object, said: str) -> None:
        file = jsonl(tmp_path / "rows.jsonl", {"question": "6*7?"}, {"question": question})
        row = list(rows(file))[1]
        for read in (lambda row: row.prompt("Problem: {question}"), lambda row: row.text("question")):
            assert refused(row, read) == f"{file}, line 2: row 1, column 'question': {said}"

    def test_for_null_however_a_prompt_is_filled(self, tmp_path: Path) -> None:
        (row,) = rows(jsonl(tmp_path / "rows.jsonl", {"question": None, "n": 1}))
        assert "column 'question': null" in refused(row, "Problem: {question}".format_map)
        assert "column 'question': null" in refused(row, lambda row: f"Problem: {row['question']}")
        assert (dict(row), row.get("question"), len(row)) == ({"n": 1}, None, 1)

    @pytest.mark.parametrize("write", [parquet, arrow_stream], ids=["parquet", "arrow"])
    def test_of_a_table_by_its_row(self, tmp_path: Path, write: Any) -> None:
        row = list(rows(write(tmp_path / f"rows.{'parquet' if write is parquet else 'arrow'}", [{"q": "?", "n": 1}, {"q": None, "n": 2}])))[
            1
        ]
        assert refused(row, lambda row: row.text("q")).endswith(", row 2: row 1, column 'q': null; give the value, or leave the row out.")
        assert dict(row) == {"n": 2}

    def test_where_a_column_is_missing_in_some_rows_only(self, tmp_path: Path) -> None:
        file = jsonl(tmp_path / "rows.jsonl", {"q": "?"}, {"n": 1})
        assert refused(list(rows(file))[1], lambda row: row.prompt("{q}")) == f"{file}, line 2: row 1 has no column 'q'; it has n"

    def test_but_a_text_may_have_a_default_and_a_prompt_words_of_its_own(self) -> None:
        row = Row("7", ("hint", "question"), {"hint": "  ", "question": "6*7?"}.__getitem__)
        assert (row.text("hint", ""), row.text("lecture", "none")) == ("", "none")
        assert row.prompt("{question} {ending}", ending="Now.") == "6*7? Now."

    @pytest.mark.parametrize(("gold", "read"), [("6*7=42\n#### 42.0", "42"), ("$4", "4"), (7, "7"), (7.0, "7"), ("−4", "-4"), ("7", "7")])
    def test_for_a_gold_that_comes_as_the_extractor_returns_it(self, tmp_path: Path, gold: object, read: str) -> None:
        (row,) = rows(jsonl(tmp_path / "rows.jsonl", {"answer": gold}))
        assert row.number("answer") == read

    @pytest.mark.parametrize("gold", ["#### 3-4", "n-2", float("nan"), True, ["7"], "", None, "x" * 9000])
    def test_for_a_gold_that_no_reply_can_give(self, tmp_path: Path, gold: object) -> None:
        file = jsonl(tmp_path / "rows.jsonl", {"answer": gold})
        said = refused(next(iter(rows(file))), lambda row: row.number("answer"))
        assert said.startswith(f"{file}, line 1: row 0, column 'answer': ")
        assert len(said) < len(str(file)) + 250

    @pytest.mark.parametrize(
        ("choices", "said"),
        [
            ("['a','b']", "\"['a','b']\"; give the options as a list of texts."),
            (["a", None], "option 1: None (NoneType) is no text; give text."),
            (["a", 2.0], "option 1: 2.0 (float) is no text; give text."),
            (["a", " "], "option 1: ' ' is blank; give text, or leave the row out."),
            (["a", "b", "a "], "two options are 'a', so that two letters would be right or wrong by luck."),
            (["a"], "1 option; a choice has 2 to 26."),
            ([str(number) for number in range(27)], "27 options; a choice has 2 to 26."),
            ({"text": ["a"]}, "{'text': ['a']}; give the options as a list of texts."),
        ],
        ids=repr,
    )
    def test_for_choices_that_are_none(self, choices: object, said: str) -> None:
        row = Row("7", ("choices",), {"choices": choices}.__getitem__)
        assert refused(row, lambda row: row.choices()) == f"row 7, column 'choices': {said}"

    @pytest.mark.parametrize("answer", [3, -1, True, 1.0, "1", "B", [1], float("nan")], ids=repr)
    def test_for_an_answer_that_is_no_place_among_the_choices(self, answer: object) -> None:
        row = Row("7", ("answer",), {"answer": answer}.__getitem__)
        assert "give the right option's place, a whole number from 0 to 2" in refused(row, lambda row: row.place("answer", "abc"))

    def test_and_what_is_right_passes(self) -> None:
        row = Row("7", ("choices", "answer"), {"choices": ["a", "b"], "answer": 1}.__getitem__)
        assert (row.choices(), row.place("answer", row.choices())) == (("a", "b"), 1)


class TestSource:
    @pytest.mark.parametrize(
        ("text", "kind", "pool"),
        [
            ("hub", "hub", "seen"),
            ("synthetic", "synthetic", "seen"),
            ("synthetic:seen", "synthetic", "seen"),
            ("synthetic:held-out", "synthetic", "held-out"),
            ("synthetic:all", "synthetic", "all"),
            ("synthetic:trained", "synthetic", "trained"),
        ],
    )
    def test_is_spelled(self, text: str, kind: str, pool: str, tmp_path: Path) -> None:
        source = Source.parse(text, seed=7, root=tmp_path)
        assert (kind, pool, 7) == (source.kind, source.pool, source.seed)
        assert source == Source.parse(source.text, seed=7, root=tmp_path)

    def test_may_be_a_file_relative_to_the_root(self, tmp_path: Path) -> None:
        jsonl(tmp_path / "rows.jsonl")
        assert Source("file", 42, tmp_path / "rows.jsonl") == Source.parse("rows.jsonl", seed=42, root=tmp_path)

    def test_may_be_a_folder_anywhere(self, tmp_path: Path) -> None:
        assert tmp_path == Source.parse(str(tmp_path), seed=42, root=Path("/elsewhere")).path

    def test_may_be_in_the_home_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        jsonl(tmp_path / "rows.jsonl")
        assert tmp_path / "rows.jsonl" == Source.parse("~/rows.jsonl", seed=42, root=Path("/elsewhere")).path

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("missing.jsonl", "--source 'missing.jsonl': no such file or folder; give a path, hub, or synthetic."),
            ("Hub", "--source 'Hub': no such file or folder; give a path, hub, or synthetic."),
            ("", "--source '': no such file or folder; give a path, hub, or synthetic."),
            ("synthetic:unseen", "--source 'synthetic:unseen': synthetic rows are seen, held-out, all, trained, not 'unseen'."),
        ],
    )
    def test_that_does_not_exist_says_what_there_is(self, text: str, said: str, tmp_path: Path) -> None:
        with pytest.raises(RowsError) as raised:
            Source.parse(text, seed=42, root=tmp_path)
        assert said == str(raised.value)

    def test_never_ends_when_it_is_synthetic(self, tmp_path: Path) -> None:
        assert [Source(kind).endless for kind in ("synthetic", "hub", "file")] == [True, False, False]


def numbers(seed: int, *, pool: str) -> Iterator[dict[str, Any]]:
    yield {"question": f"{pool} {seed}?"}
    yield {"question": f"{pool} {seed + 1}?"}


class TestMadeRows:
    HUB = Hub("owner/data")
    POOLS = (
        ("seen", "synthetic"),
        ("held-out", "synthetic-held-out"),
        ("all", "synthetic-all"),
        ("trained", "synthetic-trained"),
    )

    @pytest.mark.parametrize(("pool", "label"), POOLS)
    def test_are_named_by_how_to_make_them_again(self, pool: str, label: str) -> None:
        found = list(Source("synthetic", 7, pool=pool).rows(self.HUB, synthetic=numbers))
        assert [(f"{label}-7-0", f"{pool} 7?"), (f"{label}-7-1", f"{pool} 8?")] == [(row.id, row["question"]) for row in found]

    def test_of_a_maker_that_calls_the_pool_half_are_made_and_its_new_name_is_said(self) -> None:
        def made(seed: int, *, half: str) -> Iterator[dict[str, Any]]:
            yield {"question": f"{half} {seed}?"}

        with pytest.warns(DeprecationWarning, match="owner/data: .* takes half=, which is called pool= now") as warned:
            (row,) = Source("synthetic", 7, pool="held-out").rows(self.HUB, synthetic=made)
        assert (row["question"], len(warned)) == ("held-out 7?", 1)

    def test_of_a_source_given_and_read_by_former_names_are_the_same(self) -> None:
        make: Any = Source
        with pytest.warns(DeprecationWarning, match="is called") as warned:
            source = make("synthetic", 7, half="held-out", twins=2)
        assert {str(warning.message) for warning in warned} == {
            "Source(half=) is called pool= now.",
            "Source(twins=) is called variants= now.",
        }
        assert source == Source("synthetic", 7, pool="held-out", variants=2)
        with pytest.warns(DeprecationWarning, match=r"^Source\.half is called pool now\.$"):
            assert source.half == "held-out"
        with pytest.warns(DeprecationWarning, match=r"^Source\.twins is called variants now\.$"):
            assert source.twins == 2

    def test_that_nobody_can_make_are_an_error_with_another_way(self) -> None:
        with pytest.raises(RowsError) as raised:
            Source("synthetic").rows(self.HUB)
        assert str(raised.value) == "owner/data has no synthetic rows; give --source hub or --source PATH."

    def test_hold_their_pictures_encoded(self) -> None:
        drawn = Image.new("RGB", (112, 112), "red")

        def pictures(seed: int, *, pool: str) -> Iterator[dict[str, Any]]:
            yield {"image": drawn, "question": f"{pool} {seed}?"}

        (row,) = Source("synthetic", 7).rows(self.HUB, synthetic=pictures)
        picture = row.picture()
        assert picture is not None
        assert (row["image"], picture.sha256) == (picture.content, Picture("drawn", lambda: drawn).sha256)
        assert picture.image() == drawn

    def test_that_run_out_of_problems_are_an_error(self) -> None:
        def exhausted(seed: int, *, pool: str) -> Iterator[dict[str, Any]]:
            yield {"question": "the only one"}
            raise ValueError("no further question; take a smaller sample")

        with pytest.raises(RowsError, match="no further question; take a smaller sample"):
            list(Source("synthetic").rows(self.HUB, synthetic=exhausted))

    def test_are_not_made_before_they_are_wanted(self) -> None:
        def endless(seed: int, *, pool: str) -> Iterator[dict[str, Any]]:
            yield {"question": "first"}
            pytest.fail("a second row was made although one was wanted")

        assert next(iter(Source("synthetic").rows(self.HUB, synthetic=endless)))["question"] == "first"

    def test_do_not_come_from_a_file_even_where_they_could_be_made(self, tmp_path: Path) -> None:
        source = Source("file", path=jsonl(tmp_path / "rows.jsonl", {"question": "from the file"}))
        assert [row["question"] for row in source.rows(self.HUB, synthetic=numbers)] == ["from the file"]


def pairs(seed: int, *, pool: str, variants: int = 0) -> Iterator[dict[str, Any]]:
    for row in range(2):
        yield {"question": f"{pool} {seed} {row}?"}
        yield from ({"question": f"{pool} {seed} {row}, {variant}?"} for variant in range(1, 1 + variants))


class TestVariants:
    HUB = Hub("owner/data")

    @pytest.mark.parametrize(("pool", "label"), [("seen", "synthetic-7"), ("trained", "synthetic-trained-7")])
    def test_are_named_after_the_row_they_follow(self, pool: str, label: str) -> None:
        found = {row.id: row["question"] for row in Source("synthetic", 7, pool=pool, variants=2).rows(self.HUB, synthetic=pairs)}
        assert found == {
            f"{label}-0": f"{pool} 7 0?",
            f"{label}-0-twin1": f"{pool} 7 0, 1?",
            f"{label}-0-twin2": f"{pool} 7 0, 2?",
            f"{label}-1": f"{pool} 7 1?",
            f"{label}-1-twin1": f"{pool} 7 1, 1?",
            f"{label}-1-twin2": f"{pool} 7 1, 2?",
        }

    def test_leave_the_names_of_the_rows_as_they_are_without_them(self) -> None:
        alone = [row.id for row in Source("synthetic").rows(self.HUB, synthetic=pairs)]
        assert alone == [row.id for row in Source("synthetic", variants=1).rows(self.HUB, synthetic=pairs)][::2]

    @pytest.mark.parametrize("kind", ["hub", "file"])
    def test_of_rows_that_nobody_makes_are_an_error_before_any_is_read(self, kind: str) -> None:
        source = Source(kind, path=Path("/data/mine.jsonl") if kind == "file" else None, variants=1)
        with pytest.raises(RowsError) as raised:
            source.rows(self.HUB, synthetic=pairs)
        given = {"hub": "hub", "file": "/data/mine.jsonl"}[kind]
        assert str(raised.value) == f"--variants needs rows that can be renumbered: --source synthetic makes such rows, {given} does not."

    def test_of_rows_whose_maker_takes_none_are_an_error(self) -> None:
        with pytest.raises(RowsError) as raised:
            Source("synthetic", variants=1).rows(self.HUB, synthetic=numbers)
        assert (
            str(raised.value)
            == "--variants needs rows that can be renumbered: owner/data makes its own without variants; run without --variants."
        )

    def test_of_a_maker_that_calls_them_twins_are_made_and_their_new_name_is_said(self) -> None:
        def made(seed: int, *, pool: str, twins: int) -> Iterator[dict[str, Any]]:
            yield from ({"question": f"{pool} {number} of {twins}?"} for number in range(1 + twins))

        with pytest.warns(DeprecationWarning, match="owner/data: .* takes twins=, which is called variants= now"):
            found = list(Source("synthetic", variants=1).rows(self.HUB, synthetic=made))
        assert [row["question"] for row in found] == ["seen 0 of 1?", "seen 1 of 1?"]

    def test_that_are_used_up_are_an_error_in_the_makers_words(self) -> None:
        def exhausted(seed: int, *, pool: str, variants: int) -> Iterator[dict[str, Any]]:
            yield {"question": "the only one"}
            raise ValueError("no more than 0 variants; take fewer")

        with pytest.raises(RowsError, match="no more than 0 variants; take fewer"):
            list(Source("synthetic", variants=1).rows(self.HUB, synthetic=exhausted))


def test_a_folder_for_each_configuration_gives_each_its_own_rows(tmp_path: Path) -> None:
    for config in ("24", "25"):
        (tmp_path / config).mkdir()
    several = Source("file", path=tmp_path)
    assert several.of_config("24", ["25", "26"]).path == tmp_path / "24"
    assert several.of_config("", []) == several
    assert Source("hub").of_config("24", ["25"]) == Source("hub")


@pytest.mark.parametrize("names", [["GSM_p2.jsonl"], ["test_p1.jsonl", "test_p2.jsonl"]])
def test_rows_of_another_configuration_alone_are_not_asked_under_its_name(names: list[str], tmp_path: Path) -> None:
    for name in names:
        jsonl(tmp_path / name, *QUESTIONS)
    for path in (tmp_path, tmp_path / names[0]):
        source = Source("file", path=path)
        assert source.of_config("p2" if path == tmp_path else names[0][-8:-6], ["main", "p1"]) == source
        with pytest.raises(RowsError, match=r"holds, by its names, p[12].* and nothing of main; give rows of it, or leave it out"):
            source.of_config("main", ["p1", "p2"])


def test_names_that_say_no_configuration_serve_any(tmp_path: Path) -> None:
    source = Source("file", path=jsonl(tmp_path / "test-2024.jsonl", *QUESTIONS))
    assert source.of_config("24", ["25", "20"]) == source


def test_a_folder_with_a_folder_for_each_benchmark_gives_each_its_own(tmp_path: Path) -> None:
    (tmp_path / "sums").mkdir()
    several = Source("file", path=tmp_path)
    assert several.of_benchmark("sums").path == tmp_path / "sums"
    assert several.of_benchmark("other") == several
    assert Source("hub").of_benchmark("sums") == Source("hub")
