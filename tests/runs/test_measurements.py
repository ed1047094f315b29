"""What counts as a measurement in whole runs: which cases it is of, how often each counts, and what became of the assertion."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import scipy.stats  # noqa: F401 - in-process runs forget the modules they import, and NumPy imports only once

from itemwise.plugin.items import _options as options_kept
from itemwise.results import judge  # imported here, for runs in this process forget the modules that they import
from tests.runs.test_resume import FLAWLESS

QUIZ = '''
from itemwise import Case, cases
{imports}

PROMPT = """Solve the problem. Reply with JSON only: "steps" lists each calculation, "answer" is the final number.
Example: {{{{"steps": ["6*7=42", "42-2=40"], "answer": 40}}}}

Problem: Ada has {{a}} coins and is given {{b}} more. How many coins does she have now?"""

def quiz():
    for n in range(4):
        yield Case(f"c{{n}}", PROMPT.format(a=10 + n, b=20 + n), str(30 + 2 * n) if n < 2 else "99999")

def number(text):
    return text.rpartition('"answer": ')[2].strip(" }}") or None

{above}
@cases(quiz, extract=number)
def test_quiz({arguments}):
    {body}
'''


def quiz(*, imports: str = "", above: str = "", arguments: str = "case, answer", body: str = "assert answer == case.answer") -> str:
    """A benchmark of four cases; the golds of the last two are wrong on purpose."""
    return QUIZ.format(imports=imports, above=above, arguments=arguments, body=body)


@pytest.fixture(scope="module")
def replies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with right answers to the four cases, by the embedded model's name."""
    folder = tmp_path_factory.mktemp("asked")
    (folder / "test_quiz.py").write_text(quiz())
    (folder / "conftest.py").write_text(FLAWLESS.replace('"The answer is {first + second}"', """'{{"answer": {first + second}}}'"""))
    subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=folder, check=True, capture_output=True)
    return folder / "reports" / "replies.sqlite"


@pytest.fixture
def replayed(pytester: pytest.Pytester, replies: Path) -> Callable[..., pytest.RunResult]:
    """Run pytest over what is in the folder, on those replies."""
    store = pytester.path / "replies.sqlite"
    store.write_bytes(replies.read_bytes())
    with sqlite3.connect(store) as connection:
        connection.execute("DELETE FROM verdicts")

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess("--replay", "--store", store, *arguments)

    return run


def run_json(pytester: pytest.Pytester) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(pytester.path.joinpath("reports", "latest", "run.json").read_text(encoding="utf-8"))
    return found


def counted(pytester: pytest.Pytester) -> dict[str, tuple[int, int, int]]:
    """Correct, judged and asked for, by benchmark."""
    return {result["benchmark"]: (result["correct"], result["n"], result["sample"]) for result in run_json(pytester)["results"]}


