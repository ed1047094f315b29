"""Cases that were asked again alone."""

from __future__ import annotations

from itemwise.reporting.sections import batch_check_section
from itemwise.results.batch_invariance import BatchCheck
from tests.reporting.conftest import a_run

SAME = BatchCheck("qwen", "direct", "sums-0", "42", "42", 8)
OTHER = BatchCheck("qwen", "direct", "sums-1", "42", None, 8, differing=("it is 42", "it is"))
REWORDED = BatchCheck("qwen", "tool", "sums-1", "42", "42", 8, differing=("it is 42", "42"))


def test_each_model_and_strategy_is_a_line_and_each_case_with_another_answer() -> None:
    (section,) = batch_check_section.build(a_run(batch_check=[SAME, OTHER, REWORDED]))
    assert [note.text for note in section.notes] == [
        "asked again alone, qwen, direct: 1 of 2 texts and 1 answer as in the batch",
        "  sums-1: '42' in the batch, None alone",
        "asked again alone, qwen, tool: 0 of 1 text and 1 answer as in the batch",
    ]
    assert [check["same_text"] for check in section.record["batch_invariance"]] == [True, False, False]


def test_where_nothing_was_asked_again_there_is_nothing_to_show_but_its_key() -> None:
    (section,) = batch_check_section.build(a_run())
    assert (section.notes, section.record) == ([], {"batch_invariance": []})
