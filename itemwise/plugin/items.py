"""Parametrization: benchmarks and cases from pytest's items and their node ids."""

import os
import shlex
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from itemwise.cases.benchmark import MARK, Benchmark
from itemwise.cases.case import Case
from itemwise.cases.repeats import item_of
from itemwise.models.server.hidden_keys import without_keys
from itemwise.plugin.options import SHORT, TAKEN
from itemwise.results.labels import Key, split_node_id
from itemwise.session.cli_and_pyproject import OPTIONS
from itemwise.session.settings import Settings
from itemwise.session.shard import Shard

__all__ = [
    "NO_CASES", "Fault", "benchmark_of", "block_keys", "case_index", "config_name", "deal_shard", "function_id", "is_case", "is_unmade",
    "own_parameters", "parameters", "plain_name", "prefixes", "rerun_command",
]  # fmt: skip

_LONG = ("--config-file", "--rootdir", "--override-ini", "--confcutdir", "--import-mode")  # of pytest: which suite it is
_SHORT = ("-c", "-p", "-o")
_OTHERS = ("-k", "-m", "--deselect", "--ignore", "--ignore-glob", "--junitxml", "--junit-xml", "--basetemp")
NO_CASES = "no-cases"  # the id of a fault's test
OURS = ("model", "strategy", "case")  # what a benchmark is parametrized with


def prefixes(settings: Settings) -> dict[str, str]:
    """How the parameters of a case's node id begin, its model and strategy, with the name of that model."""
    return {f"{entry.name}-{strategy.name}-": entry.name for entry in settings.all_models for strategy in settings.strategies}


def block_keys(blocks: Iterable[str], settings: Settings) -> dict[str, Key]:
    """The benchmark, model and strategy of each of `blocks`, which are a test with one of the `prefixes`."""
    asked = {
        f"[{entry.name}-{strategy.name}-": (entry.name, strategy.name) for entry in settings.all_models for strategy in settings.strategies
    }
    ends = {block: next(end for end in asked if block.endswith(end)) for block in blocks}
    return {block: Key(plain_name(block.removesuffix(end).rpartition("::")[2]), *asked[end]) for block, end in ends.items()}


def plain_name(function: str) -> str:
    """The name of the benchmark that a test function runs: gsm8k for test_gsm8k."""
    return function.removeprefix("test_")


def config_name(name: str, config: str) -> str:
    """What a benchmark's measurement on a configuration is called, as its cases are: ``mgsm-zh``; its name where it has none."""
    return "-".join(filter(None, (name, config)))


def function_id(item: pytest.Item) -> str:
    """The node id without its parameters."""
    return split_node_id(item.nodeid)[0]


def parameters(item: pytest.Item) -> dict[str, Any]:
    """What the test is parametrized with: model, strategy and case where it asks for them."""
    found: dict[str, Any] = getattr(item, "callspec").params  # noqa: B009 - only parametrized functions have it
    return found


def case_index(item: pytest.Item) -> int:
    """The place of the test's case among those that its function is parametrized with, which are the cases of each prompt in turn."""
    found: int = getattr(item, "callspec").indices["case"]  # noqa: B009 - as above
    return found


def own_parameters(item: pytest.Item, asked: Collection[str]) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """What the test is parametrized with beyond model, strategy and case: the ids of the parameters that it or its fixtures ask for
    (of `asked`), with their places, and the places of the others. Nothing reads those: a plugin added them to repeat the test."""
    callspec = getattr(item, "callspec")  # noqa: B009 - as above
    first = sum(name in callspec.params for name in OURS)  # were parametrized first
    names, ids = [name for name in callspec.params if name not in OURS], list(callspec._idlist[first:])
    repeats = tuple(callspec.indices[name] for name in names if name not in asked)
    own = tuple(callspec.indices[name] for name in names if name in asked)
    while names and ids and names[0] not in asked:
        del names[0], ids[0]
    while names and ids and names[-1] not in asked:
        del names[-1], ids[-1]
    return "-".join(map(str, ids)), own, repeats