def optimised(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> pytest.RunResult:
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return pytester.run(sys.executable, "-m", "pytest", *arguments)


class TestStrippedAsserts:
    @pytest.mark.parametrize("workers", [(), ("-n", "1")])
    def test_are_refused_before_anything_is_asked(
        self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: tuple[str, ...]
    ) -> None:
        pytester.makepyfile(test_quiz=quiz())
        result = optimised(pytester, monkeypatch, "--assert=plain", *workers)
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        assert "Python runs with -O or PYTHONOPTIMIZE set, which leaves assert statements out" in result.stdout.str()
        assert not pytester.path.joinpath("reports").exists()

    def test_of_a_helper_are_refused_too(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        pytester.makepyfile(judge="def check(answer, case):\n    assert answer == case.answer")
        pytester.makepyfile(test_quiz=quiz(imports="from judge import check", body="check(answer, case)"))
        result = optimised(pytester, monkeypatch)
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        assert "leaves assert statements out" in result.stdout.str()

    def test_that_pytest_rewrites_judge_as_ever(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, replies: Path) -> None:
        pytester.makepyfile(test_quiz=quiz())
        on_those = ("--replay", "--store", shutil.copy(replies, pytester.path))
        assert optimised(pytester, monkeypatch, "--assert=rewrite", *on_those).ret == pytest.ExitCode.OK
        assert counted(pytester) == {"quiz": (2, 4, 4)}


Replayed = Callable[..., pytest.RunResult]


class TestAMeasurementIsABenchmarksOwn:
    def test_two_of_one_name_in_two_files_are_two(self, pytester: pytest.Pytester, replayed: Replayed) -> None:
        pytester.makepyfile(test_a=quiz(), test_b=quiz().replace("range(4)", "range(1, 4)"))
        replayed()
        assert counted(pytester) == {"test_a.quiz": (2, 4, 4), "test_b.quiz": (1, 3, 3)}
        assert set(run_json(pytester)["rows"]) == {"test_a.quiz", "test_b.quiz"}

    def test_two_of_one_name_in_two_classes_are_two(self, pytester: pytest.Pytester, replayed: Replayed) -> None:
        head, _, test = quiz().partition("@cases")
        methods = (f"@cases{test}".replace("(case,", "(self, case,").replace("\n", "\n    ") for _ in range(2))
        pytester.makepyfile(test_a=head + "".join(f"class Test{name}:\n    {method}\n" for name, method in zip("XY", methods, strict=True)))
        replayed()
        assert counted(pytester) == {"TestX.quiz": (2, 4, 4), "TestY.quiz": (2, 4, 4)}

    def test_each_value_of_a_parameter_is_one(self, pytester: pytest.Pytester, replayed: Replayed) -> None:
        above = '@pytest.mark.parametrize("style", ["hot", "a/b"])'
        pytester.makepyfile(test_quiz=quiz(imports="import pytest", above=above, arguments="case, answer, style"))
        replayed()
        assert counted(pytester) == {"quiz[hot]": (2, 4, 4), "quiz[a/b]": (2, 4, 4)}

    def test_each_value_of_a_fixture_is_one(self, pytester: pytest.Pytester, replayed: Replayed) -> None:
        pytester.makeconftest("import pytest\n@pytest.fixture(params=[1, 2], autouse=True)\ndef style(request): return request.param")
        pytester.makepyfile(test_quiz=quiz())
        replayed()
        assert counted(pytester) == {"quiz[1]": (2, 4, 4), "quiz[2]": (2, 4, 4)}

    def test_several_tests_over_one_loader_are_several_and_one_alone_recalls_nothing_of_the_others(
        self, pytester: pytest.Pytester, replayed: Replayed
    ) -> None:
        other = "\n@cases(quiz, extract=number)\ndef test_other(case, answer):\n    assert answer != case.answer\n"
        pytester.makepyfile(test_quiz=quiz() + other)
        replayed()
        assert counted(pytester) == {"quiz": (2, 4, 4), "other": (2, 4, 4)}
        replayed("test_quiz.py::test_other")
        assert counted(pytester) == {"other": (2, 4, 4)}

    def test_of_earlier_runs_is_called_as_it_is_in_this_one(self, pytester: pytest.Pytester, replayed: Replayed) -> None:
        pytester.makepyfile(test_a=quiz())
        replayed("-k", "c0 or c2")
        pytester.makepyfile(test_b=quiz())
        result = replayed("-k", "test_a and c1")
        assert counted(pytester) == {"test_a.quiz": (2, 3, 4)}
        result.stdout.fnmatch_lines(["test_a.quiz, embedded-text, direct: 1 of these 3 cases ran here, 2 are known from earlier runs"])
        assert [(each["ran"], each["earlier"]) for each in run_json(pytester)["coverage"]] == [(1, 2)]


REPEATED = """
def pytest_generate_tests(metafunc):
    metafunc.fixturenames.append("again")
    metafunc.parametrize("again", range(3))
"""


class TestACaseThatRunsAgain:
    def test_counts_once(self, pytester: pytest.Pytester, replayed: Replayed) -> None:
        pytester.makeconftest(REPEATED)
        pytester.makepyfile(test_quiz=quiz())
        result = replayed()
        assert counted(pytester) == {"quiz": (2, 4, 4)}
        result.stdout.fnmatch_lines(
            ["quiz, embedded-text, direct: 4 cases ran more than once; each counts once, by its last verdict; the verdicts agree"]
        )

    def test_and_once_in_a_later_run_that_does_not_repeat_it(self, pytester: pytest.Pytester, replayed: Replayed) -> None:
        pytester.makeconftest(REPEATED)
        pytester.makepyfile(test_quiz=quiz())
        replayed()
        pytester.makeconftest("")
        replayed("-k", "c0")
        assert counted(pytester) == {"quiz": (2, 4, 4)}

    def test_with_another_verdict_is_named(self, pytester: pytest.Pytester, replayed: Replayed) -> None:
        pytester.makeconftest(REPEATED)
        body = 'assert (answer == case.answer) != (request.node.name.endswith("c0-2]"))'
        pytester.makepyfile(test_quiz=quiz(arguments="case, answer, request", body=body))
        result = replayed()
        assert counted(pytester) == {"quiz": (1, 4, 4)}
        result.stdout.fnmatch_lines(["*; in 1 the verdicts differ: c0 (correct, correct, wrong)"])


def test_workers_count_as_one_process_does(pytester: pytest.Pytester, replayed: Replayed) -> None:
    pytester.makeconftest(REPEATED)
    styles = '@pytest.mark.parametrize("style", ["hot", "cold"])\n@pytest.mark.xfail'
    pytester.makepyfile(
        test_a=quiz(imports="import pytest", above=styles, arguments="case, answer, style"),
        test_b=quiz(imports="import pytest", above="@pytest.mark.skip(reason='x')"),
    )
    assert replayed("-n", "2").ret == 0
    assert counted(pytester) == {"test_a.quiz[hot]": (2, 4, 4), "test_a.quiz[cold]": (2, 4, 4), "test_b.quiz": (0, 0, 4)}


class TestTheVerdictFollowsTheAssertion:
    @pytest.mark.parametrize(
        ("above", "body", "ends"),
        [
            ("@pytest.mark.xfail", "assert answer == case.answer", 0),
            ("@pytest.mark.xfail(raises=AssertionError)", "assert answer == case.answer", 0),
            ("@pytest.mark.xfail(strict=True)", "assert answer == case.answer", 1),
            ("", "pytest.xfail('hard') if answer != case.answer else None", 0),
            ("", "pytest.fail('hard') if answer != case.answer else None", 0),
        ],
    )
    def test_and_not_what_is_expected_of_it(self, pytester: pytest.Pytester, replayed: Replayed, above: str, body: str, ends: int) -> None:
        pytester.makepyfile(test_quiz=quiz(imports="import pytest", above=above, body=body))
        assert replayed().ret == ends
        assert counted(pytester) == {"quiz": (2, 4, 4)}

    def test_of_a_subtest(self, pytester: pytest.Pytester, replayed: Replayed) -> None:
        body = "with subtests.test('number'):\n        assert answer == case.answer"
        pytester.makepyfile(test_quiz=quiz(arguments="case, answer, subtests", body=body))
        assert replayed().ret == 0
        assert counted(pytester) == {"quiz": (2, 4, 4)}

    def test_and_an_error_of_ours_is_one_although_a_failure_is_expected(self, pytester: pytest.Pytester, replayed: Replayed) -> None:
        pytester.makepyfile(test_quiz=quiz(imports="import pytest", above="@pytest.mark.xfail", body="raise KeyError(case.name)"))
        assert replayed().ret == 1
        assert [result["error"] for result in run_json(pytester)["results"]] == [4]

    @pytest.mark.parametrize("plugins", [(), ("-p", "no:warnings")])
    @pytest.mark.parametrize(
        "body",
        ["return answer == case.answer", "exec(compile('import pytest; pytest.fail()', pytest.__file__, 'exec'))"],  # as a plugin would
    )
    def test_which_a_returned_comparison_and_a_failure_of_a_plugin_are_not(
        self, pytester: pytest.Pytester, replayed: Replayed, body: str, plugins: tuple[str, ...]
    ) -> None:
        pytester.makepyfile(test_quiz=quiz(imports="import pytest", body=body))
        assert replayed(*plugins).ret == 1
        assert [result["error"] for result in run_json(pytester)["results"]] == [4]


class TestASkippedCase:
    @pytest.mark.parametrize(
        ("above", "arguments", "body"),
        [
            ("", "case, answer", "pytest.skip('hard') if answer != case.answer else None"),
            ("", "case, answer", "pytest.importorskip('no_such_module', reason='hard') if answer != case.answer else None"),
            ("@pytest.fixture\ndef easy(case, answer):\n    answer == case.answer or pytest.skip('hard')", "case, easy", "pass"),
            ("@pytest.fixture\ndef easy(case, answer):\n    answer == case.answer or pytest.xfail('hard')", "case, easy", "pass"),
        ],
    )
    def test_is_not_judged_and_the_coverage_says_so(
        self, pytester: pytest.Pytester, replayed: Replayed, above: str, arguments: str, body: str
    ) -> None:
        pytester.makepyfile(test_quiz=quiz(imports="import pytest", above=above, arguments=arguments, body=body))
        result = replayed("--fail-under", "quiz=0.1")
        assert counted(pytester) == {"quiz": (2, 2, 4)}
        result.stdout.fnmatch_lines(
            [
                "quiz, * 2 of 4 cases were skipped and are not judged: *hard*",
                "gate quiz *: undecided, only 2 of 4 cases are judged, 2 skipped",
            ]
        )
        junit = ElementTree.fromstring(pytester.path.joinpath("reports", "latest", "junit.xml").read_text())
        assert [suite.get("skipped") for suite in junit] == ["2"]
        assert len(list(junit.iter("skipped"))) == 2

    @pytest.mark.parametrize("mark", ["skip(reason='x')", "skipif(True, reason='x')", "xfail(run=False)"])
    def test_by_a_mark_is_still_one_of_the_sample(self, pytester: pytest.Pytester, replayed: Replayed, mark: str) -> None:
        pytester.makepyfile(test_quiz=quiz(imports="import pytest", above=f"@pytest.mark.{mark}"))
        replayed()
        assert counted(pytester) == {"quiz": (0, 0, 4)}


class TestAGate:
    TWO = quiz() + "\n@cases(quiz, extract=number)\ndef test_regex(case, answer):\n    assert answer == case.answer\n"

    def test_on_a_benchmark_that_does_not_run_is_refused_before_anything_is_asked(
        self, pytester: pytest.Pytester, replayed: Replayed
    ) -> None:
        pytester.makepyfile(test_quiz=self.TWO)
        replayed()
        runs = len(list(pytester.path.joinpath("reports").iterdir()))
        result = replayed("test_quiz.py::test_regex", "--fail-under", "quiz=0.5")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert "--fail-under quiz=0.5: no selected benchmark is called 'quiz'; there is regex." in result.stderr.str()
        assert len(list(pytester.path.joinpath("reports").iterdir())) == runs

    @pytest.mark.parametrize(
        ("gate", "said"),
        [
            ("quizz=0.5", "no selected benchmark is called 'quizz'; there is quiz, regex."),
            ("test_b.quiz=0.5", "no selected benchmark is called 'test_b.quiz'; there is quiz, regex."),
            ("quiz[hot]=0.5", "no selected benchmark is called 'quiz[hot]'; there is quiz, regex."),
            ("quiz-renumbered=0.5", "no selected benchmark is called 'quiz-renumbered'; there is quiz, regex."),
            ("quiz/other=0.5", "quiz asks no model called 'other'; there is embedded-text."),
            ("quiz/embedded-text/tool=0.5", "quiz is not asked by 'tool'; there is direct."),
        ],
    )
    def test_on_what_is_not_there_is_refused(self, pytester: pytest.Pytester, replayed: Replayed, gate: str, said: str) -> None:
        pytester.makepyfile(test_quiz=self.TWO)
        result = replayed("--fail-under", gate)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert f"--fail-under {gate}: {said}" in result.stderr.str()
        assert not pytester.path.joinpath("reports").exists()

    def test_on_what_is_not_there_is_refused_under_workers_too(self, pytester: pytest.Pytester, replayed: Replayed) -> None:
        pytester.makepyfile(test_quiz=self.TWO)
        result = replayed("-n", "1", "--fail-under", "quizz=0.5")
        assert result.ret != pytest.ExitCode.OK
        assert "no selected benchmark is called 'quizz'; there is quiz, regex." in result.stderr.str() + result.stdout.str()
        assert not pytester.path.joinpath("reports").exists()

    @pytest.mark.parametrize("gate", ["quiz=0.5", "test_quiz.quiz=0.5", "quiz/embedded-text=0.5", "quiz/embedded-text/direct=0.5"])
    def test_on_what_is_there_is_decided(self, pytester: pytest.Pytester, replayed: Replayed, gate: str) -> None:
        pytester.makepyfile(test_quiz=self.TWO)
        assert replayed("--fail-under", gate).ret == pytest.ExitCode.OK

    def test_may_speak_of_one_of_two_of_one_name(self, pytester: pytest.Pytester, replayed: Replayed) -> None:
        pytester.makepyfile(test_a=quiz(), test_b=quiz().replace("range(4)", "range(2, 4)"))
        assert replayed("--fail-under", "test_a.quiz=0.5").ret == pytest.ExitCode.OK
        assert replayed("--fail-under", "quiz=0.5").ret == pytest.ExitCode.TESTS_FAILED

    def test_is_no_gate_where_no_benchmark_is_selected(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(test_plain="def test_plain(): pass")
        result = pytester.runpytest_inprocess("--fail-under", "quiz=0.5")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert "there is no benchmark at all" in result.stderr.str()
        pytester.makepyprojecttoml('[tool.itemwise]\nfail-under = ["quiz=0.5"]\n')
        assert pytester.runpytest_inprocess().ret == pytest.ExitCode.OK

    def test_of_pyproject_does_not_keep_a_case_of_another_from_being_run_again(self, pytester: pytest.Pytester, replayed: Replayed) -> None:
        pytester.makepyfile(test_quiz=self.TWO)
        pytester.makepyprojecttoml('[tool.itemwise]\nfail-under = ["quiz=0.5"]\n')
        result = replayed("test_quiz.py::test_regex[embedded-text-direct-c1]")
        result.stdout.fnmatch_lines(["gate quiz >= 0.50: undecided, no such benchmark ran (ran: regex)"])
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        assert replayed("-k", "regex").ret == pytest.ExitCode.USAGE_ERROR

    def test_does_not_keep_tests_from_being_listed(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(test_quiz=quiz())
        assert pytester.runpytest_inprocess("--collect-only", "--fail-under", "other=0.5").ret == pytest.ExitCode.OK


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("extract=number", "extract=None"), "quiz: extract must be a function, got None."),
        (("extract=number", "extract='number'"), "quiz: extract must be a function, got 'number'."),
        (("extract=number", "extract=lambda: '4'"), "quiz: extract cannot be called (too many positional arguments)*"),
        (("extract=number", "extract=lambda text, gold: '4'"), "quiz: extract cannot be called (missing a required argument: 'gold')*"),
        (("def number", "async def number"), "quiz: extract is an async function; it must return the answer itself."),
        (("@cases(quiz", "@cases([Case('a', 'q', '4')]"), "quiz: loader must be a function, got [[]Case(*"),
        (("def quiz()", "def quiz(path)"), "quiz: loader cannot be called (missing a required argument: 'path')*"),
        (("extract=number", "extract=number, draw=lambda *_: None"), "quiz: the draw must yield cases, got None*"),
        (("for n in range(4)", "raise SystemExit(3)\n    for n in range(4)"), "*SystemExit: 3"),
    ],
)
def test_a_benchmark_of_the_wrong_form_is_refused_before_anything_is_asked(
    pytester: pytest.Pytester, replayed: Replayed, change: tuple[str, str], message: str
) -> None:
    pytester.makepyfile(test_quiz=quiz().replace(*change))
    result = replayed()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([message])
    result.assert_outcomes(errors=1)
    assert not pytester.path.joinpath("reports").exists()


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_folder_may_have_brackets_in_its_name(pytester: pytest.Pytester, replayed: Replayed, workers: tuple[str, ...]) -> None:
    for name in ("runs[1]", "a=b"):
        pytester.mkpydir(name).joinpath("test_quiz.py").write_text(quiz(), encoding="utf-8")
    assert replayed("--import-mode=importlib", "--fail-under", "runs_1_.test_quiz.quiz=0.5", *workers).ret == 0
    assert counted(pytester) == {"a_b.test_quiz.quiz": (2, 4, 4), "runs_1_.test_quiz.quiz": (2, 4, 4)}


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_run_without_a_terminal_writes_its_reports(pytester: pytest.Pytester, replayed: Replayed, workers: tuple[str, ...]) -> None:
    pytester.makepyfile(test_quiz=quiz())
    assert replayed("-p", "no:terminal", *workers).ret == 0
    assert counted(pytester) == {"quiz": (2, 4, 4)}


def test_a_fixture_called_model_in_the_place_of_ours_is_named(pytester: pytest.Pytester, replayed: Replayed) -> None:
    pytester.makepyfile(test_quiz=quiz())
    pytester.makeconftest("import pytest\n@pytest.fixture\ndef model():\n    return 3")
    result = replayed()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["another fixture called 'model' stands in the place of itemwise's*"])


