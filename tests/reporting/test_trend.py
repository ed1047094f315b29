"""The drawing of accuracies over runs."""

from __future__ import annotations

import re

from itemwise.reporting.trend import Dot, trend
from itemwise.results.statistics import accuracy


def dot(correct: int, n: int = 10, *, kind: str = "first", asked_otherwise: bool = False) -> Dot:
    return Dot(accuracy(correct, n), f"run of {correct}", kind, asked_otherwise)


def test_points_stand_from_left_to_right_at_their_height() -> None:
    drawn = trend([dot(5), dot(10), dot(0)])
    assert re.findall(r'cx="([\d.]+)%" cy="([\d.]+)%"', drawn) == [("6.00", "50.00"), ("52.00", "0.00"), ("98.00", "100.00")]
    assert 'aria-label="run of 5 50.0%, run of 10 100.0%, run of 0 0.0%"' in drawn


def test_no_line_joins_what_was_asked_otherwise() -> None:
    drawn = trend([dot(5), dot(5, asked_otherwise=True), dot(5)])
    assert re.findall(r'class="step" x1="([\d.]+)%"', drawn) == ["52.00"]
    assert re.findall(r'class="asked" x1="([\d.]+)%"', drawn) == ["29.00"]


def test_what_was_not_judged_is_left_out_and_keeps_its_place() -> None:
    assert re.findall(r'cx="([\d.]+)%"', trend([dot(5), dot(0, 0), dot(5)])) == ["6.00", "98.00"]


def test_a_name_cannot_leave_the_drawing() -> None:
    drawn = trend([Dot(accuracy(1, 2), '"><script>', "first", False)])
    assert "<script" not in drawn
