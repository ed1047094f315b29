"""Labels of measurements in tables, reports and gates: the benchmark's name, qualified by file or class where two share it.

A label is ``[WHERE.]NAME[[PARAMETERS]][-CONFIG][-synthetic...][-renumbered][-CONTROL]``: ``quiz``, ``test_a.quiz``,
``quiz[short]-synthetic``, ``mgsm-zh``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeVar

from itemwise.cases.controls import CONTROLS, original_and_control
from itemwise.cases.variants import RENUMBERED, original_of

__all__ = [
    "LABEL",
    "Key",
    "Label",
    "is_plain",
    "label_suffix",
    "measurement_names",
    "natural_order",
    "renamed_node_id",
    "rows_by_name",
    "rows_of",
    "split_node_id",
]

T = TypeVar("T")
LABEL = re.compile(r"(?P<where>(?:[^./\[\]=]+\.)*)(?P<name>\w+)(?P<parameters>\[.*?\])?(?P<rest>(?:-[\w-]+)?)")
_MADE = re.compile(r"-synthetic(?:-(?:held-out|all|trained))?")


class Key(NamedTuple):
    """What the cases of one line of the table share. `prompt` is empty where the run asks the benchmark with one prompt."""

    benchmark: str
    model: str
    strategy: str
    prompt: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Those that there are, in the order in which node ids, tables and gates have them."""
        return tuple(filter(None, self))

    @property
    def rows(self) -> tuple[str, str, str]:
        """What run.json calls the rows that were asked: ``gsm8k``, with several prompts ``gsm8k, cot``; with the model's name, where
        each model was asked with a prompt or a limit of its own; and with the strategy's, where one changed a protocol and another not."""
        name = ", ".join(filter(None, (self.benchmark, self.prompt)))
        return name, f"{name}, {self.model}", f"{name}, {self.model}, {self.strategy}"

    def record(self) -> dict[str, str]:
        """The names by what they are, as run.json has them."""
        return {what: name for what, name in self._asdict().items() if what != "prompt" or name}


@dataclass(frozen=True)
class Label:
    """A label in its parts, empty where it has none: `where` ends in a dot, `parameters` are in brackets, `rest` begins with a dash."""

    where: str
    name: str
    parameters: str
    rest: str

    @classmethod
    def parse(cls, text: str) -> Label:
        """The parts of `text`; what is no label is all name."""
        match = LABEL.fullmatch(text)
        return cls(match["where"], match["name"], match["parameters"] or "", match["rest"]) if match else cls("", text, "", "")

    @property
    def own(self) -> str:
        """The name in the benchmark's own file, whatever else there is: without where and parameters."""
        return self.name + self.rest

    def is_meant_by(self, wanted: Label, function: str = "") -> bool:
        """Whether `wanted` names this measurement of the test `function` (a node id): in whole, or without its file, its parameters, its
        configuration, or the word that its rows are made. Renumbered variants and controls answer to their full name only."""
        full = "".join(f"{part}." for part in _parts(function)) or self.where
        return (
            wanted.name == self.name
            and (wanted.where == self.where or f".{full}".endswith(f".{wanted.where}"))
            and wanted.parameters in ("", self.parameters)
            and self.rest.startswith(wanted.rest)
            and (self.rest == wanted.rest or _is_plain(self.rest[len(wanted.rest) :], all_configs=not wanted.rest))
        )


def _is_plain(more: str, *, all_configs: bool) -> bool:
    """Whether a label's further words say nothing but its configuration, where `all_configs` are meant, and that its rows are made."""
    if all_configs:
        return not more.endswith((f"-{RENUMBERED}", *(f"-{control}" for control in CONTROLS)))
    return _MADE.fullmatch(more) is not None


@lru_cache(maxsize=64)  # each of a case's hooks asks it
def split_node_id(node_id: str) -> tuple[str, str]:
    """The test function and its parameters. A folder may have a bracket in its name, and a parameter anything.

    >>> split_node_id("runs[1]/test_a.py::test_quiz[m-direct-a[0]]")
    ('runs[1]/test_a.py::test_quiz', 'm-direct-a[0]')
    """
    file, colons, test = node_id.partition("::")
    name, _, parameters = test.partition("[")
    return f"{file}{colons}{name}", parameters.removesuffix("]")


@lru_cache(maxsize=4)
def measurement_names(functions: tuple[str, ...]) -> Mapping[str, str]:
    """A name for each test function, given by its node id: ``quiz`` for ``test_a.py::test_quiz``, and where several are called so
    as much of class, file and folder before it as tells them apart: ``test_a.quiz``."""
    alike: dict[str, list[str]] = {}
    for function in dict.fromkeys(functions):
        alike.setdefault(_name(function), []).append(function)
    return {function: name for plain, group in alike.items() for function, name in _distinguished(plain, group).items()}


def label_suffix(case: str) -> str:
    """What a case's name adds to its label: a renumbered variant and a control are measurements of their own.

    >>> label_suffix("sum-synthetic-42-7-twin1-blank-image")
    '-renumbered-blank-image'
    """
    control = original_and_control(case)
    original, suffix = (control[0], f"-{control[1]}") if control else (case, "")
    return f"-{RENUMBERED}{suffix}" if original_of(original) else suffix


def is_plain(benchmark: str) -> bool:
    """Whether a label is of cases as they are, neither renumbered nor under a control."""
    return not benchmark.endswith((RENUMBERED, *CONTROLS))


def rows_by_name(asked: Iterable[tuple[Key, T]]) -> dict[str, T]:
    """The rows that each key was asked, by the shortest name that does not stand for others too."""
    asked = list(asked)
    known: dict[str, T] = {}
    shared = {name for key, rows in asked for name in key.rows if known.setdefault(name, rows) != rows}
    return {next((name for name in key.rows if name not in shared), key.rows[-1]): rows for key, rows in asked}


def rows_of(key: Key, rows: Mapping[str, T]) -> T | None:
    """The rows of `key` among those by name; None where they are not there."""
    return next((rows[name] for name in key.rows if name in rows), None)


def renamed_node_id(node_id: str, key: Key, renamed: Key) -> str:
    """The node id of a case of `key` as a run has it that calls this `renamed`.

    >>> renamed_node_id("test_a.py::test_quiz[m-direct-a]", Key("quiz", "m", "direct"), Key("quiz", "m+int8", "direct", "cot"))
    'test_a.py::test_quiz[m+int8-direct-cot-a]'
    """
    function, parameters = split_node_id(node_id)
    old, new = ("".join(f"{name}-" for name in each.names[1:] if name != "-") for each in (key, renamed))
    return f"{function}[{new}{parameters.removeprefix(old)}]"


def natural_order(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts case-9 before case-10."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"([0-9]+)", name)]


def _distinguished(plain: str, functions: Sequence[str]) -> dict[str, str]:
    parts = {function: _parts(function) for function in functions}
    for depth in range(max(map(len, parts.values())) + 1):
        names = {function: ".".join([*own[max(0, len(own) - depth) :], plain]) for function, own in parts.items()}
        if len(set(names.values())) == len(functions):
            return names
    return {function: ".".join([*own, function.rpartition("::")[2]]) for function, own in parts.items()}


def _name(function: str) -> str:
    return function.rpartition("::")[2].removeprefix("test_")


def _parts(function: str) -> list[str]:
    """Folders, file and classes of a test function."""
    file, *inner = function.split("::")
    path = re.sub(r"[.\[\]=]", "_", file.removesuffix(".py")).split("/")
    return [*path, *inner[:-1]] if inner else []
