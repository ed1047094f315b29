"""Means of scores with their intervals: proportions, clusters, parts, and cases that have none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemwise.analysis.score_results import ScoreResult, score_results
from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from itemwise.results.ledger import tallied
from itemwise.results.score import Score
from itemwise.results.statistics import accuracy, clustered_accuracy, item_accuracy
from tests.reporting.conftest import an_entry


def scored(values: Sequence[Score | float | None], name: str = "score", *, repeats: int = 1, **changes: object) -> list[Entry]:
    """An entry for each value; `repeats` of them in a row are of one item."""
    found = []
    for place, value in enumerate(values):
        item, repeat = place // repeats, place % repeats + 1
        scores = {} if value is None else {name: value if isinstance(value, Score) else Score(value)}
        case = f"sums-{item}" + (f"-repeat{repeat}" if repeat > 1 else "")
        found.append(an_entry(place, Verdict.WRONG, scores=scores, case=case, repeat=repeat, sample_size=len(values), **changes))
    return found


def result(values: Sequence[Score | float | None], *, repeats: int = 1) -> ScoreResult:
    entries = scored(values, repeats=repeats)
    (found,) = score_results(tallied(entries), entries)
    return found


def test_the_mean_has_a_bootstrap_interval_around_it() -> None:
    found = result([0.2, 0.4, 0.5, 0.7, 0.9, 0.3, 0.6, 0.8, 0.1, 0.5])
    assert found.share == pytest.approx(0.5)
    assert (found.interval.low, found.interval.high) == (pytest.approx(0.35, abs=0.02), pytest.approx(0.65, abs=0.02))
    assert found.interval == result([0.2, 0.4, 0.5, 0.7, 0.9, 0.3, 0.6, 0.8, 0.1, 0.5]).interval  # drawn with a fixed seed


def test_a_score_of_0_and_1_is_a_proportion_with_the_interval_of_one() -> None:
    assert result([1.0] * 8 + [0.0] * 2).interval == pytest.approx(accuracy(8, 10).interval)
    assert result([1.0] * 10).interval == pytest.approx(accuracy(10, 10).interval)


def test_equal_scores_have_an_interval_with_a_width() -> None:
    low, high = result([0.5] * 10).interval
    assert (low, high) == (pytest.approx(0.237, abs=0.001), pytest.approx(0.763, abs=0.001))
    low, high = result([0.5]).interval
    assert low < 0.1
    assert high > 0.9


def test_repeats_of_an_item_count_as_one_cluster() -> None:
    values = [0.1, 0.9, 0.4, 0.6, 0.2, 0.7, 0.3, 0.8]
    alone = result(values)
    repeated = result([value for value in values for _ in range(5)], repeats=5)
    assert (repeated.share, repeated.interval, repeated.cases) == (pytest.approx(alone.share), pytest.approx(alone.interval), 40)
    proportion = result([1.0, 0.0, 1.0, 1.0], repeats=2)
    assert proportion.interval == item_accuracy([(1, 2), (2, 2)]).interval


def test_items_of_one_cluster_count_as_one() -> None:
    rows, values = {"cluster": "story"}, [0.1, 0.9, 0.4, 0.6, 0.2, 0.7, 0.3, 0.8]
    alone = result(values)
    told = [
        replace(entry, rows=rows, tags={"story": f"s{place // 3}"})
        for place, entry in enumerate(scored([v for v in values for _ in range(3)]))
    ]
    (clustered,) = score_results(tallied(told), told)
    assert (clustered.share, clustered.interval) == (pytest.approx(alone.share), pytest.approx(alone.interval))
    whole = [replace(entry, scores={"score": Score(float(place < 12))}) for place, entry in enumerate(told)]
    (proportion,) = score_results(tallied(whole), whole)
    assert proportion.interval == clustered_accuracy([(3, 3)] * 4 + [(0, 3)] * 4).interval


def test_parts_weigh_as_much_as_they_count() -> None:
    found = result([Score(0, 1), Score(3, 3), Score(1, 2)])
    assert found.share == pytest.approx(4 / 6)
    assert found.interval.low < 4 / 6 < found.interval.high


def test_cases_without_a_score_are_named_and_errors_are_none_of_them() -> None:
    entries = [*scored([0.5, None, 0.25]), an_entry(9, Verdict.ERROR, scores={"score": Score(1.0)})]
    (found,) = score_results(tallied(entries), entries)
    assert (found.share, found.cases, found.unscored) == (0.375, 2, ["sums-1"])
    assert score_results(tallied(scored([None])), scored([None])) == []


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_the_interval_lies_in_0_to_1_around_the_mean(values: list[float]) -> None:
    found = result(values)
    assert 0 <= found.interval.low <= found.share + 1e-9
    assert found.share - 1e-9 <= found.interval.high <= 1
