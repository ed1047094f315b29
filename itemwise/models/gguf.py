"""GGUF files: where one is, its hash, and its header, which is read without a library and before anything heavy is loaded."""

import hashlib
import mmap
import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from itemwise.models.checkpoint import hub_download
from itemwise.models.model import ModelEntry, ModelError

__all__ = ["GGUFHeader", "TensorPlace", "gguf_file", "gguf_hash", "gguf_lacks_template", "is_hub_gguf", "llama_server", "read_header"]

_VERSIONS = (2, 3)
_TEXT, _ARRAY = 8, 9  # kinds of a value that have no width of their own
_FORMATS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_PART = re.compile(r"-\d{5}-of-(\d{5})\.gguf$", re.IGNORECASE)
_HUB_GGUF = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9_][\w.-]*(/[\w.+-]+)*/[\w.+-]+\.gguf", re.ASCII | re.IGNORECASE)
_TEMPLATE = "tokenizer.chat_template"


@dataclass(frozen=True)
class TensorPlace:
    """Where a tensor stands: its type by GGUF's number, how many numbers it is, and its bytes from the begin of the data."""

    kind: int
    numbers: int
    offset: int


@dataclass(frozen=True)
class GGUFHeader:
    """What a file says of itself: `metadata` by key (of an array its length), its `tensors` by name, where its data begins."""

    metadata: Mapping[str, Any]
    tensors: Mapping[str, TensorPlace]
    data_start: int

    @property
    def architecture(self) -> str:
        """llama.cpp's name for the kind of model, such as ``qwen2``."""
        return str(self.metadata.get("general.architecture", ""))

    @property
    def templates(self) -> dict[str, str]:
        """The chat templates by name; one alone is called ``default``."""
        named = {key.removeprefix(_TEMPLATE).lstrip("."): text for key, text in self.metadata.items() if key.startswith(_TEMPLATE)}
        return {name or "default": text for name, text in named.items() if isinstance(text, str)}

    @property
    def ends(self) -> list[int]:
        """The tokens that end a text, a turn, or a message within one."""
        keys = (f"tokenizer.ggml.{end}_token_id" for end in ("eos", "eot", "eom"))
        return sorted({self.metadata[key] for key in keys if type(self.metadata.get(key)) is int})


def is_hub_gguf(text: str) -> bool:
    """Whether `text` names a GGUF of a repository on the hub: ``owner/name/file.gguf``, which may stand in folders."""
    return bool(_HUB_GGUF.fullmatch(text)) and "--" not in text.rpartition("/")[0] and ".." not in text


def gguf_file(entry: ModelEntry) -> Path:
    """The file of `entry`; one of the hub is brought into its cache. Raises ModelError where it is missing or but a part of a model."""
    name = Path(entry.location).name
    if parts := _PART.search(name):
        raise ModelError(_one_part(entry, int(parts[1])))
    if not entry.local:
        owner, repository, file = entry.location.split("/", 2)
        return hub_download(entry, f"{owner}/{repository}", file, lambda files: _require_listed(entry, file, files))
    if not (path := Path(entry.location)).is_file():
        raise ModelError(f"{entry.name} is not at {path}: no such file; give the GGUF file's path.")
    return path


def gguf_hash(file: Path) -> str:
    """A hash of the file's content, whatever it is called."""
    state = file.stat()
    return _content_hash(file, state.st_size, state.st_mtime_ns)


def gguf_lacks_template(entry: ModelEntry) -> bool:
    """Whether a file on this machine holds no chat template; False where it cannot be read, which loading it will tell."""
    try:
        return entry.local and not read_header(entry, gguf_file(entry)).templates
    except ModelError:
        return False


def llama_server(entry: ModelEntry) -> str:
    """How to have llama.cpp serve the file and ask it there."""
    where = f"-m {entry.location}"
    if not entry.local:
        owner, repository, file = entry.location.split("/", 2)
        where = f"-hf {owner}/{repository} -hff {file}"
    return f"serve it by llama.cpp (llama-server {where} --port 8080) and give --model http://localhost:8080/v1"