def test_a_fixture_called_reply_in_the_place_of_ours_is_read_and_judged(pytester: pytest.Pytester, replayed: Replayed) -> None:
    pytester.makepyfile(test_quiz=quiz())
    said = "type('Said', (), {'text': '', 'truncated': False})()"
    pytester.makeconftest(f"import pytest\n@pytest.fixture\ndef reply():\n    return {said}")
    assert replayed().ret == 0
    assert [result["no_answer"] for result in run_json(pytester)["results"]] == [4]


@pytest.mark.parametrize("value", ["4", "['4']", "True", "float('nan')", "b'4'", "[0] * 10**7", "Exception"])
def test_an_extractor_that_returns_no_text_is_an_error_of_its_case_alone(pytester: pytest.Pytester, replayed: Replayed, value: str) -> None:
    source = quiz().replace("or None", f"or None if '\"answer\": 30' not in text else {value}")
    pytester.makepyfile(test_quiz=source)
    result = replayed()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert counted(pytester) == {"quiz": (1, 3, 4)}
    result.stdout.fnmatch_lines(["*TypeError: the extractor returned * it must return text (str), or None where a reply has no answer."])
    assert len(max(result.stdout.lines, key=len)) < 1000


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (("--report-dir", "out dir", "-v"), ["--report-dir", "out dir"]),
        (("--store=s.sqlite", "--fail-under", "quiz=0.1", "-x"), ["--store=s.sqlite"]),
        (("--replay", "--fresh", "--rootdir=..", "-c", "my.toml"), ["--replay", "--rootdir=..", "-c", "my.toml"]),
        (
            ("-p", "no:cacheprovider", "-pno:randomly", "-oaddopts=", "-k", "--replay"),
            ["-p", "no:cacheprovider", "-pno:randomly", "-oaddopts="],
        ),
        (("--noconftest", "test_quiz.py", "-n", "2", "--sample", "3"), ["--noconftest", "--sample", "3"]),
    ],
)
def test_a_rerun_keeps_what_decides_the_question_and_where_the_reply_is(given: tuple[str, ...], kept: list[str]) -> None:
    assert options_kept(given, ()) == kept


