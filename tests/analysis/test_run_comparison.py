"""Several measurements side by side: which is better, what a pair could show, and what each was measured with."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pytest

from itemwise.analysis.pairs import Measurement, Pair, measurement
from itemwise.analysis.provenance import Part, Provenance
from itemwise.analysis.run_comparison import RunComparison
from itemwise.cases.reply import Verdict
from itemwise.results.ledger import tallied
from itemwise.results.statistics import holm, mcnemar, smallest_difference
from tests.reporting.conftest import an_entry

VERDICTS = {"C": Verdict.CORRECT, "W": Verdict.WRONG}


def measured(label: str, verdicts: str, **changes: Any) -> Measurement:
    entries = [an_entry(number, VERDICTS[letter], **changes) for number, letter in enumerate(verdicts)]
    return measurement(label, f"run {label}", tallied(entries)[0], entries)


def compared(*measurements: Measurement, provenance: Mapping[str, Provenance] | None = None) -> RunComparison:
    pairs = [Pair(*two) for two in combinations(measurements, 2) if two[0].tally.benchmark == two[1].tally.benchmark]
    return RunComparison(measurements, pairs, provenance or {})


def test_the_better_side_is_named_where_a_difference_is_shown() -> None:
    comparison = compared(measured("#1", "W" * 8 + "C"), measured("#2", "C" * 9), measured("#3", "C" * 8 + "W"))
    assert comparison.corrected == holm([mcnemar(8, 0), mcnemar(8, 1), mcnemar(0, 1)])
    better = [side.label if (side := comparison.better(index)) else None for index in range(3)]
    assert better == ["#2", None, None]  # 8 gained and 1 lost would do alone, not as one of three


def test_the_first_side_is_better_where_more_was_lost_than_gained() -> None:
    better = compared(measured("#1", "C" * 9), measured("#2", "W" * 9)).better(0)
    assert better is not None
    assert better.label == "#1"


def test_what_a_pair_can_show_depends_on_how_many_pairs_there_are() -> None:
    two = compared(measured("#1", "C" * 9), measured("#2", "C" * 9))
    three = compared(measured("#1", "C" * 9), measured("#2", "C" * 9), measured("#3", "C" * 9))
    assert (two.can_show(0), three.can_show(2)) == (smallest_difference(9), smallest_difference(9, 3))
    assert compared(measured("#1", "C"), measured("#2", "W")).can_show(0) is None


def test_measurements_are_compared_within_a_benchmark() -> None:
    comparison = compared(measured("#1", "C"), measured("#2", "C", benchmark="aqua"), measured("#3", "W"))
    assert comparison.benchmarks == ["sums-synthetic"]
    assert [side.label for side in comparison.of("sums-synthetic")] == ["#1", "#3"]
    assert [side.label for side in comparison.alone] == ["#2"]


def test_flips_of_one_reply_are_the_extractors() -> None:
    same = {"reply": {"text": "it is 42"}}
    assert compared(measured("#1", "CCW", **same), measured("#2", "WWW", **same)).reread(0) == 2
    assert compared(measured("#1", "CC", **same), measured("#2", "WW")).reread(0) == 0


@pytest.mark.parametrize(
    ("prompt", "settings", "different"),
    [
        ("What is 6*7?", {Part.HARNESS: {"prompt": "json"}}, {}),
        ("6*7 = ?", {Part.HARNESS: {"prompt": "json"}}, {Part.HARNESS: ["words of the prompt"]}),  # no setting records it
        ("6*7 = ?", {Part.HARNESS: {"prompt": "cot"}}, {Part.HARNESS: ["prompt"]}),
        (
            "What is 6*7?",
            {Part.MACHINE: {"torch": "3"}, Part.MODEL: {"dtype": "bfloat16"}},
            {Part.MODEL: ["dtype"], Part.HARNESS: ["prompt"], Part.MACHINE: ["torch"]},
        ),
    ],
)
def test_what_differs_is_told_by_part_in_the_order_of_parts(prompt: str, settings: Provenance, different: dict[Part, list[str]]) -> None:
    provenance = {"#1": {Part.HARNESS: {"prompt": "json"}}, "#2": settings}
    comparison = compared(measured("#1", "C"), measured("#2", "C", prompt=prompt), provenance=provenance)
    assert list(comparison.differing(0).items()) == list(different.items())
    assert comparison.reworded(0) == (prompt != "What is 6*7?")
