"""What -k and -m leave out is not read: of benchmarks with a card by their names, of all by their suites."""

from __future__ import annotations

import pytest

from itemwise.plugin.selection import named_suites

BENCHMARK = """
from pathlib import Path

from itemwise import Card, Case, Hub, cases
from itemwise.extractors import last_number

CARD = Card(version=1, measures="sums", hub=Hub("owner/sums"), rows="2", licence="MIT", suites=("{suite}", "quick"))

def {name}({parameter}):
    called = "-".join(filter(None, ("{name}", {parameter} or "")))
    with Path("read.txt").open("a") as file:
        file.write(called + " ")
    for number in range(30):
        yield Case(f"{{called}}-{{number}}", f"{{number}} + 1?", str(number + 1))

@cases({name}, prompts={{"plain": "", "cot": ""}}, extract=last_number, card={card}, configs={configs})
def test_{name}(case, answer):
    assert answer == case.answer
"""
FILES = (("gsm", "maths", ()), ("gsm_pro", "maths", ()), ("tongues", "maths", ("de", "zh")), ("quiz", "choices", ()))


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    for name, suite, configs in FILES:
        parameter = "config" if configs else "prompt"
        pytester.makepyfile(**{f"test_{name}": BENCHMARK.format(name=name, suite=suite, parameter=parameter, configs=configs, card="CARD")})
    pytester.makepyfile(test_plain=BENCHMARK.format(name="plain", suite="maths", parameter="prompt", configs=(), card="None"))
    return pytester


def collected(suite: pytest.Pytester, *options: str) -> tuple[set[str], set[str], int]:
    """The benchmarks that were read, those of which cases were selected, and how many cases of each were."""
    result = suite.runpytest("--collect-only", "-q", *options)
    selected = [line.partition("[")[0].partition("::test_")[2] for line in result.outlines if "[embedded-text" in line]
    file = suite.path / "read.txt"
    read = set(file.read_text().split()) if file.exists() else set()
    return read, set(selected), max((selected.count(name) for name in selected), default=0)


@pytest.mark.parametrize(
    ("options", "read"),
    [
        (("-k", "gsm"), {"gsm"}),
        (("-k", "test_gsm"), {"gsm"}),
        (("-k", "gsm_pro or quiz"), {"gsm_pro", "quiz"}),
        (("-k", "not gsm and not tongues"), {"gsm_pro", "quiz"}),
        (("-k", "tongues-zh"), {"tongues-zh"}),
        (("-k", "tongues-zh-1 and not quiz"), {"tongues-zh"}),
        (("-k", "quiz-2"), {"quiz"}),
        (("-m", "choices"), {"quiz"}),
        (("-m", "maths and not choices", "-k", "tongues"), {"tongues-de", "tongues-zh"}),
        (("-k", "direct and quiz"), {"quiz"}),
    ],
)
def test_what_is_left_out_for_sure_is_not_read(options: tuple[str, ...], read: set[str], suite: pytest.Pytester) -> None:
    (suite.path / "test_plain.py").unlink()
    found, selected, _ = collected(suite, *options)
    assert found == read
    assert selected == {name.partition("-")[0] for name in read}


@pytest.mark.parametrize("options", [("-k", "cot or plain-1"), ("-k", "29"), ("-m", "not nightly"), (), ("-k", "anything")])
def test_what_only_rows_or_other_plugins_can_tell_is_read(options: tuple[str, ...], suite: pytest.Pytester) -> None:
    assert collected(suite, *options)[0] == {"gsm", "gsm_pro", "tongues-de", "tongues-zh", "quiz", "plain"}


def test_a_benchmark_without_a_card_may_call_its_cases_anything(suite: pytest.Pytester) -> None:
    assert collected(suite, "-k", "quiz")[0] == {"quiz", "plain"}


def test_a_case_that_is_named_by_its_id_is_read_whatever_else_is_said(suite: pytest.Pytester) -> None:
    read, selected, cases = collected(suite, "test_gsm.py::test_gsm[embedded-text-direct-gsm-3]", "-k", "3")
    assert (read, selected, cases) == ({"gsm"}, {"gsm"}, 1)


def test_quick_takes_twenty_rows_of_each_where_no_sample_is_named(suite: pytest.Pytester) -> None:
    assert collected(suite, "-m", "quick", "-k", "gsm")[2] == 20
    assert collected(suite, "-m", "quick", "-k", "gsm", "--sample", "7")[2] == 7


def test_what_was_left_out_and_is_selected_all_the_same_says_so(suite: pytest.Pytester) -> None:
    suite.makeconftest("def pytest_collection_modifyitems(config):\n    config.option.keyword = 'gsm_pro'\n")
    result = suite.runpytest("-k", "quiz", "-p", "no:cacheprovider")
    result.stdout.fnmatch_lines(["gsm_pro: -k or -m seemed to leave it out, so its rows were not read, and then selected it;*-k gsm_pro."])


def test_suites_are_named_by_the_expression(pytester: pytest.Pytester) -> None:
    assert named_suites(pytester.parseconfig("-m", "(maths or quick) and not nightly")) == ("maths", "quick")
