"""A small run of three benchmarks with every verdict in it, for reports to tell of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply, Verdict
from itemwise.causes import Cause
from itemwise.gates.gate import Decision
from itemwise.reporting import RunRecord
from itemwise.results.entry import Entry, Texts
from itemwise.results.labels import rows_by_name
from itemwise.results.ledger import Ledger
from tests.commands.conftest import reports

__all__ = ["MODEL", "a_reply", "a_run", "an_entry", "reports"]

MODEL = {
    "model": "embedded-text",
    "location": "text",
    "revision": "sha256:0123456789ab",
    "quantisation": "nf4 (double quantised)",
    "dtype": "float32",
    "device": "cpu",
    "prompting": "chat template 89abcdef",
    "system": "none",
    "decoding": "greedy",
    "max new tokens": "512",
    "versions": "transformers 5.0, torch 2.9, bitsandbytes 0.49",
}
SAID = {
    Verdict.CORRECT: '{"steps": ["6*7=42"], "answer": 42}',
    Verdict.WRONG: '{"steps": ["6*7=41"], "answer": 41}',
    Verdict.NO_ANSWER: "I cannot say.",
    Verdict.TRUNCATED: '{"steps": ["6*7=',
}
READ = {Verdict.CORRECT: "42", Verdict.WRONG: "41"}
CAUSES = {
    Verdict.WRONG: (Cause("arithmetic slip", "6*7=41 (it is 42); corrected, the steps give 42"),),
    Verdict.NO_ANSWER: (Cause("no JSON", "JSON was asked for, and the reply holds none"),),
    Verdict.TRUNCATED: (Cause("truncated", "cut off after ... 6*7="),),
}
ROWS = {"source": "synthetic", "prompt": "json", "seed": "42"}


def a_reply(text: str, *, finish_reason: str = "stop") -> Reply:
    turns = (Turn("user", "What is 6*7?"), Turn("assistant", text))
    return Reply(text, finish_reason, 20, 12, 0.25, 8, turns, generated=1, generated_tokens=12)


def an_entry(number: int, verdict: Verdict, **changes: Any) -> Entry:
    """One entry; what `changes` does not say follows from its verdict."""
    text = SAID.get(verdict)
    found = Entry(
        node_id=f"benchmarks/test_sums.py::test_sums[embedded-text-direct-sums-{number}]",
        position=(number,),
        benchmark="sums-synthetic",
        model_name="embedded-text",
        strategy="direct",
        case=f"sums-{number}",
        sample_size=8,
        expected="42",
        verdict=verdict,
        answer=READ.get(verdict),
        rule="answer field" if verdict in READ else None,
        causes=CAUSES.get(verdict, ()),
        model=MODEL,
        rows=ROWS,
        quoted=Texts(
            prompt="What is 6*7?",
            message="out of memory even for this case alone" if text is None else "AssertionError",
            rerun=f"pytest 'benchmarks/test_sums.py::test_sums[embedded-text-direct-sums-{number}]'",
            reply=None if text is None else a_reply(text, finish_reason="length" if verdict is Verdict.TRUNCATED else "stop"),
        ),
    )
    return with_changes(found, **changes)


def with_changes(entry: Entry, **changes: Any) -> Entry:
    """`entry` with other values, those of its texts among them; a reply may be given by its record."""
    texts = {name: changes.pop(name) for name in ("prompt", "message", "rerun", "reply") if name in changes}
    if isinstance(texts.get("reply"), dict):
        texts["reply"] = Reply.from_record(texts["reply"])
    return replace(entry, **changes, quoted=replace(entry.texts(), **texts))


def a_run(*entries: Entry, **changes: Any) -> RunRecord:
    """The run that left `entries`."""
    ledger = Ledger()
    for each in entries:
        ledger.put(each)
    found = RunRecord(
        started="2026-05-01T12:00:00+00:00",
        seconds=12.3456,
        command="pytest benchmarks/ -k sums",
        settings={"models": ["embedded-text"], "sample": 8, "seed": 42},
        measured={entry.model_name: entry.model for entry in ledger.entries if entry.model},
        rows=rows_by_name((entry.key, entry.rows) for entry in ledger.entries),
        environment={"itemwise": "0.1.0", "python": "3.11.7"},
        entries=ledger.entries,
        tallies=ledger.tallies(),
        decisions=[],
    )
    return replace(found, **changes)


@pytest.fixture
def entry() -> Callable[..., Entry]:
    return an_entry


@pytest.fixture
def run_of() -> Callable[..., RunRecord]:
    return a_run


@pytest.fixture
def run() -> RunRecord:
    """Every verdict under one strategy, more right under another, and two gates."""
    direct = [Verdict.CORRECT] * 3 + [Verdict.WRONG, Verdict.NO_ANSWER, Verdict.TRUNCATED, Verdict.ERROR]
    tool = [Verdict.CORRECT] * 7 + [Verdict.WRONG]
    entries = [an_entry(number, verdict) for number, verdict in enumerate(direct)]
    entries += [
        an_entry(100 + number, verdict, strategy="tool", node_id=f"benchmarks/test_sums.py::test_sums[embedded-text-tool-sums-{number}]")
        for number, verdict in enumerate(tool)
    ]
    gates = [
        Decision(False, "gate sums-synthetic (embedded-text, direct) >= 0.80: undecided, only 6 of 8 cases are judged"),
        Decision(True, "gate sums-synthetic (embedded-text, tool) >= 0.80: passed with 0.875 (7 of 8)"),
    ]
    return a_run(*entries, decisions=gates)
