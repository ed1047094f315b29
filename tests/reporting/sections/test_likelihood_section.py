"""Scored options are told with their form, norm, ties and shared tokens."""

from __future__ import annotations

from itemwise.reporting import RunRecord
from itemwise.reporting.sections import likelihood_section
from tests.analysis.test_likelihood_results import scored
from tests.analysis.test_option_shift import quantised
from tests.reporting.conftest import a_run


def test_a_row_says_what_was_scored_and_compared() -> None:
    (section,) = likelihood_section.build(a_run(scored(0, "B", -6.0, -7.0, -3.0), scored(1, "C", -3.0, -9.0, -3.0, merged=2)))
    assert section.table()[1][-8:] == ["text", "sum", "2", "1", "1", "0.0%", "50.0%", "50.0%"]
    (record,) = section.record["likelihood"]  # type: ignore[misc]
    assert (record["form"], record["norm"], record["n"], record["tied"], record["merged"]) == ("text", "sum", 2, 1, 1)


def test_letters_have_no_other_norms() -> None:
    (section,) = likelihood_section.build(a_run(scored(0, "B", -6.0, -7.0, -3.0, form="letter")))
    assert section.table()[1][-8:] == ["letter", "sum", "1", "0", "0", "-", "-", "-"]


def test_models_are_told_with_how_far_they_moved_from_their_base() -> None:
    _, section = likelihood_section.build(a_run(*quantised((-1.0, -1.0, -1.0), (-1.4, -1.0, -1.0))))
    assert section.table()[1][1:4] == ["nf4", "direct", "plain"]
    assert section.table()[1][4:6] == ["2", "0.00846"]
    (record,) = section.record["moved"]  # type: ignore[misc]
    assert (record["base"], record["other_best"], record["cases"]) == ("plain", 1, 2)


def test_options_that_a_server_did_not_list_are_told() -> None:
    (section,) = likelihood_section.build(
        a_run(scored(0, "B", -6.0, -7.0, -7.0, form="letter", outside=1), scored(1, "B", -6.0, -7.0, -3.0))
    )
    (note,) = section.notes
    assert note.text.endswith(
        "1 of 2 cases has an option that is not among the tokens that the server lists; it is given that of the last one"
    )


def test_a_run_without_scores_tells_nothing(run: RunRecord) -> None:
    assert list(likelihood_section.build(run)) == []
