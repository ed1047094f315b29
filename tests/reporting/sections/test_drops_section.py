"""From made problems to renumbered ones."""

from __future__ import annotations

from itemwise.cases.reply import Verdict
from itemwise.reporting.sections import drops_section
from tests.reporting.conftest import a_run, an_entry


def test_the_drop_is_a_sentence_and_a_record_with_the_flipped_problems() -> None:
    originals = [an_entry(number, Verdict.CORRECT) for number in range(4)]
    twins = [
        an_entry(number, Verdict.WRONG if number else Verdict.CORRECT, benchmark="sums-synthetic-renumbered", case=f"sums-{number}-twin1")
        for number in range(4)
    ]
    (section,) = drops_section.build(a_run(*originals, *twins))
    (note,) = section.notes
    assert note.text.startswith("sums-synthetic, embedded-text, direct: from 100.0% to 25.0% with other numbers, -75.0 points")
    assert note.text.endswith("3 right with a wrong variant, 0 wrong with a right one")
    (record,) = section.record["renumbered"]
    assert (record["problems"], record["lost"], record["gained"]) == (4, ["sums-1", "sums-2", "sums-3"], [])


def test_without_twins_there_is_nothing_to_show() -> None:
    (section,) = drops_section.build(a_run(an_entry(0, Verdict.CORRECT)))
    assert (section.notes, section.record) == ([], {"renumbered": []})
