"""The extractors are pure functions over the standard library: they import nothing else of the package."""

from __future__ import annotations

import ast
import subprocess
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


def test_every_name_is_there_and_no_other() -> None:
    assert [name for name in itemwise.extractors.__all__ if not hasattr(itemwise.extractors, name)] == []
    assert not hasattr(itemwise.extractors, "first_number")
    with pytest.raises(ImportError, match="cannot import name 'first_number'"):
        from itemwise.extractors import first_number  # type: ignore[attr-defined]  # noqa: F401


def test_an_extractor_is_imported_without_those_of_other_kinds() -> None:
    program = "import sys\nfrom itemwise.extractors import last_number\nprint([name for name in sys.modules if name.count('.') > 2])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    folders = {name.split(".")[2] for name in ast.literal_eval(ran.stdout) if name.startswith("itemwise.extractors.")}
    assert folders == {"number"}
