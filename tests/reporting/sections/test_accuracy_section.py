"""The main table."""

from __future__ import annotations

import pytest

from itemwise.cases.reply import Verdict
from itemwise.reporting import RunRecord
from itemwise.reporting.sections import accuracy_section
from itemwise.reporting.sections.accuracy_section import accuracy_table
from tests.reporting.conftest import a_run, an_entry


def test_a_row_is_told_in_words_in_figures_and_as_properties(run: RunRecord) -> None:
    (section,) = accuracy_section.build(run)
    row = section.rows[0]
    assert [section.text(row, title) for title in ("benchmark", "accuracy", "95% interval", "errors", "tokens/correct", "n of N")] == [
        "sums-synthetic", "50.0%", "18.8 to 81.2%", "1", "24", "6 of 8",
    ]  # fmt: skip
    (direct, _) = section.record["results"]
    assert (direct["accuracy"], direct["no_answer"], direct["causes"]["truncated"]) == (0.5, 1, 1)
    properties = section.properties[run.tallies[0].key]
    assert (properties["accuracy_low"], properties["coverage"], properties["tokens_per_correct"]) == ("0.187616", "0.750000", "24.0")
    assert not {"benchmark", "model", "interval", "causes"} & set(properties)


@pytest.mark.parametrize("verdict", [Verdict.ERROR, Verdict.WRONG])
def test_what_is_not_known_is_a_dash_in_text_and_empty_in_properties(verdict: Verdict) -> None:
    (section,) = accuracy_section.build(a_run(an_entry(0, verdict)))
    (properties,) = section.properties.values()
    assert (section.text(section.rows[0], "tokens/correct"), properties["tokens_per_correct"]) == ("-", "")


def test_labels_lead_the_rows_of_a_comparison(run: RunRecord) -> None:
    table = accuracy_table(run.tallies, ["#1", "#2"])
    assert [row.cells[:2] for row in table.rows] == [["#1", "sums-synthetic"], ["#2", "sums-synthetic"]]
    assert {len(row.cells) for row in table.rows} == {len(table.columns)}
