"""Whatever a model, a row, a server or a checkpoint says reaches terminal and log as text, not as a command."""

from __future__ import annotations

import re
import unicodedata

import pytest

from itemwise.__main__ import main

HOSTILE = "\\x1b]0;title\\x07\\n::set-output name=a::b\\n  ::add-mask::x\\n##[error]c\\n##vso[task.complete]d \\u202e"
SUMS = f"""
import re, sys, types, warnings

import pytest
from itemwise.extractors import last_number
from itemwise import Case, cases
from itemwise.models import Generation, ModelError, ModelUnavailableError

HOSTILE = "{HOSTILE}"

class Adder:
    name = "embedded-text"

    def describe(self):
        return {{"model": self.name, "device": HOSTILE}}

    def generate(self, requests):
        return [Generation("4 " + HOSTILE, "stop", 6, 4) for request in requests]

sys.modules["itemwise.models.local.load"] = local = types.ModuleType("itemwise.models.local.load")
local.load, local.unload = lambda *arguments, **options: Adder(), lambda: None

def sums():
    for n in (1, 2):
        yield Case(f"sum-{{n}}", f"How much is {{n}} + {{n}}?" + HOSTILE, str(2 * n))

@cases(sums, extract=last_number)
def test_sums(case, answer):
    assert answer == case.answer
"""
FAULTS = {
    "a reply": "",
    "an error of one case": "def fail(self, requests):\n    raise ModelError(HOSTILE)\nAdder.generate = fail\n",
    "a bug in the model": "def fail(self, requests):\n    raise ValueError(HOSTILE)\nAdder.generate = fail\n",
    "a model that cannot be had": "def fail(self, requests):\n    raise ModelUnavailableError(HOSTILE)\nAdder.generate = fail\n",
    "a load that fails": "def fail(*arguments, **options):\n    raise ModelError(HOSTILE)\nlocal.load = fail\n",
    "a warning": "def warn(self, requests, generate=Adder.generate):\n    warnings.warn(HOSTILE)\n"
    "    return generate(self, requests)\nAdder.generate = warn\n",
    "rows": "def bad():\n    raise ValueError(HOSTILE)\n    yield\n\n@cases(bad, extract=last_number)\ndef test_bad(case, answer): pass\n",
    "an extractor": "def read(text):\n    raise ValueError(text)\n\n@cases(sums, extract=read)\ndef test_read(case, answer): pass\n",
    "what is printed": "@cases(sums, extract=last_number)\ndef test_shown(case, reply):\n    print(reply.text)\n    assert False\n",
    "an assertion": "@cases(sums, extract=last_number)\ndef test_text(case, reply):\n    assert reply.text == case.prompt\n",
    "a skip": "@cases(sums, extract=last_number)\ndef test_skipped(case, reply):\n    pytest.skip(reply.text)\n",
}


def commands_in(text: str) -> list[str]:
    """The lines that would steer a terminal or a CI that reads its log."""
    steering = re.compile(r"^\s*::|##\w*\[")
    return [
        line
        for line in text.split("\n")
        if steering.search(line) or any(unicodedata.category(character) in ("Cc", "Cf") for character in line.replace("\t", ""))
    ]


@pytest.mark.parametrize(
    ("fault", "workers"),
    [
        *((fault, ()) for fault in FAULTS),
        *((fault, ("-n", "2")) for fault in ("an error of one case", "a warning", "a model that cannot be had")),
    ],
)
def test_no_text_of_others_steers_terminal_or_log(
    fault: str, workers: tuple[str, ...], pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    pytester.makepyfile(test_sums=SUMS + "\n" + FAULTS[fault])
    result = pytester.runpytest_subprocess("-v", "-rA", "-l", "--sample", "all", *workers)
    shown = result.stdout.str() + "\n" + result.stderr.str()
    assert "set-output" in shown
    assert commands_in(shown) == []


def test_no_usage_error_steers_the_log(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--model", "none\n::set-output name=a::b\x1b[31m")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "set-output" in result.stderr.str()
    assert commands_in(result.stderr.str()) == []


def test_no_error_of_a_command_steers_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "none\n::set-output name=a::b\x1b[31m"]) == 2
    assert "set-output" in (shown := capsys.readouterr().err)
    assert commands_in(shown) == []


def test_an_ordinary_test_keeps_its_colours(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_plain():\n    print('\\x1b[31mred')\n    raise ValueError('\\x1b[32mgreen')\n")
    shown = pytester.runpytest_subprocess().stdout.str()
    assert "\x1b[31mred" in shown
    assert "\x1b[32mgreen" in shown
