"""Where a benchmark's rows come from: the hub, a file or folder, or a synthetic generator; of each the split that is asked for."""

from __future__ import annotations

import inspect
import itertools
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from itemwise.cases.hub import hub_file, hub_table, picture_folders
from itemwise.cases.picture import encoded_picture
from itemwise.cases.reads import note_commit, note_files, note_split
from itemwise.cases.row import Hub, Row, RowsError
from itemwise.cases.row_formats import file_rows, mapping_row, table_rows
from itemwise.cases.split_files import RowFiles, is_called, plain_split, row_files, without_gz
from itemwise.cases.variants import variant_name
from itemwise.former_names import former_fields

__all__ = ["POOLS", "NoMadeRowsError", "Source", "hub", "rows"]

POOLS = ("seen", "held-out", "all", "trained")  # of templates: which of them made rows are drawn from
_MADE_SPLITS = {"train": "train", "validation": "selection"}  # of a maker that takes split=, beside the rows to be asked
_FORMER = {"pool": "half", "variants": "twins"}  # what parameters of makers were called, and still may be


class NoMadeRowsError(RowsError):
    """Nobody makes rows of the dataset, which are asked for."""


@former_fields(half="pool", twins="variants")
@dataclass(frozen=True)
class Source:
    """Where a run's rows come from, as `--source` says: `kind` is ``hub``, ``file`` or ``synthetic``.

    `path` is the file or folder of ``file``; `pool` the templates of ``synthetic``; `seed` makes synthetic rows, each
    followed by `variants` more that tell it with other numbers. `picture_folder` is where paths of pictures may lead besides
    the folder of their rows. `split` is read in the place of the one that a benchmark asks for: rows for examples.
    """

    kind: str
    seed: int = 42
    path: Path | None = None
    pool: str = "seen"
    variants: int = 0
    picture_folder: Path | None = None
    split: str | None = None

    @classmethod
    def parse(cls, text: str, *, seed: int, root: Path, option: str = "--source") -> Source:
        """Read ``hub``, ``synthetic``, ``synthetic:`` and a pool such as ``held-out``, or a path relative to `root`."""
        if text == "hub":
            return cls("hub", seed)
        kind, _, pool = text.partition(":")
        if kind == "synthetic":
            if (pool or "seen") not in POOLS:
                raise RowsError(f"{option} {text!r}: synthetic rows are {', '.join(POOLS)}, not {pool!r}.")
            return cls("synthetic", seed, pool=pool or "seen")
        path = Path(os.path.abspath(root / Path(text).expanduser()))  # links keep their names, which say the split
        if not text or not path.exists():
            raise RowsError(f"{option} {text!r}: no such file or folder; give a path, hub, or synthetic.")
        return cls("file", seed, path=path)

    @property
    def endless(self) -> bool:
        """Whether rows never run out, so that a sample is the first of them instead of a draw."""
        return self.kind == "synthetic"

    @property
    def text(self) -> str:
        """As `--source` spells it."""
        if self.kind == "synthetic":
            return self.kind if self.pool == "seen" else f"{self.kind}:{self.pool}"
        return str(self.path) if self.path else self.kind

    def of_benchmark(self, name: str) -> Source:
        """The folder of that name in a folder that holds one for each of several benchmarks; else this source."""
        return replace(self, path=self.path / name) if self.path and (self.path / name).is_dir() else self

    def of_config(self, config: str, others: Sequence[str]) -> Source:
        """The folder called for a benchmark's configuration, where there is one; else this source.

        Raises RowsError where names say that it holds rows of `others` alone, which would be asked under the wrong name.
        """
        if self.path is None or not config:
            return self
        if (self.path / config).is_dir():
            return replace(self, path=self.path / config)
        names = [without_gz(entry).stem for entry in (self.path.iterdir() if self.path.is_dir() else [self.path])]
        there = [other for other in others if any(is_called(name, other) for name in names)]
        if there and not any(is_called(name, config) for name in names):
            held = ", ".join(there)
            raise RowsError(f"{self.path} holds, by its names, {held} and nothing of {config}; give rows of it, or leave it out.")
        return self

    def has_config(self, hub: Hub) -> bool:
        """Whether rows lie in a folder that is called for the configuration of `hub`, as a copy of its repository has them."""
        return self.path is not None and hub.config is not None and (self.path / hub.config).is_dir()

    def rows(self, hub: Hub, *, synthetic: Callable[..., Iterator[dict[str, Any]]] | None = None) -> Iterable[Row]:
        """The rows of this source for a benchmark that lives at `hub` and may be made by `synthetic`.

        `synthetic` is called with the seed and `pool=` (a name of POOLS); where there are to be variants with `variants=` too, and then
        follows each row with that many. Raises RowsError where the rows cannot be had, or cannot have variants.
        """
        hub = replace(hub, split=self.split or hub.split)
        if self.variants and self.kind != "synthetic":
            raise RowsError(f"--variants needs rows that can be renumbered: --source synthetic makes such rows, {self.text} does not.")
        if self.kind == "hub":
            return _hub_rows(hub)
        if self.path is not None:
            chosen = row_files(self.path, hub.split, hub.config)
            note_split(self.path, hub.split, chosen, only=hub.only_split and not self.split)
            rows = _rows_of(chosen.files, self.picture_folder, hub.columns)
            return _of_config(rows, hub.config) if self.has_config(hub) else rows
        if synthetic is None:
            raise NoMadeRowsError(f"{hub.path} has no synthetic rows; give --source hub or --source PATH.")
        split = self._made_split(hub, synthetic)
        label = "-".join(["synthetic", *([self.pool] if self.pool != "seen" else []), *([split] if split else []), str(self.seed)])
        return _made_rows(label, self._made(hub, synthetic, split), self.variants)

    def _made(self, hub: Hub, synthetic: Callable[..., Iterator[dict[str, Any]]], split: str) -> Iterator[dict[str, Any]]:
        parameters = inspect.signature(synthetic).parameters
        if self.variants and not {"variants", "twins"} & set(parameters):
            raise RowsError(
                f"--variants needs rows that can be renumbered: {hub.path} makes its own without variants; run without --variants."
            )
        wanted: dict[str, Any] = {"pool": self.pool, "split": split, "variants": self.variants}
        for name, former in _FORMER.items():
            if wanted[name] and former in parameters and name not in parameters:
                words = f"{hub.path}: the maker of synthetic rows takes {former}=, which is called {name}= now."
                warnings.warn(words, DeprecationWarning, stacklevel=3)
                wanted[former] = wanted.pop(name)
        return synthetic(self.seed, **{name: value for name, value in wanted.items() if value})

    def _made_split(self, hub: Hub, synthetic: Callable[..., Iterator[dict[str, Any]]]) -> str:
        """The maker's name for rows that are none of those it makes to be asked; empty for those, and where it knows only them."""
        named = _MADE_SPLITS.get(plain_split(hub.split), "") if "split" in inspect.signature(synthetic).parameters else ""
        if named and self.pool != "trained":
            note_split(f"--source {self.text}, {named}", hub.split, RowFiles((), plain_split(hub.split)))
            return named
        note_split(f"--source {self.text}", hub.split, RowFiles((), None))
        return ""


