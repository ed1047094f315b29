"""Which files of a folder hold a split: test.jsonl, data/test-00000-of-00001.parquet, main/test-*.parquet, test/..., saved datasets."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from itemwise.cases.regular_file import open_regular
from itemwise.cases.row import RowsError

__all__ = ["SUFFIXES", "RowFiles", "is_called", "is_training", "opened", "plain_split", "row_files", "sha256_of_files", "without_gz"]

SUFFIXES = (".jsonl", ".csv", ".tsv", ".parquet", ".arrow")
CACHES = "cache-*"  # what the datasets library leaves beside a saved dataset's own files: other rows, or none
_SAVED = "state.json"  # lies beside the files of a dataset that save_to_disk wrote
_CALLED = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev"), "validation"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
}
_SHARD = re.compile(r"(?P<split>[\w.]+?)-[0-9]{5}-of-(?P<of>[0-9]{5})(?:-[0-9a-f]+)?")


@dataclass(frozen=True)
class RowFiles:
    """The files of one split, in order of name. `split` is what their names say they hold; None where they say nothing."""

    files: tuple[Path, ...]
    split: str | None


def without_gz(file: Path) -> Path:
    """The name of a file without the ``.gz`` of one that is gzipped."""
    return file.with_suffix("") if file.suffix.lower() == ".gz" else file


def plain_split(name: str) -> str:
    """A split by its plain name: valid, val and dev are validation, training is train."""
    return _CALLED.get(name.lower(), name)


def is_training(split: str) -> bool:
    """Whether rows of the split may be shown as examples: train, training, auxiliary_train, train_sft."""
    return "train" in _splits_named(split)


def _splits_named(name: str) -> list[str]:
    """The splits that the words of a name say, by their plain names: gsm8k-test, gsm8k.test and gsm8kTest say test."""
    words = re.split(r"[^a-z]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower())
    return sorted({_CALLED[word] for word in words if word in _CALLED})


def row_files(path: Path, split: str | None = None, config: str | None = None) -> RowFiles:
    """The files at `path` that hold `split`: those whose own name or folder says so, or all of them where none says anything.

    `config` is the folder to look into where there are several. Without a split, all files are one. Raises RowsError where there
    are none, and for whatever would mix splits or count a row twice.
    """
    if not path.exists():
        raise RowsError(f"{path}: no such file or folder.")
    if split is not None and not re.fullmatch(r"[\w.-]+", split):
        raise RowsError(f"split {split!r} can be had of the hub only; of a file or folder ask for a plain name, such as test.")
    folder = path / config if config and (path / config).is_dir() else path
    splits = _by_split(folder, split, config) if path.is_dir() else {_split_of_name(path.name, split): [path]}
    if not splits:
        raise RowsError(f"{path} holds no {', '.join(SUFFIXES)} file.")
    if split is None and len(splits) > 1:
        raise RowsError(f"{path} holds {_listed(splits)}; say which split to read: rows(path, split=...).")
    if split is None or set(splits) == {None} or not path.is_dir():
        ((name, files),) = splits.items()
        files = [*_of_config(files, config)]
        _require_names_say_it(path, name, files)
        name = name or _split_of_folder(folder.name, split)
        _require_no_train_of_another(path, name, split)
        return _checked(path, RowFiles(tuple(files), name))
    if plain_split(split) not in splits:
        raise RowsError(
            f"{path} has no split {split!r}; it holds {_listed(splits)}. A split is named by its file or folder: {split}.jsonl."
        )
    chosen = _of_config(splits.pop(plain_split(split)), config)
    _require_no_copies(chosen, [file for files in splits.values() for file in files])
    return _checked(path, RowFiles(chosen, plain_split(split)))


def _of_config(files: Sequence[Path], config: str | None) -> tuple[Path, ...]:
    """Of files such as main-test.jsonl and socratic-test.jsonl those of the configuration; all where no name tells it."""
    if not config or config.lower() in _CALLED:
        return tuple(files)
    return tuple(file for file in files if is_called(without_gz(file).stem, config)) or tuple(files)


def is_called(name: str, config: str) -> bool:
    """Whether a file's or folder's name says that it holds a configuration: ``mgsm_zh`` and ``ARC-Easy`` say zh and easy."""
    return bool(re.search(rf"(?<![a-z0-9]){re.escape(config)}(?![a-z0-9])", name, re.IGNORECASE))


def _require_no_train_of_another(source: Path, name: str | None, split: str | None) -> None:
    """Raise RowsError where a source of one split, called otherwise, would be that of training, whose rows may be shown as examples.

    Whatever else it is called it may be asked: whoever gives one file wants its rows measured.
    """
    if split is not None and is_training(split) and name is not None and _splits_named(name) != ["train"]:
        raise RowsError(
            f"{source} is the split {name} by its name, and {split!r} is asked for; give the file of that split, or a folder of both."
        )


def _require_names_say_it(source: Path, name: str | None, files: Sequence[Path]) -> None:
    """Raise RowsError where the card of a hub dataset tells the splits of several files, and their names do not."""
    card = source / "README.md"
    head = re.match(r"---\n.*?\n---", card.read_text(encoding="utf-8", errors="replace"), re.DOTALL) if card.is_file() else None
    if name is None and len(files) > 1 and head and "data_files:" in head[0]:
        raise RowsError(
            f"{source}: the splits of its files stand in README.md (data_files) alone, which is not read; give the file of one split, "
            f"or call the files for their splits, such as test.jsonl."
        )


def _by_split(folder: Path, wanted: str | None, config: str | None = None) -> dict[str | None, list[Path]]:
    """The row files of a folder by split. Folders inside it are looked into where they are called for a split, `data`, or all there is.

    A folder that is called for a split is that split, unless its files say another: of ``eval/train.jsonl`` and ``eval/test.jsonl``
    the first is no row to be asked.
    """
    if (folder / _SAVED).is_file():
        return _saved(folder)
    entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    splits: dict[str | None, list[Path]] = {}
    for file in entries:
        if without_gz(file).suffix.lower() in SUFFIXES and not file.match(CACHES) and not file.is_dir():
            splits.setdefault(_split_of_name(file.name, wanted), []).append(file)
    folders = [entry for entry in entries if entry.is_dir() and not entry.is_symlink()]
    for inside in folders:
        name = _split_of_folder(inside.name, wanted)
        if name or inside.name == "data":
            nested = _by_split(inside, wanted, config)
            for split, files in nested.items():
                splits.setdefault(name if set(nested) <= {name, None} else split, []).extend(files)
    return splits or _of_configs(folder, {inside: _by_split(inside, wanted, config) for inside in folders}, config)


def _of_configs(folder: Path, configs: Mapping[Path, dict[str | None, list[Path]]], config: str | None) -> dict[str | None, list[Path]]:
    """The rows of the folder that is called `config`, else of the one that has any; several are other questions each, and are not mixed."""
    with_rows = {inside: splits for inside, splits in configs.items() if splits}
    if len(with_rows) > 1:
        if named := [splits for inside, splits in with_rows.items() if inside.name == config]:
            return named[0]
        names = ", ".join(inside.name for inside in with_rows)
        raise RowsError(f"{folder} holds rows in several folders ({names}); give one of them: {next(iter(with_rows))}.")
    return next(iter(with_rows.values()), {})


def _saved(folder: Path) -> dict[str | None, list[Path]]:
    """The files of a dataset as save_to_disk left it, by its own list."""
    try:
        state = json.loads((folder / _SAVED).read_text(encoding="utf-8"))
        names = [file["filename"] for file in state["_data_files"]]
        files = [folder / Path(name).name for name in names]
        split = state.get("_split") or None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RowsError(f"{folder / _SAVED}: not the state of a saved dataset ({type(error).__name__}: {error}).") from None
    if missing := [file.name for file in files if not file.exists()]:
        raise RowsError(f"{folder}: {missing[0]} is missing, which {_SAVED} names; copy the whole folder.")
    return {plain_split(split) if isinstance(split, str) else None: files} if files else {}


def _split_of_folder(name: str, wanted: str | None) -> str | None:
    return plain_split(name) if name.lower() in _CALLED or (wanted is not None and name == wanted) else None


def _split_of_name(name: str, wanted: str | None) -> str | None:
    """The split that a file's name says it holds: gsm8k-test.arrow, test-00000-of-00001.parquet; two names make one of their own."""
    stem = without_gz(Path(name)).stem
    shard = _SHARD.fullmatch(stem)
    if wanted is not None and wanted in (stem, shard and shard["split"]):
        return plain_split(wanted)
    if shard and shard["split"] != "data":
        return plain_split(shard["split"])
    return "+".join(_splits_named(stem)) or None


