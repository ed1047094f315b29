"""Reads the folder of a run back: run.json, the cases of results.jsonl as ledger entries, and pictures."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from itemwise.cases.picture import Picture
from itemwise.results.entry import Entry
from itemwise.results.kept_verdicts import kept_verdicts
from itemwise.results.labels import Key, rows_of
from itemwise.results.ledger import Ledger, Tally

__all__ = [
    "LATEST", "PICTURES", "PICTURE_NAME", "REPORTS", "RUN_NAME", "RunFolder", "RunFolderError", "find_run", "followed", "read_object",
    "read_run", "read_runs", "run_folders", "shown_from_here",
]  # fmt: skip

REPORTS = Path("reports")
LATEST = "latest"
RUN_NAME = re.compile(r"[0-9]{8}-[0-9]{6}(-[0-9]+)?")  # how the folders of runs are named
PICTURES = "pictures"  # the folder in a run's folder that holds what was shown, as SHA256.png or SHA256.jpg
PICTURE_NAME = re.compile(r"[0-9a-f]{64}\.(png|jpg)")
_BEFORE = re.compile(rf"{LATEST}~([0-9]+)")  # a run before the latest, as git counts
_TEXTS = ("node_id", "benchmark", "model_name", "strategy", "case", "expected", "verdict")


class RunFolderError(Exception):
    """A run's folder cannot be read; the message says which, and what is wrong with it."""


@dataclass(frozen=True)
class RunFolder:
    """A run as it was left on disk. `record` is run.json; `entries` are the cases of results.jsonl in their order; `folder`
    is where they were read, None for a run that is under way, and for a saved baseline. The entries of one have no replies, nor have those
    of which nobody was to read any."""

    name: str
    record: Mapping[str, Any]
    entries: Sequence[Entry]
    folder: Path | None = None
    has_replies: bool = True

    @cached_property
    def tallies(self) -> list[Tally]:
        """The lines of the run's table."""
        ledger = Ledger()
        for entry in self.entries:
            ledger.put(entry)
        return ledger.tallies()

    @cached_property
    def pictures(self) -> dict[str, Picture]:
        """The pictures of the cases by hash, as pages show them, where the folder holds them; each is read when it is looked at."""
        pictures = {}
        for sha256 in {entry.picture for entry in self.entries if entry.picture}:
            for name in (f"{sha256}.png", f"{sha256}.jpg"):
                if self.folder and PICTURE_NAME.fullmatch(name) and (file := self.folder / PICTURES / name).is_file():
                    pictures[sha256] = Picture(str(file), partial(Path, file))
        return pictures

    def entries_of(self, tally: Tally) -> list[Entry]:
        """The cases that `tally` counts."""
        return [entry for entry in self.entries if tally.counts_entry(entry)]


def read_run(text: str, reports: Path = REPORTS, *, with_replies: bool = True) -> RunFolder:
    """The run whose folder `text` is, or whose name under `reports` it is, such as ``latest``, or ``latest~1`` for the one before. With
    `with_replies` False its cases have no replies and cost, and of a run that kept its verdicts by themselves only what these tell.

    Raises RunFolderError for a folder that is missing or not a run's, and for a damaged file, with its line.
    """
    folder = find_run(text, reports)
    record = read_object(folder / "run.json")
    try:
        sizes = {
            Key(result["benchmark"], result["model"], result["strategy"], result.get("prompt", "")): result["sample"]
            for result in record["results"]
        }
        models, rows = dict(record["models"]), dict(record["rows"])
    except (KeyError, TypeError, ValueError) as error:
        raise RunFolderError(f"{folder / 'run.json'} is not one that a run writes ({type(error).__name__}: {error}).") from None

    def known(key: Key) -> dict[str, Any]:
        return {"sample_size": sizes.get(key, 0), "model": models.get(key.model, {}), "rows": rows_of(key, rows) or {}}

    entries = None if with_replies else kept_verdicts(folder, known)
    if entries is None:
        entries = _read_entries(folder / "results.jsonl", known, with_texts=with_replies)
    return RunFolder(shown_from_here(folder), record, entries, folder, with_replies)


def _read_entries(file: Path, known: Callable[[Key], Mapping[str, Any]], *, with_texts: bool) -> list[Entry]:
    entries = []
    for number, result in _lines(file):
        key = Key(result["benchmark"], result["model_name"], result["strategy"], result.get("prompt_name", ""))
        entries.append(_entry({**result, **known(key), "position": [number]}, file, number, with_texts=with_texts))
    return entries


