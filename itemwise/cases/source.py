"""Where rows come from: the hub, a file or folder, or a synthetic generator; and which of them are asked."""

from __future__ import annotations

import inspect
import json
import os
import random
import re
import reprlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from itemwise.cases.gold import gold_number
from itemwise.cases.picture import Picture, PictureError, encoded_picture
from itemwise.cases.split_files import SUFFIXES, RowFiles, RowsError, opened, plain_split, row_files, sha256_of_files
from itemwise.cases.variants import twin_of

if TYPE_CHECKING:
    from pyarrow import Table

__all__ = ["Hub", "Row", "RowsError", "Source", "draw", "draw_like_random", "hub", "noting_reads", "rows"]

Drawn = TypeVar("Drawn")
MOST_CHOICES = 26  # there is no letter for more
_MADE_SPLITS = {"train": "train", "validation": "selection"}  # of a maker that takes split=, beside the rows to be asked
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"  # characters of no width, which are no space either
_SURROGATE = re.compile("[\ud800-\udfff]")
LONGEST_LINE = 64 << 20  # bytes of a row; a file without an end to its lines is read no further
_READS: ContextVar[Reads | None] = ContextVar("_READS", default=None)  # a loader says not what it reads


class ColumnError(RowsError, KeyError):
    """A row has no such column; a KeyError too, as mappings promise, but its message is for people."""

    __str__ = Exception.__str__


