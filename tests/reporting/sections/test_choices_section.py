"""Choices beside chance, and the controls."""

from __future__ import annotations

from itemwise.reporting.sections import choices_section
from tests.analysis.test_choice_results import choice
from tests.reporting.conftest import a_run


def test_an_accuracy_stands_beside_chance_the_best_letter_and_what_a_control_changed() -> None:
    entries = [choice(number, letter, letter) for number, letter in enumerate("AAB")]
    shuffled = [choice(number, letter, "A", "shuffle-options") for number, letter in enumerate("BBA")]
    (section,) = choices_section.build(a_run(*entries, *shuffled))
    (row,) = section.rows
    assert row.cells == (
        "colours",
        "embedded-text",
        "direct",
        "100.0%",
        "25.0%",
        'always "A" 66.7%',
        "1",
        "shuffle-options -66.7 points (p 0.5)",
    )
    assert [note.text.rpartition(": ")[2] for note in section.notes] == ["no effect of the options' order is shown"]
    (record,) = section.record["choices"]
    assert (record["chance"], record["constant"]["letter"], record["controls"][0]["lost"]) == (0.25, "A", ["colours-0", "colours-1"])
