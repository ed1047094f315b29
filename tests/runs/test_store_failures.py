"""Whole runs whose store fails in the middle: one message, a red run, and reports of what is known."""

from __future__ import annotations

import pytest

from itemwise.results.store import Store
from tests.runs.test_resume import ADDER, ALL, SUMS

FAIL = """
from itemwise.results import store as _stores

def _failing(name, after):
    whole, calls = getattr(_stores.Store, name), []

    def failing(self, *arguments, **options):
        calls.append(name)
        if len(calls) > after:
            with self._clear_errors():
                raise _stores.sqlite3.OperationalError("disk I/O error")
        return whole(self, *arguments, **options)

    setattr(_stores.Store, name, failing)

_failing({name!r}, {after})
"""
MESSAGE = "replies.sqlite cannot be used: disk I/O error. Free space or rights there, or give another file as --store."


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(test_sums=SUMS)
    pytester.makeconftest(ADDER)
    return pytester


def sabotage(suite: pytest.Pytester, code: str) -> None:
    """Add `code` to what the suite's conftest does."""
    conftest = suite.path / "conftest.py"
    conftest.write_text(conftest.read_text() + code)


def reported(suite: pytest.Pytester) -> int:
    """How many cases stand in the newest report."""
    assert (suite.path / "reports" / "latest" / "report.html").exists()
    return len((suite.path / "reports" / "latest" / "results.jsonl").read_text().splitlines())


AFTER = [
    ("reply", 0),
    ("reply", 5),
    ("keep_replies", 0),
    ("keep_replies", 1),
    ("keep_description", 0),
    ("keep_verdicts", 0),
    ("verdicts", 0),
    ("keep_pictures", 1),
]


def check(result: pytest.RunResult) -> None:
    out = result.stdout.str() + result.stderr.str()
    assert "INTERNALERROR" not in out
    assert "Traceback" not in out
    assert MESSAGE in out


@pytest.mark.parametrize(("name", "after"), AFTER)
def test_a_store_that_fails_is_one_message_and_a_red_run_with_reports(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, name: str, after: int
) -> None:
    monkeypatch.setattr(Store, name, getattr(Store, name))  # as the conftest of a run in this process will leave it
    sabotage(suite, FAIL.format(name=name, after=after))
    result = suite.runpytest_inprocess(*ALL)
    check(result)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert reported(suite) > 0


def test_a_store_that_cannot_tell_what_answered_stops_the_run_too(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "description", Store.description)
    assert suite.runpytest_inprocess(*ALL).ret == pytest.ExitCode.OK
    sabotage(suite, FAIL.format(name="description", after=0))
    result = suite.runpytest_inprocess(*ALL)
    check(result)
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_store_that_is_removed_in_the_middle_stops_the_run_with_the_batch_that_could_not_be_kept(suite: pytest.Pytester) -> None:
    remove = """
def said(self, prompt, said=Adder.said):
    if "6 + 6" in prompt:
        for file in Path("reports").glob("replies.sqlite*"):
            file.unlink()
    return said(self, prompt)

Adder.said = said
"""
    sabotage(suite, remove)
    result = suite.runpytest_inprocess(*ALL)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "INTERNALERROR" not in result.stdout.str()
    result.stdout.fnmatch_lines(["*replies.sqlite or its -wal was removed or replaced while in use*"])
    assert reported(suite) == 5


def test_a_case_that_is_run_again_after_its_store_failed_waits_for_nothing(suite: pytest.Pytester) -> None:
    """As pytest-rerunfailures does while the model is still in use: what was asked with it is lost, and nobody would ever answer."""
    again = """
from itemwise.plugin.worker import WorkerSession

def reply(self, item, once=WorkerSession.reply):
    try:
        return once(self, item)
    except BaseException:
        return once(self, item)

WorkerSession.reply = reply
"""
    sabotage(suite, FAIL.format(name="keep_replies", after=0) + again)
    result = suite.runpytest_subprocess("--sample", "all", "--batch-size", "12", timeout=120)
    check(result)
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize(("name", "after"), [("keep_replies", 1), ("keep_description", 0), ("keep_verdicts", 0)])
def test_a_store_that_fails_under_workers_too(suite: pytest.Pytester, name: str, after: int) -> None:
    sabotage(suite, FAIL.format(name=name, after=after))
    result = suite.runpytest_subprocess(*ALL, "-n", "2")
    check(result)
    assert result.ret in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED)
    assert reported(suite) > 0


def test_an_interrupted_run_whose_reports_cannot_be_written_is_interrupted(suite: pytest.Pytester) -> None:
    """Another status would be added to that of the interrupt (syrupy), and come out as an internal error."""
    broken = """
from itemwise.reporting import write_folder as folder

def _write(path, parts):
    raise OSError("no space left")

def said(self, prompt, said=Adder.said):
    if "6 + 6" in prompt:
        raise KeyboardInterrupt
    return said(self, prompt)

folder._write, Adder.said = _write, said
"""
    sabotage(suite, broken)
    result = suite.runpytest_subprocess(*ALL)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["results.jsonl could not be written: no space left*"])