def _checked(path: Path, chosen: RowFiles) -> RowFiles:
    """The files, where they are all there are of the split and none counts twice."""
    plain = {without_gz(file).suffix.lower() for file in chosen.files}
    formats = sorted({file.name.removeprefix(without_gz(file).stem).lower() for file in chosen.files})
    if chosen.split and len(formats) > 1:
        raise RowsError(
            f"{path}: split {chosen.split} stands there as {' and as '.join(formats)}, so rows would count twice; take one out."
        )
    if len(formats) > 1 and ({".csv", ".tsv"} & plain or len(plain) < len(formats)):  # often the same rows once more, or notes
        raise RowsError(f"{path} holds {' and '.join(formats)} files that name no split; give one of them, or a folder with one kind.")
    if path.is_dir():
        _require_shards(chosen.files)
        if copy := _first_copy(chosen.files):  # under another name, or a link
            raise RowsError(f"{copy[1]} is the same as {copy[0]}, so that its rows would count twice; take one out.")
    return chosen


def _require_shards(files: Sequence[Path]) -> None:
    shards = [(file.parent, shard["split"], shard["of"]) for file in files if (shard := _SHARD.fullmatch(without_gz(file).stem))]
    for (folder, split, of), count in Counter(shards).items():
        if count != int(of):
            raise RowsError(
                f"{folder}: {count} of the {int(of)} files {split}-*-of-{of} are there; a part of a split is another measurement."
            )


