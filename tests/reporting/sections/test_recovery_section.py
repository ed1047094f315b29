"""The table of recovery, its mean, and the record and sentences beside it."""

from __future__ import annotations

from itemwise.reporting.sections import recovery_section
from tests.analysis.test_recovery import asked
from tests.reporting.conftest import a_run


def test_each_benchmark_is_a_line_and_several_have_a_mean() -> None:
    plain = [*asked("plain", "CCCCWW", quantisation="none"), *asked("plain", "CCWW", "maths", quantisation="none")]
    nf4 = [*asked("nf4", "CCCWCW"), *asked("nf4", "WCWW", "maths")]
    run = a_run(*plain, *nf4)
    (section,) = recovery_section.build(run)
    told = [(section.text(row, "benchmark"), section.text(row, "base"), section.text(row, "recovery")) for row in section.rows]
    assert told == [("sums", "plain", "100.0%"), ("maths", "plain", "50.0%"), ("mean", "plain", "75.0%")]
    assert [note.text for note in section.notes] == [
        "sums, nf4, direct against plain: 1 gained (sums-4), 1 lost (sums-3) of 6",
        "maths, nf4, direct against plain: 0 gained, 1 lost (sums-0) of 4",
    ]
    (record,) = section.record["recovery"]  # type: ignore[misc]
    assert (record["model"], record["base"], record["recovery"]) == ("nf4", "plain", 0.75)
    assert [values["recovery"] for values in section.properties.values()] == ["1.000000", "0.500000"]
    assert [(each["benchmark"], each["lost"]) for each in record["benchmarks"]] == [("sums", ["sums-3"]), ("maths", ["sums-0"])]


def test_a_base_that_is_never_right_is_said_in_a_word() -> None:
    (section,) = recovery_section.build(a_run(*asked("plain", "WW", quantisation="none"), *asked("nf4", "CW")))
    assert [section.text(row, "recovery") for row in section.rows] == ["base is 0"]


def test_a_run_without_a_base_has_no_table() -> None:
    (section,) = recovery_section.build(a_run(*asked("nf4", "CW")))
    assert (section.rows, section.legend, section.record) == ([], (), {})
