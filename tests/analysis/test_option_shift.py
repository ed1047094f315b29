"""How far scored options moved: by the definition of the divergence, whichever way, and only between what was scored alike."""

from __future__ import annotations

from math import log
from sys import float_info

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax
from scipy.stats import entropy

from itemwise.analysis.option_shift import OptionShift, option_shift
from itemwise.analysis.pairs import Measurement, Pair, measurement
from itemwise.results.entry import Entry
from tests.analysis.test_likelihood_results import scored
from tests.reporting.conftest import MODEL, a_run

LOGPROBS = st.tuples(*[st.floats(-900, 0)] * 3)


def side(*logprobs: tuple[float, ...], form: str = "letter", model: str = "embedded-text") -> Measurement:
    entries = [scored(number, "A", *each, form=form, model_name=model) for number, each in enumerate(logprobs)]
    return measurement("#", "run", a_run(*entries).tallies[0], entries)


@given(LOGPROBS, LOGPROBS)
def test_it_is_the_divergence_of_the_softmax(before: tuple[float, ...], after: tuple[float, ...]) -> None:
    shift = option_shift(Pair(side(before), side(after)))
    assert shift is not None
    old, new = softmax(before), softmax(after)
    assert shift.moved == pytest.approx(abs(old - new).sum() / 2, abs=1e-9)
    assert 0 <= shift.moved <= 1 + 1e-12
    assert shift.kl >= 0
    if new.min() >= float_info.min:  # SciPy takes the logarithm of the probability, which below has fewer digits
        assert shift.kl == pytest.approx(entropy(old, new), rel=1e-6, abs=1e-9)


def test_its_interval_is_over_cases() -> None:
    before = [(-1.0, -2.0, -3.0)] * 12
    after = [(-1.0 - 0.1 * (number % 4), -2.0, -3.0) for number in range(12)]
    shift = option_shift(Pair(side(*before), side(*after)))
    assert shift is not None
    assert 0 < shift.interval.low < shift.kl < shift.interval.high


def test_a_change_that_no_mean_of_the_expected_option_shows_is_seen() -> None:
    even = (log(0.5), log(0.5), -99.0)
    up, down = (log(0.6), log(0.4), -99.0), (log(0.4), log(0.6), -99.0)
    shift = option_shift(Pair(side(even, even, even, even), side(up, down, up, down)))
    assert shift is not None
    assert (shift.cases, shift.moved, shift.other_best) == (4, pytest.approx(0.1), 2)
    assert shift.kl == pytest.approx(0.5 * log(0.5 / 0.6) + 0.5 * log(0.5 / 0.4))
    assert shift.text.endswith("10.0% of the probability moved, 2 of 4 have another best option")


def test_what_has_not_moved_is_exactly_zero() -> None:
    same = [(-1.0, -2.0, -3.0)] * 3
    assert option_shift(Pair(side(*same), side(*same))) == OptionShift(3, 0.0, (0.0, 0.0), 0.0, 0)  # type: ignore[arg-type]


def test_letters_are_not_held_against_texts() -> None:
    assert option_shift(Pair(side((-1.0, -2.0, -3.0)), side((-1.0, -2.0, -3.0), form="text"))) is None


def quantised(*logprobs: tuple[float, ...]) -> list[Entry]:
    """A model's options, and those of its base, none of which is sure."""
    sides = (("plain", "none", [(-1.0, -1.0, -1.0)] * len(logprobs)), ("nf4", "nf4", logprobs))
    return [
        scored(number, "A", *each, form="letter", sample_size=len(logprobs), model_name=name, model={**MODEL, "quantisation": quantisation})
        for name, quantisation, found in sides
        for number, each in enumerate(found)
    ]
