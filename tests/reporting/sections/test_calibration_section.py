"""Calibration is told in figures, in run.json with its bins, and drawn on the page."""

from __future__ import annotations

from itemwise.reporting import RunRecord
from itemwise.reporting.sections import calibration_section
from itemwise.reporting.writers.html import report_parts
from tests.analysis.test_likelihood_results import scored
from tests.reporting.conftest import a_run


def test_a_row_and_a_picture_tell_how_right_confident_answers_are() -> None:
    run = a_run(scored(0, "B", -6.0, -7.0, -3.0), scored(1, "C", -3.0, -9.0, -1.0))
    (section,) = calibration_section.build(run)
    assert section.table()[1][-10:-7] == ["2", "90.8%", "50.0%"]
    assert section.table()[1][-5] == "1 x 2"
    (record,) = section.record["calibration"]  # type: ignore[misc]
    assert record["bins"] == [{"confidence": record["confidence"], "share": 0.5, "cases": 2}]
    page = "".join(report_parts(run))
    assert 'aria-label="accuracy by confidence of 2 cases: 50% at 91%"' in page
    assert "1 bin of 2 cases or more" in page


def test_a_run_without_scores_tells_nothing(run: RunRecord) -> None:
    assert list(calibration_section.build(run)) == []
