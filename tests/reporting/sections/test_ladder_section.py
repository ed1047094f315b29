"""The ladder of strategies."""

from __future__ import annotations

from itemwise.cases.reply import Verdict
from itemwise.reporting import RunRecord
from itemwise.reporting.sections import ladder_section
from tests.reporting.conftest import a_run, an_entry


def test_each_ladder_is_a_section_and_the_record_of_all_stands_once(run: RunRecord) -> None:
    records, ladder = ladder_section.build(run)
    assert (records.title, records.rows, [item["benchmark"] for item in records.record["ladders"]]) == ("", (), ["sums-synthetic"])
    assert (ladder.id, ladder.title, ladder.record) == ("ladder-0", "The ladder of sums-synthetic", {})
    assert [(ladder.text(row, "rung"), ladder.text(row, "by")) for row in ladder.rows] == [("direct", "-"), ("tool", "the calculator")]
    assert len(ladder.legend) == 2


def test_a_single_way_of_asking_is_no_ladder_but_has_its_key() -> None:
    (records,) = ladder_section.build(a_run(an_entry(0, Verdict.CORRECT)))
    assert records.record == {"ladders": []}
