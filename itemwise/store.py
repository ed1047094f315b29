"""Replies already paid for, and the verdicts passed on them: one SQLite file that any number of processes share."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from itemwise.case import ToolCall
from itemwise.models import Generation, Request
from itemwise.pictures import Picture

__all__ = ["MACHINE", "ModelReplies", "Store", "StoreError", "key_of"]

APPLICATION = 0x49574C31  # "IWL1" in the file's header says that it is ours
VERSION = 2
MACHINE = ("compute", "versions")  # the parts of a model's identity that belong to where it runs
PATIENCE = 60.0  # seconds to wait for another process's write
_TABLES = """
CREATE TABLE replies (
    key TEXT PRIMARY KEY, elsewhere TEXT, asked TEXT, said TEXT, at TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
) WITHOUT ROWID;
CREATE INDEX replies_elsewhere ON replies (elsewhere);
CREATE TABLE models (key TEXT PRIMARY KEY, described TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE verdicts (run TEXT, node_id TEXT, entry TEXT NOT NULL, PRIMARY KEY (run, node_id)) WITHOUT ROWID;
"""
_VERDICT = "SELECT entry FROM verdicts WHERE run = ? AND node_id = ?"
_SINCE_2 = "CREATE TABLE pictures (sha256 TEXT PRIMARY KEY, content BLOB NOT NULL)"


class StoreError(Exception):
    """The store cannot be used; the message says what was wrong and what to do instead. The file is left as it was."""


class Store:
    """The file at `path`, made where there is none.

    A write is on disk when the call returns (WAL, synchronous FULL), all of it or nothing; processes wait for each
    other. Raises StoreError for a file that is not ours, damaged, newer than this version, or not writable.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._clear_errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            _require_sqlite(path)
            self._connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
            try:
                self._check()
                self._write_ahead()
                self._connection.execute("PRAGMA synchronous = FULL")
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def reply(self, key: str) -> Generation | None:
        """The generation kept under `key`."""
        found = self._kept("SELECT said FROM replies WHERE key = ?", key)
        return _generation(found[0]) if found else None

    def reply_from_elsewhere(self, asked: Mapping[str, Any]) -> Generation | None:
        """The newest generation for `asked` on whatever machine and with whatever library versions it was made."""
        found = self._kept("SELECT said FROM replies WHERE elsewhere = ? ORDER BY at DESC LIMIT 1", key_of(_without_machine(asked)))
        return _generation(found[0]) if found else None

    def keep_replies(self, kept: Iterable[tuple[Mapping[str, Any], Generation]]) -> None:
        """Keep what was said to what was asked; what is there already is replaced."""
        rows = [(key_of(asked), key_of(_without_machine(asked)), json.dumps(asked), json.dumps(asdict(said))) for asked, said in kept]
        with self._transaction():
            self._connection.executemany("INSERT OR REPLACE INTO replies (key, elsewhere, asked, said) VALUES (?, ?, ?, ?)", rows)

    def description(self, key: str) -> dict[str, str] | None:
        """How the model with this identity described itself when it was last loaded."""
        found = self._kept("SELECT described FROM models WHERE key = ?", key)
        return found[0] if found else None

    def keep_description(self, key: str, described: Mapping[str, str]) -> None:
        """Remember how a model describes itself."""
        with self._transaction():
            self._connection.execute("INSERT OR REPLACE INTO models VALUES (?, ?)", (key, json.dumps(dict(described))))

    def picture(self, sha256: str) -> bytes | None:
        """The picture with this hash, encoded as it was shown to a model."""
        with self._clear_errors():
            found = self._connection.execute("SELECT content FROM pictures WHERE sha256 = ?", (sha256,)).fetchone()
        return bytes(found[0]) if found else None

    def pictures(self, wanted: Iterable[str]) -> Mapping[str, bytes]:
        """Those of the `wanted` pictures that are here, by their hashes; each is read when it is looked at."""
        return _Pictures(self, dict.fromkeys(sha256 for sha256 in wanted if self.picture(sha256)))

    def keep_pictures(self, pictures: Iterable[Picture]) -> None:
        """Keep what was shown to a model; a picture is kept once, whoever shows it."""
        rows = [(picture.sha256, picture.content) for picture in pictures]
        if rows:
            with self._transaction():
                self._connection.executemany("INSERT OR IGNORE INTO pictures VALUES (?, ?)", rows)

    def verdicts(self, run: str, but: Container[str] = ()) -> Iterator[dict[str, Any]]:
        """The ledger entries known for a run's settings, as records one by one, but for those of node ids in `but`."""
        with self._clear_errors():
            known = self._connection.execute("SELECT node_id FROM verdicts WHERE run = ? ORDER BY node_id", (run,)).fetchall()
            for (node_id,) in known:
                if node_id not in but:
                    yield json.loads(self._connection.execute(_VERDICT, (run, node_id)).fetchone()[0])

    def keep_verdicts(self, kept: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
        """Keep ledger entries by run settings and node id."""
        rows = ((run, node_id, json.dumps(entry)) for run, node_id, entry in kept)
        with self._transaction():
            self._connection.executemany("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?)", rows)

    def _kept(self, query: str, sought: str) -> list[dict[str, Any]]:
        with self._clear_errors():
            return [json.loads(text) for (text,) in self._connection.execute(query, (sought,))]

    def __len__(self) -> int:
        with self._clear_errors():
            return int(self._connection.execute("SELECT count(*) FROM replies").fetchone()[0])

    def _check(self) -> None:
        with self._transaction():
            application = self._connection.execute("PRAGMA application_id").fetchone()[0]
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
            empty = not self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if empty and application == 0:
                self._create()
            elif application != APPLICATION:
                raise StoreError(f"{self.path} is a database of something else; give another file as --store.")
            elif version > VERSION:
                raise StoreError(
                    f"{self.path} was written by a newer itemwise (format {version}, this one knows {VERSION}); "
                    "upgrade, or give another file as --store."
                )
            elif version < VERSION:
                self._bring_up_to_date()

    def _write_ahead(self) -> None:
        """Switch to WAL. SQLite itself does not wait where several processes switch a new file at once."""
        given_up = time.monotonic() + PATIENCE
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:  # noqa: PERF203 - it waits anyway
                if "locked" not in str(error) or time.monotonic() > given_up:
                    raise
                time.sleep(0.01)

    def _create(self) -> None:
        for statement in _TABLES.split(";"):
            self._connection.execute(statement)
        self._connection.execute(f"PRAGMA application_id = {APPLICATION}")
        self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        """Add what came with later versions; what an older one kept stays."""
        self._connection.execute(_SINCE_2)
        self._connection.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._clear_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StoreError(f"{self.path} cannot be used: {error}. Free space or rights there, or give another file as --store.") from None
        except (sqlite3.DatabaseError, ValueError) as error:
            raise StoreError(f"{self.path} is damaged or no store ({error}); move it away, or give another file as --store.") from None
        except OSError as error:
            raise StoreError(f"{self.path} cannot be made: {error}; give another file as --store.") from None


@dataclass(frozen=True)
class _Pictures(Mapping[str, bytes]):
    """Pictures that a store holds."""

    store: Store
    hashes: Collection[str]

    def __getitem__(self, sha256: str) -> bytes:
        found = self.store.picture(sha256) if sha256 in self.hashes else None
        if found is None:
            raise KeyError(sha256)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.hashes)

    def __len__(self) -> int:
        return len(self.hashes)


def _require_sqlite(path: Path) -> None:
    """SQLite takes a file of one byte for an empty one, and writes over it."""
    if path.is_file():
        with path.open("rb") as file:
            if file.read(16) not in (b"", b"SQLite format 3\0"):
                raise sqlite3.DatabaseError("file is not a database")


@dataclass(frozen=True)
class ModelReplies:
    """A store as one model sees it. `identity` is all of the model that decides its text. With `fresh` nothing kept
    before is recalled, and what is said now replaces it; with `replay` also replies of other machines are recalled."""

    store: Store
    identity: Mapping[str, str]
    fresh: bool = False
    replay: bool = False

    def recall(self, request: Request) -> Generation | None:
        """What the model said to this very request before."""
        if self.fresh:
            return None
        asked = self._asked(request)
        return self.store.reply(key_of(asked)) or (self.store.reply_from_elsewhere(asked) if self.replay else None)

    def keep(self, said: Sequence[tuple[Request, Generation]]) -> None:
        """Keep what the model said and was shown, all of a batch at once."""
        self.store.keep_pictures(picture for request, _ in said for turn in request.turns for picture in turn.pictures)
        self.store.keep_replies((self._asked(request), generation) for request, generation in said)

    def _asked(self, request: Request) -> dict[str, Any]:
        return {
            "model": dict(self.identity),
            "turns": [turn.message() for turn in request.turns],
            "tools": [dict(tool) for tool in request.tools],
            **({"temperature": request.temperature, "seed": request.seed} if request.temperature else {}),
        }


def _generation(kept: Mapping[str, Any]) -> Generation:
    calls = kept.get("calls")
    return Generation(**{**kept, "calls": calls if calls is None else tuple(ToolCall(**call) for call in calls)})


def _without_machine(asked: Mapping[str, Any]) -> dict[str, Any]:
    model = {name: value for name, value in asked["model"].items() if name not in MACHINE}
    return {**asked, "model": model}


def key_of(asked: Mapping[str, Any]) -> str:
    """The hash of everything in `asked`, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
