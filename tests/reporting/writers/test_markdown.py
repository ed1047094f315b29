"""summary.md: a table that no name or value can break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from itemwise.cases.reply import Verdict
from itemwise.reporting import RunRecord
from itemwise.reporting.writers.markdown import summary_md
from itemwise.results.entry import Entry
from itemwise.snapshots import FileChanges, Snapshot, snapshot_change


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
        ("&lt;b>", "&amp;lt;b>"),
        ("![x](http://a/b.png)", "![x]\\(http\\://a/b.png)"),
        ("[x][y]", "[x]\\[y]"),
        ("[x]: /etc", "[x]\\: /etc"),
        ("www.example.org", "www\\.example.org"),
        ("_www.example.org", "_www\\.example.org"),
        ("cc @owner and @team/all", "cc @\u200bowner and @\u200bteam/all"),
        ("owner/name@1234", "owner/name@1234"),
        ("名@owner", "名@\u200bowner"),
        ("fixes #12", "fixes #\u200b12"),
        ("fixes owner/name#12 and GH-12", "fixes owner/name#\u200b12 and GH-\u200b12"),
        ("/@owner, me@mail.example", "/@\u200bowner, me@\u200bmail.example"),
        ("`a` *b* ~~c~~", "\\`a\\` \\*b\\* \\~\\~c\\~\\~"),
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
    assert len(tables) == 4  # accuracy, causes, ladder, extractors
    assert all(len({line.count("|") for line in table}) == 1 for table in tables)


def test_the_summary_counts_how_replies_changed(run: RunRecord) -> None:
    stored, now = (Snapshot("correct", "1", "1", "f00d", text, {}) for text in ("one", "1"))
    file = FileChanges(
        "direct|tool.replies", {"sums-0": snapshot_change("sums-0", stored, now), "sums-1": snapshot_change("sums-1", now, now)}
    )
    unread = FileChanges("x.replies", {}, trouble="x.replies cannot be read as snapshots")
    lines = summary_md(replace(run, snapshots=[file, unread])).split("\n")
    start = lines.index("### How replies changed since they were kept")
    assert lines[start + 2 : start + 8] == [
        "| snapshots | other words, same answer | unchanged |",
        "| --- | ---: | ---: |",
        "| direct\\|tool.replies | 1 | 1 |",
        "",
        "- x.replies cannot be read as snapshots",
        "",
    ]
