"""Why cases are not correct."""

from __future__ import annotations

from itemwise.cases.reply import Verdict
from itemwise.causes import KINDS
from itemwise.reporting import RunRecord
from itemwise.reporting.sections import causes_section
from tests.reporting.conftest import a_run, an_entry


def test_kinds_are_columns_with_what_shows_them_and_the_terminal_says_where_the_evidence_stands(run: RunRecord) -> None:
    (section,) = causes_section.build(run)
    assert [column.title for column in section.columns[3:]] == ["truncated", "no JSON", "arithmetic slip"]
    assert [row.cells[3:] for row in section.rows] == [("1", "1", "1"), ("0", "0", "1")]
    assert [(note.name, note.text) for note in section.notes] == [
        (kind, KINDS[kind]) for kind in ("truncated", "no JSON", "arithmetic slip")
    ]
    assert section.brief is not None
    assert section.brief[0] == "why cases are not correct (results.jsonl quotes the evidence):"


def test_a_bar_has_the_correct_cases_each_cause_and_those_without_one(run: RunRecord) -> None:
    (section,) = causes_section.build(a_run(*run.entries, an_entry(50, Verdict.WRONG, causes=())))
    assert isinstance(section.page.data, tuple)
    kinds, bars = section.page.data
    assert kinds == ["truncated", "no JSON", "arithmetic slip"]
    assert [(name, dict(tally.causes), beside) for name, tally, beside in bars] == [
        ("direct", {"arithmetic slip": 1, "no JSON": 1, "truncated": 1}, (3, 1)),
        ("tool", {"arithmetic slip": 1}, (7, 0)),
    ]


def test_where_all_are_correct_there_is_nothing_to_show() -> None:
    (section,) = causes_section.build(a_run(an_entry(0, Verdict.CORRECT)))
    assert (section.rows, section.brief, section.page.data) == ([], [], None)
