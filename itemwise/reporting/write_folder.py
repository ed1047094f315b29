"""Writes a run's folder, ``latest`` and the page of all runs; removes leftovers of killed runs. Nowhere else do reports touch the disk."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from itemwise.analysis.run_history import read_histories
from itemwise.reporting.run_record import RunRecord
from itemwise.reporting.writers.comment import comment_md
from itemwise.reporting.writers.html import page_picture, report_parts
from itemwise.reporting.writers.json_files import results_jsonl, run_json
from itemwise.reporting.writers.junit import junit_parts
from itemwise.reporting.writers.markdown import summary_md
from itemwise.reporting.writers.runs_html import runs_html
from itemwise.results.kept_verdicts import VERDICTS, verdicts_text
from itemwise.results.private_files import make_private_folder, open_private, write_private
from itemwise.results.run_folder import LATEST, PICTURE_NAME, PICTURES, RUN_NAME, run_folders
from itemwise.results.store import StoreError

__all__ = ["Claim", "claimed", "new_folder", "shown_path", "sweep", "write_reports"]

_locks: Any = None
with suppress(ImportError):  # not on Windows
    import fcntl

    _locks = fcntl

INDEX = "index.html"
INDEXED = 10  # runs on the page that is written with each: the verdicts of all their cases are read again
CLAIM = ".running"  # in a run's folder for as long as its process lives
REPORTS: Mapping[str, Callable[[RunRecord], Iterable[str]]] = {
    "results.jsonl": results_jsonl, "run.json": lambda run: [run_json(run)], "junit.xml": junit_parts,
    "summary.md": lambda run: [summary_md(run)], "comment.md": lambda run: [comment_md(run)], "report.html": report_parts,
}  # fmt: skip
STALE = 3600.0  # seconds after which a file that lives for moments only was left by a process that was killed


def new_folder(parent: Path, name: str) -> Path:
    """Make ``parent/name``, or ``name-2`` and so on where that is taken. Raises OSError where it cannot be written."""
    make_private_folder(parent)
    for number in range(1, 10_000):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return folder
    raise FileExistsError(f"{parent / name} and 9,999 like it are taken")


class Claim:
    """Says that a run's folder is in use. It holds a lock that ends with the process, however that ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = open_private(folder / CLAIM)
        self.is_held = not _is_locked(self._file.fileno()) and (folder / CLAIM).exists()

    def release(self) -> None:
        """The run is over; a folder that it has left empty goes."""
        with suppress(OSError):
            self._file.close()  # first, for Windows
            (self.folder / CLAIM).unlink(missing_ok=True)
            self.folder.rmdir()  # refused where anything is in it


def claimed(parent: Path, name: str) -> Claim:
    """A new folder, in use. Raises OSError as `new_folder` does."""
    for _ in range(3):
        with suppress(FileNotFoundError):  # swept by another run before it could be claimed
            claim = Claim(new_folder(parent, name))
            if claim.is_held:
                return claim
    return Claim(new_folder(parent, name))  # where there are no locks nothing is swept


def sweep(parent: Path) -> None:
    """Remove what killed runs left in `parent`: empty and half-made folders of theirs, and temporary files. Nothing of a run that
    lives is touched, nor any file that is not ours; what cannot be removed stays."""
    with suppress(OSError):
        for path in list(parent.iterdir()):
            with suppress(OSError):
                if RUN_NAME.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
                    _sweep_run(path)
                elif path.name.startswith((".itemwise-", ".latest-")) and path.lstat().st_mtime < time.time() - STALE:
                    path.unlink()


def _sweep_run(folder: Path) -> None:
    claim = folder / CLAIM
    if claim.exists():
        if _is_alive(claim):
            return
        files = (*REPORTS, VERDICTS)
        unfinished = () if (folder / "run.json").exists() else files
        for name in (*(f".{name}" for name in (*files, LATEST, INDEX)), *unfinished, CLAIM):
            (folder / name).unlink(missing_ok=True)
        if unfinished:
            _sweep_pictures(folder / PICTURES)
    folder.rmdir()  # refused where anything is in it


def _sweep_pictures(folder: Path) -> None:
    with suppress(OSError):
        for file in list(folder.iterdir()):
            if PICTURE_NAME.fullmatch(file.name.removeprefix(".")):
                file.unlink()
        folder.rmdir()


def _is_alive(claim: Path) -> bool:
    """Whether the process that made `claim` lives, or may live."""
    if _locks is None:
        try:
            claim.unlink()  # refused by Windows for a file that is open
        except PermissionError:
            return True
        return False
    with claim.open("r+b") as file:
        return _is_locked(file.fileno())