class Row(Mapping[str, Any]):
    """One dataset row. Columns are read when asked for, so that passing over a picture does not decode it.

    `id` is stable for the row: its number in the split, or for made rows how to make it again (``synthetic-42-7``, and
    ``synthetic-42-7-twin1`` for the same problem with other numbers).
    """

    def __init__(
        self,
        id: str,
        columns: Sequence[str],
        read: Callable[[str], Any],
        *,
        has: Callable[[str], bool] | None = None,
        nulls: Collection[str] = (),
        folders: Sequence[Path] = (),
        stands: str = "",
    ) -> None:
        self.id = id
        self._columns = columns
        self._read = read
        self._has = has
        self._nulls = nulls
        self._folders = folders
        self._stands = stands

    @property
    def where(self) -> str:
        """The row in messages: its file and line (or row of a table), counted from 1, and its id."""
        return f"{self._stands}: row {self.id}" if self._stands else f"row {self.id}"

    def __getitem__(self, column: str) -> Any:
        """What stands in the column. Raises RowsError, which is a KeyError too, where there is none, and for null: nothing is
        ever asked as "None"; ``row.get(column)`` gives None for both."""
        if column not in self._columns:
            raise ColumnError(f"{self.where} has no column {column!r}; it has {', '.join(self._columns)}")
        value = self._read(column)
        if value is None:
            raise ColumnError(f"{self.where}, column {column!r}: null; give the value, or leave the row out.")
        return value

    def text(self, column: str, default: str | None = None) -> str:
        """The text of a column; `default`, where one is given, for a missing, null or blank one. Raises RowsError, naming file,
        row and column, for what is no text, is blank or cannot be sent."""
        value = self[column] if default is None else self.get(column, "")
        if default is not None and isinstance(value, str) and not value.strip():
            return default
        return self._checked_text(column, value)

    def prompt(self, template: str, **more: str) -> str:
        """`template` with the columns that it names, as ``str.format`` does: each is checked as `text` is. `more` go before columns.

        >>> row.prompt("{question}\\nGive only the number.")  # doctest: +SKIP
        """
        return template.format_map(_Texts(self, more))

    def number(self, column: str) -> str:
        """The gold number of a column, as `last_number` returns it: see `gold_number`. Raises RowsError naming file, row and column."""
        try:
            return gold_number(self[column])
        except ValueError as error:
            raise self.error(column, str(error)) from None

    def choices(self, column: str = "choices") -> tuple[str, ...]:
        """The options of a multiple-choice row, as texts. Raises RowsError for what is no list, for fewer than 2 or more than 26
        of them, and where one is no text, is blank or stands there twice."""
        found = self[column]
        if not isinstance(found, (list, tuple)):
            raise self.error(column, f"{_shown(found)}; give the options as a list of texts.")
        options = tuple(self._checked_text(column, option, f"option {number}: ") for number, option in enumerate(found))
        if not 2 <= len(options) <= MOST_CHOICES:
            raise self.error(column, f"{len(options)} options; a choice has 2 to {MOST_CHOICES}.")
        twice = next((text for text, count in Counter(option.strip() for option in options).items() if count > 1), None)
        if twice is not None:
            raise self.error(column, f"two options are {_shown(twice)}, so that two letters would be right or wrong by luck.")
        return options

    def place(self, column: str, choices: Sequence[str]) -> int:
        """The place of the right option among `choices`, from 0. Raises RowsError for what is no whole number in that range."""
        found = self[column]
        if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < len(choices):
            raise self.error(
                column,
                f"{_shown(found)}; give the right option's place, a whole number from 0 to {len(choices) - 1}: "
                "0 is A. A letter becomes one in the loader.",
            )
        return found

    def error(self, column: str, what: str) -> RowsError:
        """An error for a loader to raise that says which file, row and column is at fault."""
        return RowsError(f"{self.where}, column {column!r}: {what}")

    def _checked_text(self, column: str, value: object, what: str = "") -> str:
        if not isinstance(value, str):
            raise self.error(column, f"{what}{_shown(value)} ({type(value).__name__}) is no text; give text.")
        if not value.strip().strip(_UNSEEN):
            raise self.error(column, f"{what}{value[:20]!r} is blank; give text, or leave the row out.")
        if found := _SURROGATE.search(value):
            raise self.error(column, f"{what}half a character ({found.group()!a} at {found.start()}); decode the row anew.")
        return value

    def picture(self, column: str = "image") -> Picture | None:
        """The picture in a column, read and decoded when it is looked at; None where the row has none.

        A table says so by null. A row of a jsonl has none where the column is missing; null there is a picture that is not
        at hand, and an error of the case that shows it. It may be a picture of Pillow, bytes, the hub's ``{"bytes", "path"}``,
        or a path, relative to the file it stands in and inside its folder or the picture folder that was allowed besides.
        """
        if column not in self._columns or (self._has is not None and not self._has(column)):
            return None
        return Picture(f"{self.where}, column {column!r}", partial(self._shown, column))

    def _shown(self, column: str) -> Any:
        match self._read(column):
            case {"bytes": bytes() as content}:
                return content
            case {"path": str() as path} | (str() as path):
                return self._picture_file(path, f"{self.where}, column {column!r}")
            case other:
                return other

    def _picture_file(self, path: str, where: str) -> Path:
        """A path that a row names. Raises PictureError where it leads out of the folders that rows may name files of."""
        if "://" in path[:16]:
            raise PictureError(f"{where}: {reprlib.repr(path)} is an address; nothing is fetched: download it, and give the file's path.")
        if not self._folders:
            raise PictureError(f"{where}: {reprlib.repr(path)} is a path, but these rows lie in no folder; give the picture's bytes.")
        file = (self._folders[0] / path).resolve()
        if not any(file.is_relative_to(folder.resolve()) for folder in self._folders):
            raise PictureError(
                f"{where}: {reprlib.repr(path)} leads out of {self._folders[0]}, the folder of the rows; "
                f"if you trust them, allow the folder it leads to: --picture-folder {file.parent}, or rows(..., picture_folder=...)."
            )
        return file

    def __iter__(self) -> Iterator[str]:
        return (column for column in self._columns if column not in self._nulls and (self._has is None or self._has(column)))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Texts(Mapping[str, str]):
    """The columns of a row that a prompt may name, each checked when it is."""

    def __init__(self, row: Row, more: Mapping[str, str]) -> None:
        self._row, self._more = row, more

    def __getitem__(self, column: str) -> str:
        return self._more[column] if column in self._more else self._row.text(column)

    def __iter__(self) -> Iterator[str]:
        return iter({**dict.fromkeys(self._row), **self._more})

    def __len__(self) -> int:
        return len(list(iter(self)))


