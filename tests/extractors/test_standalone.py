"""The extractors are pure functions over the standard library: they import nothing else of the package."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import itemwise.extractors

FOLDER = Path(itemwise.extractors.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=[file.relative_to(FOLDER).as_posix() for file in FILES])
def test_a_module_imports_the_standard_library_and_extractors_alone(file: Path) -> None:
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    foreign = [name for name in names if name.partition(".")[0] not in sys.stdlib_module_names]
    assert all(name.startswith("itemwise.extractors.") for name in foreign), foreign