def _require_no_copies(files: Sequence[Path], of_other_splits: Sequence[Path]) -> None:
    """Raise RowsError where one of the files is also one of another split."""
    if (copy := _first_copy([*of_other_splits, *files])) and copy[0] in of_other_splits and copy[1] in files:
        raise RowsError(f"{copy[1]} is the same as {copy[0]}, so that rows to be asked could be shown as examples; take one out.")


def _first_copy(files: Sequence[Path]) -> tuple[Path, Path] | None:
    """The first file that is the same as one before it, behind that one. Only files of one size are read."""
    sizes = Counter(file.stat().st_size for file in files)
    contents: dict[str, Path] = {}
    for file in files:
        if sizes[file.stat().st_size] > 1 and file.stat().st_size:
            original = contents.setdefault(sha256_of_files([file]), file)
            if original is not file:
                return original, file
    return None


def _listed(splits: Mapping[str | None, Sequence[Path]]) -> str:
    return ", ".join(name or f"files of no named split ({files[0].name})" for name, files in splits.items())


def sha256_of_files(files: Sequence[Path]) -> str:
    """The hash of the files' contents, one after another. Raises RowsError where one is no regular file."""
    digest = hashlib.sha256()
    for file in files:
        with opened(file) as content:
            while block := content.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def opened(file: Path) -> BinaryIO:
    """A row file for reading. Raises RowsError where it cannot be opened, or is a pipe, a device or a folder."""
    try:
        return open_regular(file)
    except OSError as error:
        raise RowsError(f"{file}: cannot be read ({error}).") from None
