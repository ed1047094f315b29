"""Tells by ``-k`` and ``-m``, before any row is read, which benchmarks they leave out, so that collecting many costs nothing."""

from collections.abc import Callable, Collection

import pytest
from _pytest.mark.expression import Expression  # what -k and -m are read with

from itemwise.cases.benchmark import Benchmark
from itemwise.cases.card import SUITES
from itemwise.plugin.items import config_name, plain_name

__all__ = ["may_be_selected", "named_suites"]

Names = Callable[[str], "bool | None"]


class _UnknownError(Exception):
    """Whether a word of an expression matches is not known."""


def may_be_selected(function: pytest.Function, benchmark: Benchmark, config: str, others: Collection[str]) -> bool:
    """Whether any case of a benchmark, on one of its configurations, may be selected. `others` are what ids hold of models, strategies
    and prompts. What is not known for sure may be.

    A single test that is named by its id is read whatever the expressions say.
    """
    option = function.config.option
    if any("::" in argument for argument in function.config.args):
        return True
    marks = {mark.name for mark in function.iter_markers()}
    if not _may_be(option.markexpr, lambda word: True if word in marks else False if word in SUITES else None):
        return False
    if benchmark.card is None:
        return True
    name, file = plain_name(function.originalname), function.path
    siblings = {plain_name(other.stem) for other in file.parent.glob("test_*.py")} - {name, plain_name(file.stem)}
    texts = (file.name, f"{function.originalname}[")
    return _may_be(option.keyword, lambda word: _in_ids(word.lower(), name, config, texts, siblings, others))


def named_suites(config: pytest.Config) -> tuple[str, ...]:
    """The suites that ``-m`` names."""
    words = set(config.option.markexpr.replace("(", " ").replace(")", " ").split())
    return tuple(suite for suite in SUITES if suite in words)


def _in_ids(word: str, name: str, config: str, texts: Collection[str], siblings: Collection[str], others: Collection[str]) -> bool | None:
    """Whether a word of ``-k`` is part of the ids of all cases called after `name` and `config`, which hold `texts` too, or of none; None
    where rows decide. A word that is a part of no benchmark's name beside it may be anything."""
    whole, called = plain_name(word), f"{config_name(name, config)}-".lower()
    if whole == name or whole in siblings:
        return whole == name
    if any(word in text.lower() for text in others):
        return None
    if any(word in text for text in (called, *texts)):
        return True
    of_another = any(word in f"test_{other}.py" or word.startswith(f"{other}-") for other in siblings)
    of_another_config = bool(config) and word.startswith(f"{name}-") and not word.startswith(called)
    return False if of_another or of_another_config else None


def _may_be(expression: str, matches: Names) -> bool:
    """Whether the expression may be true, whatever the words are whose match is not known."""
    try:
        return not expression or _possible(Expression.compile(expression), matches, {})
    except SyntaxError:
        return True  # pytest says so itself


def _possible(expression: Expression, matches: Names, assumed: dict[str, bool]) -> bool:
    unknown = ""

    def match(word: str, /, **_: object) -> bool:
        nonlocal unknown
        found = assumed.get(word, matches(word))
        if found is None:
            unknown = word
            raise _UnknownError
        return found

    try:
        return expression.evaluate(match)
    except _UnknownError:
        return any(_possible(expression, matches, {**assumed, unknown: value}) for value in (True, False))