def test_a_rerun_line_finds_its_reply_from_the_folder_it_is_read_in(
    pytester: pytest.Pytester, replies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (below := pytester.mkdir("below")).joinpath("test_quiz.py").write_text(quiz())
    pytester.makeini("[pytest]")
    (kept := below / "kept here").mkdir()
    kept.joinpath("replies.sqlite").write_bytes(replies.read_bytes())
    monkeypatch.chdir(below)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--replay -p 'no:cacheprovider'")
    result = pytester.runpytest_inprocess("--report-dir", "kept here")
    (line, *_) = [line for line in result.stdout.lines if line.startswith("rerun:")]
    assert line == (
        "rerun: PYTEST_ADDOPTS='--replay -p no:cacheprovider' pytest --report-dir 'kept here' "
        f"'test_quiz.py::test_quiz[embedded-text-direct-{line.rpartition('-')[2]}"
    )


def test_options_that_a_benchmark_ignores_are_named_in_the_header_and_the_reports(pytester: pytest.Pytester, replayed: Replayed) -> None:
    pytester.makepyfile(test_quiz=quiz())
    given = ("--prompt", "short", "--source", "synthetic", "--control", "blank-image", "--max-pixels", "9", "--replicas", "3")
    result = replayed(*given)
    idle = "--prompt short, --source synthetic, --control blank-image, --max-pixels"
    result.stdout.fnmatch_lines(
        [
            "itemwise: --replicas has no effect: that is for --engine ray",
            f"itemwise: test_quiz.py::test_quiz ignores {idle}",
            f"quiz: *without effect {idle}*",
        ]
    )
    assert run_json(pytester)["rows"]["quiz"]["without effect"] == idle


def test_a_case_of_the_wrong_form_shows_the_loaders_line_and_none_of_ours(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_quiz="""
        from itemwise import Case, cases

        def quiz():
            yield Case("a", "How many?", 4)

        @cases(quiz, extract=str)
        def test_quiz(case, answer):
            assert answer == case.answer
        """
    )
    result = pytester.runpytest()
    result.stdout.fnmatch_lines(
        ["*test_quiz.py*, line 4, in quiz*", '*yield Case("a", "How many?", 4)*', "*answer must be text (str), got 4*"]
    )
    result.stdout.no_fnmatch_line("*case.py*")
    result.assert_outcomes(errors=1)


def test_what_fails_in_judging_a_case_costs_its_verdict_alone(
    pytester: pytest.Pytester, replayed: Replayed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_once(prompt: str, *_: object, **__: object) -> tuple[()]:
        if "12" in prompt:
            raise RuntimeError("no cause to be found")
        return ()

    monkeypatch.setattr(judge, "find_causes", fails_once)
    pytester.makepyfile(test_quiz=quiz())
    result = replayed()
    result.stdout.fnmatch_lines(["*itemwise could not judge this case*", "*RuntimeError: no cause to be found*", "quiz * 3 of 4"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_each_configuration_counts_its_own_cases_and_the_mean_is_over_them(pytester: pytest.Pytester, replayed: Replayed) -> None:
    several = quiz().replace("def quiz():", "def quiz(config):").replace("extract=number", 'extract=number, configs=("low", "high")')
    several = several.replace('Case(f"c{n}"', 'Case(f"quiz-{config}-c{n}"').replace(
        "range(4)", 'range(3) if config == "low" else range(1, 4)'
    )
    pytester.makepyfile(test_quiz=several)
    for _ in range(2):  # the verdicts of the first run are known in the second
        result = replayed("--tb=no", "--fail-under", "quiz-low=0.6", "--fail-under", "quiz=0.3")
        assert counted(pytester) == {"quiz-low": (2, 3, 3), "quiz-high": (1, 3, 3)}
    assert (result.ret, [mean["mean"] for mean in run_json(pytester)["means"]]) == (0, [0.5])
    lines = (pytester.path / "reports/latest/results.jsonl").read_text().splitlines()
    assert [json.loads(line)["case"].split("-")[1] for line in lines] == ["low"] * 3 + ["high"] * 3
