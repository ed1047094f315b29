"""The sections of a run; a fault in one of them costs no other."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from itemwise.reporting import RunRecord, run_record
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Section


def broken(_: RunFacts) -> Sequence[Section]:
    raise ZeroDivisionError("of nothing")


def test_every_builder_has_its_sections_in_their_order(run: RunRecord) -> None:
    assert run.troubles == []
    assert [section.id for section in run.sections] == [section.id for build in run_record.BUILDERS for section in build(run)]


def test_a_section_that_cannot_be_made_is_named_and_the_others_stay(run: RunRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *rest = run_record.BUILDERS
    monkeypatch.setattr(run_record, "BUILDERS", (first, broken, *rest))
    monkeypatch.setattr(broken, "__module__", "somewhere.broken_section")
    assert [section.id for section in run.sections] == [section.id for build in (first, *rest) for section in build(run)]
    assert run.troubles == ["the section broken could not be made: ZeroDivisionError: of nothing"]
