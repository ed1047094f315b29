"""Rows of one file: jsonl, csv (RFC 4180), tsv, parquet or arrow, read lazily; errors name file and line."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from itemwise.cases.gzipped import BROKEN, is_gzip, unpacked, unpacking
from itemwise.cases.row import Row, RowsError
from itemwise.cases.split_files import SUFFIXES, opened, without_gz

if TYPE_CHECKING:
    from pyarrow import Table

__all__ = ["file_rows", "mapping_row", "table_rows"]

LONGEST_LINE = 64 << 20  # bytes; a file without an end to its lines is read no further
_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_DELIMITER_WORDS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}


def file_rows(file: Path, folders: Sequence[Path], columns: Sequence[str] = (), *, bounded: bool = False) -> Iterator[Row]:
    """The rows of a file by its suffix; their pictures may be files inside `folders`. A csv or tsv whose first row does not name `columns`
    has those, and begins with a row. A .txt is one row, its ``text``. A file may be gzipped (.csv.gz); `bounded` refuses one
    that holds more than can be held whole, as it is always for the formats that are. Raises RowsError, naming file and line."""
    match _suffix(file):
        case ".jsonl":
            return _jsonl_rows(file, folders, bounded)
        case ".csv" | ".tsv":
            return _csv_rows(file, folders, columns, bounded)
        case ".txt":
            return iter([mapping_row("0", {"text": _text(file)}, folders, str(file))])
        case ".parquet" | ".arrow":
            table = _table(file)
            _require_apart(str(file), table.column_names)
            return table_rows(table, str(file), folders)
    raise RowsError(f"{file}: rows are read from {', '.join(SUFFIXES)}, not {file.suffix or 'a file without suffix'}.")


def _suffix(file: Path) -> str:
    """What the file is, by its name without a .gz."""
    return without_gz(file).suffix.lower()


def _content(file: Path) -> bytes:
    """All of a row file, out of its gzip. Raises RowsError."""
    with opened(file) as packed:
        try:
            return unpacked(packed)
        except BROKEN as error:
            raise RowsError(f"{file}: cannot be unpacked ({error}).") from None


def _text(file: Path) -> str:
    try:
        return _content(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RowsError(f"{file}: not UTF-8 ({error}); convert it.") from None


def mapping_row(id: str, row: Mapping[str, Any], folders: Sequence[Path] = (), location: str = "") -> Row:
    """A row of columns that are all in memory."""
    nulls = tuple(column for column, value in row.items() if value is None)
    return Row(id, tuple(row), row.__getitem__, nulls=nulls, folders=folders, location=location)


def table_rows(table: Table, name: str, folders: Sequence[Path]) -> Iterator[Row]:
    """The rows of an Arrow table; a cell is decoded when it is asked for."""
    columns = tuple(table.column_names)
    for index in range(table.num_rows):
        cell, is_valid = partial(_cell, table, index), partial(_is_valid, table, index)
        yield Row(str(index), columns, cell, has=is_valid, folders=folders, location=f"{name}, row {index + 1}")


def _is_valid(table: Table, index: int, column: str) -> bool:
    return bool(table.column(column)[index].is_valid)


def _cell(table: Table, index: int, column: str) -> Any:
    return table.column(column)[index].as_py()


def _jsonl_rows(file: Path, folders: Sequence[Path], bounded: bool) -> Iterator[Row]:
    with opened(file) as content:
        for number, line in enumerate(_lines(file, content, bounded, "a .jsonl holds one object a line."), start=1):
            try:
                text = line.decode("utf-8-sig").strip()
                row = json.loads(text) if text else {}
            except (ValueError, RecursionError) as error:
                raise RowsError(f"{file}, line {number}: not JSON ({error}); a .jsonl holds one object a line, in UTF-8.") from None
            if not isinstance(row, dict):
                raise RowsError(f"{file}, line {number}: {type(row).__name__} instead of an object.")
            if text:
                yield mapping_row(str(number - 1), row, folders, f"{file}, line {number}")


def _csv_rows(file: Path, folders: Sequence[Path], named: Sequence[str], bounded: bool) -> Iterator[Row]:
    """Every cell is text: ``007`` stays itself. An empty cell is an empty text, which shows no picture."""
    delimiter = _DELIMITERS[_suffix(file)]
    with opened(file) as content:
        lines = _lines(file, content, bounded, f"a {_suffix(file)} holds one row a line, and closes every quote.")
        texts = (line.decode("utf-8-sig" if number == 0 else "utf-8") for number, line in enumerate(lines))
        cells = csv.reader(texts, delimiter=delimiter, strict=True)
        columns: Sequence[str] = ()
        start = 1
        try:
            for values in cells:
                location, start = f"{file}, line {start}", cells.line_num + 1
                if columns and values:
                    yield _csv_row(columns, values, folders, location, delimiter)
                elif named and not set(named) <= set(values):
                    columns = named
                    yield _csv_row(columns, values, folders, location, delimiter)
                elif not columns:
                    columns = _csv_columns(location, values, delimiter)
        except (csv.Error, UnicodeDecodeError) as error:
            one = _DELIMITER_WORDS[delimiter].removesuffix("s")
            form = f"{one}s separate cells, and a cell with a {one}, a quote or a line end stands in quotes, in UTF-8"
            raise RowsError(f"{file}, line {start}: not {_suffix(file)[1:].upper()} ({error}); {form}.") from None


def _require_apart(location: str, names: Sequence[str]) -> None:
    """Raise RowsError where two columns have one name."""
    repeated = next((name for name, count in Counter(names).items() if count > 1), None)
    if repeated is not None:
        raise RowsError(f"{location}: two columns are called {repeated!r}; give each a name of its own.")


def _csv_columns(location: str, names: Sequence[str], delimiter: str) -> tuple[str, ...]:
    _require_apart(location, names)
    for other, words in _DELIMITER_WORDS.items():
        if len(names) == 1 and other in names[0] and other != delimiter:
            separated = f"one column, {names[0]!r}: its cells are separated by {words}"
            raise RowsError(f"{location}: {separated}; {_DELIMITER_WORDS[delimiter]} separate them in a file of this name.")
    return tuple(names)


def _csv_row(columns: Sequence[str], values: Sequence[str], folders: Sequence[Path], location: str, delimiter: str) -> Row:
    if len(values) != len(columns):
        one = _DELIMITER_WORDS[delimiter].removesuffix("s")
        cells, names = "cell" if len(values) == 1 else "cells", "column" if len(columns) == 1 else "columns"
        told = f"{len(values)} {cells} for {len(columns)} {names}"
        raise RowsError(f"{location}: {told}; a cell that holds a {one} stands in quotes.")
    row = dict(zip(columns, values, strict=True))
    return Row("", tuple(columns), row.__getitem__, has=lambda column: row[column] != "", folders=folders, location=location)


def _lines(file: Path, content: BinaryIO, bounded: bool, form: str) -> Iterator[bytes]:
    """The lines of a file, out of its gzip, up to LONGEST_LINE bytes each; only a line feed ends one. Raises RowsError for a longer one,
    with the `form` that lines should have."""
    stream = unpacking(content, bounded=bounded)
    for number in count(1):
        try:
            line = stream.readline(LONGEST_LINE + 1)
        except BROKEN as error:
            raise RowsError(f"{file}: cannot be unpacked ({error}).") from None
        if len(line) > LONGEST_LINE:
            raise RowsError(f"{file}, line {number}: more than {LONGEST_LINE >> 20} MB; {form}")
        if not line:
            return
        yield line


def _table(file: Path) -> Table:
    import pyarrow
    import pyarrow.parquet

    with opened(file) as packed:
        held = pyarrow.BufferReader(_content(file)) if is_gzip(packed) else None
    try:
        if _suffix(file) == ".parquet":
            with pyarrow.parquet.ParquetFile(held or file) as parquet:
                return parquet.read()
        with held or pyarrow.memory_map(str(file)) as mapped:
            try:
                return pyarrow.ipc.open_stream(mapped).read_all()
            except pyarrow.ArrowInvalid:
                return pyarrow.ipc.open_file(mapped).read_all()
    except (pyarrow.ArrowException, OSError) as error:
        raise RowsError(f"{file}: not a readable {_suffix(file)} file ({error}).") from None
