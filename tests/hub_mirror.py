"""A hub of our own on 127.0.0.1: enough of the Hugging Face hub's API for its libraries to load from a folder."""

from __future__ import annotations

import fcntl
import hashlib
import json
import socket
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

__all__ = ["HubMirror", "Repository", "gsm8k_folder"]

ERRORS = {"Repository": "RepoNotFound", "Revision": "RevisionNotFound", "Entry": "EntryNotFound"}


class MissingError(Exception):
    """What was asked for is not on this hub; `what` is Repository, Revision or Entry."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} not found")
        self.what = what


@dataclass(frozen=True)
class Repository:
    """A folder served as a repository: one commit, called `main` too."""

    folder: Path
    commit: str

    def files(self) -> list[str]:
        """Paths inside the repository, in order of name."""
        return sorted(file.relative_to(self.folder).as_posix() for file in self.folder.rglob("*") if file.is_file())

    def file(self, path: str) -> Path:
        """The file at `path`, which must be one of `files()`."""
        if path not in self.files():
            raise MissingError("Entry")
        return self.folder / path

    def require(self, revision: str) -> None:
        """Raise MissingError for any revision but the one commit and `main`."""
        if revision not in (self.commit, "main"):
            raise MissingError("Revision")


@dataclass
class HubMirror:
    """Repositories by what the hub's addresses call them: ``datasets/openai/gsm8k``, ``models/owner/name``.

    `requests` are ``METHOD /path`` lines in the order they came. ``with mirror.serving() as endpoint`` gives HF_ENDPOINT.
    """

    repositories: Mapping[str, Repository]
    requests: list[str] = field(default_factory=list)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve on a free port until the block ends."""
        _raise_loopback()
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"mirror": self}))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def repository(self, kind: str, name: str, revision: str) -> Repository:
        """The repository asked for, at a revision it has."""
        try:
            repository = self.repositories[f"{kind}/{name}"]
        except KeyError:
            raise MissingError("Repository") from None
        repository.require(revision)
        return repository


class _Handler(BaseHTTPRequestHandler):
    mirror: HubMirror
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: Any) -> None:
        """Silent: what was asked stands in `mirror.requests`."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = unquote(urlsplit(self.path).path)
        self.mirror.requests.append(f"{self.command} {path}")
        try:
            self._route([part for part in path.split("/") if part], body)
        except MissingError as missing:
            self._send(404, b"", {"X-Error-Code": ERRORS[missing.what], "X-Error-Message": str(missing)})

    def _route(self, parts: Sequence[str], body: bytes) -> None:
        match parts:
            case ["api", "datasets" | "models" as kind, owner, name]:
                self._info(f"{owner}/{name}", self.mirror.repository(kind, f"{owner}/{name}", "main"))
            case ["api", "datasets" | "models" as kind, owner, name, "revision", revision]:
                self._info(f"{owner}/{name}", self.mirror.repository(kind, f"{owner}/{name}", revision))
            case ["api", "datasets" | "models" as kind, owner, name, "tree", revision, *under]:
                self._tree(self.mirror.repository(kind, f"{owner}/{name}", revision), "/".join(under))
            case ["api", "datasets" | "models" as kind, owner, name, "paths-info", revision]:
                self._paths_info(self.mirror.repository(kind, f"{owner}/{name}", revision), body)
            case ["datasets", owner, name, "resolve", revision, *path]:
                self._file(self.mirror.repository("datasets", f"{owner}/{name}", revision), "/".join(path))
            case [owner, name, "resolve", revision, *path]:
                self._file(self.mirror.repository("models", f"{owner}/{name}", revision), "/".join(path))
            case _:
                raise MissingError("Entry")

    def _info(self, id: str, repository: Repository) -> None:
        siblings = [{"rfilename": path} for path in repository.files()]
        self._json({"id": id, "sha": repository.commit, "siblings": siblings, "private": False, "tags": []})

    def _tree(self, repository: Repository, under: str) -> None:
        inside = [path for path in repository.files() if not under or path.startswith(f"{under}/")]
        if not inside:
            raise MissingError("Entry")
        self._json([*_folders(inside, under), *(_entry(repository, path) for path in inside)])

    def _paths_info(self, repository: Repository, body: bytes) -> None:
        asked = json.loads(body)["paths"]
        files = repository.files()
        folders = {folder["path"]: folder for folder in _folders(files, "")}
        self._json([_entry(repository, path) if path in files else folders[path] for path in asked if path in (*files, *folders)])

    def _file(self, repository: Repository, path: str) -> None:
        content = repository.file(path).read_bytes()
        headers = {"ETag": f'"{_git_hash(content)}"', "X-Repo-Commit": repository.commit, "Accept-Ranges": "bytes"}
        self._send(200, content, headers)

    def _json(self, value: Any) -> None:
        self._send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _folders(files: Sequence[str], under: str) -> list[dict[str, Any]]:
    parents = {parent.as_posix() for path in files for parent in Path(path).parents} - {".", under}
    return [{"type": "directory", "path": path, "oid": _git_hash(path.encode())} for path in sorted(parents)]


def _entry(repository: Repository, path: str) -> dict[str, Any]:
    content = repository.file(path).read_bytes()
    return {"type": "file", "path": path, "size": len(content), "oid": _git_hash(content)}


def _git_hash(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _raise_loopback() -> None:
    """Switch 127.0.0.1 on where the tests run cut off from every network, as under ``unshare -n``."""
    get_flags, set_flags, up = 0x8913, 0x8914, 0x1  # SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP of <linux/sockios.h>, <linux/if.h>
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        _, flags = struct.unpack("16sh", fcntl.ioctl(asked, get_flags, struct.pack("16sh", b"lo", 0)))
        if not flags & up:
            fcntl.ioctl(asked, set_flags, struct.pack("16sh", b"lo", flags | up))


def gsm8k_folder(folder: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write `rows` as the dataset repository of GSM8K lays them out: one parquet file per split, named by its card."""
    import pyarrow
    import pyarrow.parquet

    (folder / "main").mkdir(parents=True)
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(rows)), folder / "main" / "test-00000-of-00001.parquet")
    (folder / "README.md").write_text(
        "---\nconfigs:\n- config_name: main\n  data_files:\n  - split: test\n    path: main/test-*\n---\nMade rows.\n", encoding="utf-8"
    )
    return folder
