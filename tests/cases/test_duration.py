"""Durations are told in the unit that a person would choose."""

from __future__ import annotations

import pytest

from itemwise.cases.duration import duration_text, range_text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (0.6, "1 s"), (89.4, "89 s"), (90, "2 min"), (300, "5 min"), (5399, "90 min"), (5400, "1.5 h")]
)
def test_a_duration_is_told_in_a_unit_that_fits(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("least", "most", "text"),
    [(180, 300, "3 to 5 min"), (40, 120, "40 s to 2 min"), (290, 310, "about 5 min"), (5000, 9000, "83 min to 2.5 h")],
)
def test_a_range_is_told_by_its_bounds_or_as_one_time_where_they_read_the_same(least: float, most: float, text: str) -> None:
    assert range_text(least, most) == text
