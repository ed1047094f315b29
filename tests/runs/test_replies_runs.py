"""Whole runs that judge replies that were made elsewhere."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import scipy.stats  # noqa: F401 - in-process runs forget the modules they import, and NumPy imports only once

from itemwise.__main__ import main
from itemwise.commands.show import show_lines
from itemwise.results.run_folder import RunFolder, read_run
from tests.runs.test_resume import ADDER

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
QUIET = ("--sample", "all", "--tb=no", "-p", "no:hypothesispytest")
SCIENCE = [  # pid, gold, reply: the last two are read otherwise than LLaVA's script does
    ("3", 1, "B"),
    ("5", 0, "A. iron"),
    ("7", 1, "The answer is B."),
    ("9", 2, "A"),
    ("12", 0, "D"),
    ("15", 1, "B is the one that rusts."),
]
NUMBERS = [("gsm8k-0", "2 + 2 = 4\nThe answer is 4."), ("1", "2 + 3 = 6\nThe answer is 6."), ("gsm8k-9", "The answer is 9.")]


def written(file: Path, *lines: Any) -> Path:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


@pytest.fixture
def science(pytester: pytest.Pytester) -> pytest.Pytester:
    """ScienceQA's benchmark, six rows of its form whose pictures are not at hand, and LLaVA's results for them and one other."""
    shutil.copy(BENCHMARKS / "test_scienceqa.py", pytester.path)
    row = {"question": "Which metal rusts?", "hint": "", "image": None, "choices": ["iron", "gold", "tin"]}
    written(pytester.path / "rows.jsonl", *({**row, "pid": pid, "answer": gold} for pid, gold, _ in SCIENCE))
    outputs = {pid: text for pid, _, text in SCIENCE} | {"1": "C"}
    (pytester.path / "llava.json").write_text(json.dumps({"acc": 1.0, "results": {}, "outputs": outputs}, indent=2))
    return pytester


@pytest.fixture
def numbers(pytester: pytest.Pytester) -> pytest.Pytester:
    """GSM8K's benchmark, three rows of its form, and replies to two of them and to one that is not there."""
    shutil.copy(BENCHMARKS / "test_gsm8k.py", pytester.path)
    written(pytester.path / "rows.jsonl", *({"question": f"What is 2 + {n}?", "answer": f"#### {2 + n}"} for n in (2, 3, 4)))
    written(pytester.path / "answers.jsonl", *({"id": name, "text": text, "model": "m"} for name, text in NUMBERS))
    return pytester


def last(suite: pytest.Pytester) -> RunFolder:
    return read_run(str(suite.path / "reports" / "latest"))


def verdicts(run: RunFolder) -> dict[str, str]:
    return {entry.case: entry.verdict.value for entry in run.entries}


def test_a_folder_is_a_measurement_for_each_of_its_files(numbers: pytest.Pytester) -> None:
    (numbers.path / "logs" / "m").mkdir(parents=True)
    answers = {"gsm8k-0": "The answer is 4.", "gsm8k-1": None}
    written(numbers.path / "logs" / "m" / "one.jsonl", *({"id": case, "text": text} for case, text in answers.items()))
    (numbers.path / "logs" / "two.csv").write_text("idx,response\n0,The answer is 4.\n1,The answer is 5.\n2,The answer is 7.\n")
    result = numbers.runpytest_inprocess(*QUIET, "--source", "rows.jsonl", "--replies", "logs")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*two (made elsewhere: 3 in two.csv (csv, read in idx and response)*"])
    found = {(entry.model_name, entry.case): entry.verdict.value for entry in last(numbers).entries}
    assert found == {
        ("m-one", "gsm8k-0"): "correct",
        ("m-one", "gsm8k-1"): "error",
        ("m-one", "gsm8k-2"): "error",
        ("two", "gsm8k-0"): "correct",
        ("two", "gsm8k-1"): "correct",
        ("two", "gsm8k-2"): "wrong",
    }


def test_published_replies_give_the_published_score_beside_our_own(science: pytest.Pytester) -> None:
    result = science.runpytest_inprocess(*QUIET, "--source", "rows.jsonl", "--replies", "llava.json#llava-1.5-13b")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "itemwise: llava-1.5-13b (made elsewhere: 7 in llava.json (LLaVA's results of ScienceQA), sha256 *made by unknown, settings*",
            "itemwise: test_scienceqa.py::test_scienceqa: 6 of 6 cases have a reply in llava.json (6 by the id of the row)",
            "itemwise: test_scienceqa.py::test_scienceqa: replies without a case: 1 (1)",
            "scienceqa  llava-1.5-13b  direct  *66.7%* 4 *1 *1 *0 *0 *- *6 of 6",
            "*llava-letter 50.0%*",
            "0 replies generated, 0 from the store, 6 made elsewhere",
        ]
    )
    run = last(science)
    by_ours = {entry.case.rpartition("-")[2]: entry.answer for entry in run.entries}
    assert by_ours == {"3": "B", "5": "A", "7": "B", "9": "A", "12": None, "15": "B"}
    assert {entry.cause for entry in run.entries} == {"", "reasoning", "no answer stated"}  # no JSON was asked for, as far as is known
    (told,) = run.record["results"]
    assert (told["replies_generated"], told["replies_stored"], told["replies_made_elsewhere"]) == (0, 0, 6)
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert '"tokens":null' in page.replace(" ", "")
    lines = show_lines(run)
    assert any("prompt: unknown, as the replies were made elsewhere" in line for line in lines)
    assert any("finish reasons: unknown" in line for line in lines)
    assert run.record["models"]["llava-1.5-13b"]["sha256"] in next(line for line in lines if "sha256: " in line and "llava" not in line)


