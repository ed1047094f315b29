"""Tokens and seconds."""

from __future__ import annotations

from itemwise.reporting import RunRecord
from itemwise.reporting.sections import spread_section
from tests.reporting.conftest import a_run


def test_only_a_page_has_the_histograms(run: RunRecord) -> None:
    (section,) = spread_section.build(run)
    assert [name for name, _ in section.page.data] == ["direct", "tool"]
    assert (section.rows, section.notes, section.brief, section.record) == ((), (), None, {})


def test_a_run_without_a_reply_has_none() -> None:
    (section,) = spread_section.build(a_run())
    assert section.page.data == []
