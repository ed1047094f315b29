"""Whole runs with hints: what is asked, the ladder, the record, and what another file of facts changes."""

from __future__ import annotations

import json
from typing import Any

import hypothesis  # noqa: F401 - in-process runs forget the modules they import, and its plugin would import it in each
import pytest
import scipy.stats  # noqa: F401 - as above, and NumPy imports only once

import itemwise.models.local.load  # noqa: F401 - as above, and so does torch
from itemwise.__main__ import main
from itemwise.strategies.hints import INTRO
from tests.runs.test_few_shot_runs import SUMS, record, write
from tests.runs.test_resume import ADDER, asked

# Behind a hint the model never errs.
HELPED = (
    ADDER
    + """
def generate(self, requests, generate=Adder.generate):
    def reply(request):
        hint, _, question = request.turns[-1].content.rpartition("---")
        if not hint:
            return generate(self, [request])[0]
        note("asked", request.turns[-1].content.replace("\\n", "|"))
        first, second = map(int, re.findall("[0-9]+", question))
        return Generation(f"The answer is {first + second}", "stop", 6, 4)
    return [reply(request) for request in requests]

Adder.generate = generate
"""
)
RUN = ("--source", ".", "--sample", "all", "--batch-size", "4", "--strategy", "direct", "-p", "no:hypothesispytest", "--tb=no")


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A benchmark of eight rows, and a model that errs on multiples of four where nothing stands before the question."""
    pytester.makepyfile(test_sums=SUMS)
    pytester.makeconftest(HELPED)
    write(pytester.path / "test.jsonl", range(8))
    write(pytester.path / "train.jsonl", range(20, 23))
    return pytester


def results(suite: pytest.Pytester) -> list[dict[str, Any]]:
    lines = suite.path.joinpath("reports", "latest", "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_worked_examples_are_a_rung_and_each_reply_tells_which_it_was_given(
    suite: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    result = suite.runpytest_inprocess(*RUN, "--strategy", "hints:count=2")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["the ladder of sums, each rung against the one named: the hints +25.0 points (no difference shown)."])
    shown = "How much is 20 + 20?|The answer is 40.||How much is 21 + 21?|The answer is 42."
    assert f"{INTRO}||{shown}||---||How much is 3 + 3?" in asked(suite)
    notes = [each["reply"]["notes"] for each in results(suite) if each["strategy"] == "hints:count=2"]
    assert [list(note["hints"]) for note in notes] == [["sum-0", "sum-1"]] * 8
    assert record(suite)["settings"]["strategies"]["hints:count=2"] == {"count": 2, "file": ""}
    capsys.readouterr()
    main(["show", str(suite.path / "reports" / "latest")])
    assert "of the worked examples of train.jsonl (train), 3, shown sha256 " in capsys.readouterr().out


def test_what_another_file_of_facts_gives_is_asked_and_counted_anew_and_the_same_costs_nothing(suite: pytest.Pytester) -> None:
    run = (*RUN, "--strategy", "hints:file=facts.md")
    facts = suite.path / "facts.md"
    facts.write_text("- How much: the sum.\n", encoding="utf-8")
    suite.runpytest_inprocess(*run)
    assert len(asked(suite)) == 16
    suite.runpytest_inprocess(*run, "-k", "sum-0").stdout.fnmatch_lines(["sums *hints:file=facts.md *8 of 8"])
    assert len(asked(suite)) == 0
    facts.write_text("- How much: add them.\n", encoding="utf-8")
    suite.runpytest_inprocess(*run, "-k", "sum-0").stdout.fnmatch_lines(["sums *direct *8 of 8", "sums *hints:file=facts.md *1 of 8"])
    assert len(asked(suite)) == 1
