"""Intervals, paired tests and Holm's correction, against published examples, by hand, and in what must always hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import comb
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemwise.results.statistics import (
    SIGNIFICANT,
    accuracy,
    clustered_accuracy,
    difference_interval,
    holm,
    item_accuracy,
    mcnemar,
    sign_flip,
    smallest_difference,
)

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


FLIPS = st.integers(0, 300)
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [
        # Armitage and Berry 1994, "Statistical Methods in Medical Research", p. 127: growth of tubercle bacilli on two
        # media; the exact test as StatsDirect's manual works it, "Matched Pairs": P (two sided) = 0.0129
        (12, 2, 0.0129),
        # data of Bentur et al., worked by Fagerland, Lydersen and Laake 2013, BMC Med. Res. Methodol. 13:91, table 1 and
        # equation 1 of its supplement: 2 * binomcdf(1, 8, 0.5) = 2 * 9 / 256
        (1, 7, 0.0703),
    ],
)
def test_mcnemars_exact_test_gives_the_published_p(gained: int, lost: int, p: float) -> None:
    assert round(mcnemar(gained, lost), 4) == p


@UNHURRIED
@given(FLIPS, FLIPS)
def test_mcnemars_p_is_twice_the_tail_of_a_fair_coin(gained: int, lost: int) -> None:
    tail = Fraction(sum(comb(gained + lost, flips) for flips in range(min(gained, lost) + 1)), 2 ** (gained + lost))
    assert mcnemar(gained, lost) == pytest.approx(float(min(1, 2 * tail)))


@UNHURRIED
@given(FLIPS, FLIPS)
def test_mcnemars_p_does_not_ask_which_came_first(gained: int, lost: int) -> None:
    assert mcnemar(gained, lost) == mcnemar(lost, gained)


@UNHURRIED
@given(FLIPS)
def test_as_many_gained_as_lost_is_no_difference(flips: int) -> None:
    assert mcnemar(flips, flips) == pytest.approx(1)


def test_a_difference_that_unpaired_accuracies_hide_shows_in_the_flips() -> None:
    low, high = accuracy(70, 100).interval, accuracy(79, 100).interval
    assert low is not None
    assert high is not None
    assert low.high > high.low
    assert mcnemar(10, 1) < SIGNIFICANT


@pytest.mark.parametrize(
    ("p_values", "corrected"),
    [
        # the example of Wikipedia's "Holm-Bonferroni method": at 0.05 the fourth and the first are rejected, no other
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        # SAS/STAT 9.22 User's Guide, PROC MULTTEST, example 60.5, data `a`: the smallest of 24 is multiplied by 24, and
        # "Stepdown Bonferroni" gives 1.0000 for all others
        (
            [
                *(0.28282, 0.30688, 0.71022, 0.77175, 0.78180, 0.88581, 0.54685, 0.84978, 0.24228, 0.58977, 0.03498, 0.41607),
                *(0.31631, 0.05254, 0.45061, 0.75758, 0.12496, 0.49485, 0.21572, 0.50505, 0.94372, 0.81260, 0.77596, 0.36889),
            ],
            [1.0] * 10 + [0.8395] + [1.0] * 13,
        ),
        ([0.04], [0.04]),
        ([], []),
    ],
)
def test_holms_correction_gives_the_published_values(p_values: list[float], corrected: list[float]) -> None:
    assert [round(p, 4) for p in holm(p_values)] == corrected


@UNHURRIED
@given(P_VALUES)
def test_holm_rejects_what_his_sequential_procedure_rejects(p_values: list[float]) -> None:
    rejected: set[int] = set()
    left = sorted(range(len(p_values)), key=p_values.__getitem__)
    while left and p_values[left[0]] * len(left) < SIGNIFICANT:  # Holm 1979, section 3: stop at the first that holds
        rejected.add(left.pop(0))
    assert {place for place, p in enumerate(holm(p_values)) if p < SIGNIFICANT} == rejected


@UNHURRIED
@given(P_VALUES)
def test_holm_lies_between_no_correction_and_bonferronis(p_values: list[float]) -> None:
    for p, corrected in zip(p_values, holm(p_values), strict=True):
        assert p <= corrected <= min(1, len(p_values) * p)


@UNHURRIED
@given(P_VALUES)
def test_holm_keeps_the_order_of_the_p_values(p_values: list[float]) -> None:
    corrected = holm(p_values)
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    assert [corrected[place] for place in order] == sorted(corrected)


@UNHURRIED
@given(P_VALUES, st.randoms())
def test_holm_does_not_ask_in_which_order_the_tests_come(p_values: list[float], random: Random) -> None:
    shuffled = random.sample(p_values, len(p_values))
    assert sorted(holm(shuffled)) == sorted(holm(p_values))


@pytest.mark.parametrize(
    ("cases", "tests", "smallest"),
    [
        (50, 1, (6, 0.12)),  # five heads in a row are no proof, 2 / 32 > 0.05; six are, 2 / 64
        (1319, 1, (6, 6 / 1319)),
        (6, 1, (6, 1.0)),
        (5, 1, None),
        (0, 1, None),
        (50, 3, (7, 0.14)),  # 3 * 2 / 64 > 0.05, 3 * 2 / 128 < 0.05
    ],
)
def test_the_smallest_difference_is_counted_in_coins(cases: int, tests: int, smallest: tuple[int, float] | None) -> None:
    assert smallest_difference(cases, tests) == smallest


@UNHURRIED
@given(st.integers(0, 3000), st.integers(1, 50))
def test_the_smallest_difference_is_shown_and_one_flip_less_is_not(cases: int, tests: int) -> None:
    found = smallest_difference(cases, tests)
    if found is None:
        assert mcnemar(cases, 0) * tests >= SIGNIFICANT
    else:
        assert mcnemar(found.flips, 0) * tests < SIGNIFICANT <= mcnemar(found.flips - 1, 0) * tests


DIFFERENCES = st.sampled_from([Fraction(whole, parts) for parts in (1, 2, 3) for whole in range(-parts, parts + 1)])


def flips(gained: int, lost: int, kept: int = 0) -> list[Fraction]:
    """The differences of pairs with one case on each side."""
    return [Fraction(1)] * gained + [Fraction(-1)] * lost + [Fraction(0)] * kept


def sums(differences: Sequence[Fraction]) -> Counter[Fraction]:
    """How many of all assignments of signs give each sum."""
    found = Counter([Fraction(0)])
    for difference in differences:
        longer: Counter[Fraction] = Counter()
        for total, ways in found.items():
            longer[total + difference] += ways
            longer[total - difference] += ways
        found = longer
    return found


def test_the_sums_of_all_signs_are_counted_as_they_are_written_out() -> None:
    differences = [Fraction(1), Fraction(-1, 2), Fraction(2, 3), Fraction(0)]
    written = (sum(sign * size for sign, size in zip(signs, differences, strict=True)) for signs in product((1, -1), repeat=4))
    assert sums(differences) == Counter(written)


@UNHURRIED
@given(st.lists(DIFFERENCES, max_size=12))
def test_the_sign_flip_test_counts_the_signs_whose_sum_is_as_far_from_zero(differences: list[Fraction]) -> None:
    far = sum(ways for total, ways in sums(differences).items() if abs(total) >= abs(sum(differences)))
    assert sign_flip(differences) == pytest.approx(far / 2 ** len(differences))


@UNHURRIED
@given(FLIPS, FLIPS, FLIPS)
def test_the_sign_flip_test_of_single_cases_is_mcnemars(gained: int, lost: int, kept: int) -> None:
    assert sign_flip(flips(gained, lost, kept)) == mcnemar(gained, lost)


def test_the_sign_flip_test_of_many_differences_comes_near_the_exact_one_and_is_the_same_each_time() -> None:
    differences = [Fraction(-2, 3)] * 14 + [Fraction(1, 3)] * 15 + [Fraction(1)] * 3
    far = sum(ways for total, ways in sums(differences).items() if abs(total) >= abs(sum(differences)))
    assert sign_flip(differences) == pytest.approx(far / 2 ** len(differences), abs=0.005)
    assert sign_flip(differences) == sign_flip(differences)


def test_equal_sums_of_thirds_are_equal_to_the_sign_flip_test() -> None:
    assert sign_flip([Fraction(1, 3), Fraction(1, 3), Fraction(-2, 3)]) == 1


@pytest.mark.parametrize(("kept", "gained", "lost"), [(13, 1, 7), (139, 6, 16), (1364, 86, 150), (10, 0, 0)])
def test_the_interval_of_single_cases_is_walds_with_half_a_case_more_in_each_of_the_four_cells(kept: int, gained: int, lost: int) -> None:
    one, other, cases = gained + 0.5, lost + 0.5, kept + gained + lost + 2
    reach = 1.959963984540054 * (one + other - (one - other) ** 2 / cases) ** 0.5 / cases
    center = (one - other) / cases
    assert difference_interval(flips(gained, lost, kept)) == pytest.approx((center - reach, center + reach))


@UNHURRIED
@given(st.lists(DIFFERENCES, min_size=1, max_size=60))
def test_the_interval_of_a_difference_holds_its_mean_and_lies_between_losing_all_and_gaining_all(differences: list[Fraction]) -> None:
    low, high = difference_interval(differences)
    assert -1 <= low <= sum(differences) / len(differences) <= high <= 1
    assert low < high


@UNHURRIED
@given(st.lists(DIFFERENCES, max_size=60))
def test_the_interval_of_a_difference_is_mirrored_when_the_sides_change_places(differences: list[Fraction]) -> None:
    low, high = difference_interval(differences)
    assert difference_interval([-difference for difference in differences]) == pytest.approx((-high, -low))


@pytest.mark.parametrize(("gains", "loses"), [(0.02, 0.02), (0.02, 0.1), (0.1, 0.1), (0.05, 0.3), (0.2, 0.3)])
def test_the_interval_of_a_difference_holds_the_truth_as_often_as_it_says(gains: float, loses: float) -> None:
    cases, held = 20, 0.0
    for gained in range(cases + 1):
        for lost in range(cases + 1 - gained):
            kept = cases - gained - lost
            chance = comb(cases, gained) * comb(cases - gained, lost) * gains**gained * loses**lost * (1 - gains - loses) ** kept
            low, high = difference_interval(flips(gained, lost, kept))
            held += chance * (low <= gains - loses <= high)
    assert held > 0.94


def test_items_asked_once_or_always_answered_alike_have_wilsons_interval_of_the_items() -> None:
    once = accuracy(30, 40)
    assert item_accuracy([(1, 1)] * 30 + [(0, 1)] * 10).interval == pytest.approx(once.interval)
    alike = item_accuracy([(5, 5)] * 30 + [(0, 5)] * 10)
    assert (alike.correct, alike.judged, alike.share) == (150, 200, 0.75)
    assert alike.interval == pytest.approx(once.interval)
    assert item_accuracy([(3, 3), (0, 0)]).interval == pytest.approx(accuracy(1, 1).interval)
    assert item_accuracy([(0, 0)]) == accuracy(0, 0)


@pytest.mark.parametrize(
    ("chances", "items", "times"),
    [((0.0, 0.5, 1.0), 30, 5), ((0.5,), 30, 5), ((0.9, 1.0), 50, 3), ((0.0, 1.0), 20, 10), ((0.1, 0.3), 40, 3)],
)
def test_the_interval_of_repeats_holds_the_truth_as_often_as_it_says(chances: Sequence[float], items: int, times: int) -> None:
    random = Random(5)
    truth, held = sum(chances) / len(chances), 0
    for _ in range(400):
        drawn = [random.choice(chances) for _ in range(items)]
        found = item_accuracy([(sum(random.random() < chance for _ in range(times)), times) for chance in drawn]).interval
        held += found is not None and found.low <= truth <= found.high
    assert held / 400 > 0.92


@given(st.lists(st.tuples(st.integers(0, 5), st.just(5)), min_size=1, max_size=30))
def test_clusters_of_one_size_have_the_interval_of_items_that_were_asked_so_often(clusters: list[tuple[int, int]]) -> None:
    found, items = clustered_accuracy(clusters), item_accuracy(clusters)
    assert found.share == pytest.approx(items.share)
    assert found.interval == pytest.approx(items.interval)


@given(st.lists(st.integers(1, 8).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size))), min_size=1, max_size=30))
def test_the_accuracy_of_clusters_is_that_of_their_cases_with_an_interval_no_narrower_than_theirs(clusters: list[tuple[int, int]]) -> None:
    found = clustered_accuracy(clusters)
    plain = accuracy(sum(correct for correct, _ in clusters), sum(judged for _, judged in clusters))
    assert found.share == pytest.approx(plain.share)
    assert found.interval is not None
    assert plain.interval is not None
    assert found.interval.low <= plain.interval.low + 1e-9
    assert found.interval.high >= plain.interval.high - 1e-9


def test_the_interval_over_clusters_holds_the_true_accuracy_where_that_over_cases_does_not() -> None:
    rng, held = Random(7), Counter[str]()
    for _ in range(400):
        chances = [rng.choice((0.1, 0.5, 0.9)) for _ in range(25)]
        clusters = [(sum(rng.random() < chance for _ in range(8)), 8) for chance in chances]
        plain = accuracy(sum(correct for correct, _ in clusters), 200).interval
        known = clustered_accuracy(clusters).interval
        assert plain is not None
        assert known is not None
        held["cases"] += plain.low <= 0.5 <= plain.high
        held["clusters"] += known.low <= 0.5 <= known.high
    assert held["cases"] < 0.85 * 400 < 0.92 * 400 < held["clusters"]
