"""All benchmarks together: their names by ``-k``, their suites, and the cases' names that let rows stay unread."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression

from itemwise.cases.benchmark import Benchmark
from itemwise.cases.card import SUITES
from itemwise.commands.benchmarks import benchmarks_in
from itemwise.plugin.exact_names import exact_expression

FOLDER = Path(__file__).parents[2] / "benchmarks"
BENCHMARKS = {name: found for file in sorted(FOLDER.glob("test_*.py")) for name, found in benchmarks_in(file)}
FUNCTIONS = {f"test_{name}" for name in BENCHMARKS}


@pytest.mark.parametrize("name", BENCHMARKS)
def test_its_whole_name_selects_a_benchmark_and_no_other(name: str) -> None:
    wanted = Expression.compile(exact_expression(name, FUNCTIONS))
    ids = {other: f"test_{other}.py::test_{other}[m-direct-{other}-0]" for other in BENCHMARKS}

    def selects(item: str) -> bool:
        def match(word: str, /, **_: object) -> bool:
            return word.lower() in item

        return wanted.evaluate(match)

    assert [other for other, item in ids.items() if selects(item)] == [name]


@pytest.mark.parametrize("found", BENCHMARKS.values(), ids=BENCHMARKS)
def test_it_has_a_card_with_known_suites_and_pictures_where_it_shows_some(found: Benchmark) -> None:
    assert found.card is not None
    assert set(found.card.suites) <= set(SUITES)
    assert ("pictures" in found.card.suites) is found.pictures


@pytest.mark.parametrize("name", [name for name, found in BENCHMARKS.items() if found.card and not found.card.hub.is_pinned])
def test_a_benchmark_without_a_pinned_commit_says_so(name: str) -> None:
    assert "unpinned" in (import_module(f"benchmarks.test_{name}").__doc__ or "")


def test_a_revision_is_a_commit() -> None:
    hubs = {name: found.card.hub for name, found in BENCHMARKS.items() if found.card and found.card.hub.revision}
    assert [name for name, hub in hubs.items() if not hub.is_pinned] == []
