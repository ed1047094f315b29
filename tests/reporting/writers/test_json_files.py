"""results.jsonl and run.json: everything a machine may want to know, in plain JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from itemwise.cases.reply import Verdict
from itemwise.reporting import RunRecord
from itemwise.reporting.writers.json_files import results_jsonl, run_json
from itemwise.results.entry import Entry

PLAIN_FIXTURES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=60)


def results(run: RunRecord) -> list[dict[str, Any]]:
    """The file as it lies on the disk, read line by line."""
    written = "".join(results_jsonl(run)).encode("utf-8", errors="backslashreplace")
    return [json.loads(line) for line in written.split(b"\n")[:-1]]


def test_results_are_one_line_a_case_in_running_order(run: RunRecord) -> None:
    assert [found["node_id"] for found in results(run)] == [entry.node_id for entry in run.entries]


def test_results_hold_the_case_its_verdict_and_the_whole_conversation(run: RunRecord) -> None:
    found = results(run)[3]
    assert (found["case"], found["prompt"], found["expected"], found["answer"], found["verdict"]) == (
        "sums-3",
        "What is 6*7?",
        "42",
        "41",
        "wrong",
    )
    assert found["reply"] == run.entries[3].texts().reply.record()


@PLAIN_FIXTURES
@given(ANY_TEXT)
@example("\ud800 alone")
@example("\udc80\udbff")
@example("line\u2028separator\x85\x1c\r\n")
@example('"quoted" \\ud800 \\')
def test_results_give_back_any_text_unchanged(run_of: Callable[..., RunRecord], entry: Callable[..., Entry], text: str) -> None:
    turns = [{"role": "user", "content": text}, {"role": "assistant", "content": text}]
    wrong = entry(0, Verdict.WRONG, prompt=text, answer=text, reply={"text": text, "turns": turns})
    (found,) = results(run_of(wrong))
    assert (found["prompt"], found["answer"], found["reply"]["text"], found["reply"]["turns"]) == (text, text, text, turns)


def test_results_keep_a_reply_of_a_megabyte_whole(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    reply = {**entry(0, Verdict.WRONG).texts().reply.record(), "text": "x" * 1_000_000}
    assert results(run_of(entry(0, Verdict.WRONG, reply=reply)))[0]["reply"] == reply


def test_the_run_tells_when_what_was_asked_and_what_answered(run: RunRecord) -> None:
    found = json.loads(run_json(run))
    assert (found["started"], found["seconds"], found["command"]) == ("2026-05-01T12:00:00+00:00", 12.346, "pytest benchmarks/ -k sums")
    assert found["settings"] == {"models": ["embedded-text"], "sample": 8, "seed": 42}
    assert found["models"]["embedded-text"]["quantisation"] == "nf4 (double quantised)"
    assert found["largest_batch"] == max(entry.cost.batch_size for entry in run.entries if entry.cost) > 0
    assert found["rows"] == {"sums-synthetic": {"source": "synthetic", "prompt": "json", "seed": "42"}}


def test_the_run_tells_what_it_came_to(run: RunRecord) -> None:
    direct, tool = json.loads(run_json(run))["results"]
    low, high = direct.pop("interval")
    assert low < 0.5 < high
    assert direct == {
        "benchmark": "sums-synthetic",
        "model": "embedded-text",
        "strategy": "direct",
        "accuracy": 0.5,
        "n": 6,
        "sample": 8,
        "correct": 3,
        "wrong": 1,
        "no_answer": 1,
        "truncated": 1,
        "error": 1,
        "causes": {"arithmetic slip": 1, "no JSON": 1, "truncated": 1},
        "prompt_tokens": 120,
        "completion_tokens": 72,
        "tokens_per_correct": 24.0,
        "replies_generated": 6,
        "replies_stored": 0,
        "seconds": 1.5,
    }
    assert tool["accuracy"] == 0.875


def test_the_run_tells_its_ladder_and_what_other_extractors_read(run: RunRecord) -> None:
    found = json.loads(run_json(run))
    (ladder,) = found["ladders"]
    assert [(rung["rung"], rung.get("against")) for rung in ladder["rungs"]] == [("direct", None), ("tool", "direct")]
    direct = {reader["reader"]: reader["accuracy"] for reader in found["readers"] if reader["strategy"] == "direct"}
    assert direct == {"last-number": 0.5, "strict-json": 0.5, "regex-number": 0.5, "strict-hashes": 0.0}


def test_the_run_tells_what_the_gates_say(run: RunRecord) -> None:
    assert [gate["passed"] for gate in json.loads(run_json(run))["gates"]] == [False, True]


def test_a_run_without_a_judged_case_has_no_accuracy(run_of: Callable[..., RunRecord], entry: Callable[..., Entry]) -> None:
    (found,) = json.loads(run_json(run_of(entry(0, Verdict.ERROR))))["results"]
    assert (found["accuracy"], found["interval"], found["error"]) == (None, None, 1)
