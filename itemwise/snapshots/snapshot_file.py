"""Snapshot file: keeps the replies to one benchmark, model and strategy: syrupy's amber format, one entry per case.

Each entry's first lines say what was judged, the rest is the reply::

    # name: gsm8k-754
      verdict: wrong
      answer: 35
      expected: 36
      prompt: 1f3a09c2d4e5

      {"steps": ["13+23=35"], "answer": 35}
    # ---

The first entry says what answered. A case that something else answered names the difference: ``made with batch size: 4``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from syrupy.data import Snapshot as SyrupySnapshot
from syrupy.data import SnapshotCollection
from syrupy.extensions.amber.serializer import AmberDataSerializer, MalformedAmberFile

from itemwise.analysis.reply_changes import Change
from itemwise.cases.surrogates import SURROGATES
from itemwise.snapshots.snapshot import UNKNOWN, Snapshot
from itemwise.snapshots.snapshot_change import SnapshotChange

__all__ = ["SnapshotFile", "SnapshotFileError"]

HEAD = "(what answered)"  # sorts before the cases
MADE_WITH = "made with "
# What would steer a terminal, look like a line's end, or not be text at all; and a backslash that would be read as one of these.
_UNSAFE = re.compile(
    rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069{SURROGATES}\ufeff\ufffe\uffff]"
    r"|\\(?=x[0-9a-f]{2}|u[0-9a-f]{4})"
)
_SPELLED = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})")


class SnapshotFileError(Exception):
    """A snapshot file cannot be read or written; the message says which and what to do."""


@dataclass(frozen=True)
class SnapshotFile:
    """What a file holds: `head`, what answered, and a snapshot for each case by name."""

    path: Path
    head: Mapping[str, str]
    cases: Mapping[str, Snapshot]

    @classmethod
    def read(cls, path: Path) -> SnapshotFile:
        """The file at `path`; empty where there is none. Raises SnapshotFileError."""
        try:
            collection = AmberDataSerializer.read_file(str(path))
            if collection.tainted:
                raise ValueError("it does not begin with syrupy's version line")
            entries = {entry.name: str(entry.data) for entry in collection}
            head = _fields(entries.pop(HEAD, ""))
            return cls(path, head, {name: _snapshot(text, head) for name, text in entries.items()})
        except (OSError, ValueError, MalformedAmberFile) as error:
            raise SnapshotFileError(
                f"{path} cannot be read as snapshots ({error}); restore it, or delete it and run with --snapshot-update."
            ) from None

    def update(self, changes: Iterable[SnapshotChange], *, new_only: bool = False) -> int:
        """Keep the replies that differ (only those to new cases, with `new_only`) and say how many there are.

        What did not run, or runs as it did, stays as it is, and so does the head, unless this run answered every case.
        """
        changes = list(changes)
        kept = [change for change in changes if change.differs and (change.kind is Change.NEW or not new_only)]
        head = dict(self.head)
        if kept and {change.name for change in changes} >= set(self.cases) and len(kept) == sum(change.differs for change in changes):
            head, kept = dict(kept[0].now.made), changes
        if kept:
            self._write(head, {change.name: change.now for change in kept})
        return sum(change.differs for change in kept)

    def _write(self, head: Mapping[str, str], cases: Mapping[str, Snapshot]) -> None:
        entries = SnapshotCollection(location=str(self.path))
        entries.add(SyrupySnapshot(HEAD, "\n".join(_field(name, value) for name, value in head.items())))
        for name, case in cases.items():
            entries.add(SyrupySnapshot(name, _entry(case, head)))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            AmberDataSerializer.write_file(entries, merge=True)
            self.path.with_name(f"{self.path.name}.lock").unlink(missing_ok=True)  # syrupy's under -n, where one process writes this
        except OSError as error:
            raise SnapshotFileError(f"{self.path} cannot be written: {error}.") from None


def _entry(case: Snapshot, head: Mapping[str, str]) -> str:
    fields = {"verdict": case.verdict, "answer": case.answer, "expected": case.expected, "prompt": case.prompt}
    made = {name: case.made.get(name, UNKNOWN) for name in [*head, *case.made]}
    unlike = {MADE_WITH + name: value for name, value in made.items() if head.get(name) != value}
    lines = [_field(name, value) for name, value in {**fields, **unlike}.items() if value is not None]
    return "\n".join([*lines, "", _spelled(case.text)])


def _snapshot(entry: str, head: Mapping[str, str]) -> Snapshot:
    top, gap, text = entry.partition("\n\n")
    fields = _fields(top)
    if not gap or not {"verdict", "expected", "prompt"} <= set(fields):
        raise ValueError(f"an entry begins with {top[:60]!r}")
    own = {name.removeprefix(MADE_WITH): value for name, value in fields.items() if name.startswith(MADE_WITH)}
    verdict, expected, prompt = fields["verdict"], fields["expected"], fields["prompt"]
    return Snapshot(verdict, fields.get("answer"), expected, prompt, _unspelled(text), {**head, **own})


def _field(name: str, value: str) -> str:
    return f"{name}: {_spelled(value)}".replace("\n", "\\x0a")


def _fields(text: str) -> dict[str, str]:
    parts = [line.partition(": ") for line in text.split("\n") if line]
    return {name: _unspelled(value) for name, _, value in parts}


def _spelled(text: str) -> str:
    """`text` with what a text file cannot hold spelled out, such as ``\\x1b``; `_unspelled` is the way back."""
    return _UNSAFE.sub(lambda match: f"\\x{code:02x}" if (code := ord(match.group())) < 0x100 else f"\\u{code:04x}", text)


def _unspelled(text: str) -> str:
    return _SPELLED.sub(lambda match: chr(int(match.group(1) or match.group(2), 16)), text)