@dataclass(frozen=True)
class Fault:
    """Why a benchmark has no cases, or none in the words of one prompt. It stands in their place as one test that fails with `message`,
    so that a selection without it runs as if it were not there. One of a benchmark that is `unmade`, of which there are no made rows, is
    left out where other cases are selected."""

    message: str
    unmade: bool = False


def is_case(item: pytest.Item) -> bool:
    """Whether the test is a case of a benchmark."""
    marked = item.get_closest_marker(MARK) is not None and hasattr(item, "callspec")
    return marked and not any(isinstance(value, Fault) for value in parameters(item).values())


def is_unmade(item: pytest.Item) -> bool:
    """Whether the test stands for a benchmark of which there are no made rows."""
    values = parameters(item).values() if hasattr(item, "callspec") else ()
    return any(isinstance(value, Fault) and value.unmade for value in values)


def deal_shard(config: pytest.Config, items: list[pytest.Item], shard: Shard) -> None:
    """Leave of the cases in `items` those of `shard`, and all other tests."""
    others = [item for item in items if is_case(item) and "case" in parameters(item) and not shard.holds(_item_name(item))]
    if others:
        config.hook.pytest_deselected(items=others)
        left_out = set(others)
        items[:] = [item for item in items if item not in left_out]


def _item_name(item: pytest.Item) -> str:
    """The name of the case that the test asks, without which of its repeats it is."""
    case: Case = parameters(item)["case"]
    return item_of(case.name, case.repeat)


def benchmark_of(item: pytest.Item) -> Benchmark:
    """The benchmark a case belongs to."""
    mark = item.get_closest_marker(MARK)
    assert mark is not None, "asked only of cases"
    found: Benchmark = mark.kwargs["benchmark"]
    return found


def rerun_command(item: pytest.Item) -> str:
    """The command that runs just this case again from the same folder, with the options that made it; its reply is in the same store."""
    config, given = item.config, item.config.invocation_params
    file, _, test = item.nodeid.partition("::")
    place = _place(config.rootpath / file, given.dir)
    added = os.environ.get("PYTEST_ADDOPTS", "")
    return f"{_command(tuple(map(str, given.args)), config.stash[TAKEN], added)} {shlex.quote(f'{place}::{test}')}"


@cache
def _place(file: Path, here: Path) -> str:
    """The file as seen from `here`."""
    return Path(os.path.relpath(file, here)).as_posix()


@cache
def _command(arguments: tuple[str, ...], taken: tuple[str, ...], added: str) -> str:
    """How a command to run cases again begins, with the options that `added` gives to every pytest."""
    command = shlex.join(["pytest", *_options(arguments, taken)])
    without = shlex.join(without_keys(argument) for argument in shlex.split(added))
    return f"PYTEST_ADDOPTS={shlex.quote(without)} {command}" if without else command


def _options(arguments: tuple[str, ...], taken: tuple[str, ...]) -> Sequence[str]:
    """The options of a command line that decide what a case is asked and where its reply is kept; those of `taken` are the suite's own."""
    of_the_run = {"--fail-under", "--baseline", "--shard", "--log", "--progress"}
    valued = {f"--{name}" for option in OPTIONS if not option.flag for name in option.names} - of_the_run
    names = valued.difference(taken) | {SHORT[name] for name in valued} | set(_LONG)
    flags = {"--replay", SHORT["--replay"]}.difference(taken) | {"--noconftest", "--pyargs"}
    given = [without_keys(argument) for argument in arguments]
    kept: list[str] = []
    rest = iter(given)
    for argument in rest:
        if argument in names or argument in _SHORT:
            kept += [argument, *islice(rest, 1)]
        elif argument in flags or argument.partition("=")[0] in names or (argument[:2] in _SHORT and not argument.startswith("--")):
            kept.append(argument)
        elif argument in _OTHERS:  # whose value may look like one of ours
            next(rest, None)
    return kept
