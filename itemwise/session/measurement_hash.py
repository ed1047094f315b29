"""Fingerprints: hashes of the cases and of the code that judges them, by which runs share a measurement."""

import hashlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from itemwise.cases.benchmark import Extractor
from itemwise.cases.case import Case
from itemwise.cases.picture import PictureError
from itemwise.results.store import key_of
from itemwise.session.code_files import code_files

__all__ = ["cases_hash", "code_hash", "judge_hash"]


def cases_hash(cases: Sequence[Case]) -> str:
    """A hash of all that a sample asks, every turn of a chat, shows and expects, in order."""
    return key_of({"cases": [[case.name, _prompt(case), case.answer, *_shown(case), *_stop(case)] for case in cases]})


def _prompt(case: Case) -> str | list[dict[str, Any]]:
    return case.prompt if isinstance(case.prompt, str) else [replace(turn, pictures=()).message() for turn in case.prompt]


def _shown(case: Case) -> list[str]:
    """The hashes of the case's pictures; where one cannot be read, that this is so, for the case itself will say why."""
    try:
        return [picture.sha256 for picture in case.pictures]
    except PictureError:
        return ["unreadable"]


def _stop(case: Case) -> list[dict[str, list[str]]]:
    return [{"stop": list(case.stop)}] if case.stop else []


def judge_hash(benchmark: Path, extract: Extractor) -> str:
    """A hash of the benchmark's file and of the extractor's code."""
    return hashlib.sha256(benchmark.read_bytes() + code_hash(extract).encode()).hexdigest()


def code_hash(function: Callable[..., Any]) -> str:
    """A hash of the function's own file and of what it imports of the same area (`code_files`); of nothing for what is built in."""
    module, file = _source(function)
    files = code_files(module, file) if file and file.is_file() else ()
    return hashlib.sha256(b"".join(sorted(hashlib.sha256(each.read_bytes()).digest() for each in files))).hexdigest()


def _source(function: Callable[..., Any]) -> tuple[str, Path | None]:
    """The module and the file of a function, of a partial one's function, or of an object's class; no file for what is built in."""
    while isinstance(function, partial):
        function = function.func
    function = inspect.unwrap(function)
    owner = function if inspect.isroutine(function) or inspect.isclass(function) else type(function)
    try:
        file = inspect.getsourcefile(owner)
    except TypeError:
        return "", None
    return owner.__module__ or "", Path(file) if file else None
