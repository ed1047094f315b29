"""``-k`` by the whole name of a benchmark: gsm8k is that benchmark alone, not gsm8k_platinum, whose name holds it too."""

import re
from collections.abc import Collection

import pytest

from itemwise.cases.benchmark import MARK
from itemwise.plugin.items import plain_name

__all__ = ["exact_expression", "match_whole_names"]

_WORD = re.compile(r"[^\s()]+")


def match_whole_names(config: pytest.Config, items: Collection[pytest.Item]) -> None:
    """Have pytest's own ``-k`` take the name of a benchmark for that one alone."""
    benchmarks = {getattr(item, "originalname", item.name) for item in items if item.get_closest_marker(MARK)}
    config.option.keyword = exact_expression(config.option.keyword, benchmarks)


def exact_expression(expression: str, benchmarks: Collection[str]) -> str:
    """The expression with each word that is a benchmark's whole name, by its test function with or without ``test_``, kept off the others.

    >>> exact_expression("gsm8k or math", {"test_gsm8k", "test_gsm8k_platinum"})
    '(gsm8k and not test_gsm8k_platinum[) or math'
    """
    names = {plain_name(function).lower(): function for function in sorted(benchmarks)}

    def exact(word: re.Match[str]) -> str:
        meant = plain_name(word[0].lower())
        others = [function for name, function in names.items() if meant in names and meant != name and meant in name]
        return f"({' and not '.join([word[0], *(f'{function}[' for function in others)])})" if others else word[0]

    return _WORD.sub(exact, expression)
