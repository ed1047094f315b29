"""What earlier versions wrote is read: a store's replies answer today's requests, its verdicts and a run's folder are what they were.

``written_before/`` was written by version 0.1.0 on this very suite, with models that add: every reply of two models under four
strategies, the verdicts of one of them under two, and a run of these.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import hypothesis  # noqa: F401 - in-process runs forget the modules they import, and its plugin would import it in each
import pytest
import scipy.stats  # noqa: F401 - as above, and NumPy imports only once

from itemwise.results.entry import Entry
from itemwise.results.store import Store

BEFORE = Path(__file__).with_name("written_before")
SUITE = """
import re

from itemwise import Case, Picture, cases

DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf50000003820181a85d3f8c0000000049454e44ae426082"
)


def sums():
    for n in range(4):
        yield Case(f"sum-{n}", f"How much is {n} + {n}?", str(2 * n), picture=Picture("dot.png", lambda: DOT) if n == 3 else None)


def the_answer(text):
    found = re.search("answer is ([0-9]+)", text)
    return found and found[1]


@cases(sums, extract=the_answer)
def test_sums(case, answer):
    assert answer == case.answer
"""
MODELS = """
[tool.itemwise.models.adder]
location = "checkpoint"
tool_hint = false

[tool.itemwise.models.far]
location = "http://127.0.0.1:9/v1#owner/far"
system = "Be brief."
max_new_tokens = 64
tool_hint = false
"""  # the question of `tool` as it was, without the sentence that says when to call
VERDICTS = {  # by strategy
    "direct": ["correct", "no answer", "truncated", "correct"],
    "retry": ["correct"] * 4,
    "tool": ["correct"] * 4,
    "vote:samples=3": ["correct"] * 4,
}
COSTS = {"direct": [4, 4, 64, 4], "retry": [4, 8, 68, 4], "tool": [13] * 4, "vote:samples=3": [12] * 4}  # tokens generated


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    lay_out_before(pytester.path)
    return pytester


def lay_out_before(folder: Path) -> None:
    """Write the suite, its models and the store into `folder`, as they were left."""
    folder.joinpath("test_sums.py").write_text(SUITE)
    folder.joinpath("pyproject.toml").write_text(MODELS)
    checkpoint = folder / "checkpoint"
    checkpoint.mkdir()
    checkpoint.joinpath("model.safetensors").write_text("weights")
    checkpoint.joinpath("config.json").write_text('{"model_type": "adder"}')
    with closing(sqlite3.connect(folder / "replies.sqlite")) as connection:
        connection.executescript((BEFORE / "replies.sql").read_text(encoding="utf-8"))


def results(suite: pytest.Pytester) -> list[dict[str, Any]]:
    lines = suite.path.joinpath("reports", "latest", "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize(("model", "more"), [("far", ()), ("adder", ("--replay",))])
def test_a_store_written_before_answers_every_request_and_nothing_is_generated(
    suite: pytest.Pytester, model: str, more: tuple[str, ...]
) -> None:
    """Of the server the very key is found, which holds no versions; of the local model the one without machine and versions."""
    strategies = [word for name in VERDICTS for word in ("--strategy", name)]
    finished = suite.runpytest_inprocess("--sample", "all", "--store", "replies.sqlite", "--model", model, *strategies, *more)
    finished.stdout.fnmatch_lines(["0 replies generated, 16 from the store"])
    assert finished.ret == 0
    of = {name: [each for each in results(suite) if each["strategy"] == name] for name in VERDICTS}
    assert {name: [each["verdict"] for each in of[name]] for name in of} == VERDICTS
    assert {name: [each["reply"]["completion_tokens"] for each in of[name]] for name in of} == COSTS


def test_the_verdicts_of_a_store_written_before_are_the_entries_they_were(suite: pytest.Pytester) -> None:
    path = suite.path / "replies.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        written = dict(connection.execute("SELECT run, group_concat(entry, char(10)) FROM verdicts GROUP BY run").fetchall())
    assert len(written) == 2
    with closing(Store(path)) as store:
        read = {run: [entry.record() for entry in store.verdicts(run, Entry.from_record)] for run in written}
    assert {run: [json.dumps(record) for record in records] for run, records in read.items()} == {
        run: entries.split("\n") for run, entries in written.items()
    }


def test_the_folder_of_a_run_written_before_is_read_and_compared(suite: pytest.Pytester) -> None:
    folder = suite.mkdir("before")
    for name in ("run.json", "results.jsonl"):
        shutil.copy(BEFORE / name, folder)
    suite.runpytest_inprocess(
        "--sample", "all", "--store", "replies.sqlite", "--model", "far", "--strategy", "direct", "--strategy", "tool"
    )
    before, now = untimed(folder), untimed(suite.path / "reports" / "latest")
    assert [cause["kind"] for cause in before[1]["causes"]] == ["reasoning"]
    before[1]["causes"] = [{"kind": "gave up or refused", "evidence": "I cannot say."}]  # judged anew, by causes that version did not know
    assert [{name: record[name] for name in before[0]} for record in now] == before  # of a later version, which may write more
    shown = suite.run(sys.executable, "-m", "itemwise", "compare", "before", "reports/latest", "--all-pairs")
    shown.stdout.fnmatch_lines(["*lost, right to not right, 2: sum-1 (no answer), sum-2 (truncated)"])
    assert shown.ret == 0


def untimed(folder: Path) -> list[dict[str, Any]]:
    """A run's results without what differs from run to run: times, batches, the words of pytest and what was generated."""
    lines = (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
    records: list[dict[str, Any]] = [json.loads(line) for line in lines]
    varies = {"seconds": 0, "batch_size": 0, "generated": 0, "generated_tokens": 0}
    return [record | {"message": "", "rerun": "", "reply": told_before(record["reply"]) | varies} for record in records]


def told_before(reply: dict[str, Any]) -> dict[str, Any]:
    """A reply without what a later version says more of it: that nobody counted the tokens of its thought."""
    turns = [{name: value for name, value in turn.items() if name != "thinking_tokens"} for turn in reply["turns"]]
    return {name: value for name, value in reply.items() if name != "thinking_tokens"} | {"turns": turns}
