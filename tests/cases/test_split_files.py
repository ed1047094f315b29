"""The split that a benchmark asks for is the split it gets, from the hub's layouts, from folders, files and makers of rows."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from itemwise.cases.reads import noting_reads
from itemwise.cases.row import Hub, RowsError
from itemwise.cases.source import Source, rows
from itemwise.cases.split_files import row_files
from itemwise.synthetic import science_pictures, word_problems

TEST, TRAIN = Hub("owner/data", "main", split="test"), Hub("owner/data", "main", split="train")


def write(file: Path, *names: str) -> Path:
    """A file of rows that say where they stand."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".gz":
        plain = write(file.with_suffix(""), *names)
        file.write_bytes(gzip.compress(plain.read_bytes()))
        plain.unlink()
        return file
    found = [{"name": name} for name in names]
    if file.suffix == ".parquet":
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(found), file)
    elif file.suffix == ".arrow":
        table = pyarrow.Table.from_pylist(found)
        with pyarrow.OSFile(str(file), "wb") as stream, pyarrow.ipc.new_stream(stream, table.schema) as writer:
            writer.write_table(table)
    elif file.suffix.lower() in (".csv", ".tsv"):
        file.write_text("\n".join(["name", *names]))
    else:
        file.write_text("".join(json.dumps(row) + "\n" for row in found))
    return file


def read(path: Path, split: str, config: str | None = "main") -> list[str]:
    return [row["name"] for row in Source("file", path=path).rows(Hub("owner/data", config, split=split))]


def refused(path: Path, split: str) -> str:
    with pytest.raises(RowsError) as raised:
        read(path, split)
    return str(raised.value)


def test_files_that_name_a_configuration_and_no_split_are_read_for_it_alone(tmp_path: Path) -> None:
    for language in ("zh", "de"):
        write(tmp_path / f"rows_{language}.jsonl", language)
    assert [read(tmp_path, "test", language) for language in ("zh", "de")] == [["zh"], ["de"]]


LAYOUTS = {
    "files": "{split}.jsonl",
    "files of a dataset": "gsm8k-{split}.jsonl",
    "the hub's": "data/{split}-00000-of-00001.parquet",
    "the hub's with configurations": "main/{split}-00000-of-00001.parquet",
    "folders": "{split}/rows.jsonl",
    "folders in folders": "{split}/algebra/rows.jsonl",
    "data and folders": "data/{split}/part.parquet",
    "tables of text": "{split}.csv",
    "names after a point": "gsm8k.{split}.jsonl",
    "names in capitals": "{split}_SET.CSV",
    "the hub's, converted": "main/{split}/0000.parquet",
    "configurations in data": "data/main/{split}-00000-of-00001.parquet",
    "configurations in splits": "{split}/main/rows.jsonl",
    "a snapshot in the hub's cache": "snapshots/0123abc/main/{split}-00000-of-00001.parquet",
    "the library's cache": "owner___data/main/0.0.0/0123abc/data-{split}.arrow",
    "splits of a folder that is called for one": "eval/{split}.jsonl",
    "the same in data": "data/test/{split}.csv",
}


@pytest.mark.parametrize("packed", ["", ".gz"], ids=["plain", "gzipped"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_folder_gives_the_split_that_is_asked_for_and_no_other(tmp_path: Path, layout: str, packed: str) -> None:
    for split in ("train", "test", "validation"):
        write(tmp_path / f"{layout.format(split=split)}{packed}", f"{split} row")
    for split in ("train", "test", "validation"):
        assert read(tmp_path, split) == [f"{split} row"]


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS.values() if "main" in layout])
def test_a_layout_with_configurations_gives_the_rows_of_that_of_the_benchmark(tmp_path: Path, layout: str) -> None:
    for config in ("main", "socratic"):
        write(tmp_path / layout.replace("main", config).format(split="test"), config)
    assert read(tmp_path, "test") == ["main"]


def test_words_in_capitals_within_a_name_are_words(tmp_path: Path) -> None:
    write(tmp_path / "gsm8kTest.jsonl", "test row")
    write(tmp_path / "gsm8kTrain.jsonl", "train row")
    assert (read(tmp_path, "test"), read(tmp_path, "train")) == (["test row"], ["train row"])


