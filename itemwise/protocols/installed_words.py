"""Words of other projects, read in the source files of their installed packages: nothing of them is imported, and none stand here."""

import ast
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from itemwise.cases.row import RowsError

__all__ = ["calls_of_dict", "constant", "installed_file", "returned"]


def installed_file(package: str, file: str, requirement: str, *, instead: str = "") -> Path:
    """A file of an installed package by its path in it. Raises RowsError with the `requirement` to install, and what to do `instead`."""
    found = find_spec(package)
    for folder in (found.submodule_search_locations or ()) if found else ():
        if Path(folder, file).is_file():
            return Path(folder, file)
    raise RowsError(f"this protocol reads words of {package} in its own file {file}: pip install --no-deps {requirement}{instead}.")


def constant(file: Path, name: str) -> Any:
    """The value of a module's constant, a literal or the ``.strip()`` of one. Raises RowsError where it is no such thing."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == name for target in node.targets):
            return _value(node.value, f"{file}: {name}")
    raise RowsError(f"{file} has no {name}; install the version that the protocol names.")


def returned(file: Path, function: str) -> Any:
    """The literal that a function returns. Raises RowsError where it is no such thing."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == function and isinstance(node.body[-1], ast.Return) and node.body[-1].value:
            return _value(node.body[-1].value, f"{file}: {function}")
    raise RowsError(f"{file} has no {function} that returns a literal; install the version that the protocol names.")


def calls_of_dict(file: Path, *names: str) -> list[dict[str, Any]]:
    """The keywords of each call ``dict(...)`` in a file that has literals for all of `names`, in order."""
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    found = []
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if all(isinstance(given.get(name), ast.Constant) for name in names):
            found.append({name: ast.literal_eval(given[name]) for name in names})
    return found


def _value(node: ast.expr, where: str) -> Any:
    is_stripped = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "strip" and not node.args
    try:
        value = ast.literal_eval(node.func.value if is_stripped else node)  # type: ignore[attr-defined]  # it is a call
    except ValueError:
        raise RowsError(f"{where} is no literal; install the version that the protocol names.") from None
    return value.strip() if is_stripped else value