def _is_locked(file: int) -> bool:
    """Lock a file for as long as it is open; whether another process has, or nobody can."""
    if _locks is None:
        return False
    try:
        _locks.flock(file, _locks.LOCK_EX | _locks.LOCK_NB)
    except OSError:
        return True
    return False


def shown_path(path: Path, base: Path) -> str:
    """`path` as one would name it standing in `base`, whole where it is elsewhere."""
    return str(path.relative_to(base)) if path.is_relative_to(base) else str(path)


def write_reports(run: RunRecord, folder: Path) -> None:
    """Write all reports into `folder`, each whole or not at all, add the summary to ``$GITHUB_STEP_SUMMARY``, point ``latest`` at it.

    One that cannot be made or written keeps no other from it; raises OSError, naming them, once the others are there.
    Raises StoreError where the store can no longer give a picture.
    """
    make_private_folder(folder)
    steps: list[tuple[str, Callable[[], None]]] = [
        *((name, lambda name=name, of=of: _write(folder / name, of(run))) for name, of in REPORTS.items()),
        (VERDICTS, lambda: _write_verdicts(folder, run)),
        (PICTURES, lambda: _write_pictures(folder / PICTURES, run.pictures)),
        ("$GITHUB_STEP_SUMMARY", lambda: _add_step_summary(run)),
        ("latest", lambda: _point_latest(folder)),
        (INDEX, lambda: _write_index(folder)),
    ]
    if troubles := [trouble for name, step in steps if (trouble := _trouble(name, step))]:
        raise OSError("; ".join(troubles))


def _trouble(name: str, step: Callable[[], None]) -> str:
    try:
        step()
    except StoreError:
        raise
    except Exception as error:  # a fault of one report must not cost the others
        return f"{name} could not be written: {error if isinstance(error, OSError) else f'{type(error).__name__}: {error}'}"
    return ""


def _write(path: Path, parts: Iterable[str]) -> None:
    with _begun(path) as begun, open_private(begun) as file:
        file.writelines(parts)


@contextmanager
def _begun(path: Path) -> Iterator[Path]:
    """Where to write what becomes `path` once it is whole, and goes where it does not."""
    begun = path.with_name(f".{path.name}")
    try:
        begun.unlink(missing_ok=True)
        yield begun
        begun.replace(path)
    except BaseException:
        begun.unlink(missing_ok=True)
        raise


def _write_verdicts(folder: Path, run: RunRecord) -> None:
    """The verdicts by themselves, unless what they are checked by could not be written."""
    with suppress(FileNotFoundError):
        _write(folder / VERDICTS, [verdicts_text(run.entries, folder)])


def _write_pictures(folder: Path, pictures: Mapping[str, bytes]) -> None:
    """A file for each picture as pages show it; what cannot be decoded has none."""
    for sha256, content in pictures.items():
        picture = page_picture(sha256, content)
        name = f"{sha256}.{'jpg' if picture and picture.kind == 'image/jpeg' else 'png'}"
        if picture and PICTURE_NAME.fullmatch(name):
            make_private_folder(folder)
            with _begun(folder / name) as begun:
                write_private(begun, picture.content)


def _write_index(folder: Path) -> None:
    """The page of the newest runs, beside `folder`; none where nothing is named as a run. It is made in `folder`, as several runs may
    end at once."""
    reports, fresh = folder.parent, folder / f".{INDEX}"
    if folders := run_folders(reports)[-INDEXED:]:
        found, _ = read_histories(folders)
        fresh.unlink(missing_ok=True)
        with open_private(fresh) as file:
            file.write(runs_html(found, reports))
        fresh.replace(reports / INDEX)


def _add_step_summary(run: RunRecord) -> None:
    if step := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(step).open("a", encoding="utf-8", errors="backslashreplace") as page:
            page.write(summary_md(run))


def _point_latest(folder: Path) -> None:
    """Make ``latest`` beside `folder` a link to it, or where there are no symbolic links a file that holds its name."""
    fresh, latest = folder / f".{LATEST}", folder.parent / LATEST
    fresh.unlink(missing_ok=True)
    try:
        fresh.symlink_to(folder.name, target_is_directory=True)
        fresh.replace(latest)
    except (OSError, NotImplementedError):
        fresh.unlink(missing_ok=True)
        with open_private(fresh) as file:
            file.write(f"{folder.name}\n")
        if latest.is_symlink():
            _unlink(latest)
        fresh.replace(latest)


def _unlink(link: Path) -> None:
    """Remove a symbolic link, which on Windows is a folder where it leads to one."""
    try:
        link.unlink()
    except PermissionError:
        link.rmdir()
