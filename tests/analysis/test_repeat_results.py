"""Repeats: the mean, the noise floor, pass@k and pass^k by hand, in simulations, and in what must always hold."""

from __future__ import annotations

from itertools import combinations
from math import sqrt
from random import Random

import pytest

from itemwise.analysis.repeat_results import RepeatResult, repeat_results
from itemwise.cases.repeats import repeat_name
from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from itemwise.results.ledger import tallied
from tests.reporting.conftest import an_entry

VERDICTS = {"C": Verdict.CORRECT, "W": Verdict.WRONG, "E": Verdict.ERROR}


def repeats_of(*items: str) -> list[Entry]:
    """An entry for each letter, the verdict of a repeat of that item."""
    return [
        an_entry(number, VERDICTS[letter], case=repeat_name(f"sums-{number}", repeat), repeat=repeat, position=(number, repeat))
        for number, letters in enumerate(items)
        for repeat, letter in enumerate(letters, start=1)
    ]


def result_of(*items: str) -> RepeatResult:
    entries = repeats_of(*items)
    (result,) = repeat_results(tallied(entries), entries)
    return result


def test_items_are_stable_or_not_and_the_mean_is_over_items() -> None:
    result = result_of("CCC", "WWW", "CWC", "CEC")
    assert (result.stable_right, result.stable_wrong, result.unstable) == (["sums-0", "sums-3"], ["sums-1"], ["sums-2"])
    assert result.accuracy.share == pytest.approx((1 + 0 + 2 / 3 + 1) / 4)
    assert [each.share for each in result.by_repeat] == [3 / 4, 1 / 3, 3 / 4]
    assert (result.ever_right.share, result.always_right.share) == (2 / 3, 1 / 3)  # of those judged each time


def test_items_that_say_the_same_each_time_are_known() -> None:
    assert result_of("CCC", "CWC", "WEW").same_text == ["sums-0", "sums-2"]


def test_what_was_asked_once_has_no_repeats() -> None:
    entries = repeats_of("C", "W")
    assert repeat_results(tallied(entries), entries) == []


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_pass_at_k_and_pass_all_are_the_means_over_all_choices_of_k_replies(k: int) -> None:
    items = "CWCWW", "WWWWW", "CCCCC", "CCCCW"
    chosen = [[*combinations(item, k)] for item in items]
    result = result_of(*items)
    assert result.pass_at(k) == pytest.approx(sum(sum("C" in each for each in of_item) / len(of_item) for of_item in chosen) / 4)
    assert result.pass_all(k) == pytest.approx(sum(sum("W" not in each for each in of_item) / len(of_item) for of_item in chosen) / 4)


def test_the_noise_floor_is_that_of_the_replies_alone() -> None:
    assert result_of("CC", "WW").noise_floor() == 0.0
    assert result_of("CW", "WW").noise_floor() == pytest.approx(1.96 * sqrt(2 * (1 / 2 / 2) / 2), rel=1e-4)  # p(1-p) is 1/2 and 0
    assert result_of("CW", "WW").noise_floor(4) == pytest.approx(1.96 * sqrt(2 * (1 / 2 / 2) / 2 / 4), rel=1e-4)
    assert result_of("CE", "EW").noise_floor() is None


def test_two_runs_of_one_model_differ_by_more_than_the_noise_floor_in_a_twentieth_of_draws() -> None:
    random = Random(3)
    chances = [random.choice((0.0, 0.3, 0.6, 1.0)) for _ in range(60)]

    def asked(times: int) -> list[str]:
        return ["".join("CW"[random.random() >= chance] for _ in range(times)) for chance in chances]

    floor = sum(result_of(*asked(4)).noise_floor() or 0 for _ in range(20)) / 20
    shares = [[sum(map(asked(1).count, "C")) / 60 for _ in range(2)] for _ in range(1500)]
    beyond = sum(abs(first - second) > floor for first, second in shares) / len(shares)
    assert 0.02 < beyond < 0.07
