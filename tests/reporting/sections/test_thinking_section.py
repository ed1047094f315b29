"""Tokens of thought and answer, and what was not asked for."""

from __future__ import annotations

from dataclasses import replace

from itemwise.cases.reply import Verdict
from itemwise.reporting import RunRecord
from itemwise.reporting.sections import thinking_section
from itemwise.reporting.sections.section import Section
from tests.reporting.conftest import MODEL, a_reply, a_run, an_entry

Cost = tuple[int | None, bool]  # tokens of thought, and whether the budget closed it


def section(*costs: Cost, **model: str) -> Section:
    entries = [
        an_entry(
            number,
            Verdict.CORRECT,
            model={**MODEL, "decoding": "the model's own sampling", **model},
            reply=replace(a_reply("42"), thinking_tokens=tokens, thinking_cut=cut),
        )
        for number, (tokens, cut) in enumerate(costs)
    ]
    (built,) = thinking_section.build(a_run(*entries))
    return built


def test_thought_and_answer_are_told_apart() -> None:
    built = section((8, True), (0, False), (4, False))
    assert built.table()[1][-5:] == ["2", "12", "6", "24", "1"]
    assert built.notes == []


def test_a_run_without_thoughts_tells_nothing(run: RunRecord) -> None:
    (built,) = thinking_section.build(run)
    assert (built.title, built.rows, built.notes) == ("", [], [])


def test_thoughts_that_nobody_counted_are_said_and_in_no_sum() -> None:
    built = section((None, False), (4, False))
    assert built.table()[1][-5:] == ["1", "4", "4", "8", "0"]
    assert [note.text for note in built.notes] == [
        "1 of 2 replies holds a thought whose tokens nobody counted; they are among those of the answers"
    ]


def test_a_thought_that_came_although_thinking_was_off_is_said() -> None:
    built = section((4, False), (0, False), thinking="off (enable_thinking of the chat template)")
    assert [note.text for note in built.notes] == ["thinking is off, and 1 of 2 replies holds a thought nonetheless"]


def test_thoughts_that_were_decoded_greedily_are_warned_of() -> None:
    (note,) = section((4, False), (0, False), decoding="greedy").notes
    assert note.text.startswith("1 of 2 replies holds a thought of a model that decodes greedily unless its strategy samples")
