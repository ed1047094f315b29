"""How many replies were asked for."""

from __future__ import annotations

from itemwise.reporting import RunRecord
from itemwise.reporting.sections import replies_section


def test_a_terminal_has_the_speed_and_a_file_the_counts_alone(run: RunRecord) -> None:
    (section,) = replies_section.build(run)
    assert section.brief == ["14 replies generated (168 tokens in 4 s, 48 tokens/s), 0 from the store"]
    assert [note.text for note in section.notes] == ["14 replies generated, 0 from the store"]
