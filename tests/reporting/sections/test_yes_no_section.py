"""Yes or no: a row for all cases and one for each category, and the same in run.json."""

from __future__ import annotations

from itemwise.reporting.sections import yes_no_section
from itemwise.results.statistics import accuracy
from tests.analysis.test_yes_no_results import asked
from tests.reporting.conftest import a_run


def test_figures_of_yes_stand_beside_always_saying_it() -> None:
    (section,) = yes_no_section.build(a_run(asked(0, "yes", "yes"), asked(1, "no", "yes"), asked(2, "no", None, "adversarial")))
    assert [row.cells[3:] for row in section.rows] == [
        ("all", "50.0%", "100.0%", "66.7%", "0.0 to 100.0%", "50.0%", "66.7%", "33.3%", "1", "3"),
        ("category: adversarial", "-", "-", "-", "-", "0.0%", "0.0%", "0.0%", "1", "1"),
        ("category: popular", "50.0%", "100.0%", "66.7%", "0.0 to 100.0%", "66.7%", "100.0%", "50.0%", "0", "2"),
    ]
    record = section.record["yes_no"][0]  # type: ignore[index]
    assert (record["f1"], record["false_yes"], record["missed_no"], record["part"]) == (2 / 3, 1, 1, "")
    assert (record["interval"], record["recall_interval"]) == ((0.0, 1.0), accuracy(1, 1).interval)


def test_a_run_without_such_questions_tells_nothing() -> None:
    (section,) = yes_no_section.build(a_run())
    assert (section.rows, section.record) == ([], {})
