"""What makes two runs the same measurement: hashes of the cases and of the code that judges them."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Sequence
from pathlib import Path

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
    reader = inspect.getsourcefile(inspect.unwrap(extract)) if inspect.isroutine(extract) else None
    if reader:
        file = Path(reader)
        for part in sorted(file.parent.glob("*.py")) if (file.parent / "__init__.py").exists() else [file]:
            digest.update(part.read_bytes())
    return digest.hexdigest()