def test_a_split_of_the_hub_is_the_one_that_is_spelled_so(tmp_path: Path) -> None:
    for split in ("test", "test_sft", "train_sft"):
        write(tmp_path / "data" / f"{split}-00000-of-00001.parquet", split)
    assert [read(tmp_path, split) for split in ("test", "test_sft", "train_sft")] == [["test"], ["test_sft"], ["train_sft"]]
    assert refused(tmp_path, "train").startswith(f"{tmp_path} has no split 'train'; it holds test, test_sft, train_sft.")


@pytest.mark.parametrize("split", ["train", "training", "train_sft", "auxiliary_train"])
def test_rows_of_no_named_split_are_none_of_training_however_that_is_spelled(tmp_path: Path, split: str) -> None:
    assert f"is one split, rows to be asked, and '{split}' is asked for" in refused(write(tmp_path / "rows.csv", "row"), split)
    assert f"is the split test by its name, and '{split}' is asked for" in refused(write(tmp_path / "test.csv", "row"), split)


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".tsv", ".parquet", ".arrow"])
def test_a_folder_of_gzipped_files_is_read_as_one_of_plain_files(tmp_path: Path, suffix: str) -> None:
    write(tmp_path / f"data-00000-of-00002{suffix}.gz", "first")
    write(tmp_path / f"data-00001-of-00002{suffix}.gz", "second")
    assert read(tmp_path, "test") == ["first", "second"]
    (tmp_path / f"data-00001-of-00002{suffix}.gz").unlink()
    assert "1 of the 2 files data-*-of-00002 are there" in refused(tmp_path, "test")


@pytest.mark.parametrize(
    ("name", "said"), [("test", "stands there as .jsonl and as .jsonl.gz"), ("rows", "holds .jsonl and .jsonl.gz files")]
)
def test_a_file_beside_itself_gzipped_does_not_count_twice(tmp_path: Path, name: str, said: str) -> None:
    write(tmp_path / f"{name}.jsonl.gz", "row")
    write(tmp_path / f"{name}.jsonl", "row")
    assert said in refused(tmp_path, "test")


def test_a_file_of_another_split_in_a_folder_of_one_is_not_read_as_that_one(tmp_path: Path) -> None:
    write(tmp_path / "train" / "a.jsonl", "train row")
    write(tmp_path / "train" / "test.jsonl", "test row")
    assert "has no split 'train'; it holds files of no named split (a.jsonl), test." in refused(tmp_path, "train")


@pytest.mark.parametrize("split", ["test", "train"])
def test_two_splits_of_the_same_content_are_refused(tmp_path: Path, split: str) -> None:
    write(tmp_path / "train.jsonl", "row")
    write(tmp_path / "test.jsonl", "row")
    assert f"{split}.jsonl is the same as" in (said := refused(tmp_path, split))
    assert said.endswith("so that rows to be asked could be shown as examples; take one out.")


def test_a_table_of_text_beside_other_files_of_no_named_split_is_not_mixed_with_them(tmp_path: Path) -> None:
    write(tmp_path / "rows.csv", "row")
    write(tmp_path / "rows.jsonl", "row")
    assert f"{tmp_path} holds .csv and .jsonl files that name no split; give one of them" in refused(tmp_path, "test")


def test_saved_datasets_give_the_split_that_is_asked_for(tmp_path: Path) -> None:
    from datasets import Dataset, DatasetDict

    made = {split: Dataset.from_list([{"name": split}]) for split in ("train", "test")}
    DatasetDict(made).save_to_disk(tmp_path / "both")
    assert (read(tmp_path / "both", "train"), read(tmp_path / "both", "test")) == (["train"], ["test"])
    made["test"].save_to_disk(tmp_path / "one")
    assert read(tmp_path / "one", "test") == ["test"]


def test_names_of_splits_are_one_word(tmp_path: Path) -> None:
    write(tmp_path / "dev.jsonl", "dev row")
    write(tmp_path / "training.jsonl", "training row")
    assert read(tmp_path, "validation") == read(tmp_path, "val") == ["dev row"]
    assert read(tmp_path, "train") == ["training row"]