def test_a_case_without_a_reply_is_an_error_and_a_second_file_another_model(numbers: pytest.Pytester) -> None:
    written(numbers.path / "better.jsonl", *({"id": f"gsm8k-{n}", "text": f"The answer is {4 + n}."} for n in range(3)))
    files = ("--replies", "answers.jsonl", "--replies", "better.jsonl", "--prompt", "json")
    result = numbers.runpytest_inprocess(*QUIET, "--source", "rows.jsonl", *files, "--fail-under", "gsm8k/better=1.0")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "itemwise: test_gsm8k.py::test_gsm8k: 2 of 3 cases have a reply in answers.jsonl (1 by id, 1 by the id of the row)",
            "itemwise: test_gsm8k.py::test_gsm8k: cases without a reply: 1 (gsm8k-2)",
            "itemwise: test_gsm8k.py::test_gsm8k: replies without a case: 1 (gsm8k-9)",
            "gsm8k      m       direct *50.0% *1 *1 *0 *0 *1 *- *2 of 3",
            "gsm8k      better  direct *100.0% *3 *0 *0 *0 *0 *- *3 of 3",
            "rung *",
            "m, direct *",
            "better, direct *the model*",
            "gate gsm8k (better, direct) >= 1.00: passed *",
        ]
    )
    slip = next(entry for entry in last(numbers).entries if entry.verdict.value == "wrong")
    assert (slip.case, slip.cause, slip.texts().reply.notes) == ("gsm8k-1", "arithmetic slip", {"from": "answers.jsonl, line 2"})
    assert "gsm8k-2: error" not in result.stdout.str()

    again = numbers.runpytest_inprocess(*QUIET, "--source", "rows.jsonl", *files, "-k", "better and gsm8k-0")
    again.stdout.fnmatch_lines(["gsm8k      better  direct *100.0% *3 of 3"])  # what is known of the same file counts

    rerun = numbers.runpytest_inprocess(*shlex.split(slip.texts().rerun)[1:])
    rerun.stdout.fnmatch_lines(["cause: arithmetic slip: 2 + 3 = 6*", "--- from answers.jsonl, line 2; AssertionError: *"])


def test_workers_share_the_cases(numbers: pytest.Pytester) -> None:
    result = numbers.runpytest_subprocess(*QUIET, "--source", "rows.jsonl", "--replies", "answers.jsonl", "-n", "1")
    result.stdout.fnmatch_lines(["gsm8k      m      direct *50.0% *2 of 3", "0 replies generated, 0 from the store, 2 made elsewhere"])


def test_an_id_that_stands_twice_ends_the_run_before_it_begins(numbers: pytest.Pytester) -> None:
    written(numbers.path / "twice.jsonl", {"id": "a", "text": "1"}, {"id": "a", "text": "2"})
    result = numbers.runpytest_inprocess(*QUIET, "--source", "rows.jsonl", "--replies", "twice.jsonl")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--replies twice.jsonl, line 2: the id 'a' stands at twice.jsonl, line 1 already, with another text*"])


