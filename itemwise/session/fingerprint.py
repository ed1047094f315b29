"""What makes two runs the same measurement: hashes of the cases and of the code that judges them."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from itemwise.cases.benchmark import Extractor
from itemwise.cases.case import Case
from itemwise.cases.picture import PictureError
from itemwise.results.store import key_of

__all__ = ["cases_hash", "code_hash", "judge_hash"]


def cases_hash(cases: Sequence[Case]) -> str:
    """A hash of all that a sample asks, shows and expects, in order."""
    return key_of({"cases": [[case.name, case.prompt, case.answer, *_shown(case)] for case in cases]})


def _shown(case: Case) -> list[str]:
    """The hash of the case's picture; where it cannot be read, that this is so, for the case itself will say why."""
    try:
        return [case.picture.sha256] if case.picture else []
    except PictureError:
        return ["unreadable"]


def judge_hash(benchmark: Path, extract: Extractor) -> str:
    """A hash of the benchmark's file and of the extractor's code: its whole package, for extractors call each other."""
    return hashlib.sha256(benchmark.read_bytes() + code_hash(extract).encode()).hexdigest()


def code_hash(function: Callable[..., Any]) -> str:
    """A hash of the file that a function is written in, or of its whole package; of nothing for what is built in."""
    digest = hashlib.sha256()
    if source := _source(function):
        file = Path(source)
        for part in sorted(file.parent.glob("*.py")) if (file.parent / "__init__.py").exists() else [file]:
            digest.update(part.read_bytes())
    return digest.hexdigest()


def _source(extractor: Callable[..., Any]) -> str | None:
    """The file of a function, of a partial one's function, or of an object's class; None for what is built in."""
    while isinstance(extractor, partial):
        extractor = extractor.func
    extractor = inspect.unwrap(extractor)
    try:
        return inspect.getsourcefile(extractor if inspect.isroutine(extractor) or inspect.isclass(extractor) else type(extractor))
    except TypeError:
        return None
