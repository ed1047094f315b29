"""Two measurements of the same items, case by case, and why two measurements are not of the same items."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from itemwise.analysis.pairs import Measurement, Pair, TwiceError, items_differ, measurement
from itemwise.cases.repeats import repeat_name
from itemwise.cases.reply import Verdict
from itemwise.results.ledger import tallied
from itemwise.results.statistics import difference_interval, mcnemar, sign_flip
from tests.reporting.conftest import an_entry

VERDICTS = {"C": Verdict.CORRECT, "W": Verdict.WRONG, "N": Verdict.NO_ANSWER, "T": Verdict.TRUNCATED, "E": Verdict.ERROR}


def measured(label: str, verdicts: str, **changes: Any) -> Measurement:
    entries = [an_entry(number, VERDICTS[letter], **changes) for number, letter in enumerate(verdicts)]
    return measurement(label, f"run {label}", tallied(entries)[0], entries)


def pair_of(first: str, second: str) -> Pair:
    return Pair(measured("#1", first), measured("#2", second))


@pytest.mark.parametrize(
    ("first", "second", "gained", "lost", "left_out"),
    [
        ("CW", "CW", [], [], []),
        ("CW", "WC", ["sums-1"], ["sums-0"], []),
        ("NT", "CC", ["sums-0", "sums-1"], [], []),
        ("WN", "NT", [], [], []),
        ("EC", "CE", [], [], ["sums-0", "sums-1"]),
    ],
)
def test_a_case_is_gained_or_lost_where_one_side_alone_is_right(
    first: str, second: str, gained: list[str], lost: list[str], left_out: list[str]
) -> None:
    pair = pair_of(first, second)
    assert (pair.gained, pair.lost, pair.left_out) == (gained, lost, left_out)


def test_the_change_is_a_share_of_what_both_sides_judged() -> None:
    pair = pair_of("WWWWCE", "CCCWWC")
    assert pair.judged == [f"sums-{number}" for number in range(5)]
    assert (pair.change, pair.p) == ((3 - 1) / 5, mcnemar(3, 1))


def test_without_a_case_that_both_sides_judged_there_is_no_change() -> None:
    assert (pair_of("E", "C").change, pair_of("E", "C").p) == (None, 1.0)


def repeated(label: str, *items: str) -> Measurement:
    """An item for each text, whose letters are the verdicts of its repeats."""
    entries = [
        an_entry(number, VERDICTS[letter], case=repeat_name(f"sums-{number}", repeat), repeat=repeat)
        for number, letters in enumerate(items)
        for repeat, letter in enumerate(letters, start=1)
    ]
    return measurement(label, f"run {label}", tallied(entries)[0], entries)


def test_repeats_of_an_item_are_one_difference() -> None:
    pair = Pair(repeated("#1", "CCW", "WWW", "CCC", "EEE", "EWW"), repeated("#2", "CWW", "WWC", "CCC", "CCC", "CCC"))
    assert (pair.gained, pair.lost, pair.left_out) == (["sums-1", "sums-4"], ["sums-0"], ["sums-3"])
    differences = [Fraction(-1, 3), Fraction(1, 3), Fraction(0), Fraction(1)]
    assert [*pair.differences.values()] == differences
    assert (pair.change, pair.p, pair.interval) == (0.25, sign_flip(differences), difference_interval(differences))
    assert pair.is_better
    assert not pair.is_worse
    assert pair.first.accuracy.share == pytest.approx((2 / 3 + 0 + 1 + 0) / 4)
    assert pair.first.entries["sums-4"].repeat == 2  # the first that was judged


def test_items_asked_once_are_paired_with_the_same_asked_several_times() -> None:
    pair = Pair(measured("#1", "CW"), repeated("#2", "CCW", "WCC"))
    assert items_differ(pair.first, pair.second) == ""
    assert [*pair.differences.values()] == [Fraction(-1, 3), Fraction(2, 3)]


def test_a_case_that_is_there_twice_cannot_be_paired() -> None:
    entries = [an_entry(0, Verdict.CORRECT, node_id="t.py::a[0]"), an_entry(0, Verdict.WRONG, node_id="t.py::b[0]")]
    with pytest.raises(TwiceError, match=r"^run holds case sums-0 of sums-synthetic twice \(t\.py::a\[0\] and t\.py::b\[0\]\)"):
        measurement("#1", "run", tallied(entries)[0], entries)


@pytest.mark.parametrize(
    ("first", "second", "difference"),
    [
        ({}, {}, ""),
        ({"prompt": "6*7 = ?"}, {}, ""),  # how a prompt words an item may differ
        ({"expected": "43"}, {}, "2 cases with another expected answer: sums-0 (43 and 42), sums-1 (43 and 42)"),
        ({"rows": {"source": "synthetic", "seed": "1"}}, {"rows": {"source": "synthetic", "seed": "2"}}, "seed of the rows 1 and 2"),
        ({"rows": {"source": "a.jsonl", "seed": "1"}}, {"rows": {"source": "a.jsonl", "seed": "2"}}, ""),  # a file's rows have no seed
        ({"rows": {"source": "a.jsonl"}}, {"rows": {"source": "b.jsonl"}}, "source of the rows a.jsonl and b.jsonl"),
        ({"rows": {"source": "a.jsonl", "sha256": "01"}}, {"rows": {"source": "b.jsonl", "sha256": "01"}}, ""),  # the same file elsewhere
        ({"rows": {"revision": "01"}}, {"rows": {"revision": "02"}}, "revision of the rows 01 and 02"),
        ({"rows": {"revision": "01"}}, {"rows": {}}, ""),  # not known on one side
    ],
)
def test_items_are_the_same_by_id_expected_answer_and_rows(first: dict[str, Any], second: dict[str, Any], difference: str) -> None:
    assert items_differ(measured("#1", "CC", **first), measured("#2", "CW", **second)) == difference


def test_cases_on_one_side_only_are_counted_and_three_of_them_named() -> None:
    difference = "4 cases only in #2: sums-1, sums-2, sums-3, ..."
    assert items_differ(measured("#1", "C"), measured("#2", "CCCCC")) == difference
    assert items_differ(measured("#2", "CCCCC"), measured("#1", "C")) == difference
    assert items_differ(measured("#1", "C"), measured("#2", "CC")) == "1 case only in #2: sums-1"


def test_versions_of_a_benchmark_are_told_where_they_differ() -> None:
    first, second, old = (measured("#1", "C", rows=rows) for rows in ({"version": "1"}, {"version": "2"}, {}))
    assert Pair(first, first).versions == Pair(old, old).versions == ""
    assert Pair(first, second).versions == "version 1 against 2 of the benchmark"
    assert Pair(old, second).versions == "version none against 2 of the benchmark"


def clustered(label: str, verdicts: str, of_one: int) -> Measurement:
    """Cases of which so many in a row are of one cluster."""
    entries = [
        an_entry(number, VERDICTS[letter], tags={"template": str(number // of_one)}, rows={"cluster": "template"})
        for number, letter in enumerate(verdicts)
    ]
    return measurement(label, f"run {label}", tallied(entries)[0], entries)


def test_cases_of_one_cluster_count_once_in_interval_and_test() -> None:
    first, second = "W" * 12, "C" * 6 + "W" * 6
    alone = pair_of(first, second)
    pair = Pair(clustered("#1", first, 3), clustered("#2", second, 3))
    assert (alone.p, pair.p) == (mcnemar(6, 0), mcnemar(2, 0))
    assert pair.change == alone.change == 0.5
    assert pair.has_clusters
    assert not alone.has_clusters
    assert pair.interval.low < alone.interval.low
    assert pair.second.accuracy == pair.second.tally.accuracy
