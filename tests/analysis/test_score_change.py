"""Scores of two measurements paired by case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from itemwise.analysis.pairs import Measurement, Pair, measurement
from itemwise.analysis.score_change import ScoreChange, score_changes, score_changes_in_run
from itemwise.results.ledger import tallied
from itemwise.results.score import Score
from tests.analysis.test_score_results import scored

BEFORE = [0.1 * (number % 10) for number in range(20)]


def side(values: Sequence[Score | float | None], name: str = "score", *, repeats: int = 1) -> Measurement:
    entries = scored(values, name, repeats=repeats)
    return measurement("#", "run", tallied(entries)[0], entries)


def change(before: Sequence[Score | float | None], after: Sequence[Score | float | None], *, repeats: int = 1) -> ScoreChange:
    (found,) = score_changes(Pair(side(before, repeats=repeats), side(after, repeats=repeats)))
    return found


def test_a_change_without_a_flip_is_shown_with_interval_and_p() -> None:
    found = change(BEFORE, [value + 0.05 + 0.001 * (place % 5) for place, value in enumerate(BEFORE)])
    assert (found.cases, found.mean, found.is_shown) == (20, pytest.approx(0.052), True)
    assert 0.051 < found.interval.low < 0.052 < found.interval.high < 0.053
    assert found.p < 1e-4
    assert found.text.startswith("score +5.2 points (95% interval +5.1 to +5.3) over 20 cases, p ")


def test_no_change_is_none_with_an_interval_that_has_a_width() -> None:
    found = change(BEFORE, BEFORE)
    assert (found.mean, found.p, found.is_shown) == (0.0, 1.0, False)
    assert found.interval.low < 0 < found.interval.high


def test_items_with_repeats_are_one_difference_each_and_parts_weigh() -> None:
    found = change([0.0, 1.0, 0.5, 0.5], [1.0, 1.0, 0.5, 0.5], repeats=2)
    assert (found.cases, found.mean) == (2, 0.25)
    weighed = change([Score(0, 1), Score(3, 3)], [Score(1, 1), Score(3, 3)])
    assert weighed.mean == 0.25


def test_items_of_one_cluster_are_one_difference() -> None:
    def told(values: Sequence[float]) -> Measurement:
        tagged = [replace(entry, rows={"cluster": "story"}, tags={"story": f"s{place // 4}"}) for place, entry in enumerate(scored(values))]
        return measurement("#", "run", tallied(tagged)[0], tagged)

    (found,) = score_changes(Pair(told(BEFORE), told([value + 0.05 for value in BEFORE])))
    assert (found.cases, found.mean, found.p) == (20, pytest.approx(0.05), 2 / 2**5)


def test_only_items_with_the_score_on_both_sides_are_paired() -> None:
    assert change([0.5, None, 0.5], [0.25, 0.5, 0.75]).cases == 2
    assert score_changes(Pair(side(BEFORE), side(BEFORE, "score.other"))) == []
    assert score_changes(Pair(side([0.5, None]), side([None, 0.5]))) == []


def test_models_of_one_run_are_held_against_the_first() -> None:
    entries = [*scored([0.2, 0.5, 0.4]), *scored([0.3, 0.9, 0.6], model_name="other")]
    ((first, other, found),) = score_changes_in_run(tallied(entries), entries)
    assert (first.model_name, other.model_name, found.mean) == ("embedded-text", "other", pytest.approx(0.7 / 3))
