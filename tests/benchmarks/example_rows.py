"""The row that the docstring of each benchmark shows, and the case that it becomes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType

from itemwise.cases.benchmark import Benchmark
from itemwise.cases.case import Case
from itemwise.cases.source import Source

__all__ = ["benchmark", "example_row", "loaded"]


def benchmark(module: ModuleType) -> Benchmark:
    """What `@cases` made of a benchmark's file."""
    (test,) = (value for name, value in vars(module).items() if name.startswith("test_"))
    found: Benchmark = test.pytestmark[-1].kwargs["benchmark"]
    return found


def loaded(module: ModuleType, row: str, folder: Path, prompt: str, config: str = "") -> Case:
    """The case of the one row that a file holds."""
    file = folder / ("rows.tsv" if "\t" in row else "rows.jsonl")
    file.write_text(row + "\n", encoding="utf-8")
    (case,) = benchmark(module).of_config(config).cases(Source("file", path=file), prompt)
    return case


def example_row(module: ModuleType) -> str:
    """The row that the docstring shows."""
    assert module.__doc__
    found = re.search(r"::\n\n((?: {4}.*\n)+)", module.__doc__)
    assert found
    text = re.sub(r"\n *", " ", found[1].strip())
    return text if "\t" in text else json.dumps(json.loads(text))
