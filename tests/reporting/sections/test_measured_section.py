"""What was measured."""

from __future__ import annotations

from dataclasses import replace

from itemwise.reporting import RunRecord
from itemwise.reporting.sections import measured_section
from tests.reporting.conftest import a_run


def test_models_and_rows_are_told_whole_and_in_a_terminal_in_brief(run: RunRecord) -> None:
    rows = {"sums-synthetic": {"source": "x.jsonl", "sha256": "0123456789abcdef" * 4}}
    section, _ = measured_section.build(replace(run, rows=rows))
    model, source = section.notes
    assert (model.name, source) == ("embedded-text", (f"source x.jsonl, sha256 {'0123456789abcdef' * 4}", "sums-synthetic", None))
    assert "versions transformers" in model.text
    assert section.brief is not None
    assert section.brief[0].endswith("greedy, max 512 new tokens")
    assert section.brief[1] == "sums-synthetic: source x.jsonl, sha256 0123456789abcdef"


def test_properties_are_those_of_the_strategy_the_model_and_the_rows(run: RunRecord) -> None:
    section, _ = measured_section.build(replace(run, settings={"strategies": {"tool": {"rounds": 4}}}))
    direct, tool = section.properties.values()
    assert (tool["strategy.rounds"], tool["model.max_new_tokens"], tool["rows.seed"]) == ("4", "512", "42")
    assert "strategy.rounds" not in direct


def test_a_record_that_says_reader_is_shown_as_the_extractor_and_kept_as_it_is(run: RunRecord) -> None:
    section, _ = measured_section.build(replace(run, rows={"sums": {"reader": "last_number"}}))
    assert section.brief is not None
    assert (section.notes[-1].text, section.brief[-1]) == ("extractor last_number", "sums: extractor last_number")
    assert section.page.data["rows"] == {"sums": {"reader": "last_number"}}


def test_a_dataset_without_a_pinned_commit_is_told_with_what_pins_it() -> None:
    _, section = measured_section.build(a_run(rows={"gsm8k": {"hub": "a/b@1f0c", "unpinned": "a/b"}, "own": {"source": "x.jsonl"}}))
    assert [note.text for note in section.notes] == [
        'gsm8k: a/b is not pinned and may change; revision="<commit>" in the benchmark\'s Hub(...) pins it (read: a/b@1f0c)'
    ]
