"""The same replies under several extractors."""

from __future__ import annotations

from itemwise.reporting import RunRecord
from itemwise.reporting.sections import extractors_section


def test_the_run_s_own_reading_leads_and_a_terminal_has_a_line_for_each_strategy(run: RunRecord) -> None:
    (section,) = extractors_section.build(run)
    first, second, *_ = [(section.text(row, "extractor"), section.text(row, "accuracy")) for row in section.rows]
    assert (first, second) == (("as the run judged", "50.0%"), ("last-number", "50.0%"))
    assert section.brief is not None
    assert [line.split(": ")[1] for line in section.brief] == [
        "sums-synthetic, embedded-text, direct",
        "sums-synthetic, embedded-text, tool",
    ]
    assert {item["reader"] for item in section.record["readers"]} == {"last-number", "strict-json", "regex-number", "strict-hashes"}
