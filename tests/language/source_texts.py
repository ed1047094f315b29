"""The texts in the package's source: Python, templates and scripts. Which are told in other languages, and all there are."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from jinja2 import Environment, nodes

PACKAGE = Path(__file__).parents[2] / "itemwise"
_FIRST, _EACH = slice(0, 1), slice(None)
_HANDED = {
    "cause": slice(1, 2),
    "phrase": _FIRST,
    "say": _FIRST,
    "Column": _FIRST,
    "Note": _FIRST,
    "words": _EACH,
    "figures": _EACH,
    "ExpressionError": _FIRST,
    "Undecided": _FIRST,
}
_TITLED = {
    "Section": (slice(1, 2), ("title", "legend", "brief")),
    "OnPage": (slice(1, 3), ("title", "name")),
    "replace": (slice(0, 0), ("legend",)),
}
_STRING = r'"((?:[^"\\]|\\.)*)"'
_SAID = re.compile(rf"say\((?:[^()\"]*\? )?{_STRING}(?: : {_STRING})?")

Names = dict[str, list[ast.expr]]
Texts = Callable[[str], Iterator[str]]


def told_texts(folder: str = "") -> dict[str, str]:
    """Each text that is handed to what tells it in a folder of the package, with its file."""
    return dict(_texts({".py": _told_in_python, ".jinja": _told_in_template, ".js": _told_in_script}, folder))


def all_texts() -> set[str]:
    """Every text of the source, whatever it is for."""
    return {text for text, _ in _texts({".py": _constants_of, ".jinja": _told_in_template, ".js": _strings_of})}


def record_names() -> set[str]:
    """The names that sections have in run.json."""
    sections = PACKAGE / "reporting" / "sections"
    nodes = [node for file in sections.glob("*.py") for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    given = [node.value for node in nodes if isinstance(node, ast.keyword) and node.arg == "record"]
    given = [node.body if isinstance(node, ast.IfExp) else node for node in given]
    return {name.value for node in given if isinstance(node, ast.Dict) for name in node.keys if isinstance(name, ast.Constant)}


def _texts(readers: dict[str, Texts], folder: str = "") -> Iterator[tuple[str, str]]:
    for file in sorted((PACKAGE / folder).rglob("*")):
        if file.suffix in readers:
            yield from ((text, file.name) for text in readers[file.suffix](file.read_text(encoding="utf-8")) if re.search("[A-Za-z]", text))


def _told_in_python(source: str) -> Iterator[str]:
    module = ast.parse(source)
    for scope in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.Module)):
        names = {**_assigned(module.body), **_assigned(ast.walk(scope))}
        for call in (node for node in ast.walk(scope) if isinstance(node, ast.Call)):
            yield from (text for argument in _arguments(call) for text in _constants(argument, names))


def _arguments(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that are told, or made of texts that are."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name in _HANDED:
        return [argument.value if isinstance(argument, ast.Starred) else argument for argument in call.args[_HANDED[name]]]
    places, keywords = _TITLED.get(name, (slice(0, 0), ()))
    return [*call.args[places], *(keyword.value for keyword in call.keywords if keyword.arg in keywords)]


def _assigned(statements: Iterable[ast.AST]) -> Names:
    """The values given to each name by `statements`."""
    found: Names = {}
    for node in statements:
        for target in node.targets if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(node.value)
    return found


def _constants(node: ast.AST, names: Names) -> Iterator[str]:
    """The texts of an expression and of the names in it, but no parts of f-strings, keys, or what is handed to something else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
        return
    parts: list[ast.expr] = []
    match node:
        case ast.Name():
            parts, names = names.get(node.id, []), {}
        case ast.IfExp():
            parts = [node.body, node.orelse]
        case ast.Tuple() | ast.List():
            parts = node.elts
        case ast.Dict():
            parts = node.values
        case ast.Starred() | ast.Subscript():
            parts = [node.value]
    yield from (text for part in parts for text in _constants(part, names))


def _constants_of(source: str) -> Iterator[str]:
    yield from (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _told_in_template(source: str) -> Iterator[str]:
    for call in Environment(autoescape=True).parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "say":
            first = call.args[0]
            parts = [first.expr1, first.expr2] if isinstance(first, nodes.CondExpr) else [first]
            yield from (part.value for part in parts if isinstance(part, nodes.Const))


def _told_in_script(source: str) -> Iterator[str]:
    yield from (text for found in _SAID.finditer(source) for text in found.groups() if text)


def _strings_of(source: str) -> Iterator[str]:
    yield from re.findall(_STRING, source)


def worded_f_strings(folder: str, within: str = "") -> Iterator[str]:
    """The f-strings with words in them in a folder of the package, or within calls of a function there: no other language can tell them."""
    for file in sorted((PACKAGE / folder).rglob("*.py")):
        nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == within]
        for node in (part for call in calls for part in ast.walk(call)) if within else nodes:
            parts = node.values if isinstance(node, ast.JoinedStr) else []
            if any(isinstance(part, ast.Constant) and re.search("[A-Za-z]{2,} | [A-Za-z]{2,}", part.value) for part in parts):
                yield f"{file.name}, line {node.lineno}"
