"""What the first screen says: what was measured, and what each accuracy is to be held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from itemwise.cases.reply import Verdict
from itemwise.gates.gate import Decision
from itemwise.reporting import RunRecord
from itemwise.reporting.first_screen import Level, first_screen
from itemwise.results.entry import Entry


def test_it_says_what_was_measured(run: RunRecord, entry: Callable[..., Entry], run_of: Callable[..., RunRecord]) -> None:
    assert first_screen(run).measured == [
        ("sums-synthetic", "8 items, synthetic, prompt json"),
        ("embedded-text", "nf4 (double quantised), float32, greedy"),
    ]
    read = {"source": "/rows/of/test.jsonl", "prompt": "json", "rows": "1319", "reader": "last_number"}
    entries = [entry(0, Verdict.CORRECT, rows=read), entry(1, Verdict.CORRECT, rows={**read, "prompt": "cot"}, prompt_name="cot")]
    of_file = run_of(*entries, measured={"m": {"replies": "replies.jsonl"}, "n": {"quantisation": "none", "dtype": "bfloat16"}})
    assert first_screen(of_file).measured == [
        ("sums-synthetic", "8 of 1,319 items, test.jsonl, prompts json, cot, read by last_number"),
        ("m", "replies.jsonl"),
        ("n", "not quantised, bfloat16"),
    ]


def test_each_accuracy_has_a_short_name_and_the_levels_that_gates_held_it_against(run: RunRecord) -> None:
    direct, tool = run.tallies
    decisions = [
        Decision(False, "missed", direct.key, 0.8, "gate"),
        Decision(True, "passed", tool.key, 0.5, "baseline"),
        Decision(True, "no level"),
    ]
    screen = first_screen(replace(run, decisions=decisions))
    assert [(shown.name, shown.levels) for shown in screen.accuracies] == [
        ("direct", [Level("gate", 0.8)]),
        ("tool", [Level("baseline", 0.5)]),
    ]
    assert screen.level_names == ["gate", "baseline"]
    assert [shown.counted for shown in screen.accuracies] == ["3 of 6 correct, 2 not judged", "7 of 8 correct"]


def test_of_choices_chance_is_a_level(entry: Callable[..., Entry], run_of: Callable[..., RunRecord]) -> None:
    entries = [entry(number, Verdict.CORRECT, expected="A", answer="A", choices=("a", "b", "c", "d")) for number in range(4)]
    (shown,) = first_screen(run_of(*entries)).accuracies
    assert shown.levels == [Level("chance", 0.25)]
