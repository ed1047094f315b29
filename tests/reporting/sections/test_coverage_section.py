"""What stands behind n of N."""

from __future__ import annotations

from dataclasses import replace

from itemwise.cases.reply import Verdict
from itemwise.reporting.sections import coverage_section
from itemwise.results.entry import Skip
from itemwise.results.ledger import Ledger
from tests.reporting.conftest import a_run, an_entry


def test_cases_of_earlier_runs_skipped_ones_and_repeats_are_told() -> None:
    ledger = Ledger()
    ledger.put(an_entry(0, Verdict.CORRECT))
    ledger.put(an_entry(0, Verdict.WRONG, position=(9,)))
    ledger.recall(an_entry(1, Verdict.CORRECT))
    ledger.skip(
        Skip(
            node_id="test_sums.py::test_sums[2]", position=(2,), benchmark="sums-synthetic", model_name="embedded-text", strategy="direct",
            case="sums-2", sample_size=8, reason="too long",
        )
    )  # fmt: skip
    (section,) = coverage_section.build(replace(a_run(), entries=ledger.entries, tallies=ledger.tallies(), skips=ledger.skips))
    assert [note.text.partition(": ")[2] for note in section.notes] == [
        "1 of these 2 cases ran here, 1 is known from earlier runs",
        "1 of 8 cases was skipped and is not judged: sums-2 (too long)",
        "1 case ran more than once; each counts once, by its last verdict; in 1 the verdicts differ: sums-0 (correct, wrong)",
    ]
    assert section.record["notes"] == [note.text for note in section.notes]
    assert [(item["ran"], item["earlier"], item["skipped"]) for item in section.record["coverage"]] == [(1, 1, 1)]
    assert [item["reason"] for item in section.record["skipped"]] == ["too long"]


def test_a_whole_run_has_nothing_to_note() -> None:
    (section,) = coverage_section.build(a_run(an_entry(0, Verdict.CORRECT)))
    assert (section.title, section.notes) == ("", [])
