"""The drop from problems to the same problems with other numbers, against values worked by hand."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemwise.cases.row import Hub
from itemwise.cases.source import Source
from itemwise.cases.variants import drop, original_of, twin_of
from itemwise.results.statistics import mcnemar
from itemwise.synthetic import word_problems

UNHURRIED = settings(deadline=None)  # the first example may pay for an import, any for a busy machine


def twins_of(answers: dict[str, str]) -> dict[str, bool]:
    """One twin for each letter: R for a right answer, W for a wrong one."""
    return {twin_of(name, number): letter == "R" for name, letters in answers.items() for number, letter in enumerate(letters, start=1)}


class TestNames:
    @pytest.mark.parametrize(
        ("case", "original"),
        [
            ("gsm8k-synthetic-42-7-twin1", "gsm8k-synthetic-42-7"),
            ("gsm8k-synthetic-held-out-42-7-twin12", "gsm8k-synthetic-held-out-42-7"),
            ("a-twin1-twin2", "a-twin1"),
            ("gsm8k-synthetic-42-7", None),
            ("gsm8k-30", None),
            ("siamese-twin", None),
            ("7-twin0", None),
            ("7-twin1-json", None),
            ("-twin1", None),
            ("", None),
        ],
    )
    def test_tell_whose_twin_a_case_is(self, case: str, original: str | None) -> None:
        assert original_of(case) == original

    @given(st.text(min_size=1), st.integers(1, 99))
    def test_lead_from_a_twin_back_to_its_original(self, original: str, number: int) -> None:
        assert original_of(twin_of(original, number)) == original

    def test_of_made_rows_lead_to_the_row_before_the_twins(self) -> None:
        rows = islice(Source("synthetic", twins=2).rows(Hub("owner/data"), synthetic=word_problems), 6)
        assert [original_of(row.id) for row in rows] == [None, *["synthetic-42-0"] * 2, None, *["synthetic-42-1"] * 2]


ORIGINALS = {"a": True, "b": True, "c": False, "d": True}
TWINS = twins_of({"a": "RW", "b": "W", "c": "RRW", "e": "W"})  # d has no twin, e's original is not judged


class TestDrop:
    def test_is_the_mean_over_the_originals_that_have_twins(self) -> None:
        found = drop(ORIGINALS, TWINS)
        assert found is not None
        assert found.pairs == 3
        assert found.seen == pytest.approx(2 / 3)
        assert found.renumbered == pytest.approx((1 / 2 + 0 + 2 / 3) / 3)
        assert found.difference == pytest.approx(-5 / 18)

    def test_has_the_p_of_the_eight_ways_the_signs_could_be(self) -> None:
        found = drop(ORIGINALS, TWINS)  # -3/6, -6/6 and 4/6: six of the eight sums are as far from 0 as -5/6
        assert found is not None
        assert found.p == 6 / 8

    def test_has_the_interval_of_the_adjusted_normal_approximation(self) -> None:
        found = drop(ORIGINALS, TWINS)
        assert found is not None
        center, squares = -1 / 6, (1 / 4 + 1 + 4 / 9 + 1) / 5  # with two pairs more, that sum to 0 and whose squares sum to 1
        reach = 1.959963984540054 * ((squares - center**2) / 5) ** 0.5
        assert found.interval == pytest.approx((center - reach, center + reach))

    def test_names_what_was_lost_and_gained(self) -> None:
        found = drop(ORIGINALS, TWINS)
        assert found is not None
        assert (found.lost, found.gained) == (("a", "b"), ("c",))

    def test_does_not_ask_in_which_order_twins_were_judged(self) -> None:
        assert drop(ORIGINALS, TWINS) == drop(ORIGINALS, dict(reversed(TWINS.items())))

    @pytest.mark.parametrize(("originals", "twins"), [({}, {}), (ORIGINALS, {}), ({}, TWINS), ({"d": True}, TWINS)])
    def test_without_a_pair_is_none(self, originals: dict[str, bool], twins: dict[str, bool]) -> None:
        assert drop(originals, twins) is None

    def test_where_nothing_changed_is_zero_and_still_not_sure(self) -> None:
        found = drop(dict.fromkeys("abcdefgh", True), twins_of(dict.fromkeys("abcdefgh", "RR")))
        assert found is not None
        assert (found.difference, found.p, found.lost, found.gained) == (0, 1, (), ())
        assert found.interval.low < 0 < found.interval.high

    @UNHURRIED
    @given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
    def test_with_one_twin_each_is_what_mcnemar_says_of_the_flips(self, pairs: list[tuple[bool, bool]]) -> None:
        originals = {str(number): original for number, (original, _) in enumerate(pairs)}
        found = drop(originals, {twin_of(str(number), 1): twin for number, (_, twin) in enumerate(pairs)})
        assert found is not None
        assert found.p == mcnemar(len(found.gained), len(found.lost))
        assert found.difference == pytest.approx((len(found.gained) - len(found.lost)) / len(pairs))

    def test_counts_an_original_once_however_many_twins_it_has(self) -> None:
        originals = dict.fromkeys("abc", True)
        few, many = (drop(originals, twins_of(dict.fromkeys("abc", "W" * twins))) for twins in (1, 50))
        assert few == many
