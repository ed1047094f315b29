"""What the gates say."""

from __future__ import annotations

from itemwise.reporting import RunRecord
from itemwise.reporting.sections import gates_section


def test_each_gate_is_a_note_that_passed_or_not(run: RunRecord) -> None:
    (section,) = gates_section.build(run)
    assert [note.passed for note in section.notes] == [False, True]
    assert [gate["text"] for gate in section.record["gates"]] == [note.text for note in section.notes]
    assert section.page.part == "head"
