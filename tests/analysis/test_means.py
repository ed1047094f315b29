"""Means over configurations, the values of a tag, and the benchmarks of a suite."""

from __future__ import annotations

from typing import Any

import pytest

from itemwise.analysis.means import Mean, means
from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from itemwise.results.labels import rows_by_name
from itemwise.results.ledger import tallied
from itemwise.results.statistics import accuracy, weighted_mean
from tests.reporting.conftest import an_entry


def measured(label: str, right: int, of: int, rows: dict[str, str], **changes: Any) -> list[Entry]:
    """Entries of one measurement of the test function that its label begins with."""
    node = f"test_{label.partition('-')[0]}.py::test_{label.partition('-')[0]}[m-direct-{label}-"
    verdicts = [Verdict.CORRECT] * right + [Verdict.WRONG] * (of - right)
    return [
        an_entry(number, verdict, benchmark=label, node_id=f"{node}{number}]", case=f"{label}-{number}", rows=rows, **changes)
        for number, verdict in enumerate(verdicts)
    ]


def of(*entries: Entry) -> list[Mean]:
    return means(tallied(entries), entries, rows_by_name((entry.key, entry.rows) for entry in entries))


def test_the_configurations_of_a_benchmark_count_the_same() -> None:
    (mean,) = of(*measured("mgsm-de", 1, 2, {"config": "de"}), *measured("mgsm-zh", 8, 8, {"config": "zh"}))
    assert (mean.name, mean.over, mean.accuracy.share, mean.accuracy.judged) == ("mgsm", "2 configurations", 0.75, 10)


def test_each_benchmark_of_a_suite_counts_the_same_however_many_configurations_it_has() -> None:
    suites = {"suites": "maths"}
    found = of(
        *measured("mgsm-de", 0, 4, {"config": "de", **suites}),
        *measured("mgsm-zh", 2, 4, {"config": "zh", **suites}),
        *measured("svamp", 4, 4, suites),
        *measured("mmlu", 0, 4, {}),
    )
    assert [(mean.name, mean.over, mean.accuracy.share) for mean in found] == [
        ("mgsm", "2 configurations", 0.25),
        ("maths", "2 benchmarks", pytest.approx(0.625)),
    ]


def test_a_macro_average_is_over_the_values_of_the_tag_that_the_card_names() -> None:
    rows = {"macro": "subject"}
    entries = [
        *measured("mmlu", 3, 3, rows, tags={"subject": "art", "grade": "1"}),
        *(entry for entry in measured("mmlu", 0, 4, rows, tags={"subject": "law", "grade": "2"}) if entry.case == "mmlu-3"),
    ]
    (mean,) = of(*entries)
    assert (mean.name, mean.over, mean.accuracy.share, mean.accuracy.judged) == ("mmlu", "2 values of subject", 0.5, 4)


def test_a_part_without_a_verdict_leaves_no_mean_and_neither_does_a_single_benchmark() -> None:
    failed = [an_entry(9, Verdict.ERROR, benchmark="mgsm-fr", node_id="test_mgsm.py::test_mgsm[m-direct-mgsm-fr-9]", rows={"config": "fr"})]
    assert of(*measured("mgsm-de", 1, 2, {"config": "de"}), *failed) == []
    assert of(*measured("svamp", 1, 2, {"suites": "maths"})) == []


def test_models_have_means_of_their_own() -> None:
    suites = {"suites": "quick"}
    entries = [
        *(entry for name in ("svamp", "cmath") for entry in measured(name, 1, 2, suites)),
        *(entry for name in ("svamp", "cmath") for entry in measured(name, 2, 2, suites, model_name="other")),
    ]
    assert [(mean.tally.model_name, mean.accuracy.share) for mean in of(*entries)] == [("embedded-text", 0.5), ("other", 1.0)]


def test_the_interval_of_equal_parts_is_that_of_one_sample_and_one_of_unequal_parts_is_wider() -> None:
    whole = accuracy(30, 100).interval
    halves = weighted_mean([(0.5, accuracy(15, 50)), (0.5, accuracy(15, 50))]).interval
    unequal = weighted_mean([(0.5, accuracy(3, 10)), (0.5, accuracy(27, 90))]).interval
    assert halves == pytest.approx(whole)
    assert (unequal or (0, 0))[0] < (halves or (0, 0))[0]
    assert (unequal or (0, 0))[1] > (halves or (0, 0))[1]


def test_of_single_cases_that_are_all_right_the_interval_is_not_empty() -> None:
    mean = weighted_mean([(1 / 57, accuracy(1, 1))] * 57)
    assert mean.interval == pytest.approx(accuracy(57, 57).interval)


def test_of_groups_the_share_is_told_that_is_right_in_all_cases_where_all_of_the_split_is_asked() -> None:
    def groups(verdicts: str, **rows: str) -> list[Mean]:
        entries = [
            an_entry(
                number,
                Verdict.CORRECT if verdict == "C" else Verdict.WRONG,
                tags={"pair": str(number // 2), "kind": str(number)},
                rows={"whole": "pair", "rows": "6", **rows},
                sample_size=len(verdicts),
            )
            for number, verdict in enumerate(verdicts)
        ]
        return of(*entries)

    (mean,) = groups("CCCWWW")
    assert (mean.accuracy.correct, mean.accuracy.judged, mean.over) == (1, 3, "3 values of pair, right in all their cases")
    assert groups("CCCW") == []  # a sample, which holds parts of groups