def test_of_configurations_that_of_the_benchmark_is_read_and_others_are_not_mixed(tmp_path: Path) -> None:
    for config in ("main", "socratic"):
        write(tmp_path / config / "test-00000-of-00001.parquet", config)
    assert read(tmp_path, "test") == ["main"]
    with pytest.raises(RowsError, match=r"holds rows in several folders \(main, socratic\); give one of them: .*/main"):
        read(tmp_path, "test", config=None)


def test_files_that_are_called_for_configurations_are_told_apart_too(tmp_path: Path) -> None:
    for name in ("main-test", "socratic-test", "main-train"):
        write(tmp_path / f"{name}.jsonl", name)
    assert (read(tmp_path, "test"), read(tmp_path, "train")) == (["main-test"], ["main-train"])
    assert read(tmp_path, "test", config=None) == ["main-test", "socratic-test"]


def test_a_split_that_a_folder_lacks_is_refused_with_those_it_has(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", "train row")
    assert refused(tmp_path, "test").startswith(f"{tmp_path} has no split 'test'; it holds train.")


def test_a_file_named_for_a_split_is_no_other(tmp_path: Path) -> None:
    file = write(tmp_path / "gsm8k_test.jsonl", "row")
    assert read(file, "test") == ["row"]
    assert refused(file, "train").startswith(f"{file} is the split test by its name, and 'train' is asked for")


@pytest.mark.parametrize("name", ["train.jsonl", "dev.jsonl", "pre-train-quiz.jsonl", "train_test.jsonl", "train/rows.jsonl"])
def test_the_one_source_that_is_given_is_asked_whatever_it_is_called_and_its_name_is_said(tmp_path: Path, name: str) -> None:
    file = write(tmp_path / name, "row")
    path = file if file.parent == tmp_path else file.parent
    source = Source("file", path=path)
    with noting_reads() as reads:
        assert [row["name"] for row in source.rows(TEST)] == ["row"]
        with pytest.raises(RowsError, match=r"already read as test, and 'train' is asked for|is the split .* by its name"):
            source.rows(TRAIN)
    ((words,),) = reads.splits.values()
    assert re.fullmatch(r"(train|validation|test\+train) \(asked for as test\)", words)


def test_a_folder_that_is_called_for_its_split_is_that_split(tmp_path: Path) -> None:
    write(tmp_path / "train" / "rows.jsonl", "train row")
    write(tmp_path / "test" / "rows.jsonl", "test row")
    assert read(tmp_path / "train", "train") == ["train row"]
    assert refused(tmp_path / "test", "train").startswith(f"{tmp_path / 'test'} is the split test by its name")


@pytest.mark.parametrize("folder", [False, True], ids=["a file", "a folder"])
def test_rows_of_no_named_split_are_never_those_of_training(tmp_path: Path, folder: bool) -> None:
    file = write(tmp_path / "rows.jsonl", "row")
    source = tmp_path if folder else file
    assert (read(source, "test"), read(source, "validation")) == (["row"], ["row"])
    assert refused(source, "train").startswith(f"{source} is one split, rows to be asked, and 'train' is asked for")


def test_rows_of_no_named_split_are_not_two_splits_of_one_benchmark(tmp_path: Path) -> None:
    source = Source("file", path=write(tmp_path / "rows.jsonl", "row"))
    with noting_reads() as reads:
        list(source.rows(Hub("owner/data", split="dev")))
        with pytest.raises(RowsError, match="is one split, already read as validation, and 'test' is asked for"):
            source.rows(TEST)
    assert (reads.splits, reads.files) == ({str(source.path): ["validation"]}, [source.path])


def test_a_folder_of_splits_is_not_read_whole_by_a_loader_of_its_own(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", "train row")
    write(tmp_path / "test.jsonl", "test row")
    with pytest.raises(RowsError, match=r"holds test, train; say which split to read: rows\(path, split=\.\.\.\)"):
        rows(tmp_path)
    assert [row["name"] for row in rows(tmp_path, split="test")] == ["test row"]


@pytest.mark.parametrize("split", ["test[:10]", "train+test", "../test", ""])
def test_what_only_the_hub_can_cut_is_said_so(tmp_path: Path, split: str) -> None:
    assert "can be had of the hub only" in refused(write(tmp_path / "rows.jsonl", "row"), split)


def test_rows_do_not_count_twice(tmp_path: Path) -> None:
    write(tmp_path / "formats" / "test.jsonl", "row")
    write(tmp_path / "formats" / "data" / "test-00000-of-00001.parquet", "row")
    assert "split test stands there as .jsonl and as .parquet, so rows would count twice" in refused(tmp_path / "formats", "test")
    write(tmp_path / "copies" / "a.jsonl", "row")
    write(tmp_path / "copies" / "b.jsonl", "row")
    assert "b.jsonl is the same as" in refused(tmp_path / "copies", "test")


def test_a_split_of_which_files_are_missing_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "test-00001-of-00002.parquet", "row")
    assert f"{tmp_path}: 1 of the 2 files test-*-of-00002 are there" in refused(tmp_path, "test")


class TestMadeRows:
    @pytest.mark.parametrize("maker", [word_problems, science_pictures])
    def test_of_training_are_others_than_those_that_are_asked(self, maker: Any) -> None:
        found = {}
        for split in ("test", "train", "validation"):
            made = iter(Source("synthetic").rows(Hub("owner/data", split=split), synthetic=maker))
            found[split] = [next(made) for _ in range(40)]
        asked, shown, chosen = ({(row["question"], repr(row.get("facts"))) for row in of_split} for of_split in found.values())
        assert not asked & shown
        assert not asked & chosen
        assert [found[split][0].id for split in found] == ["synthetic-42-0", "synthetic-train-42-0", "synthetic-selection-42-0"]

    def test_of_several_splits_are_told_in_the_reports(self) -> None:
        with noting_reads() as reads:
            for hub in (TRAIN, TEST):
                Source("synthetic").rows(hub, synthetic=word_problems)
        assert [split for splits in reads.splits.values() for split in splits] == ["train", "test"]

    def test_of_a_maker_without_splits_are_never_those_of_training(self) -> None:
        def maker(seed: int, *, pool: str) -> Iterator[dict[str, Any]]:
            yield {"question": "?"}

        assert len(list(Source("synthetic").rows(TEST, synthetic=maker))) == 1
        with pytest.raises(RowsError, match="--source synthetic is one split, rows to be asked, and 'train' is asked for"):
            Source("synthetic").rows(TRAIN, synthetic=maker)

    def test_as_training_drew_them_are_one_split(self) -> None:
        with pytest.raises(RowsError, match="--source synthetic:trained is one split"):
            Source("synthetic", pool="trained").rows(TRAIN, synthetic=word_problems)


class TestFilesThatNeverEnd:
    def test_are_refused_without_waiting(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "rows.jsonl")
        with pytest.raises(RowsError, match=r"rows\.jsonl: cannot be read \(it is a pipe, not a regular file\)"):
            read(tmp_path / "rows.jsonl", "test")
        (tmp_path / "zero.jsonl").symlink_to("/dev/zero")
        with pytest.raises(RowsError, match="it is a device, not a regular file"):
            read(tmp_path / "zero.jsonl", "test")
        for suffix in (".parquet", ".arrow"):
            os.mkfifo(tmp_path / f"rows{suffix}")
            with pytest.raises(RowsError, match="it is a pipe, not a regular file"):
                read(tmp_path / f"rows{suffix}", "test")

    def test_or_have_no_end_to_a_line_are_read_no_further(self, tmp_path: Path) -> None:
        with (tmp_path / "rows.jsonl").open("wb") as file:
            file.truncate(1 << 40)
        with pytest.raises(RowsError, match=r"rows\.jsonl, line 1: more than 64 MB; a \.jsonl holds one object a line\."):
            read(tmp_path / "rows.jsonl", "test")


def test_splits_that_only_the_card_of_a_dataset_tells_are_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text(f'{{"q": "{name}"}}\n')
    assert [file.name for file in row_files(tmp_path, "test").files] == ["a.jsonl", "b.jsonl"]
    (tmp_path / "README.md").write_text("---\nconfigs:\n- data_files:\n  - split: test\n    path: a.jsonl\n---\n# Sums\n")
    with pytest.raises(RowsError, match=r"the splits of its files stand in README.md \(data_files\) alone, which is not read"):
        row_files(tmp_path, "test")
