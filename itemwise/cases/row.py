"""One dataset row: its columns read when asked for and checked before they are asked of a model; and the hub dataset it may be of."""

import ast
import re
import reprlib
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from itemwise.cases.gold import gold_number
from itemwise.cases.picture import Picture, PictureError
from itemwise.cases.surrogates import half_character

__all__ = ["Hub", "Row", "RowsError"]

MOST_CHOICES = 26  # there is no letter for more
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"  # characters of no width, which are no space either


class RowsError(Exception):
    """Rows cannot be had; the message says what was wrong and what to do instead."""


@dataclass(frozen=True)
class Hub:
    """A dataset on the Hugging Face hub, pinned to a `revision` (a commit) so that everyone asks the same rows.

    With `file` that file of its repository is read, for a dataset whose loading script no library runs any longer; `columns` are the names
    of its columns where a ``.csv`` or ``.tsv`` begins with a row at once, here and under `--source PATH`. With `only_split` the dataset has
    no other split, so that one called ``train`` is asked, and a file of no named split is it.
    """

    path: str
    config: str | None = None
    split: str = "test"
    revision: str | None = None
    file: str | None = None
    columns: tuple[str, ...] = ()
    only_split: bool = False

    @property
    def name(self) -> str:
        """As messages call it."""
        return " / ".join(part for part in (self.path, self.config, self.split) if part)

    @property
    def is_pinned(self) -> bool:
        """Whether the revision is a commit; a branch or a tag may be another tomorrow."""
        return bool(re.fullmatch("[0-9a-f]{40}", self.revision or ""))


class ColumnError(RowsError, KeyError):
    """A row has no such column; a KeyError too, as mappings promise, but its message is for people."""

    __str__ = Exception.__str__


class Row(Mapping[str, Any]):
    """One dataset row. Columns are read when asked for, so that passing over a picture does not decode it.

    `id` is stable for the row: its number in the split, or for made rows how to make it again (``synthetic-42-7``, and
    ``synthetic-42-7-twin1`` for the same problem with other numbers). `file` is where it stands, None for rows of the hub's tables; these,
    and rows in a folder called for it, have the `config` that they are of.
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
        location: str = "",
    ) -> None:
        self.id = id
        self._columns = columns
        self._read = read
        self._has = has
        self._nulls = nulls
        self._folders = folders
        self._location = location
        self.file: Path | None = None
        self.config: str | None = None

    @property
    def where(self) -> str:
        """The row in messages: its file and line (or row of a table), counted from 1, and its id."""
        return f"{self._location}: row {self.id}" if self._location else f"row {self.id}"

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

    def options(self, column: str) -> tuple[str, ...]:
        """The texts of a list, however many and how often one stands there. Raises RowsError for what is no list, and where one is no
        text or is blank."""
        return self._listed(column, self[column])

    def spelled_options(self, column: str) -> tuple[str, ...]:
        """The texts of a list that a text spells as Python does, such as ``['red', 'green']``; it is read as a literal and never run.
        Raises RowsError as `options` does."""
        return self._listed(column, _spelled_list(self.text(column)))

    def _listed(self, column: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, (list, tuple)):
            raise self.error(column, f"{reprlib.repr(value)}; give the options as a list of texts.")
        return tuple(self._checked_text(column, option, f"option {number}: ") for number, option in enumerate(value))

    def choices(self, column: str = "choices") -> tuple[str, ...]:
        """The options of a multiple-choice row, as texts. Raises RowsError for what is no list, for fewer than 2 or more than 26
        of them, and where one is no text, is blank or stands there twice."""
        options = self.options(column)
        if not 2 <= len(options) <= MOST_CHOICES:
            raise self.error(column, f"{len(options)} option{'s' * (len(options) != 1)}; a choice has 2 to {MOST_CHOICES}.")
        repeated = next((text for text, count in Counter(option.strip() for option in options).items() if count > 1), None)
        if repeated is not None:
            raise self.error(column, f"two options are {reprlib.repr(repeated)}, so that two letters would be right or wrong by luck.")
        return options

    def place(self, column: str, choices: Sequence[str]) -> int:
        """The place of the right option among `choices`, from 0. Raises RowsError for what is no whole number in that range."""
        value = self[column]
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < len(choices):
            raise self.error(
                column,
                f"{reprlib.repr(value)}; give the right option's place, a whole number from 0 to {len(choices) - 1}: "
                "0 is A. A letter becomes one in the loader.",
            )
        return value

    def error(self, column: str, what: str) -> RowsError:
        """An error for a loader to raise that says which file, row and column is at fault."""
        return RowsError(f"{self.where}, column {column!r}: {what}")

    def _checked_text(self, column: str, value: object, what: str = "") -> str:
        if not isinstance(value, str):
            raise self.error(column, f"{what}{reprlib.repr(value)} ({type(value).__name__}) is no text; give text.")
        if not value.strip().strip(_INVISIBLE):
            raise self.error(column, f"{what}{value[:20]!r} is blank; give text, or leave the row out.")
        if half := half_character(value):
            raise self.error(column, f"{what}{half}; decode the row anew.")
        return value

    def picture(self, column: str = "image") -> Picture | None:
        """The picture in a column, read and decoded when it is looked at; None where the row has none.

        In tables null means no picture, in csv an empty cell. In jsonl a missing column means no picture; null means a file that is
        missing, and is an error of the case that shows it. A picture may be a picture of Pillow, bytes, the hub's ``{"bytes", "path"}``,
        or a path, relative to the file it stands in and inside its folder or the picture folder that was allowed besides.
        """
        if column not in self._columns or (self._has is not None and not self._has(column)):
            return None
        return Picture(f"{self.where}, column {column!r}", partial(self._picture_content, column))

    def _picture_content(self, column: str) -> Any:
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


def _spelled_list(text: str) -> Any:
    """The list that a text spells; the text itself where it spells none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # of a backslash in a formula
            value = ast.literal_eval(text.strip()) if text.lstrip().startswith("[") else text
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):  # as a row of MMMU-Pro spells it
        value = value[0]
    return [option if isinstance(option, str) else str(option) for option in value] if isinstance(value, list) else text


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
