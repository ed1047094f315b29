"""Records which commits, splits and files rows were read from; refuses one file as two splits, so that no example leaks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from itemwise.cases.row import Hub, RowsError
from itemwise.cases.split_files import RowFiles, is_training, plain_split

__all__ = ["Reads", "note_commit", "note_files", "note_split", "noting_reads"]


@dataclass
class Reads:
    """The commit of each hub dataset, the splits of each source in words, and all files that were read."""

    commits: dict[Hub, str] = field(default_factory=dict)
    splits: dict[str, list[str]] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    as_split: dict[Path | str, str] = field(default_factory=dict)  # by file; by source where rows are made


# A loader returns only cases, made of texts: what its rows were read of cannot travel with them, and is collected here meanwhile.
_READS: ContextVar[Reads | None] = ContextVar("_READS", default=None)


@contextmanager
def noting_reads(beside: Reads | None = None) -> Iterator[Reads]:
    """Collect what rows are read of within; no file may be another split `beside`, where others were read before."""
    reads = Reads(as_split=beside.as_split) if beside else Reads()
    token = _READS.set(reads)
    try:
        yield reads
    finally:
        _READS.reset(token)


def note_commit(hub: Hub, commit: str) -> None:
    """Rows of `hub` at `commit` are read."""
    if (reads := _READS.get()) is not None:
        reads.commits[hub] = commit


def note_files(files: Sequence[Path]) -> None:
    """Rows of these files are read, whatever split they are of."""
    if (reads := _READS.get()) is not None:
        reads.files += [file for file in files if file not in reads.files]


def note_split(source: str | Path, split: str, chosen: RowFiles, *, only: bool = False) -> None:
    """`source` is read as `split`. Raises RowsError where its rows were read as another, or may be those that are asked:
    train rows would be asked, or the asked ones shown as examples. With `only` it is the one split that there is."""
    wanted, reads = plain_split(split), _READS.get() or Reads()
    parts = chosen.files or (str(source),)
    other = next((other for part in parts if (other := reads.as_split.get(part, wanted)) != wanted), None)
    if other or (chosen.split is None and is_training(split) and not only):
        as_what = f"already read as {other}" if other else "rows to be asked"
        raise RowsError(
            f"{source} is one split, {as_what}, and {split!r} is asked for; give a folder with a file for each split, "
            f"such as train.jsonl and test.jsonl, or run with --source hub."
        )
    reads.as_split |= dict.fromkeys(parts, wanted)
    words = wanted if chosen.split in (None, wanted) else f"{chosen.split} (asked for as {wanted})"
    splits = reads.splits.setdefault(str(source), [])
    if words not in splits:
        splits.append(words)
    note_files(chosen.files)