def hub(path: str, config: str | None = None, *, split: str = "test", revision: str | None = None) -> Iterable[Row]:
    """Rows of a hub dataset, whatever `--source` says; for a loader that knows only the hub."""
    return _hub_rows(Hub(path, config, split, revision))


def rows(path: str | Path, *, split: str | None = None, picture_folder: str | Path | None = None) -> Iterable[Row]:
    """Rows of a ``.jsonl``, ``.csv``, ``.parquet`` or ``.arrow`` file, or of all such files of a folder in order of name.

    A folder with train and test files is read with `split`, which names files or folders: ``test.jsonl``,
    ``data/test-00000-of-00001.parquet``, ``test/``. Paths of pictures lead to regular files inside the folder of the rows, or
    inside `picture_folder` where one is given. Raises RowsError naming file and line where a row cannot be read.
    """
    chosen = row_files(Path(path), split)
    note_files(chosen.files)
    return _rows_of(chosen.files, picture_folder)


def _rows_of(files: Sequence[Path], picture_folder: str | Path | None, columns: Sequence[str] = ()) -> Iterator[Row]:
    besides = () if picture_folder is None else (Path(picture_folder),)
    numbers = itertools.count()
    for file in files:
        for row in file_rows(file, (file.parent, *besides), columns):
            row.id, row.file = str(next(numbers)), file
            yield row


def _made_rows(label: str, made: Iterator[dict[str, Any]], variants: int) -> Iterator[Row]:
    try:
        for index, row in enumerate(made):
            number, variant = divmod(index, 1 + variants)
            original = f"{label}-{number}"
            yield mapping_row(variant_name(original, variant) if variant else original, _packed(row))
    except ValueError as error:  # the maker's: it has nothing new to ask
        raise RowsError(str(error)) from error


def _packed(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row with its pictures encoded: a drawn one takes some thirty times the memory, and its hash is wanted anyway."""
    return {column: encoded_picture(value) if hasattr(value, "save") else value for column, value in row.items()}


def _hub_rows(hub: Hub) -> Iterator[Row]:
    if hub.file is not None:
        file, commit = hub_file(hub)
        note_commit(hub, commit)
        return _rows_of([file], None, hub.columns)
    table, commit = hub_table(hub)
    note_commit(hub, commit)
    return _of_config(table_rows(table, hub.name, picture_folders()), hub.config)


def _of_config(rows: Iterator[Row], config: str | None) -> Iterator[Row]:
    for row in rows:
        row.config = config
        yield row