def _shown(value: object) -> str:
    return reprlib.repr(value)


@dataclass(frozen=True)
class Hub:
    """A dataset on the Hugging Face hub, pinned to a `revision` (a commit) so that everyone asks the same rows."""

    path: str
    config: str | None = None
    split: str = "test"
    revision: str | None = None

    @property
    def name(self) -> str:
        """As messages call it."""
        return " / ".join(part for part in (self.path, self.config, self.split) if part)

    @property
    def is_pinned(self) -> bool:
        """Whether the revision is a commit; a branch or a tag may be another tomorrow."""
        return bool(re.fullmatch("[0-9a-f]{40}", self.revision or ""))


@dataclass(frozen=True)
class Source:
    """Where a run's rows come from, as `--source` says: `kind` is ``hub``, ``file`` or ``synthetic``.

    `path` is the file or folder of ``file``; `half` the templates of ``synthetic``; `seed` makes synthetic rows, each
    followed by `twins` more that tell it with other numbers. `picture_folder` is where paths of pictures may lead besides
    the folder of their rows.
    """

    kind: str
    seed: int = 42
    path: Path | None = None
    half: str = "seen"
    twins: int = 0
    picture_folder: Path | None = None

    @classmethod
    def parse(cls, text: str, *, seed: int, root: Path) -> Source:
        """Read ``hub``, ``synthetic``, ``synthetic:`` and a half such as ``held-out``, or a path relative to `root`."""
        from itemwise.synthetic import HALVES

        if text == "hub":
            return cls("hub", seed)
        kind, _, half = text.partition(":")
        if kind == "synthetic":
            if (half or "seen") not in HALVES:
                raise RowsError(f"--source {text!r}: synthetic rows are {', '.join(HALVES)}, not {half!r}.")
            return cls("synthetic", seed, half=half or "seen")
        path = Path(os.path.abspath(root / Path(text).expanduser()))  # links keep their names, which say the split
        if not text or not path.exists():
            raise RowsError(f"--source {text!r}: no such file or folder; give a path, hub, or synthetic.")
        return cls("file", seed, path=path)

    @property
    def endless(self) -> bool:
        """Whether rows never run out, so that a sample is the first of them instead of a draw."""
        return self.kind == "synthetic"

    @property
    def text(self) -> str:
        """As `--source` spells it."""
        if self.kind == "synthetic":
            return self.kind if self.half == "seen" else f"{self.kind}:{self.half}"
        return str(self.path) if self.path else self.kind

    def rows(self, hub: Hub, *, synthetic: Callable[..., Iterator[dict[str, Any]]] | None = None) -> Iterable[Row]:
        """The rows of this source for a benchmark that lives at `hub` and may be made by `synthetic`.

        `synthetic` is called with the seed and `half=`; where there are to be twins with `twins=` too, and then follows
        each row with that many. Raises RowsError where the rows cannot be had, or cannot have twins.
        """
        if self.twins and self.kind != "synthetic":
            raise RowsError(f"--twins needs rows that can be renumbered: --source synthetic makes such rows, {self.text} does not.")
        if self.kind == "hub":
            return _hub_rows(hub)
        if self.path is not None:
            found = row_files(self.path, hub.split, hub.config)
            _claim(self.path, hub.split, found)
            return _rows_of(found.files, self.picture_folder)
        if synthetic is None:
            raise RowsError(f"{hub.path} has no synthetic rows; give --source hub or --source PATH.")
        split = self._made_split(hub, synthetic)
        label = "-".join(["synthetic", *([self.half] if self.half != "seen" else []), *([split] if split else []), str(self.seed)])
        return _made_rows(label, self._made(hub, synthetic, split), self.twins)

    def _made(self, hub: Hub, synthetic: Callable[..., Iterator[dict[str, Any]]], split: str) -> Iterator[dict[str, Any]]:
        wanted = {"split": split} if split else {}
        if not self.twins:
            return synthetic(self.seed, half=self.half, **wanted)
        if "twins" not in inspect.signature(synthetic).parameters:
            raise RowsError(f"--twins needs rows that can be renumbered: {hub.path} makes its own without twins; run without --twins.")
        return synthetic(self.seed, half=self.half, twins=self.twins, **wanted)

    def _made_split(self, hub: Hub, synthetic: Callable[..., Iterator[dict[str, Any]]]) -> str:
        """The maker's name for rows that are none of those it makes to be asked; empty for those, and where it knows only them."""
        named = _MADE_SPLITS.get(plain_split(hub.split), "") if "split" in inspect.signature(synthetic).parameters else ""
        if named and self.half != "trained":
            return named
        _claim(f"--source {self.text}", hub.split, RowFiles((), None))
        return ""


