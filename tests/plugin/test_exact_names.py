"""``-k``: a benchmark's whole name is that benchmark alone; every other word stays what pytest makes of it."""

from __future__ import annotations

import pytest

import tests.preloaded  # noqa: F401 - in-process runs forget the modules they import
from itemwise.plugin.exact_names import exact_expression

BENCHMARK = """
from itemwise import Case, cases

def loader():
    yield Case("{name}-1", "1+1", "2")

@cases(loader, extract=str)
def test_{function}(case, answer):
    assert answer == case.answer
"""
NAMES = {"test_gsm8k", "test_gsm8k_platinum", "test_mmlu", "test_cmath"}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("gsm8k", "(gsm8k and not test_gsm8k_platinum[)"),
        ("test_gsm8k", "(test_gsm8k and not test_gsm8k_platinum[)"),
        ("GSM8K", "(GSM8K and not test_gsm8k_platinum[)"),
        ("not (gsm8k) or mmlu", "not ((gsm8k and not test_gsm8k_platinum[)) or mmlu"),
        *((same, same) for same in ("", "gsm8k_platinum", "gsm8k-754", "gsm8k_", "math", "gsm8k[", "mmlu")),
    ],
)
def test_a_whole_name_is_kept_off_longer_ones(given: str, meant: str) -> None:
    assert exact_expression(given, NAMES) == meant


@pytest.mark.parametrize(
    ("expression", "selected"),
    [
        ("gsm8k", ["gsm8k", "ordinary_gsm8k"]),
        ("gsm8k_platinum", ["gsm8k_platinum"]),
        ("not gsm8k", ["gsm8k_platinum"]),
        ("gsm8k or gsm8k_platinum", ["gsm8k", "gsm8k_platinum", "ordinary_gsm8k"]),
        ("gsm8k-platinum-1", ["gsm8k_platinum"]),
        ("gsm8k-1", ["gsm8k"]),
    ],
)
def test_a_run_selects_by_it(pytester: pytest.Pytester, expression: str, selected: list[str]) -> None:
    short, long = (BENCHMARK.format(name=name, function=name.replace("-", "_")) for name in ("gsm8k", "gsm8k-platinum"))
    pytester.makepyfile(test_gsm8k=short, test_gsm8k_platinum=long, test_ordinary="def test_ordinary_gsm8k(): pass")
    options = ("--co", "-q", "-p", "no:hypothesispytest")
    collected = [line for line in pytester.runpytest_inprocess(*options, "-k", expression).outlines if "::" in line]
    assert sorted({line.partition("::")[2].partition("[")[0].removeprefix("test_") for line in collected}) == selected
