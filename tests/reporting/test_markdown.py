"""summary.md: a table that no name or value can break."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from itemwise.case import Verdict
from itemwise.ledger import Entry
from itemwise.reporting import RunRecord
from itemwise.reporting.markdown import summary_md


def test_the_summary_reads_well(run: RunRecord, snapshot: SnapshotAssertion) -> None:
    assert summary_md(run) == snapshot


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", "a\\|b"),
        ("a\\|b", "a\\\\\\|b"),
        ("a\nb", "a b"),
        ("a\r\nb", "a  b"),
        ("a\rb", "a b"),
        ("<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"),
        ("<!-- hidden", "&lt;!-- hidden"),
    ],
)
def test_no_value_breaks_out_of_its_place(text: str, shown: str, run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    changed = entry(0, Verdict.CORRECT, benchmark=text, model_name=text, rows={"source": text}, model={"location": text})
    lines = summary_md(run_of(changed)).split("\n")
    assert lines[2].startswith(f"| {shown} | {shown} | direct |")
    measured = lines[lines.index("### What was measured") + 2 :]
    assert measured[:2] == [f"- **{shown}**: location {shown}", f"- **{shown}**: source {shown}"]


def test_every_row_of_a_table_has_as_many_cells_as_its_head(run: RunRecord) -> None:
    tables = [part.splitlines() for part in summary_md(run).split("\n\n") if part.startswith("|")]
    assert len(tables) == 4  # accuracy, causes, ladder, readers
    assert all(len({line.count("|") for line in table}) == 1 for table in tables)
