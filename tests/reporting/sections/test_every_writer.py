"""A new section is its builder and a line of the list, a new column of the main table one line: every report and page shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from itemwise.cases.reply import Verdict
from itemwise.commands.show import show_lines
from itemwise.reporting import RunRecord
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections import BUILDERS, accuracy_section
from itemwise.reporting.sections.accuracy_section import COLUMNS, TallyColumn
from itemwise.reporting.sections.section import Note, Row, Section, figures, words
from itemwise.reporting.writers.html import report_parts
from itemwise.reporting.writers.json_files import run_json
from itemwise.reporting.writers.junit import junit_parts
from itemwise.reporting.writers.markdown import summary_md
from itemwise.reporting.writers.terminal import closing_lines
from itemwise.results.run_folder import RunFolder
from tests.reporting.conftest import an_entry
from tests.reporting.writers.test_compare_html import page_of


def made_up(run: RunFacts) -> Iterator[Section]:
    yield Section(
        "made-up",
        "What was made up",
        [*words("benchmark"), *figures("rate")],
        [Row((tally.benchmark, "0.75")) for tally in run.tallies[:1]],
        ["rate: how to read it"],
        [Note("a remark", "name"), Note("a demand", passed=False)],
        record={"made_up": [0.75]},
        properties={tally.key: {"made_up": "0.75"} for tally in run.tallies},
    )


def cells(row: str) -> list[str]:
    return [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)]


def junit_properties(run: RunRecord) -> list[dict[str, str]]:
    suites = ElementTree.fromstring("".join(junit_parts(run)))
    return [{each.attrib["name"]: each.attrib["value"] for each in suite.iter("property")} for suite in suites]


@pytest.fixture
def with_section(run: RunRecord, monkeypatch: pytest.MonkeyPatch) -> RunRecord:
    monkeypatch.setattr("itemwise.reporting.run_record.BUILDERS", (*BUILDERS, made_up))
    return replace(run)


@pytest.fixture
def with_column(run: RunRecord, monkeypatch: pytest.MonkeyPatch) -> RunRecord:
    column = TallyColumn("made up", lambda tally: {"made_up": tally.judged / 4}, lambda tally: f"{tally.judged} fourths")
    monkeypatch.setattr(accuracy_section, "COLUMNS", (*COLUMNS, column))
    return replace(run)


def test_a_new_section_is_printed_in_the_terminal(with_section: RunRecord) -> None:
    lines = closing_lines(with_section, "reports/x")
    at = lines.index("benchmark       rate")
    assert lines[at - 1 : -1] == ["", "benchmark       rate", "sums-synthetic  0.75", "rate: how to read it", "a remark", "a demand"]


def test_a_new_section_is_in_the_summary(with_section: RunRecord) -> None:
    assert summary_md(with_section).endswith(
        "\n\n### What was made up\n\n| benchmark | rate |\n| --- | ---: |\n| sums-synthetic | 0.75 |\n\n"
        "rate: how to read it\n\n- **name**: a remark\n- ❌ a demand\n"
    )


def test_a_new_section_is_on_the_page_and_in_its_navigation(with_section: RunRecord) -> None:
    page = "".join(report_parts(with_section))
    shown = page.partition('<section aria-labelledby="made-up">')[2].partition("</section>")[0]
    assert '<li><a href="#made-up">What was made up</a></li>' in page
    assert [cells(row) for row in shown.split("<tr>")[1:]] == [["benchmark", "rate"], ["sums-synthetic", "0.75"]]
    assert re.findall(r'<p class="quiet">(.*?)</p>', shown) == ["rate: how to read it", "name: a remark", "a demand"]


def test_a_new_section_is_in_run_json_and_in_junit(with_section: RunRecord) -> None:
    assert json.loads(run_json(with_section))["made_up"] == [0.75]
    assert [found["made_up"] for found in junit_properties(with_section)] == ["0.75", "0.75"]


def test_a_new_column_is_in_the_tables_of_terminal_and_summary(with_column: RunRecord) -> None:
    printed = closing_lines(with_column, "reports/x")[:3]
    assert [line[-10:].strip() for line in printed] == ["made up", "6 fourths", "8 fourths"]
    assert [line.split(" | ")[-1] for line in summary_md(with_column).split("\n")[:4]] == [
        "made up |",
        "---: |",
        "6 fourths |",
        "8 fourths |",
    ]


def test_a_new_column_is_on_the_page(with_column: RunRecord) -> None:
    shown = "".join(report_parts(with_column)).partition('<section aria-labelledby="accuracy">')[2].partition("</section>")[0]
    assert [cells(row)[-1] for row in shown.split("<tr>")[1:]] == ["made up", "6 fourths", "8 fourths"]


def test_a_new_column_is_in_run_json_and_in_junit(with_column: RunRecord) -> None:
    assert [result["made_up"] for result in json.loads(run_json(with_column))["results"]] == [1.5, 2.0]
    assert [found["made_up"] for found in junit_properties(with_column)] == ["1.500000", "2.000000"]


def test_a_new_column_is_on_the_compare_page_and_in_show(with_column: RunRecord) -> None:
    entries = [an_entry(number, Verdict.CORRECT) for number in range(3)]
    shown = page_of(entries, entries).partition('<h2 id="accuracy">')[2].partition("</section>")[0]
    assert [cells(row)[-1] for row in shown.split("<tr>")[1:]] == ["made up", "3 fourths", "3 fourths"]
    assert any(line.endswith("6 fourths") for line in show_lines(RunFolder("reports/x", {}, with_column.entries)))
