"""`-m snapshot`: replies held to those kept, with a scripted model in place of the embedded one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import scipy.stats  # noqa: F401 - in-process runs forget the modules they import, and NumPy and torch import only once
from hypothesis import given
from hypothesis import strategies as st

import itemwise.models.local.load  # noqa: F401 - as above
from itemwise.snapshots import Comparison, Kind, Page, Snapshot, SnapshotFileError, compare, machine, word_diff, word_pieces
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
MADE = {"revision": "abc", "quantisation": "nf4", "machine": "x86_64, avx2", "batch size": "auto"}


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
        return dict(Page.read(self.page).cases)


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


def snapshot(text: str = "It is 7", answer: str | None = "7", verdict: str = "correct", **made: str) -> Snapshot:
    return Snapshot(verdict, answer, "7", "f00d", text, MADE | made)


def page(path: Path, *cases: Comparison) -> Page:
    Page.read(path).update(cases)
    return Page.read(path)


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
            "  readable -> no answer *1  sum-2",
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
    result.stdout.fnmatch_lines(["  readable -> no answer *4*", "  may be due to: the reply is the same, so its extractor*(4 of 4)"])


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
    assert "pip install syrupy" in result.stderr.str()


@pytest.mark.parametrize(
    ("stored", "now", "kind"),
    [
        (None, snapshot(), Kind.NEW),
        (snapshot(), snapshot(), Kind.UNCHANGED),
        (snapshot(), snapshot(quantisation="int8"), Kind.UNCHANGED),
        (snapshot(), snapshot("7 it is"), Kind.REWORDED),
        (snapshot(), snapshot("It is 8", "8", "wrong"), Kind.BROKEN),
        (snapshot(), snapshot("It is", None, "no answer"), Kind.UNREADABLE),
        (snapshot(), snapshot("It is", None, "truncated"), Kind.UNREADABLE),
        (snapshot("It is 8", "8", "wrong"), snapshot(), Kind.FIXED),
        (snapshot("It is", None, "no answer"), snapshot(), Kind.FIXED),
        (snapshot("It is 8", "8", "wrong"), snapshot("It is 9", "9", "wrong"), Kind.STRAYED),
        (snapshot("It is", None, "no answer"), snapshot("It is 9", "9", "wrong"), Kind.STRAYED),
        (snapshot("It is 8", "8", "wrong"), snapshot("8 it is", "8", "wrong"), Kind.REWORDED),
        (snapshot("It is 8", "8", "wrong"), snapshot("It is", None, "no answer"), Kind.UNREADABLE),
    ],
)
def test_every_difference_is_of_one_kind(stored: Snapshot | None, now: Snapshot, kind: Kind) -> None:
    assert compare("case", stored, now).kind == kind


def test_other_words_fail_except_on_another_machine() -> None:
    assert compare("case", snapshot(), snapshot("7 it is")).fails
    assert compare("case", snapshot(), snapshot("7 it is", quantisation="int8")).fails
    assert not compare("case", snapshot(), snapshot("7 it is", machine="x86_64, avx512f")).fails


def test_another_answer_fails_on_every_machine() -> None:
    assert compare("case", snapshot(), snapshot("It is 8", "8", "wrong", machine="x86_64, avx512f")).fails


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "one\n\n\ntwo\n",
        " indented \t\n  and trailing  \n",
        "\x00\x07\x1b[2J\r\r\n\x0b\x0c\x1c\x85\u2028\u202e\ufeff",
        "\ud800 half a pair",
        "</script><script>alert(1)</script>]]>",
        "# ---\n# name: sum-9\n  verdict: correct\n# serializer version: 9\n---\nmade with torch: 1",
        "verdict: correct\nanswer: 1\n\nreply",
        r"\frac{1}{2} \x1b \\x1b \u4f60 \x5cx1b \underline",
        "你好 🙂",
        "x" * 1_000_000,
        "line\n" * 200_000,
    ],
)
def test_hostile_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    case = Snapshot("wrong", text, text, "f00d", text, MADE)
    others = [compare(name, None, snapshot()) for name in ("sum-0", "sum-9")]
    found = page(tmp_path / "sums.replies", compare("sum-1", None, case), *others)
    assert found.cases == {"sum-0": snapshot(), "sum-1": case, "sum-9": snapshot()}


def test_no_control_character_reaches_the_file(tmp_path: Path) -> None:
    page(tmp_path / "sums.replies", compare("sum-1", None, snapshot("\x1b[2J\x00\r")))
    assert "\n  \\x1b[2J\\x00\\x0d\n# ---" in tmp_path.joinpath("sums.replies").read_bytes().decode()


def test_a_whole_update_renews_the_head_and_part_of_one_does_not(tmp_path: Path) -> None:
    path = tmp_path / "sums.replies"
    stored = page(path, compare("a", None, snapshot()), compare("b", None, snapshot()))
    part = page(path, compare("a", stored.cases["a"], snapshot("7 it is", quantisation="int8")))
    assert (part.head["quantisation"], part.cases["a"].made["quantisation"]) == ("nf4", "int8")
    again = [compare(name, case, snapshot("It's 7", quantisation="fp4")) for name, case in part.cases.items()]
    whole = page(path, *again)
    assert (whole.head["quantisation"], whole.cases["b"].made["quantisation"]) == ("fp4", "fp4")
    assert "made with" not in path.read_text()


def test_an_entry_that_was_edited_beyond_reading_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sums.replies"
    page(path, compare("a", None, snapshot()))
    path.write_text(path.read_text().replace("verdict", "verdikt"))
    with pytest.raises(SnapshotFileError, match="cannot be read as snapshots"):
        Page.read(path)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("13 + 23 is 36 coins", "13 + 23 is 35 coins", "13 + 23 is [-36-]{+35+} coins"),
        ("a", "a b", "a{+ b+}"),
        ("", "a", "{+a+}"),
        ("we have six", "you own six", "[-we have-]{+you own+} six"),
        ("aaa", "aa", "[-aaa-]{+aa+}"),
    ],
)
def test_a_word_diff_shows_the_words_that_changed(old: str, new: str, shown: str) -> None:
    assert word_diff(old, new) == shown


@given(st.text("ab 1+\n", max_size=30), st.text("ab 1+\n", max_size=30))
def test_the_pieces_of_a_word_diff_are_both_texts(old: str, new: str) -> None:
    pieces = word_pieces(old, new)
    assert "".join(words for sign, words in pieces if sign != "+") == old
    assert "".join(words for sign, words in pieces if sign != "-") == new
    assert all(words for _, words in pieces)


def test_a_word_diff_of_megabytes_is_short() -> None:
    assert len(word_diff("a " * 500_000, "b " * 500_000)) < 1000
    assert word_diff("x " * 500_000 + "1" + " y" * 500_000, "x " * 500_000 + "2" + " y" * 500_000).count("[-1-]{+2+}") == 1


def test_the_machine_is_named_by_what_may_decide_a_sum(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("vendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel name\t: X\nflags\t\t: fpu avx avx2\n\nvendor_id\t: Other\n")
    assert machine(cpuinfo).endswith("GenuineIntel family 6, avx2")
    assert machine(tmp_path / "none")
