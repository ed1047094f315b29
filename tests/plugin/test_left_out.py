"""Benchmarks without made rows are left out of a run of made rows, with a word; where they alone are asked they say what to do."""

from __future__ import annotations

import warnings
from fnmatch import fnmatch
from types import SimpleNamespace

import pytest

from itemwise.language import ENGLISH
from itemwise.plugin.left_out import leave_out
from tests.plugin.conftest import SUMS, Collect

QUIZ = """
from itemwise import Case, Hub, cases
from itemwise.extractors import last_number

def quiz(source):
    for row in source.rows(Hub("owner/quiz")):
        yield Case(f"quiz-{row.id}", row.text("question"), "1")

@cases(quiz, extract=last_number)
def test_quiz(case, answer):
    assert answer == case.answer
"""
IMPORTED = "ignore::pytest.PytestAssertRewriteWarning"  # of a plugin that this process holds already
SAID = "*left out, as there are no made rows of them: quiz; --source hub or --source PATH asks them"


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(test_sums=SUMS, test_quiz=QUIZ)
    return pytester


def test_are_deselected_beside_others_and_named(suite: pytest.Pytester) -> None:
    result = suite.runpytest("--collect-only", "-q", "--sample", "2", "-W", "error", "-W", IMPORTED)
    result.stdout.fnmatch_lines(["*test_sums[[]*sum-*", "*3/4 tests collected (1 deselected)*"])
    result.stdout.no_fnmatch_line("*test_quiz*")
    suite.runpytest("--collect-only", "--sample", "2").stdout.fnmatch_lines([SAID])


@pytest.mark.parametrize(("workerid", "told"), [("gw0", 1), ("gw1", 0)])
def test_are_named_by_one_worker_of_several(workerid: str, told: int, collect: Collect) -> None:
    items = [*collect(SUMS), *collect(QUIZ, "--sample", "1")]
    config, warned = items[0].config, []
    config.workerinput = {"workerid": workerid}  # type: ignore[attr-defined]

    def listen(warning_message: warnings.WarningMessage) -> None:
        warned.append(str(warning_message.message))

    config.pluginmanager.register(SimpleNamespace(pytest_warning_recorded=listen))
    leave_out(config, kept := list[pytest.Item](items), ENGLISH)
    assert [item.name for item in kept] == [item.name for item in items[:-1]]
    assert sum(fnmatch(line, SAID) for line in warned) == told


def test_a_configuration_alone_fails_under_its_own_name(suite: pytest.Pytester) -> None:
    several = QUIZ.replace("def quiz(source)", "def quiz(source, config)").replace("cases(quiz,", 'cases(quiz, configs=("de", "zh"),')
    suite.makepyfile(test_quiz=several)
    result = suite.runpytest("-k", "quiz-zh")
    result.stdout.fnmatch_lines(["quiz-zh: owner/quiz has no synthetic rows; give --source hub or --source PATH.", "*1 error*"])
    suite.runpytest("--collect-only", "--sample", "2").stdout.fnmatch_lines([SAID])


def test_alone_they_fail_with_what_to_do(suite: pytest.Pytester) -> None:
    result = suite.runpytest("-k", "quiz")
    result.stdout.fnmatch_lines(["quiz: owner/quiz has no synthetic rows; give --source hub or --source PATH."])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_are_left_out_too_where_they_lack_what_an_option_asks_of_the_others(pytester: pytest.Pytester) -> None:
    worded = QUIZ.replace("quiz(source)", "quiz(source, prompt)").replace(
        "@cases(quiz, ", "@cases(quiz, prompts={'letter': '', 'cot': ''}, "
    )
    pytester.makepyfile(test_sums=SUMS, test_quiz=worded)
    pytester.runpytest("--collect-only", "--sample", "2", "--prompt", "json").stdout.fnmatch_lines([SAID])
