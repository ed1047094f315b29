"""Hub datasets that may change."""

from __future__ import annotations

from itemwise.reporting.sections import pins_section
from tests.reporting.conftest import a_run


def test_a_dataset_without_a_pinned_commit_is_told_with_what_pins_it() -> None:
    (section,) = pins_section.build(a_run(rows={"gsm8k": {"hub": "a/b@1f0c", "unpinned": "a/b"}, "own": {"source": "x.jsonl"}}))
    assert [note.text for note in section.notes] == [
        'gsm8k: a/b is not pinned and may change; revision="<commit>" in the benchmark\'s Hub(...) pins it (read: a/b@1f0c)'
    ]
