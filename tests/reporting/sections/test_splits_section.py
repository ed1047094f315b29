"""Accuracies by tag."""

from __future__ import annotations

from itemwise.cases.reply import Verdict
from itemwise.reporting.sections import splits_section
from tests.reporting.conftest import a_run, an_entry


def test_each_value_of_a_tag_is_a_row_and_each_tag_a_group() -> None:
    verdicts = [Verdict.CORRECT, Verdict.WRONG]
    (section,) = splits_section.build(a_run(*(an_entry(n, verdicts[n], tags={"grade": str(n), "all": "same"}) for n in range(2))))
    assert [(section.text(row, "split by"), section.text(row, "accuracy")) for row in section.rows] == [
        ("grade: 0", "100.0%"),
        ("grade: 1", "0.0%"),
    ]
    assert {row.group for row in section.rows} == {"sums-synthetic, embedded-text, direct: split by grade"}
    assert [(item["value"], item["accuracy"], item["n"]) for item in section.record["splits"]] == [("0", 1.0, 1), ("1", 0.0, 1)]