def read_header(entry: ModelEntry, file: Path) -> GGUFHeader:
    """The header of `file`. Raises ModelError where it is no GGUF, is cut short, or is but a part of a model."""
    if not file.stat().st_size:
        raise ModelError(f"{entry.name}: {file} is empty; download it again.")
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[:4] != b"GGUF":
            raise ModelError(f"{entry.name}: {file} is no GGUF file: it does not begin with GGUF. {_pointer(data[:200])}")
        try:
            header = _Reader(data, 4).header()
        except (struct.error, EOFError):
            raise ModelError(f"{entry.name}: {file} is cut short: its header ends in the middle; download it again.") from None
        except ValueError as error:
            raise ModelError(f"{entry.name}: {file} cannot be read ({error}); convert it anew with llama.cpp.") from None
    if (parts := header.metadata.get("split.count", 0)) > 1:
        raise ModelError(_one_part(entry, parts))
    if not header.architecture:
        raise ModelError(f"{entry.name}: {file} names no general.architecture, so it holds no model; give another file.")
    return header


@dataclass
class _Reader:
    """Reads values one after the other; `at` is where the next one begins."""

    data: mmap.mmap
    at: int

    def header(self) -> GGUFHeader:
        version = self.number("I")
        if version not in _VERSIONS:
            raise ValueError(f"version {version} in this byte order, where {' and '.join(map(str, _VERSIONS))} are known")
        tensors, keys = self.number("Q"), self.number("Q")
        metadata = {self.text(): self.value(self.number("I")) for _ in range(keys)}
        places = dict(self.tensor() for _ in range(tensors))
        alignment = metadata.get("general.alignment", 32)
        return GGUFHeader(metadata, places, -(-self.at // alignment) * alignment)

    def number(self, form: str) -> Any:
        (value,) = struct.unpack_from(f"<{form}", self.data, self.at)
        self.at += struct.calcsize(f"<{form}")
        return value

    def text(self) -> str:
        length = self.number("Q")
        self._skip(length)
        return self.data[self.at - length : self.at].decode(errors="replace")

    def value(self, kind: int) -> Any:
        if kind == _TEXT:
            return self.text()
        if kind == _ARRAY:
            return self._array_length()
        if kind not in _FORMATS:
            raise ValueError(f"a value of the unknown type {kind}")
        return self.number(_FORMATS[kind])

    def tensor(self) -> tuple[str, TensorPlace]:
        name, numbers = self.text(), 1
        for _ in range(self.number("I")):
            numbers *= self.number("Q")
        return name, TensorPlace(self.number("I"), numbers, self.number("Q"))

    def _array_length(self) -> int:
        kind, length = self.number("I"), int(self.number("Q"))
        if kind == _TEXT:
            for _ in range(length):
                self._skip(self.number("Q"))
        elif kind in _FORMATS:
            self._skip(length * struct.calcsize(f"<{_FORMATS[kind]}"))
        else:
            raise ValueError(f"an array of the type {kind}")
        return length

    def _skip(self, length: int) -> None:
        self.at += length
        if self.at > len(self.data):
            raise EOFError


@cache
def _content_hash(file: Path, size: int, changed: int) -> str:  # noqa: ARG001 - a file that changed is read again
    with file.open("rb") as content:
        digest = hashlib.sha256()
        while block := content.read(1 << 20):
            digest.update(block)
    return f"sha256:{digest.hexdigest()[:16]}"


def _require_listed(entry: ModelEntry, file: str, files: Iterable[str]) -> None:
    listed = sorted(name for name in files if name.lower().endswith(".gguf"))
    if file not in listed:
        raise ModelError(
            f"{entry.name}: the repository of {entry.location} on the hub holds no {file}, and there is no such file here; "
            f"{'it holds ' + ', '.join(listed) if listed else 'it holds no GGUF file at all'}."
        )


def _one_part(entry: ModelEntry, parts: int) -> str:
    return (
        f"{entry.name} is one of {parts} parts of a split GGUF, which transformers does not read: put them together "
        f"(llama-gguf-split --merge FIRST-PART WHOLE.gguf) and give the whole file, or {llama_server(entry)}."
    )


def _pointer(begin: bytes) -> str:
    """What to do, by how the file begins."""
    if begin.startswith(b"version https://git-lfs"):
        return "It is a pointer of Git LFS: fetch the file itself (git lfs pull)."
    return "Check that it was downloaded whole, or give another file."
