"""What a file of replies holds, record by record: a line, an entry of a JSON list or a row of a table; gzipped or not."""

import codecs
import io
import json
import reprlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from itemwise.cases.gzipped import BROKEN
from itemwise.cases.gzipped import unpacked as out_of_gzip
from itemwise.cases.row import RowsError
from itemwise.cases.row_formats import file_rows
from itemwise.replies.given_reply import RepliesError

__all__ = ["TABLES", "Records", "json_value", "list_records", "table_records", "text_lines", "unpacked"]

Records = Iterator[tuple[str, Mapping[str, Any]]]  # the place of each, for messages, and its object

TABLES = (".csv", ".tsv", ".parquet", ".arrow")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def unpacked(content: bytes, path: Path) -> bytes:
    """`content` out of its gzip, and in UTF-8 where its first bytes say UTF-16. Raises RepliesError."""
    try:
        plain = out_of_gzip(io.BytesIO(content))
        return plain.decode("utf-16").encode("utf-8", "surrogatepass") if plain.startswith(_UTF16) else plain
    except (*BROKEN, UnicodeDecodeError) as error:
        raise RepliesError(f"{path} cannot be unpacked: {error}.") from None


def json_value(content: bytes) -> Any:
    """The JSON that `content` is; None where it is none, or more than one value."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def text_lines(content: bytes, path: Path) -> Records:
    """An object a line; empty lines are passed over. Raises RepliesError for a line that is none."""
    for number, line in enumerate(content.split(b"\n"), start=1):  # not splitlines(): replies hold other line breaks
        if line.strip():
            yield _record(json_value(line), f"{path.name}, line {number}", f"{path}, line {number}", line)


def list_records(entries: list[Any], path: Path) -> Records:
    """The objects of a JSON list. Raises RepliesError for an entry that is none."""
    for number, entry in enumerate(entries, start=1):
        yield _record(entry, f"{path.name}, entry {number}", f"{path}, entry {number}", entry)


def _record(value: Any, place: str, long_place: str, shown: Any) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(value, dict):
        raise RepliesError(f"{long_place}: no JSON object in UTF-8: {reprlib.repr(shown[:60] if isinstance(shown, bytes) else shown)}.")
    return place, value


def table_records(path: Path) -> Records:
    """The rows of a csv, tsv, parquet or arrow file; a cell that is empty or null is None. Raises RepliesError."""
    try:
        rows = [dict(row) for row in file_rows(path, (), bounded=True)]
    except RowsError as error:
        raise RepliesError(str(error)) from None
    columns = dict.fromkeys(name for row in rows for name in row)
    for number, row in enumerate(rows, start=1):
        yield f"{path.name}, row {number}", {**columns, **row}
