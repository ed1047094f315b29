"""Whole runs with examples: what is asked, what ids, tables, ladder and record say, what the store keeps, and what is refused."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import hypothesis  # noqa: F401 - in-process runs forget the modules they import, and its plugin would import it in each
import pytest
import scipy.stats  # noqa: F401 - as above, and NumPy imports only once

import itemwise.models.local.load  # noqa: F401 - as above, and so does torch
from itemwise.__main__ import main
from tests.runs.test_resume import ADDER, asked

SUMS = """
from itemwise.extractors import last_number
from itemwise import Case, Examples, Hub, cases

def sums(source):
    for row in source.rows(Hub("owner/sums")):
        yield Case(f"sum-{row.id}", row.text("question"), row.number("answer"), solution=f"The answer is {row.number('answer')}.")

@cases(sums, extract=last_number, examples=Examples("train"))
def test_sums(case, answer):
    assert answer == case.answer
"""
# Behind an example the model never errs.
LEARNER = (
    ADDER
    + """
def generate(self, requests, generate=Adder.generate):
    def reply(request):
        if len(request.turns) == 1 and request.turns[0].role != "text":
            return generate(self, [request])[0]
        question = request.turns[-1].content.strip().split("\\\\n")[-1]
        note("asked", "|".join(f"{turn.role}: {turn.content}" for turn in request.turns) + f"|stop {list(request.stop)}")
        first, second = map(int, re.findall("[0-9]+", question))
        return Generation(f"The answer is {first + second}", "stop", 6, 4)
    return [reply(request) for request in requests]

Adder.generate = generate
"""
)
ALL = ("--source", ".", "--sample", "all", "--batch-size", "4", "-p", "no:hypothesispytest", "--tb=no")


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A benchmark of eight rows to ask and three to show, and a model that errs on multiples of four where it is shown nothing."""
    pytester.makepyfile(test_sums=SUMS)
    pytester.makeconftest(LEARNER)
    write(pytester.path / "test.jsonl", range(8))
    write(pytester.path / "train.jsonl", range(20, 23))
    return pytester


def write(file: Path, numbers: range) -> None:
    rows = ({"question": f"How much is {number} + {number}?", "answer": 2 * number} for number in numbers)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def record(suite: pytest.Pytester) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(suite.path.joinpath("reports", "latest", "run.json").read_text(encoding="utf-8"))
    return found


