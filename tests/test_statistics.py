"""How sure a pass rate is: Wilson's interval, against published examples and in what must always hold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemwise.statistics import accuracy

UNHURRIED = settings(deadline=None)  # the first example may pay for an import, any for a busy machine
COUNTS = st.integers(1, 3000).flatmap(lambda judged: st.tuples(st.integers(0, judged), st.just(judged)))


@pytest.mark.parametrize(
    ("correct", "judged", "low", "high"),
    [
        # Newcombe 1998, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17:857,
        # table I, method 3 (score, without continuity correction)
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(correct: int, judged: int, low: float, high: float) -> None:
    interval = accuracy(correct, judged).interval
    assert interval is not None
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@UNHURRIED
@given(COUNTS)
def test_the_interval_is_wilsons_formula(counts: tuple[int, int]) -> None:
    correct, judged = counts
    z, share = 1.959963984540054, correct / judged
    center = (share + z * z / (2 * judged)) / (1 + z * z / judged)
    reach = z * (share * (1 - share) / judged + z * z / (4 * judged**2)) ** 0.5 / (1 + z * z / judged)
    assert accuracy(correct, judged).interval == pytest.approx((center - reach, center + reach), abs=1e-9)


@UNHURRIED
@given(COUNTS)
def test_the_interval_holds_the_share_and_lies_between_nothing_and_all(counts: tuple[int, int]) -> None:
    found = accuracy(*counts)
    assert found.share is not None
    assert found.interval is not None
    assert 0 <= found.interval.low <= found.share <= found.interval.high <= 1


@UNHURRIED
@given(COUNTS, st.integers(2, 5))
def test_the_interval_narrows_as_more_is_judged(counts: tuple[int, int], times: int) -> None:
    few, many = accuracy(*counts).interval, accuracy(counts[0] * times, counts[1] * times).interval
    assert few is not None
    assert many is not None
    assert many.high - many.low < few.high - few.low


@UNHURRIED
@given(COUNTS)
def test_the_interval_of_the_wrong_is_the_mirrored_one_of_the_right(counts: tuple[int, int]) -> None:
    correct, judged = counts
    right, wrong = accuracy(correct, judged).interval, accuracy(judged - correct, judged).interval
    assert right is not None
    assert wrong is not None
    assert (right.low, right.high) == pytest.approx((1 - wrong.high, 1 - wrong.low), abs=1e-9)


def test_nothing_judged_has_no_share_and_no_interval() -> None:
    assert accuracy(0, 0) == (0, 0, None, None)


def test_the_share_is_correct_out_of_judged() -> None:
    assert accuracy(43, 50)[:3] == (43, 50, 0.86)
