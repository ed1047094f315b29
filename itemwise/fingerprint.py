"""What makes two runs the same measurement: hashes of the cases and of the code that judges them."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from itemwise.benchmark import Extractor
from itemwise.case import Case
from itemwise.store import key_of

__all__ = ["cases_hash", "judge_hash"]


def cases_hash(cases: Sequence[Case]) -> str:
    """A hash of all that a sample asks and expects, in order."""
    return key_of({"cases": [[case.name, case.prompt, case.answer] for case in cases]})


def judge_hash(benchmark: Path, extract: Extractor) -> str:
    """A hash of the benchmark's file and of the reader's code: its whole package, for readers call each other."""
    digest = hashlib.sha256(benchmark.read_bytes())
    if reader := _source(extract):
        file = Path(reader)
        for part in sorted(file.parent.glob("*.py")) if (file.parent / "__init__.py").exists() else [file]:
            digest.update(part.read_bytes())
    return digest.hexdigest()


def _source(reader: Callable[..., Any]) -> str | None:
    """The file of a function, of a partial one's function, or of an object's class; None for what is built in."""
    while isinstance(reader, partial):
        reader = reader.func
    reader = inspect.unwrap(reader)
    try:
        return inspect.getsourcefile(reader if inspect.isroutine(reader) or inspect.isclass(reader) else type(reader))
    except TypeError:
        return None
