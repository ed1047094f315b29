"""The interval of a ratio of paired accuracies: by hand, in what must always hold, and how often it holds the truth."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from itemwise.analysis.ratio_interval import mean_ratio_interval, ratio_interval
from itemwise.results.statistics import Interval

UNHURRIED = settings(deadline=None)  # the first example may pay for an import
SHARES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60)


def pairs(both: int, lost: int, gained: int, neither: int) -> tuple[list[Fraction], list[Fraction]]:
    base = [1] * (both + lost) + [0] * (gained + neither)
    other = [1] * both + [0] * lost + [1] * gained + [0] * neither
    return [*map(Fraction, base)], [*map(Fraction, other)]


def drawn(random: Random, items: int, accuracy: float, loses: float, gains: float) -> tuple[list[Fraction], list[Fraction]]:
    base = [random.random() < accuracy for _ in range(items)]
    other = [random.random() >= loses if right else random.random() < gains for right in base]
    return [*map(Fraction, base)], [*map(Fraction, other)]


def test_at_its_ends_the_ratio_is_just_told_from_the_truth() -> None:
    base, other = pairs(60, 12, 4, 24)
    interval = ratio_interval(base, other)
    assert interval is not None
    weighted = [*zip(base, other, [1.0] * 100, strict=True), *((x, y, 0.5) for x in (0, 1) for y in (0, 1))]
    for end in interval:
        mean = sum(weight * (y - end * x) for x, y, weight in weighted) / 102
        variance = sum(weight * (y - end * x - mean) ** 2 for x, y, weight in weighted) / 102
        assert mean**2 == pytest.approx(t.ppf(0.975, 99) ** 2 * variance / 102)


def test_without_a_flip_it_has_a_width_and_more_items_make_it_narrower() -> None:
    few, many = ratio_interval(*pairs(20, 0, 0, 10)), ratio_interval(*pairs(200, 0, 0, 100))
    assert few is not None
    assert many is not None
    assert few.low < many.low < 1 < many.high < few.high


def test_where_the_base_is_hardly_ever_right_there_is_no_bound() -> None:
    assert ratio_interval(*pairs(1, 0, 0, 29)) is None
    assert ratio_interval(*pairs(1, 0, 0, 0)) is None


@given(SHARES)
@UNHURRIED
def test_it_holds_the_ratio_of_the_means_with_half_a_case_in_each_cell(shares: list[tuple[int, int]]) -> None:
    base, other = ([Fraction(each[side], 3) for each in shares] for side in (0, 1))
    if interval := ratio_interval(base, other):
        assert 0 <= interval.low <= (sum(other) + 1) / (sum(base) + 1) <= interval.high


@pytest.mark.parametrize(
    ("items", "accuracy", "loses", "gains"),
    [(30, 0.8, 0.1, 0.1), (100, 0.5, 0.1, 0.0), (100, 0.95, 0.02, 0.02), (100, 0.2, 0.3, 0.05), (300, 0.8, 0.05, 0.1)],
)
def test_it_holds_the_truth_as_often_as_it_says(items: int, accuracy: float, loses: float, gains: float) -> None:
    random = Random(7)
    truth, held = (accuracy * (1 - loses) + (1 - accuracy) * gains) / accuracy, 0
    for _ in range(400):
        interval = ratio_interval(*drawn(random, items, accuracy, loses, gains))
        held += interval is None or interval.low <= truth <= interval.high
    assert held / 400 > 0.92


def test_the_mean_of_several_ratios_holds_the_truth_as_often_as_it_says() -> None:
    random = Random(8)
    benchmarks = [(40, 0.8, 0.1, 0.1), (60, 0.5, 0.1, 0.05), (50, 0.9, 0.05, 0.0)]
    truth = sum((accuracy * (1 - loses) + (1 - accuracy) * gains) / accuracy for _, accuracy, loses, gains in benchmarks) / 3
    held = 0
    for _ in range(300):
        sides = [drawn(random, *benchmark) for benchmark in benchmarks]
        ratios = [float(sum(other) / sum(base)) for base, other in sides]
        intervals = [interval for base, other in sides if (interval := ratio_interval(base, other))]
        mean = mean_ratio_interval(ratios, intervals)
        held += mean.low <= truth <= mean.high
    assert held / 300 > 0.92


def test_the_mean_of_equal_ratios_is_as_far_from_its_ends_as_standard_errors_add() -> None:
    assert mean_ratio_interval([1.0, 1.0], [Interval(0.8, 1.3), Interval(0.8, 1.3)]) == pytest.approx((1 - 0.2 / 2**0.5, 1 + 0.3 / 2**0.5))
