"""The store: generations by the hash of model and request, verdicts by measurement; one SQLite file that any number of processes share."""

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from itemwise.cases.chat import ToolCall
from itemwise.cases.picture import Picture
from itemwise.models import Generation, Request
from itemwise.results.private_files import create_private, make_private_folder

__all__ = ["MACHINE", "ModelReplies", "Store", "StoreError", "key_of"]

APPLICATION = 0x49574C31  # "IWL1" in the file's header says that it is ours
VERSION = 2
MACHINE = ("compute", "versions")  # the parts of a model's identity that belong to where it runs
OUTPUT_LAYER = "output layer"  # of what is scored: the type that its products are in
FLOAT32 = ("cpu", "float32")  # how the compute of a model ends whose output layer always was in float32
TIMEOUT = 60.0  # seconds to wait for another process's write
SMALLEST = 100  # bytes of a database: its header
CHECKPOINT_EVERY = 30.0  # seconds after which what was kept moves from the write-ahead log into the file itself
LOG = slice(1, None)  # of the files of a store
NETWORKED = frozenset(
    {"9p", "afs", "beegfs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "gpfs", "lustre", "nfs", "nfs4", "smb3", "smbfs"}
)
_TABLES = """
CREATE TABLE replies (
    key TEXT PRIMARY KEY, elsewhere TEXT, asked TEXT, said TEXT, at TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
) WITHOUT ROWID;
CREATE INDEX replies_elsewhere ON replies (elsewhere);
CREATE TABLE models (key TEXT PRIMARY KEY, described TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE verdicts (run TEXT, node_id TEXT, entry TEXT NOT NULL, PRIMARY KEY (run, node_id)) WITHOUT ROWID;
"""
_VERDICT = "SELECT CAST(entry AS BLOB) FROM verdicts WHERE run = ? AND node_id = ?"
_SINCE_2 = "CREATE TABLE pictures (sha256 TEXT PRIMARY KEY, content BLOB NOT NULL)"

_PARTS = {"text": str, "finish_reason": str, "prompt_tokens": int, "completion_tokens": int}  # of a generation, at least

V = TypeVar("V")


class StoreError(Exception):
    """The store cannot be used; the message says what was wrong and what to do instead. The file is left as it was."""


class Store:
    """The file at `path`, made where there is none.

    A write is on disk when the call returns (WAL, synchronous FULL), all of it or nothing; processes wait for each
    other. Where write-ahead logging cannot be had a rollback journal does the same, slower, and `note` says so. Raises
    StoreError for a file that is not ours, damaged, newer than this version, not writable, or removed while in use.

    The file is opened through SQLite alone: to open it otherwise and close it again drops all locks that this process
    holds on it (POSIX), and another process then takes the write-ahead log away.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.note = ""
        self._files: tuple[tuple[int, int] | None, ...] = ()
        with self._clear_errors():
            make_private_folder(path.parent)
            create_private(path)
            self._connection = sqlite3.connect(path, timeout=TIMEOUT, isolation_level=None)
            try:
                self._leave_wal()
                self._check()
                self._choose_journal(_network_of(path.parent))
                self._connection.execute("PRAGMA synchronous = FULL")
                self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the log is made when first read
            except BaseException:
                self._connection.close()
                raise
        self._checkpointed = time.monotonic()
        self._log = path.resolve().with_name(f"{path.resolve().name}-wal")  # SQLite follows links, also that of a file
        self._files = self._on_disk()

    def close(self) -> None:
        """Close the file, after a checkpoint of the write-ahead log into it."""
        self._checkpoint()
        self._connection.close()

    def reply(self, key: str) -> Generation | None:
        """The generation kept under `key`."""
        return self._first("SELECT key, CAST(said AS BLOB) FROM replies WHERE key = ?", key, "replies", _generation)

    def reply_from_elsewhere(self, asked: Mapping[str, Any]) -> Generation | None:
        """The newest generation for `asked` on whatever machine and with whatever library versions it was made."""
        query = "SELECT key, CAST(said AS BLOB) FROM replies WHERE elsewhere = ? ORDER BY at DESC LIMIT 1"
        return self._first(query, key_of(_without_machine(asked)), "replies", _generation)

    def keep_replies(self, kept: Iterable[tuple[Mapping[str, Any], Generation]]) -> None:
        """Keep each generation under the request that it answers; one that is there already is replaced."""
        rows = [
            (key_of(asked), key_of(_without_machine(asked)), json.dumps(asked), json.dumps(_record(generation)))
            for asked, generation in kept
        ]
        with self._writing():
            self._connection.executemany("INSERT OR REPLACE INTO replies (key, elsewhere, asked, said) VALUES (?, ?, ?, ?)", rows)
        if time.monotonic() - self._checkpointed > CHECKPOINT_EVERY:
            self._checkpoint()

    def description(self, key: str) -> dict[str, str] | None:
        """How the model with this identity described itself when it was last loaded."""
        return self._first("SELECT key, CAST(described AS BLOB) FROM models WHERE key = ?", key, "models", _description)

    def keep_description(self, key: str, described: Mapping[str, str]) -> None:
        """Remember how a model describes itself."""
        with self._writing():
            self._connection.execute("INSERT OR REPLACE INTO models VALUES (?, ?)", (key, json.dumps(dict(described))))

    def picture(self, sha256: str) -> bytes | None:
        """The picture with this hash, encoded as it was shown to a model. Raises StoreError for one that is another by now."""
        with self._clear_errors():
            row = self._connection.execute("SELECT CAST(content AS BLOB) FROM pictures WHERE sha256 = ?", (sha256,)).fetchone()
        if row is not None and hashlib.sha256(row[0] or b"").hexdigest() != sha256:
            raise self._damaged("pictures", sha256, "its content has another hash")
        return row[0] if row else None

    def pictures(self, hashes: Iterable[str]) -> Mapping[str, bytes]:
        """The pictures of these hashes, which are here; each is read when it is looked at, and raises as `picture` does."""
        return _Pictures(self, dict.fromkeys(hashes))

    def keep_pictures(self, pictures: Iterable[Picture]) -> None:
        """Keep what was shown to a model; a picture is kept once, whoever shows it."""
        rows = [(picture.sha256, picture.content) for picture in pictures]
        if rows:
            with self._writing():
                self._connection.executemany("INSERT OR IGNORE INTO pictures VALUES (?, ?)", rows)

    def verdicts(self, measurement: str, read: Callable[[Any], V], but: Container[str] = ()) -> Iterator[V]:
        """The ledger entries known of a measurement, one by one as `read` makes them of their records, but for those
        kept under a name in `but`. Raises StoreError for one that `read` cannot read (KeyError, TypeError, ValueError)."""
        with self._clear_errors():
            known = self._connection.execute("SELECT node_id FROM verdicts WHERE run = ? ORDER BY node_id", (measurement,)).fetchall()
            for (node_id,) in known:
                if node_id not in but and (row := self._connection.execute(_VERDICT, (measurement, node_id)).fetchone()):
                    yield self._read("verdicts", f"{measurement} {node_id}", row[0], read)

    def keep_verdicts(self, kept: Iterable[tuple[str, str, str]]) -> None:
        """Keep ledger entries, given as the JSON of their records, by measurement and case."""
        with self._writing():
            self._connection.executemany("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?)", kept)

    def _first(self, query: str, wanted: str, table: str, read: Callable[[Any], V]) -> V | None:
        """The first row that `query` finds, as `read` makes it of the JSON in its second column."""
        with self._clear_errors():
            row = self._connection.execute(query, (wanted,)).fetchone()
        return self._read(table, row[0], row[1], read) if row else None

    def _read(self, table: str, key: object, text: bytes | None, read: Callable[[Any], V]) -> V:
        try:
            return read(json.loads(text or b""))
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise self._damaged(table, key, f"{type(error).__name__}: {error}") from None

    def _damaged(self, table: str, key: object, why: str) -> StoreError:
        return StoreError(f"{self.path} is damaged in {table}, row {key}: {why}; delete that row, or give another file as --store.")

    def __len__(self) -> int:
        with self._clear_errors():
            return int(self._connection.execute("SELECT count(*) FROM replies").fetchone()[0])

    def _check(self) -> None:
        with self._transaction():
            application = self._connection.execute("PRAGMA application_id").fetchone()[0]
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
            empty = not self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if empty and 0 < self.path.stat().st_size < SMALLEST:  # SQLite takes one byte for an empty file, and writes over it
                raise sqlite3.DatabaseError("file is not a database")
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

    def _leave_wal(self) -> None:
        """Open a file left in WAL mode where WAL is not available: in exclusive mode for a moment, which needs no shared memory."""
        try:
            self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            if "unable to open" not in str(error):
                return  # what follows waits for others, and says so
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = DELETE")
            self._connection.execute("PRAGMA locking_mode = NORMAL")

    def _choose_journal(self, network: str) -> None:
        """WAL where it works, otherwise a rollback journal. Both keep what is written whatever happens."""
        mode, why = "delete", f"lies on a network file system ({network})"
        if not network:
            try:
                mode, why = self._journal("WAL"), "lies where write-ahead logging cannot be had"
            except sqlite3.OperationalError as error:
                if "locked" in str(error):
                    raise
                why = f"lies where write-ahead logging cannot be had ({error})"
        if mode != "wal":
            self._journal("DELETE")
            self.note = f"{self.path} {why}; it is kept with a rollback journal, which is slower and as safe."

    def _journal(self, mode: str) -> str:
        """Switch to a mode; the one that is then in use. SQLite itself does not wait where several processes switch at once."""
        given_up = time.monotonic() + TIMEOUT
        while True:
            try:
                return str(self._connection.execute(f"PRAGMA journal_mode = {mode}").fetchone()[0])
            except sqlite3.OperationalError as error:  # noqa: PERF203 - it waits anyway
                if "locked" not in str(error) or time.monotonic() > given_up:
                    raise
                time.sleep(0.01)

    def _checkpoint(self) -> None:
        """Move what the write-ahead log holds into the file, as far as nobody else reads there; waits for no one."""
        self._checkpointed = time.monotonic()
        with suppress(sqlite3.Error):  # what was kept is safe in the log too
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def _on_disk(self) -> tuple[tuple[int, int] | None, ...]:
        """Which files stand under the names of the store and its log."""
        files: list[tuple[int, int] | None] = []
        for path in (self.path, self._log):
            try:
                state = path.stat()
                files.append((state.st_dev, state.st_ino))
            except OSError:  # noqa: PERF203 - of two
                files.append(None)
        return tuple(files)

    def _require_in_place(self, files: slice = slice(None)) -> None:
        """SQLite goes on writing into a file that has lost its name, where nobody will ever find it."""
        if self._files and self._on_disk()[files] != self._files[files]:
            raise StoreError(
                f"{self.path} or its -wal was removed or replaced while in use, so what is said now cannot be kept. "
                "Put it back where it was moved, then run again; or give another file as --store."
            )

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
    def _writing(self) -> Iterator[None]:
        """A transaction in a file that others will find. Nothing is written into a log that is gone: whoever took it moved all of it
        into the file, where what came since would be overwritten with what this process writes, once it closes."""
        with self._transaction():
            self._require_in_place(LOG)
            yield
        self._require_in_place()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._clear_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # rolled back by SQLite itself, or when the file is next opened
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, ValueError) as error:
            self._require_in_place()  # otherwise the file is not what is wrong
            raise StoreError(f"{self.path} {_fault(error)}, or give another file as --store.") from None
        except OSError as error:
            raise StoreError(f"{self.path} cannot be made: {error}; give another file as --store.") from None


@dataclass(frozen=True)
class _Pictures(Mapping[str, bytes]):
    store: Store
    hashes: Collection[str]

    def __getitem__(self, sha256: str) -> bytes:
        content = self.store.picture(sha256) if sha256 in self.hashes else None
        if content is None:
            raise KeyError(sha256)
        return content

    def __iter__(self) -> Iterator[str]:
        return iter(self.hashes)

    def __len__(self) -> int:
        return len(self.hashes)


def _fault(error: Exception) -> str:
    """What is wrong with the file, and what to do about it."""
    if "locked" in str(error):
        return f"cannot be used: {error}, for {TIMEOUT:.0f} s, by another program. End that"
    if isinstance(error, sqlite3.OperationalError) and "decode" not in str(error):
        return f"cannot be used: {error}. Free space or rights there"
    return f"is damaged or no store ({error}); move it away"


def _network_of(folder: Path) -> str:
    """The kind of the network file system that `folder` lies on; empty for a disk of this machine, and where nobody tells."""
    try:
        device = folder.stat().st_dev
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    number = f"{os.major(device)}:{os.minor(device)}"
    kinds = [line.partition(" - ")[2].split(" ")[0] for line in mounts if line.split(" ")[2:3] == [number]]
    return kinds[-1] if kinds and kinds[-1] in NETWORKED else ""


@dataclass(frozen=True)
class ModelReplies:
    """A store as one model sees it. `identity` is all of the model that decides its text. With `fresh` nothing kept before
    this was made is recalled, and what is generated now replaces it; with `replay` also replies of other machines are recalled."""

    store: Store
    identity: Mapping[str, str]
    fresh: bool = False
    replay: bool = False
    renewed: set[str] = field(default_factory=set, compare=False)  # keys of what was kept since; filled where it is `fresh`

    def recall(self, request: Request) -> Generation | None:
        """The generation kept for this very request."""
        asked = self._asked(request)
        key = key_of(asked)
        if self.fresh and key not in self.renewed:
            return None
        return self.store.reply(key) or (self.store.reply_from_elsewhere(asked) if self.replay else None)

    def keep(self, answered: Sequence[tuple[Request, Generation]]) -> None:
        """Keep the generations of a batch, and the pictures that their requests show, all at once."""
        self.store.keep_pictures(picture for request, _ in answered for turn in request.turns for picture in turn.pictures)
        self.store.keep_replies((self._asked(request), generation) for request, generation in answered)
        if self.fresh:
            self.renewed.update(key_of(self._asked(request)) for request, _ in answered)

    def _asked(self, request: Request) -> dict[str, Any]:
        asked = {"model": dict(self.identity), **request.record()}
        if request.is_scored and not self.identity.get("compute", "cpu").endswith(FLOAT32):
            asked[OUTPUT_LAYER] = "float32"  # scores from before it was are another measurement
        return asked


def _record(generation: Generation) -> dict[str, Any]:
    """A generation as plain data. What only some models report apart from the text is left out where it is empty, as in older stores."""
    rare = ("reasoning", "refusal", "native_finish_reason", "thinking_tokens", "thinking_cut", "logprobs", "merged", "outside")
    return {name: value for name, value in asdict(generation).items() if value or name not in rare}


def _generation(kept: Any) -> Generation:
    """Raises TypeError or ValueError for what is no generation."""
    if not isinstance(kept, dict):
        raise TypeError(f"{type(kept).__name__} instead of an object")
    for name, kind in _PARTS.items():
        if type(kept.get(name)) is not kind:
            raise TypeError(f"{name!r} is {kept.get(name)!r}, no {kind.__name__}")
    calls = kept.get("calls")
    lists = {"calls": calls if calls is None else tuple(ToolCall(**call) for call in calls), "logprobs": tuple(kept.get("logprobs", ()))}
    return Generation(**{**kept, **lists})


def _description(kept: Any) -> dict[str, str]:
    """Raises TypeError for what is no description of a model."""
    if not isinstance(kept, dict) or not all(isinstance(value, str) for value in kept.values()):
        raise TypeError("not texts by name")
    return kept


def _without_machine(asked: Mapping[str, Any]) -> dict[str, Any]:
    model = {name: value for name, value in asked["model"].items() if name not in MACHINE}
    return {name: value for name, value in asked.items() if name != OUTPUT_LAYER} | {"model": model}


def key_of(asked: Mapping[str, Any]) -> str:
    """The hash of everything in `asked`, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
