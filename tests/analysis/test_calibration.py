"""Confidence beside accuracy: by hand for a few cases, and what chance alone makes of a calibrated model."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable

import pytest

from itemwise.analysis.calibration import Calibration, calibration
from itemwise.analysis.likelihood_results import scored_cases
from tests.analysis.test_likelihood_results import scored
from tests.reporting.conftest import a_run


def of(answers: Iterable[tuple[float, bool]]) -> Calibration:
    """The calibration of answers A of two options, each with its confidence and whether it is right."""
    entries = [
        scored(number, "A" if right else "B", math.log(confidence), math.log(1 - confidence), form="letter")
        for number, (confidence, right) in enumerate(answers)
    ]
    return calibration(scored_cases(a_run(*entries).entries))


def test_a_handful_of_cases_is_one_bin() -> None:
    found = of([(0.8, True), (0.6, False), (0.7, True), (0.9, True)])
    assert (found.cases, len(found.bins), found.bins[0].cases) == (4, 1, 4)
    assert (found.confidence, found.bins[0].share) == (pytest.approx(0.75), 0.75)
    assert found.ece == pytest.approx(0.0)
    assert found.brier == pytest.approx(2 * (0.2**2 + 0.6**2 + 0.3**2 + 0.1**2) / 4)
    assert found.brier_interval is not None
    assert 2 * 0.1**2 < found.brier_interval.low < found.brier < found.brier_interval.high < 2 * 0.6**2
    assert of([(0.8, True)] * 3).brier_interval is None  # nothing that varies


def test_bins_hold_equally_many_and_their_distances_add_up() -> None:
    found = of([(0.6, True)] * 20 + [(0.9, False)] * 20)
    assert [(each.cases, each.share) for each in found.bins] == [(20, 1.0), (20, 0.0)]
    assert found.ece == pytest.approx((0.4 + 0.9) / 2)
    assert found.interval.low <= found.ece <= found.interval.high


def test_a_calibrated_model_shows_the_error_that_chance_makes_and_an_overconfident_one_more() -> None:
    draw = random.Random(0)
    calibrated = of([(share, draw.random() < share) for share in (draw.uniform(0.5, 0.99) for _ in range(100))])
    assert calibrated.if_calibrated < calibrated.by_chance < 2 * calibrated.if_calibrated
    assert calibrated.ece < calibrated.by_chance
    assert calibrated.interval.low < calibrated.if_calibrated
    overconfident = of([(0.95, number % 2 == 0) for number in range(100)])
    assert overconfident.ece == pytest.approx(0.45, abs=0.01)
    assert overconfident.interval.low > 3 * overconfident.by_chance


@pytest.mark.parametrize(("cases", "bins"), [(19, 1), (50, 2), (100, 5), (500, 10)])
def test_few_cases_are_few_bins(cases: int, bins: int) -> None:
    found = of([(0.5 + number / (3 * cases), number % 2 == 0) for number in range(cases)])
    assert len(found.bins) == bins


def test_what_chance_makes_of_one_bin_is_the_distance_of_a_binomial_from_its_mean() -> None:
    found = of([(0.8, True)] * 12)
    chances = [math.comb(12, right) * 0.8**right * 0.2 ** (12 - right) for right in range(13)]
    assert found.if_calibrated == pytest.approx(sum(chance * abs(right / 12 - 0.8) for right, chance in enumerate(chances)), rel=0.05)
    within = sum(chance for right, chance in enumerate(chances) if abs(right / 12 - 0.8) <= found.by_chance + 1e-9)
    assert within >= 0.95
