"""`-m snapshot`: replies held to those kept, with a scripted model in place of the embedded one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import scipy.stats  # noqa: F401 - in-process runs forget the modules they import, and NumPy and torch import only once

import itemwise.models.local.load  # noqa: F401 - as above
from itemwise.models.extras import install_hint
from itemwise.snapshots import Snapshot, machine
from itemwise.snapshots.snapshot_file import SnapshotFile
from tests.scripted import Scripted

SUMS = """
from itemwise.extractors import last_number
from itemwise import Case, cases

def sums():
    for number in range(4):
        yield Case(f"sum-{number}", f"sum {number}", str(number))

@cases(sums, extract=last_number)
def test_sums(case, answer):
    assert answer == case.answer
"""
SCRIPTED = """
import sys
from types import ModuleType

from tests.scripted import Scripted

sys.modules["itemwise.models.local.load"] = local = ModuleType("itemwise.models.local.load")
local.load, local.unload = Scripted({replies}).load, list
"""
STORED = {f"sum {number}": f"The answer is {number}" for number in range(4)}
PAGE = Path("__snapshots__", "test_sums", "sums-embedded-text-direct.replies")


class Suite:
    """The benchmark `sums` with its scripted model."""

    def __init__(self, pytester: pytest.Pytester, model: Scripted) -> None:
        self.pytester = pytester
        self.model = model
        self.page = pytester.path / PAGE

    def run(self, *options: str, expression: str = "snapshot") -> pytest.RunResult:
        quick = ("-p", "no:hypothesispytest", "--tb=no")  # its summary takes as long as all the rest
        return self.pytester.runpytest_inprocess("-m", expression, "--sample", "all", "--fresh", *quick, *options)

    def cases(self) -> dict[str, Snapshot]:
        return dict(SnapshotFile.read(self.page).cases)


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    model = Scripted(dict(STORED))
    monkeypatch.setattr("itemwise.models.local.load.load", model.load)
    pytester.makepyfile(test_sums=SUMS)
    return Suite(pytester, model)


@pytest.fixture
def kept(suite: Suite) -> Suite:
    """The suite with its snapshots made."""
    assert suite.run("--snapshot-update").ret == pytest.ExitCode.OK
    return suite


def test_a_run_without_the_expression_neither_compares_nor_writes(suite: Suite) -> None:
    result = suite.run("--snapshot-update", expression="itemwise")
    result.assert_outcomes(passed=4)
    assert "snapshots" not in result.stdout.str()
    assert not suite.page.parent.parent.exists()


def test_cases_are_no_snapshot_tests_to_an_expression_that_wants_none(suite: Suite) -> None:
    result = suite.run(expression="not snapshot")
    result.assert_outcomes(passed=4)
    assert "snapshots" not in result.stdout.str()


def test_replies_without_a_snapshot_fail_the_run_and_are_not_written(suite: Suite) -> None:
    result = suite.run()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*new, no snapshot yet*4*sum-0, sum-1, sum-2, sum-3", "*--snapshot-update."])
    assert not suite.page.exists()


def test_the_file_is_read_by_people(kept: Suite) -> None:
    head, *cases = kept.page.read_text(encoding="utf-8").split("# name: ")[1:]
    assert head.splitlines()[:4] == ["(what answered)", "  model: embedded-text", "  revision: abc", "  quantisation: nf4"]
    assert {"  batch size: auto", "  torch: 2.9", f"  machine: {machine()}"} <= set(head.splitlines())
    assert [case.splitlines()[0] for case in cases] == ["sum-0", "sum-1", "sum-2", "sum-3"]
    verdict, answer, expected, prompt, _, reply, end = cases[1].splitlines()[1:]
    assert (verdict, answer, expected, reply, end) == ("  verdict: correct", "  answer: 1", "  expected: 1", "  The answer is 1", "# ---")
    assert prompt.startswith("  prompt: ")


def test_an_unchanged_run_passes_and_an_update_of_it_leaves_the_file_alone(kept: Suite) -> None:
    before = kept.page.stat().st_mtime_ns
    assert kept.run().ret == pytest.ExitCode.OK
    assert kept.run("--snapshot-update").ret == pytest.ExitCode.OK
    assert kept.page.stat().st_mtime_ns == before


def test_each_difference_is_named_by_its_kind_with_its_case(kept: Suite) -> None:
    kept.model.replies |= {"sum 0": "So the answer is 0", "sum 1": "The answer is 9", "sum 2": "Who knows?"}
    result = kept.run()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "sum-1: right -> wrong",
            "  kept: correct, read '1', expected '1'",
            "  now:  wrong, read '9', expected '1'",
            "  | The answer is [[]-1-]{+9+}",
            f"{PAGE}",
            "  right -> wrong *1  sum-1",
            "  right -> no answer *1  sum-2",
            "  other words, same answer *1  sum-0",
            "  unchanged *1",
        ]
    )


def test_the_reports_tell_of_the_differences(kept: Suite) -> None:
    kept.model.replies |= {"sum 1": "The answer is 9", "sum 2": "So the answer is 2"}
    kept.run()
    folder = kept.pytester.path / "reports" / "latest"
    (file,) = json.loads((folder / "run.json").read_text())["snapshots"]
    assert (file["file"], file["kept"], file["trouble"]) == (str(PAGE), False, "")
    assert {kind: count for kind, count in file["kinds"].items() if count} == {
        "right -> wrong": 1,
        "other words, same answer": 1,
        "unchanged": 2,
    }
    broken, reworded = file["differences"]
    assert broken == {
        "id": "test_sums.py::test_sums[embedded-text-direct-sum-1]",
        "name": "sum-1",
        "kind": "right -> wrong",
        "before": {"verdict": "correct", "answer": "1"},
        "now": {"verdict": "wrong", "answer": "9"},
        "reasons": [],
    }
    assert reworded["name"] == "sum-2"
    assert "right -> wrong" in (folder / "summary.md").read_text()
    assert '["-","1"],["+","9"]' in (folder / "report.html").read_text()


def test_the_reports_of_a_run_that_keeps_replies_say_so(suite: Suite) -> None:
    suite.run("--snapshot-update")
    (file,) = json.loads((suite.pytester.path / "reports" / "latest" / "run.json").read_text())["snapshots"]
    assert (file["kept"], file["kinds"]["new, no snapshot yet"]) == (True, 4)


def test_what_was_wrong_and_is_right_now_fails_too_until_it_is_kept(kept: Suite) -> None:
    kept.model.replies["sum 3"] = "The answer is 8"
    kept.run("--snapshot-update")
    kept.model.replies["sum 3"] = "The answer is 3"
    result = kept.run()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["  wrong -> right *1  sum-3"])


def test_an_update_of_some_cases_touches_only_these(kept: Suite) -> None:
    kept.model.replies |= {"sum 1": "So the answer is 1", "sum 2": "So the answer is 2"}
    assert kept.run("--snapshot-update", "-k", "sum-1").ret == pytest.ExitCode.OK
    said = {name: case.text for name, case in kept.cases().items()}
    assert said == {"sum-0": "The answer is 0", "sum-1": "So the answer is 1", "sum-2": "The answer is 2", "sum-3": "The answer is 3"}
    result = kept.run()
    result.stdout.fnmatch_lines(["  other words, same answer *1  sum-2"])


def test_an_update_by_two_workers_keeps_all_they_ran_and_deletes_nothing(kept: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    replies = {prompt: said.replace("The", "So the") for prompt, said in STORED.items()}
    kept.pytester.makeconftest(SCRIPTED.format(replies=replies))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))  # to workers too
    result = kept.pytester.runpytest_subprocess(
        "-m", "snapshot", "--sample", "all", "--fresh", "--snapshot-update", "-n", "2", "--batch-size", "1", "-k", "not sum-0"
    )
    assert result.ret == pytest.ExitCode.OK
    assert [case.text for case in kept.cases().values()] == [
        "The answer is 0",
        "So the answer is 1",
        "So the answer is 2",
        "So the answer is 3",
    ]
    assert [file.name for file in kept.page.parent.iterdir()] == [kept.page.name]


def test_a_case_made_otherwise_than_the_rest_says_so(kept: Suite) -> None:
    kept.model.replies["sum 1"] = "So the answer is 1"
    kept.run("--snapshot-update", "-k", "sum-1", "--batch-size", "4")
    assert [case.made["batch size"] for case in kept.cases().values()] == ["auto", "4", "auto", "auto"]
    assert kept.page.read_text().count("made with batch size: 4") == 1


@pytest.mark.parametrize(
    ("about", "options", "reason"),
    [
        ({"quantisation": "int8"}, (), "quantisation nf4 -> int8"),
        ({"versions": "transformers 5.0, torch 2.10"}, (), "torch 2.9 -> 2.10"),
        ({}, ("--batch-size", "4"), "batch size auto -> 4"),
    ],
)
def test_what_changed_beside_the_reply_is_named_as_a_possible_reason(
    kept: Suite, about: dict[str, str], options: tuple[str, ...], reason: str
) -> None:
    kept.model.about |= about
    kept.model.replies["sum 1"] = "The answer is 9"
    result = kept.run(*options)
    result.stdout.fnmatch_lines(["sum-1: right -> wrong", f"  may be due to: {reason}", f"  may be due to: {reason} (1 of 1)"])


def test_a_changed_prompt_is_named_as_a_possible_reason(kept: Suite) -> None:
    kept.pytester.makepyfile(test_sums=SUMS.replace('f"sum {number}"', 'f"Sum: {number}"'))
    kept.model.replies = {f"Sum: {number}": f"So the answer is {number}" for number in range(4)}
    kept.run().stdout.fnmatch_lines(["  may be due to: the prompt changed (4 of 4)"])


def test_an_extractor_that_reads_the_same_reply_otherwise_is_named(kept: Suite) -> None:
    kept.pytester.makepyfile(test_sums=SUMS.replace("extract=last_number", "extract=lambda text: None"))
    result = kept.run()
    result.stdout.fnmatch_lines(["  right -> no answer *4*", "  may be due to: the reply is the same, so its extractor*(4 of 4)"])


def test_new_only_keeps_what_is_new_and_still_fails_on_the_rest(kept: Suite) -> None:
    kept.model.replies |= {"sum 1": "The answer is 9", "sum 4": "The answer is 4"}
    kept.pytester.makepyfile(test_sums=SUMS.replace("range(4)", "range(5)"))
    assert kept.run("--snapshot-update-new-only").ret == pytest.ExitCode.TESTS_FAILED
    assert [case.text[-1] for case in kept.cases().values()] == list("01234")


def test_a_case_without_a_reply_of_ours_is_left_as_it_was(kept: Suite) -> None:
    kept.pytester.makepyfile(test_sums=SUMS.replace("assert answer == case.answer", "raise KeyError"))
    before = kept.page.read_text()
    assert kept.run("--snapshot-update").ret == pytest.ExitCode.TESTS_FAILED
    assert kept.page.read_text() == before


def test_syrupy_leaves_our_files_alone_in_a_run_that_is_not_about_them(kept: Suite) -> None:
    kept.pytester.makepyfile(test_page="def test_page(snapshot):\n    assert snapshot == 'a page'")
    assert kept.run("--snapshot-update", expression="itemwise or syrupy_snapshot").ret == pytest.ExitCode.OK
    assert kept.run(expression="itemwise or syrupy_snapshot").ret == pytest.ExitCode.OK
    assert len(kept.cases()) == 4


def test_a_file_that_cannot_be_read_fails_the_run_and_is_not_overwritten(kept: Suite) -> None:
    kept.page.write_text("my own notes")
    result = kept.run("--snapshot-update")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*cannot be read as snapshots*delete it and run with --snapshot-update."])
    assert kept.page.read_text() == "my own notes"


def test_without_syrupy_the_run_says_what_is_missing(suite: Suite) -> None:
    result = suite.run("-p", "no:syrupy")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert install_hint("snapshot") in result.stderr.str()