def hub(path: str, config: str | None = None, *, split: str = "test", revision: str | None = None) -> Iterable[Row]:
    """Rows of a hub dataset, whatever `--source` says; for a loader that knows only the hub."""
    return _hub_rows(Hub(path, config, split, revision))


@dataclass
class Reads:
    """What rows were read of: the commit of each hub dataset, the split and the files of each source."""

    commits: dict[Hub, str] = field(default_factory=dict)
    splits: dict[str, list[str]] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    as_split: dict[Path | str, str] = field(default_factory=dict)  # by file; by source where rows are made


@contextmanager
def noting_reads() -> Iterator[Reads]:
    """What rows are read of within, for a run to say it, and for one source not to be given as two splits."""
    read = Reads()
    token = _READS.set(read)
    try:
        yield read
    finally:
        _READS.reset(token)


def rows(path: str | Path, *, split: str | None = None, picture_folder: str | Path | None = None) -> Iterable[Row]:
    """Rows of a ``.jsonl``, ``.parquet`` or ``.arrow`` file, or of all such files of a folder in order of name.

    A folder with train and test files is read with `split`, which names files or folders: ``test.jsonl``,
    ``data/test-00000-of-00001.parquet``, ``test/``. Paths of pictures lead to regular files inside the folder of the rows, or
    inside `picture_folder` where one is given. Raises RowsError naming file and line where a row cannot be read.
    """
    found = row_files(Path(path), split)
    if (read := _READS.get()) is not None:
        read.files += [file for file in found.files if file not in read.files]
    return _rows_of(found.files, picture_folder)


def sha256_of(path: Path, split: str | None = None) -> str:
    """The hash of a row file, or of a folder's row files in order of name."""
    return sha256_of_files(row_files(path, split).files)


def _claim(source: str | Path, split: str, found: RowFiles) -> None:
    """Note that `source` is read as `split`. Raises RowsError where its rows are of another: train rows would be asked, or the
    asked ones shown as examples."""
    wanted, read = plain_split(split), _READS.get() or Reads()
    parts = found.files or (str(source),)
    others = [other for part in parts if (other := read.as_split.get(part, wanted)) != wanted]
    if others or (found.split is None and wanted == "train"):
        as_what = f"already read as {others[0]}" if others else "rows to be asked"
        raise RowsError(
            f"{source} is one split, {as_what}, and {split!r} is asked for; give a folder with a file for each split, "
            f"such as train.jsonl and test.jsonl, or run with --source hub."
        )
    read.as_split |= dict.fromkeys(parts, wanted)
    name = wanted if found.split in (None, wanted) else f"{found.split} (asked for as {wanted})"
    given = read.splits.setdefault(str(source), [])
    if name not in given:
        given.append(name)
    read.files += [file for file in found.files if file not in read.files]


def draw(population: Sequence[Drawn], size: int, seed: int) -> list[Drawn]:
    """`size` of the population, shuffled by `seed` exactly as ``Dataset.shuffle(seed).select(range(size))`` does.

    That is NumPy's PCG64 permutation; a size beyond the population gives all of it, shuffled.
    """
    import numpy

    order = numpy.random.default_rng(seed).permutation(len(population))[:size]
    return [population[index] for index in order.tolist()]


def draw_like_random(population: Sequence[Drawn], size: int, seed: int) -> list[Drawn]:
    """`size` of the population as ``random.seed(seed); random.sample(population, size)`` draws them; all where there are fewer."""
    return random.Random(seed).sample(population, min(size, len(population)))