def test_two_replies_to_one_case_are_an_error_of_its_cases_with_both_places(numbers: pytest.Pytester) -> None:
    written(numbers.path / "both.jsonl", {"id": "gsm8k-0", "text": "4"}, {"id": "0", "text": "5"})
    result = numbers.runpytest_inprocess(
        "--sample", "all", "--source", "rows.jsonl", "--replies", "both.jsonl", "-p", "no:hypothesispytest"
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*both.jsonl, line 2 and both.jsonl, line 1 are both to gsm8k-0; leave one of them.*"])


SUMS = """
from itemwise.extractors import last_number
from itemwise import Case, cases

def sums():
    for n in range(12):
        yield Case(f"sum-{n:02}", f"How much is {n} + {n}?", str(2 * n))

@cases(sums, extract=last_number)
def test_sums(case, answer):
    assert answer == case.answer
"""
MOODY = (
    ADDER
    + """
def said(self, prompt, said=Adder.said):
    if prompt.startswith("How much is 5"):
        return Generation("Which sum?", "stop", 6, 4)
    return Generation("5 and so on, 17", "length", 6, 4) if prompt.startswith("How much is 7") else said(self, prompt)

Adder.said = said
"""
)


@pytest.mark.parametrize("to", ["lm-eval", "inspect"])
def test_repeats_that_were_exported_are_repeats_again(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, to: str) -> None:
    monkeypatch.setitem(sys.modules, "inspect_ai", None)
    pytester.makepyfile(test_sums=SUMS)
    known = [(f"sum-{n:02}", repeat, f"{2 * n if repeat < 3 else n}") for n in range(12) for repeat in (1, 2, 3)]
    written(pytester.path / "three.jsonl", *({"id": name, "repeat": repeat, "text": text} for name, repeat, text in known))
    assert pytester.runpytest_inprocess(*QUIET, "--replies", "three.jsonl").ret == pytest.ExitCode.OK
    judged = last(pytester)
    assert main(["export", str(judged.folder), "--to", to, "--into", "out"]) == 0
    (file,) = [str(file) for file in Path("out").rglob("*.json*") if not file.name.startswith("results_")]
    result = pytester.runpytest_inprocess(*QUIET, "--replies", file)
    again = last(pytester)
    assert (len(verdicts(again)), verdicts(again)) == (36, verdicts(judged))
    (told,) = again.record["repeats"]
    assert (told["repeats"], told["items"], told["accuracy"]) == (3, 12, pytest.approx(25 / 36))  # 0 + 0 is right each time
    result.stdout.fnmatch_lines(
        ["*36 of 36 cases have a reply in * (36 by id)", "*11 of 12 items are right only sometimes: sum-01 (2 of 3)*"]
    )


@pytest.mark.parametrize("to", ["lm-eval", "inspect"])
def test_what_was_exported_and_is_read_again_has_the_same_verdicts(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    monkeypatch.setitem(sys.modules, "inspect_ai", None)
    pytester.makepyfile(test_sums=SUMS)
    pytester.makeconftest(MOODY)
    assert pytester.runpytest_inprocess(*QUIET).ret == pytest.ExitCode.OK
    asked = last(pytester)
    assert set(verdicts(asked).values()) == {"correct", "wrong", "no answer", "truncated"}

    assert main(["export", str(asked.folder), "--to", to, "--into", "out"]) == 0
    (file,) = [str(file) for file in Path("out").rglob("*.json*") if not file.name.startswith("results_")]
    result = pytester.runpytest_inprocess(*QUIET, "--replies", file)
    assert result.ret == pytest.ExitCode.OK
    again = last(pytester)
    assert verdicts(again) == verdicts(asked)
    assert [entry.causes for entry in again.entries] == [entry.causes for entry in asked.entries]
    assert [entry.cost.completion_tokens for entry in again.entries] == [4] * 12
    assert again.record["rows"]["sums"]["prompt"] == "as the file tells; 12 of 12 are the same here"
    result.stdout.fnmatch_lines(["*12 of 12 cases have a reply in * (12 by id)", "sums *embedded-text *direct *58.3%*"])
