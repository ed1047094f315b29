"""How replies changed since they were kept, as people read it: a row for each snapshot file, a column for each kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["snapshot_lines", "snapshot_record", "snapshot_table"]


def snapshot_table(files: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """The head and a row for each file; kinds that none has are left out, and so is everything where nothing was compared."""
    kinds = [kind for kind in _kinds(files) if any(file["kinds"][kind] for file in files)]
    if not kinds:
        return []
    rows = [(file["file"], *(str(file["kinds"][kind]) for kind in kinds)) for file in files if any(file["kinds"].values())]
    return [("snapshots", *kinds), *rows]


def snapshot_lines(files: Sequence[Mapping[str, Any]]) -> list[str]:
    """What kept a file from being compared, and whether this run was to renew it."""
    troubles = [file["trouble"] for file in files if file["trouble"]]
    return [*troubles, *(["This run was asked to keep what differs as the new snapshots."] if any(file["kept"] for file in files) else [])]


def snapshot_record(file: Mapping[str, Any]) -> dict[str, Any]:
    """A file's comparisons as plain data, without the words: the replies themselves stand in results.jsonl and in the file."""
    short = [{name: value for name, value in each.items() if name != "words"} for each in file["differences"]]
    return {**file, "differences": short}


def _kinds(files: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(kind for file in files for kind in file["kinds"]))
