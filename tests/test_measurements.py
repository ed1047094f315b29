"""What counts as a measurement in whole runs: which cases it is of, how often each counts, and what became of the assertion."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
import scipy.stats  # noqa: F401 - in-process runs forget the modules they import, and NumPy and torch import only once

import itemwise.models.local  # noqa: F401 - as above

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


def run_json(pytester: pytest.Pytester) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(pytester.path.joinpath("reports", "latest", "run.json").read_text(encoding="utf-8"))
    return found


def counted(pytester: pytest.Pytester) -> dict[str, tuple[int, int, int]]:
    """Correct, judged and asked for, by benchmark."""
    return {result["benchmark"]: (result["correct"], result["n"], result["sample"]) for result in run_json(pytester)["results"]}


def optimised(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> pytest.RunResult:
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return pytester.run(sys.executable, "-m", "pytest", *arguments)


class TestStrippedAsserts:
    @pytest.mark.parametrize("workers", [(), ("-n", "2")])
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

    def test_that_pytest_rewrites_judge_as_ever(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        pytester.makepyfile(test_quiz=quiz())
        assert optimised(pytester, monkeypatch, "--assert=rewrite").ret == pytest.ExitCode.OK
        assert counted(pytester) == {"quiz": (2, 4, 4)}


@pytest.mark.parametrize("value", ["4", "['4']", "True", "float('nan')", "b'4'", "[0] * 10**7", "Exception"])
def test_an_extractor_that_returns_no_text_is_an_error_of_its_case_alone(pytester: pytest.Pytester, value: str) -> None:
    source = quiz().replace("or None", f"or None if '\"answer\": 30' not in text else {value}")
    pytester.makepyfile(test_quiz=source)
    result = pytester.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert counted(pytester) == {"quiz": (1, 3, 4)}
    result.stdout.fnmatch_lines(["*TypeError: the extractor returned * it must return text (str), or None where a reply has no answer."])
    assert len(max(result.stdout.lines, key=len)) < 1000
