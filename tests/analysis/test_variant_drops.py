"""The drop from problems to the same problems with other numbers, against values worked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemwise.analysis.variant_drops import drop, variant_drops
from itemwise.cases.reply import Verdict
from itemwise.cases.variants import variant_name
from itemwise.results.ledger import tallied
from itemwise.results.statistics import mcnemar
from tests.reporting.conftest import an_entry

UNHURRIED = settings(deadline=None)  # the first example may pay for an import, any for a busy machine


def variants_of(answers: dict[str, str]) -> dict[str, bool]:
    """One variant for each letter: R for a right answer, W for a wrong one."""
    return {variant_name(name, number): letter == "R" for name, letters in answers.items() for number, letter in enumerate(letters, 1)}


ORIGINALS = {"a": True, "b": True, "c": False, "d": True}
VARIANTS = variants_of({"a": "RW", "b": "W", "c": "RRW", "e": "W"})  # d has no variant, e's original is not judged


class TestDrop:
    def test_is_the_mean_over_the_originals_that_have_variants(self) -> None:
        found = drop(ORIGINALS, VARIANTS)
        assert found is not None
        assert found.problems == 3
        assert found.accuracy == pytest.approx(2 / 3)
        assert found.renumbered == pytest.approx((1 / 2 + 0 + 2 / 3) / 3)
        assert found.difference == pytest.approx(-5 / 18)

    def test_has_the_p_of_the_eight_ways_the_signs_could_be(self) -> None:
        found = drop(ORIGINALS, VARIANTS)  # -3/6, -6/6 and 4/6: six of the eight sums are as far from 0 as -5/6
        assert found is not None
        assert found.p == 6 / 8

    def test_has_the_interval_of_the_adjusted_normal_approximation(self) -> None:
        found = drop(ORIGINALS, VARIANTS)
        assert found is not None
        center, squares = -1 / 6, (1 / 4 + 1 + 4 / 9 + 1) / 5  # with two pairs more, that sum to 0 and whose squares sum to 1
        reach = 1.959963984540054 * ((squares - center**2) / 5) ** 0.5
        assert found.interval == pytest.approx((center - reach, center + reach))

    def test_names_what_was_lost_and_gained(self) -> None:
        found = drop(ORIGINALS, VARIANTS)
        assert found is not None
        assert (found.lost, found.gained) == (["a", "b"], ["c"])

    def test_does_not_ask_in_which_order_variants_were_judged(self) -> None:
        assert drop(ORIGINALS, VARIANTS) == drop(ORIGINALS, dict(reversed(VARIANTS.items())))

    @pytest.mark.parametrize(("originals", "variants"), [({}, {}), (ORIGINALS, {}), ({}, VARIANTS), ({"d": True}, VARIANTS)])
    def test_without_a_pair_is_none(self, originals: dict[str, bool], variants: dict[str, bool]) -> None:
        assert drop(originals, variants) is None

    def test_where_nothing_changed_is_zero_and_still_not_sure(self) -> None:
        found = drop(dict.fromkeys("abcdefgh", True), variants_of(dict.fromkeys("abcdefgh", "RR")))
        assert found is not None
        assert (found.difference, found.p, found.lost, found.gained) == (0, 1, [], [])
        assert found.interval.low < 0 < found.interval.high

    @UNHURRIED
    @given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
    def test_with_one_variant_each_is_what_mcnemar_says_of_the_flips(self, pairs: list[tuple[bool, bool]]) -> None:
        originals = {str(number): original for number, (original, _) in enumerate(pairs)}
        found = drop(originals, {variant_name(str(number), 1): variant for number, (_, variant) in enumerate(pairs)})
        assert found is not None
        assert found.p == mcnemar(len(found.gained), len(found.lost))
        assert found.difference == pytest.approx((len(found.gained) - len(found.lost)) / len(pairs))

    def test_counts_an_original_once_however_many_variants_it_has(self) -> None:
        originals = dict.fromkeys("abc", True)
        few, many = (drop(originals, variants_of(dict.fromkeys("abc", "W" * variants))) for variants in (1, 50))
        assert few == many


class TestDrops:
    def test_are_of_each_tally_whose_variants_were_judged(self) -> None:
        verdicts = [Verdict.CORRECT, Verdict.WRONG, Verdict.CORRECT, Verdict.CORRECT]
        originals = [an_entry(number, verdict) for number, verdict in enumerate(verdicts)]
        results = [(0, Verdict.WRONG), (1, Verdict.CORRECT), (2, Verdict.NO_ANSWER), (3, Verdict.ERROR)]
        variants = [
            an_entry(number, verdict, benchmark=f"{originals[0].benchmark}-renumbered", case=f"sums-{number}-twin1")
            for number, verdict in results
        ]
        without_variants = [an_entry(0, Verdict.CORRECT, benchmark="other")]
        entries = [*originals, *variants, *without_variants]
        ((tally, only),) = variant_drops(tallied(entries), entries)
        assert tally.key == originals[0].key
        assert (only.problems, only.lost, only.gained) == (3, ["sums-0", "sums-2"], ["sums-1"])  # an error is no verdict
