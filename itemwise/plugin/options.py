"""Command-line options that give way to those of other plugins and conftests: no ``conflicting option string``.

pytest is only ever told of ``--itemwise-model``. Once every plugin and initial conftest has added its own options, the
short spellings that nobody else has taken (``--model``) are put into that form, before pytest parses the command line.
"""

import copy
import glob
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pytest

from itemwise.session.cli_and_pyproject import OPTION_NAMES, OPTIONS

__all__ = ["SHORT", "TAKEN", "add_options", "destination", "give_way", "spelled", "taken", "taken_line"]

PREFIX = "--itemwise-"
SHORT = {f"--{name}": f"{PREFIX}{name}" for name in OPTION_NAMES}
TAKEN = pytest.StashKey[tuple[str, ...]]()


def add_options(parser: pytest.Parser, *, late: bool) -> None:
    """Add every option under the prefix; where `late`, a conftest asked for us and `give_way` is not called any more, so
    the short spellings that are free by now are added as well."""
    short = _free(parser) if late else ()
    group = parser.getgroup(
        "itemwise",
        "LLM benchmarks (each also settable in [tool.itemwise] of pyproject.toml; a short spelling may be the option of a conftest)",
    )
    for option in OPTIONS:
        action = "store_true" if option.flag else "append" if option.many else "store"
        for name in option.names:
            words = {"metavar": name.upper().replace("-", "_")} if not option.flag else {}
            spellings = [text for text in (f"--{name}",) if text in short] + [f"{PREFIX}{name}"]
            text = f"--{name} for short. {option.help if name == option.name else f'The former name of --{option.name}.'}"
            group.addoption(*spellings, dest=destination(name), action=action, default=None, help=text, **words)


def destination(name: str) -> str:
    """Where the value of an option stands in pytest's namespace."""
    return f"itemwise_{name.replace('-', '_')}"


def give_way(config: pytest.Config, parser: pytest.Parser, args: list[str]) -> Iterator[None]:
    """The course of `pytest_load_initial_conftests`: they are looked for where they would be without us, then what is short in
    `args` is changed in place, for all options are known."""
    config.known_args_namespace.file_or_dir = _anchors(config, parser, args)
    try:
        yield
    finally:
        args[:] = _prefixed(args, _free(parser))


def _anchors(config: pytest.Config, parser: pytest.Parser, args: Sequence[str]) -> list[str]:
    """The paths beside which initial conftests lie: those of the command line without the values of our options. What may be the
    value of a short one, or a path after a flag of the suite (``--baseline tests/``), is one more, as pytest takes it."""
    listed: list[str] = config.known_args_namespace.file_or_dir
    try:
        paths: list[str] = parser.parse_known_args(_prefixed(args, _free(parser)), namespace=copy.copy(config.option)).file_or_dir
    except pytest.UsageError:  # not in our form, so it may be in that of the suite
        return listed
    here = config.invocation_params.dir
    more = [path for path in listed if path not in paths and ((here / path).is_dir() or path.partition("::")[0].endswith(".py"))]
    if not more:
        return paths
    configured = [path for pattern in config.getini("testpaths") for path in sorted(glob.iglob(pattern, recursive=True))]
    return [*(paths or configured or [str(here)]), *more]


def taken(parser: pytest.Parser) -> tuple[str, ...]:
    """The short spellings that are options of the suite's own, of its conftests and plugins."""
    dests = _dests(parser)
    return tuple(name for name in SHORT if dests.get(name, destination(name[2:])) != destination(name[2:]))


def _free(parser: pytest.Parser) -> Collection[str]:
    """The short spellings that nobody has made an option of."""
    return SHORT.keys() - _dests(parser)


def _dests(parser: pytest.Parser) -> dict[str, str]:
    """Each spelling of an option that there is, and where its value goes."""
    options = [option for group in (parser._anonymous, *parser._groups) for option in group.options]
    return {name: option.dest for option in options for name in option.names()}


def _prefixed(args: Sequence[str], free: Collection[str]) -> list[str]:
    """`args` with the prefix on each spelling of `free`. After ``--`` there are no options, as in argparse."""
    prefixed: list[str] = []
    expanded = list(_expanded(args))
    for index, argument in enumerate(expanded):
        if argument == "--":
            return prefixed + expanded[index:]
        name, sign, value = argument.partition("=")
        prefixed.append(f"{SHORT[name]}{sign}{value}" if name in free else argument)
    return prefixed


def _expanded(args: Sequence[str]) -> Iterator[str]:
    """`args` with the lines of each ``@file`` in its place, as argparse reads them; it will say what is wrong with one."""
    for argument in args:
        try:
            lines = Path(argument[1:]).read_text().splitlines() if argument.startswith("@") else None
        except (OSError, ValueError):
            lines = None
        yield from [argument] if lines is None else _expanded(lines)


def spelled(text: str, names: tuple[str, ...]) -> str:
    """`text`, a message about settings, with ours for the options of `names`, which are the suite's own."""
    return re.sub(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*", lambda match: SHORT[match[0]] if match[0] in names else match[0], text)


def taken_line(names: tuple[str, ...]) -> list[str]:
    """What a run says of the options of `names`, which are the suite's own; nothing where there are none."""
    if not names:
        return []
    return [f"options of this suite's own: {', '.join(names)}; itemwise's are {', '.join(SHORT[name] for name in names)}"]