def read_runs(texts: Sequence[str], reports: Path = REPORTS, read: Callable[[str, Path], RunFolder] = read_run) -> list[RunFolder]:
    """The runs in the order given, each as `read` takes it. Raises RunFolderError, also where one is given twice, whatever it is called."""
    runs = [read(text, reports) for text in texts]
    names = [run.name for run in runs]
    if repeated := next((name for index, name in enumerate(names) if name in names[:index]), None):
        raise RunFolderError(f"the run {repeated} is given twice.")
    return runs


def run_folders(reports: Path) -> list[Path]:
    """The folders of the runs in `reports`, the oldest first, as their names tell."""

    def order(folder: Path) -> tuple[str, int]:
        moment, number = folder.name[:15], folder.name[16:]
        return moment, int(number or 1)

    found = (file.parent for file in reports.glob("*/run.json"))
    return sorted((folder for folder in found if RUN_NAME.fullmatch(folder.name) and not folder.is_symlink()), key=order)


def find_run(text: str, reports: Path) -> Path:
    """The folder of the run that `text` names, as `read_run` takes it. Raises RunFolderError where there is none."""
    if before := _BEFORE.fullmatch(text):
        text = _before_latest(int(before[1]), reports)
    folders = [followed(Path(text)), followed(reports / text)]
    if folder := next((folder for folder in folders if text and (folder / "run.json").is_file()), None):
        return folder.resolve()
    if folder := next((folder for folder in folders if text and folder.is_dir()), None):
        raise RunFolderError(f"{folder} holds no run.json, so it is not the folder of a run; {_known(reports)}.")
    if text and Path(text).is_file():
        raise RunFolderError(f"{text} is a file, and this needs the folder of a run, with its replies; {_known(reports)}.")
    raise RunFolderError(f"no run {text!r}: neither {text or '(nothing)'} nor {reports / text} is a folder; {_known(reports)}.")


def _before_latest(number: int, reports: Path) -> str:
    names = [folder.name for folder in run_folders(reports)]
    latest = followed(reports / LATEST).resolve().name
    place = (names.index(latest) if latest in names else len(names) - 1) - number
    if place < 0:
        raise RunFolderError(f"no run {LATEST}~{number}: {_known(reports)}.")
    return names[place]


def followed(folder: Path) -> Path:
    """The folder of the run that `folder` names: itself, or where ``latest`` is a file, the one whose name that holds."""
    if folder.name != LATEST or not folder.is_file():
        return folder
    try:
        name = folder.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return folder
    return folder.with_name(name) if RUN_NAME.fullmatch(name) or (name and Path(name).name == name) else folder


def _known(reports: Path) -> str:
    names = sorted(file.parent.name for file in reports.glob("*/run.json") if not file.parent.is_symlink())
    if not names:
        return f"{reports} holds no runs"
    return f"{reports} holds {', '.join(names[-3:])}" + (f" and {len(names) - 3} older" if len(names) > 3 else "")


def shown_from_here(folder: Path) -> str:
    """`folder` as one would name it standing here, whole where it is elsewhere."""
    here = Path.cwd()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) else str(folder)


def read_object(file: Path) -> dict[str, Any]:
    """The JSON object in a file. Raises RunFolderError where it holds none."""
    try:
        record = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise RunFolderError(f"{file} cannot be read: {error}") from None
    if not isinstance(record, dict):
        raise RunFolderError(f"{file} holds {type(record).__name__} instead of an object.")
    return record


def _lines(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        lines = file.read_bytes().split(b"\n")  # not splitlines(): replies hold other line breaks
    except OSError as error:
        raise RunFolderError(f"{file} cannot be read: {error}") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise RunFolderError(f"{file}, line {number}: not JSON ({error}).") from None
        if fault := _fault(record):
            raise RunFolderError(f"{file}, line {number}: {fault}.")
        yield number, record


def _fault(record: Any) -> str | None:
    if not isinstance(record, dict):
        return f"{type(record).__name__} instead of an object"
    if missing := next((name for name in _TEXTS if not isinstance(record.get(name), str)), None):
        return f"no text under {missing!r}"
    reply = record.get("reply")
    if not isinstance(reply, dict) or (reply and not isinstance(reply.get("text"), str)):
        return "no reply with a text, nor an empty one"
    return None if isinstance(record.get("answer"), (str, type(None))) else "an answer that is neither text nor null"


def _entry(record: Mapping[str, Any], file: Path, number: int, *, with_texts: bool) -> Entry:
    try:
        return Entry.from_record(record, with_texts=with_texts)
    except (KeyError, TypeError, ValueError) as error:
        raise RunFolderError(f"{file}, line {number}: not a case as a run writes it ({type(error).__name__}: {error}).") from None
