"""Means as a section of a report."""

from __future__ import annotations

from itemwise.cases.reply import Verdict
from itemwise.reporting.sections import means_section
from tests.reporting.conftest import a_run, an_entry


def test_each_mean_is_a_row_with_its_interval_and_a_record() -> None:
    rows = {"macro": "kind"}
    verdicts = [Verdict.CORRECT, Verdict.WRONG]
    (section,) = means_section.build(a_run(*(an_entry(n, verdicts[n], rows=rows, tags={"kind": str(n)}) for n in range(2))))
    (row,) = section.rows
    assert [section.text(row, title) for title in ("mean of", "model", "over", "mean", "cases")] == [
        "sums-synthetic",
        "embedded-text",
        "2 values of kind",
        "50.0%",
        "2",
    ]
    (record,) = section.record["means"]
    assert (record["benchmark"], record["mean"], record["n"]) == ("sums-synthetic", 0.5, 2)
    assert len(section.legend) == 1


def test_without_a_mean_there_is_no_legend_either() -> None:
    (section,) = means_section.build(a_run(an_entry(0, Verdict.CORRECT)))
    assert (list(section.rows), list(section.legend), section.record) == ([], [], {"means": []})
