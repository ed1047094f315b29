"""Why cases are not correct."""

from __future__ import annotations

import pytest

from itemwise.cases.case import Verdict
from itemwise.reporting import RunRecord
from itemwise.reporting.sections import causes_section
from tests.reporting.conftest import a_run, an_entry


def test_kinds_are_columns_and_the_terminal_says_where_the_evidence_stands(run: RunRecord) -> None:
    (section,) = causes_section.build(run)
    assert [column.title for column in section.columns[3:]] == ["truncated", "no JSON", "arithmetic slip"]
    assert [row.cells[3:] for row in section.rows] == [("1", "1", "1"), ("0", "0", "1")]
    assert section.brief is not None
    assert section.brief[0] == "why cases are not correct (results.jsonl quotes the evidence):"


def test_bars_are_shares_of_the_judged_cases_on_one_scale(run: RunRecord) -> None:
    (section,) = causes_section.build(run)
    charts = section.page.data
    assert [(chart.name, [bar.count for bar in chart.bars]) for chart in charts] == [("direct", [1, 1, 1]), ("tool", [1])]
    assert [chart.bars[0].share for chart in charts] == pytest.approx([1 / 6, 1 / 8])
    assert {bar.longest for chart in charts for bar in chart.bars} == {1 / 6}


def test_where_all_are_correct_there_is_nothing_to_show() -> None:
    (section,) = causes_section.build(a_run(an_entry(0, Verdict.CORRECT)))
    assert (section.rows, section.brief, section.page.data) == ([], [], [])
