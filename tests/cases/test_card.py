"""A benchmark's card, and what it asks of the names of cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.cases.benchmark import Benchmark, BenchmarkError
from itemwise.cases.card import Card
from itemwise.cases.case import Case
from itemwise.cases.row import Hub
from itemwise.extractors import last_number
from itemwise.session.sample import sampled
from itemwise.session.settings import read_settings


def a_card(version: int = 3) -> Card:
    return Card(version, "sums", Hub("owner/sums"), "1", "MIT", suites=("maths", "quick"), macro="kind")


@pytest.mark.parametrize("version", [0, -1, True, "1"])
def test_a_version_is_a_count(version: int) -> None:
    with pytest.raises(ValueError, match="the version of a benchmark is a whole number from 1, got"):
        a_card(version)


def test_its_words_are_told_of_the_rows() -> None:
    benchmark = Benchmark(lambda config: [Case(f"sums-{config}-0", "1 + 1?", "2")], last_number, configs=("zh",), card=a_card())
    rows = sampled("sums-zh", benchmark.of_config("zh"), read_settings({}, root=Path("/nowhere"), here=Path("/nowhere"))).rows
    assert {name: rows[name] for name in ("version", "config", "macro")} == {"version": "3", "config": "zh", "macro": "kind"}
    assert "suites" not in rows


def test_its_cases_are_called_after_the_benchmark() -> None:
    benchmark = Benchmark(lambda: [Case("other-0", "1 + 1?", "2")], last_number, card=a_card())
    with pytest.raises(BenchmarkError, match="sums has a card, so each case is called after it, sums-<row>; one is called 'other-0'"):
        sampled("sums", benchmark, read_settings({}, root=Path("/nowhere"), here=Path("/nowhere")))
