"""The files whose code decides what a function returns: its own, and what they import of the same area. Found by ast, nothing is imported.

The area of the package's own code is one folder, such as itemwise/strategies; of a user's module everything beside it; of an
installed library that library. `itemwise.extractors` belongs to every area, for extractors of a user's own are built on ours.
"""

from __future__ import annotations

import ast
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

__all__ = ["code_files"]

PACKAGE, EXTRACTORS = "itemwise", "itemwise.extractors"
FOLDER = Path(__file__).parents[2]  # that holds the package
INSTALLED = {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}


def code_files(module: str, file: Path) -> set[Path]:
    """The file of the module called `module`, and those that its import statements lead to within its area, also by way of others."""
    module = _name_by_file(module, file)
    area = _Area.of(module, file)
    files, waiting = {module: file}, [module]
    while waiting:
        name = waiting.pop()
        found = {imported: path for imported, path in area.imported(name, files[name]) if imported not in files}
        files |= found
        waiting += found
    return set(files.values())


def _name_by_file(module: str, file: Path) -> str:
    """`module` where it leads to the file; else the file's own name, for ``__main__`` and modules that call themselves otherwise."""
    path = file.parent.parts if file.stem == "__init__" else (*file.parent.parts, file.stem)
    parts = tuple(module.split("."))
    return module if path[-len(parts) :] == parts else file.stem


@dataclass(frozen=True)
class _Area:
    """The modules that are looked into: those of `names` and below, or all in `root` that are not the package's own where it is None."""

    root: Path
    names: tuple[str, ...] | None

    @classmethod
    def of(cls, module: str, file: Path) -> _Area:
        top, *below = module.split(".")
        root = file.parents[len(below) + (file.stem == "__init__")]
        if top == PACKAGE:
            return cls(root, (".".join([top, *below[:1]]), EXTRACTORS))
        return cls(root, (top, EXTRACTORS) if root in INSTALLED else None)

    def imported(self, name: str, file: Path) -> Iterator[tuple[str, Path]]:
        """The modules and files of this area that the import statements of a module name."""
        for module, imported in _imports(name, file):
            found = self._exporting(module, imported) if imported else self._find(module)
            if found:
                yield found

    def _exporting(self, module: str, name: str) -> tuple[str, Path] | None:
        """Where ``from module import name`` leads: to the submodule, or past an ``__init__`` to the module that it has the name from."""
        submodule = self._find(f"{module}.{name}")
        package = None if submodule else self._find(module)
        if package and package[1].stem == "__init__":
            origins = [origin for origin, exported in _imports(*package) if exported == name]
            return next(filter(None, (self._exporting(origin, name) for origin in origins if origin != module)), package)
        return submodule or package

    def _find(self, name: str) -> tuple[str, Path] | None:
        """The module of that name and its file; None where it is not of this area."""
        ours = name.partition(".")[0] == PACKAGE
        names = (EXTRACTORS,) if ours and self.names is None else self.names
        if names and not any(f"{name}.".startswith(f"{each}.") for each in names):
            return None
        path = (FOLDER if ours else self.root).joinpath(*name.split("."))
        return next(((name, file) for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def _imports(name: str, file: Path) -> tuple[tuple[str, str], ...]:
    """What the import statements of a module, wherever they stand, name: modules, each with the name taken from it or ""."""
    return _parsed(file.read_bytes(), name if file.stem == "__init__" else name.rpartition(".")[0])


@lru_cache(maxsize=256)
def _parsed(source: bytes, package: str) -> tuple[tuple[str, str], ...]:
    try:
        nodes = list(_statements(ast.parse(source)))
    except (SyntaxError, ValueError):
        return ()
    whole = [(alias.name, "") for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    return (*whole, *((_absolute(node, package), alias.name) for node in froms for alias in node.names))


def _statements(module: ast.Module) -> Iterator[ast.AST]:
    """The statements of a module, outer ones first. Expressions, of which most of a module is made, hold no import and are passed over."""
    nodes: list[ast.AST] = [module]
    for node in nodes:  # to which is added meanwhile
        nodes += chain.from_iterable(getattr(node, block, ()) for block in ("body", "handlers", "orelse", "finalbody", "cases"))
        yield node


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """The module that a ``from`` statement in `package` names, its dots resolved."""
    parents = package.split(".")
    before = parents[: len(parents) - node.level + 1] if node.level else []
    return ".".join([*filter(None, before), *filter(None, [node.module])])