def _rows_of(files: Sequence[Path], picture_folder: str | Path | None) -> Iterator[Row]:
    besides = () if picture_folder is None else (Path(picture_folder),)
    return _renumbered(found for file in files for found in _file_rows(file, (file.parent, *besides)))


def _renumbered(found: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(found):
        row.id = str(number)
        yield row


def _dict_row(id: str, row: Mapping[str, Any], folders: Sequence[Path] = (), stands: str = "") -> Row:
    nulls = tuple(column for column, value in row.items() if value is None)
    return Row(id, tuple(row), row.__getitem__, nulls=nulls, folders=folders, stands=stands)


def _made_rows(label: str, made: Iterator[dict[str, Any]], twins: int) -> Iterator[Row]:
    try:
        for place, row in enumerate(made):
            number, twin = divmod(place, 1 + twins)
            original = f"{label}-{number}"
            yield _dict_row(twin_of(original, twin) if twin else original, _packed(row))
    except ValueError as error:  # the maker's: it has nothing new to ask
        raise RowsError(str(error)) from error


def _packed(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row with its pictures encoded: a drawn one takes some thirty times the memory, and its hash is wanted anyway."""
    return {column: encoded_picture(value) if hasattr(value, "save") else value for column, value in row.items()}


def _file_rows(file: Path, folders: Sequence[Path]) -> Iterator[Row]:
    match file.suffix:
        case ".jsonl":
            return _jsonl_rows(file, folders)
        case ".parquet" | ".arrow":
            return _table_rows(_table(file), str(file), folders)
    raise RowsError(f"{file}: rows are read from {', '.join(SUFFIXES)}, not {file.suffix or 'a file without suffix'}.")


def _jsonl_rows(file: Path, folders: Sequence[Path]) -> Iterator[Row]:
    with opened(file) as lines:
        for number, line in enumerate(iter(partial(lines.readline, LONGEST_LINE + 1), b""), start=1):
            if len(line) > LONGEST_LINE:
                raise RowsError(f"{file}, line {number}: more than {LONGEST_LINE >> 20} MB; a .jsonl holds one object a line.")
            try:
                text = line.decode("utf-8-sig").strip()
                row = json.loads(text) if text else {}
            except (ValueError, RecursionError) as error:
                raise RowsError(f"{file}, line {number}: not JSON ({error}); a .jsonl holds one object a line, in UTF-8.") from None
            if not isinstance(row, dict):
                raise RowsError(f"{file}, line {number}: {type(row).__name__} instead of an object.")
            if text:
                yield _dict_row(str(number - 1), row, folders, f"{file}, line {number}")


def _table(file: Path) -> Table:
    import pyarrow
    import pyarrow.parquet

    opened(file).close()
    try:
        if file.suffix == ".parquet":
            return pyarrow.parquet.read_table(file)
        with pyarrow.memory_map(str(file)) as mapped:
            try:
                return pyarrow.ipc.open_stream(mapped).read_all()
            except pyarrow.ArrowInvalid:
                return pyarrow.ipc.open_file(mapped).read_all()
    except (pyarrow.ArrowException, OSError) as error:
        raise RowsError(f"{file}: not a readable {file.suffix} file ({error}).") from None


def _table_rows(table: Table, name: str, folders: Sequence[Path]) -> Iterator[Row]:
    columns = tuple(table.column_names)
    for number in range(table.num_rows):
        cell, there = partial(_cell, table, number), partial(_is_there, table, number)
        yield Row(str(number), columns, cell, has=there, folders=folders, stands=f"{name}, row {number + 1}")


def _is_there(table: Table, number: int, column: str) -> bool:
    return bool(table.column(column)[number].is_valid)


def _cell(table: Table, number: int, column: str) -> Any:
    return table.column(column)[number].as_py()


def _hub_rows(hub: Hub) -> Iterator[Row]:
    from itemwise.cases.hub import hub_table, picture_folders

    table, commit = hub_table(hub)
    if (read := _READS.get()) is not None:
        read.commits[hub] = commit
    return _table_rows(table, hub.name, picture_folders())