def test_examples_are_turns_before_the_question_and_the_table_and_the_record_say_so(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess(*ALL, "--shots", "2")
    assert result.ret == pytest.ExitCode.OK
    assert sorted(asked(suite))[0] == (
        "user: How much is 20 + 20?|assistant: The answer is 40.|user: How much is 21 + 21?|assistant: The answer is 42.|"
        "user: How much is 0 + 0?|stop []"
    )
    result.stdout.fnmatch_lines(["*prompt default, shots 2, extractor default*", "*sums* 100.0% *"])
    rows = record(suite)["rows"]["sums"]
    assert {name: rows[name] for name in ("shots", "examples", "prompt form", "split", "files")} == {
        "shots": "2",
        "examples": "first of train.jsonl (train): sum-0, sum-1",
        "prompt form": "turns",
        "split": "test",
        "files": "test.jsonl",
    }


def test_several_numbers_are_measurements_each_and_a_rung_says_what_the_examples_add(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess(*ALL, "--shots", "0", "--shots", "2", "-v")
    result.stdout.fnmatch_lines(
        ["*test_sums[[]embedded-text-direct-0-shot-sum-0[]]*", "*test_sums[[]embedded-text-direct-2-shot-sum-0[]]*"]
    )
    result.stdout.fnmatch_lines(["the ladder of sums, each rung against the one named: the examples +25.0 points (no difference shown)."])
    (ladder,) = record(suite)["ladders"]
    assert [(rung["rung"], rung["accuracy"], rung.get("by")) for rung in ladder["rungs"]] == [
        ("0-shot, direct", 0.75, None),
        ("2-shot, direct", 1.0, "the examples"),
    ]


def test_a_number_among_several_is_the_measurement_that_it_is_alone_and_nothing_is_asked_twice(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL, "--shots", "2")
    suite.runpytest_inprocess(*ALL)
    assert len(asked(suite)) == 16
    suite.runpytest_inprocess(*ALL, "--shots", "0", "--shots", "2")
    assert len(asked(suite)) == 0
    assert list(record(suite)["rows"]) == ["sums, 0-shot", "sums, 2-shot"]


def test_a_completion_is_a_plain_text_that_ends_at_the_next_question(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL, "--shots", "1", "--prompt-form", "completion", "-k", "sum-3")
    assert "\n".join(asked(suite)) == ("text: How much is 20 + 20?\nThe answer is 40.\n\nHow much is 3 + 3?\n|stop ['\\n\\n']")
    assert record(suite)["rows"]["sums"]["prompt form"] == "completion"


def test_show_tells_of_the_examples_of_a_run(suite: pytest.Pytester, capsys: pytest.CaptureFixture[str]) -> None:
    suite.runpytest_inprocess(*ALL, "--shots", "1", "--prompt-form", "text")
    main(["show", str(suite.path / "reports" / "latest")])
    assert "shots 1, examples first of train.jsonl (train): sum-0, examples sha256 " in capsys.readouterr().out


def test_a_row_that_is_asked_is_never_an_example(suite: pytest.Pytester) -> None:
    write(suite.path / "train.jsonl", range(7, 10))
    result = suite.runpytest_inprocess(*ALL, "--shots", "1", "--tb=short")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*sums: the example sum-0 asks the same as the row sum-7, which is to be asked: 'How much is 7 + 7[?]'*"])


def test_the_number_may_stand_in_pyproject(suite: pytest.Pytester) -> None:
    suite.makepyprojecttoml('[tool.itemwise]\nshots = [0, 1]\nexamples = "shown.jsonl"')
    write(suite.path / "shown.jsonl", range(30, 31))
    suite.runpytest_inprocess(*ALL)
    assert {name: rows.get("examples") for name, rows in record(suite)["rows"].items()} == {
        "sums, 0-shot": None,
        "sums, 1-shot": "first of shown.jsonl (examples): sum-0",
    }


@pytest.mark.parametrize("form", ["turns", "text", "completion"])
def test_the_embedded_model_is_asked_behind_made_examples_without_any_network(pytester: pytest.Pytester, form: str) -> None:
    shutil.copy(Path(__file__).parents[2] / "benchmarks" / "test_gsm8k.py", pytester.path)
    options = ("--model", "embedded-text", "--source", "synthetic", "--prompt", "json", "--quant", "none", "--max-new-tokens", "128")
    result = pytester.runpytest_inprocess(*options, "--sample", "4", "--shots", "2", "--prompt-form", form, "--tb=no", "-q")
    assert result.ret == pytest.ExitCode.OK, shlex.join(result.outlines)
    rows = record(pytester)["rows"]["gsm8k-synthetic"]
    assert rows["examples"] == "first of synthetic (train): gsm8k-synthetic-train-42-0, gsm8k-synthetic-train-42-1"
    lines = pytester.path.joinpath("reports", "latest", "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert [bool(json.loads(line)["reply"]["completion_tokens"]) for line in lines] == [True] * 4


def test_a_protocol_asks_its_own_prompts_and_reads_by_its_own_reader_and_is_of_one_benchmark(pytester: pytest.Pytester) -> None:
    shutil.copy(Path(__file__).parents[2] / "benchmarks" / "test_gsm8k.py", pytester.path)
    pytester.path.joinpath("test_other.py").write_text(SUMS)
    options = ("--model", "embedded-text", "--quant", "none", "--sample", "2", "--shots", "1", "--tb=short", "-q")
    result = pytester.runpytest_inprocess("--protocol", "lm-eval/gsm8k", *options)
    result.assert_outcomes(failed=2, errors=1)
    result.stdout.fnmatch_lines(["*--protocol lm-eval/gsm8k is of gsm8k, not of sums; run with -k gsm8k.*"])
    rows = record(pytester)["rows"]["gsm8k-synthetic"]
    assert (rows["protocol"], rows["reader"]) == ("changed from lm-eval/gsm8k: shots 1", "strict-hashes")
    lines = pytester.path.joinpath("reports", "latest", "results.jsonl").read_text(encoding="utf-8").splitlines()
    for asked_case in map(json.loads, lines):
        assert re.fullmatch(r"Question: .*\nAnswer: .*#### \d+\n\nQuestion: [^\n]*\nAnswer:", asked_case["prompt"], re.DOTALL)
        assert asked_case["reply"]["turns"][-1]["stop"] == ["Question:", "</s>", "<|im_end|>"]
