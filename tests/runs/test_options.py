"""Options of the plugin beside those of a suite, of its plugins and of its conftests."""

from __future__ import annotations

import json
import sys

import pytest
import scipy.stats  # noqa: F401 - in-process runs forget the modules they import, and NumPy imports only once

OWN = """
    def pytest_addoption(parser):
        parser.addoption("--model", default="resnet", help="a model of the suite's own")
        parser.addoption("--seed", type=int, default=7)
"""
PLAIN = """
    def test_own(request):
        print("own:", repr(request.config.getoption("--model")), repr(request.config.getoption("seed")))
"""
SUMS = """
    from itemwise import Case, cases
    from itemwise.extractors import last_number

    def sums():
        yield Case("sum-0", "6*7?", "42")

    @cases(sums, extract=last_number)
    def test_sums(case, answer):
        assert answer == case.answer
"""
WORDS = """
    from itemwise import Turn
    from itemwise.strategies import Transcript

    async def wrong(chat, ask, extract):
        said = Turn("assistant", "The answer is 41.")
        return Transcript([*chat, said], said)
"""
TAKEN = "options of this suite's own: --model, --seed; itemwise's are --itemwise-model, --itemwise-seed"


def settings(pytester: pytest.Pytester) -> dict[str, object]:
    run = json.loads(pytester.path.joinpath("reports", "latest", "run.json").read_text())
    found: dict[str, object] = run["settings"]
    return found


def entry_point(pytester: pytest.Pytester, name: str) -> None:
    """Install `suite_options` as a pytest plugin called `name`; entry points load in the order of their distributions' folders."""
    folder = pytester.path / f"{name}-1.0.dist-info"
    folder.mkdir()
    folder.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    folder.joinpath("entry_points.txt").write_text(f"[pytest11]\n{name} = suite_options\n")


def place_options(pytester: pytest.Pytester, where: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put the suite's options `where`; what has to stand on the command line for it."""
    pytester.syspathinsert()
    if where == "conftest":
        pytester.makeconftest(OWN)
        return ["."]
    pytester.makepyfile(suite_options=OWN)
    if where == "entry point":
        entry_point(pytester, "suite_options")
    if where == "environment":
        monkeypatch.setenv("PYTEST_PLUGINS", "suite_options")
    if where == "conftest's plugin":
        pytester.makeconftest("pytest_plugins = ['suite_options']")
    return ["-p", "suite_options"] if where == "-p" else []


@pytest.mark.parametrize("where", ["conftest", "-p", "entry point", "environment", "conftest's plugin"])
@pytest.mark.parametrize(
    ("given", "own"),
    [([], "'resnet' 7"), (["--model", "vgg", "--seed=3"], "'vgg' 3"), (["--itemwise-model=embedded-text"], "'resnet' 7")],
    ids=["defaults", "its own", "ours"],
)
def test_a_suite_keeps_its_own_options(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, where: str, given: list[str], own: str
) -> None:
    pytester.makepyfile(test_plain=PLAIN)
    result = pytester.runpytest_inprocess(*place_options(pytester, where, monkeypatch), "-s", *given)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"*own: {own}"])
    result.stdout.no_fnmatch_line("*of this suite*")


def test_a_nested_conftest_after_a_flag_of_its_own_is_found(pytester: pytest.Pytester) -> None:
    nested = pytester.mkdir("nested")
    nested.joinpath("conftest.py").write_text("def pytest_addoption(parser):\n    parser.addoption('--baseline', action='store_true')\n")
    nested.joinpath("test_own.py").write_text("def test_own(request):\n    assert request.config.getoption('baseline') is True\n")
    pytester.runpytest_inprocess("--baseline", "nested").assert_outcomes(passed=1)


def test_a_conftest_that_is_found_late_keeps_its_default(pytester: pytest.Pytester) -> None:
    nested = pytester.mkdir("nested")
    nested.joinpath("conftest.py").write_text("def pytest_addoption(parser):\n    parser.addoption('--model', default='resnet')\n")
    nested.joinpath("test_own.py").write_text("def test_own(request):\n    assert request.config.getoption('--model') == 'resnet'\n")
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_options_that_are_only_alike_do_not_matter(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("def pytest_addoption(parser):\n    parser.addoption('--sample-size', type=int)\n    parser.addoption('--mod')\n")
    pytester.makepyfile(SUMS)
    pytester.runpytest_inprocess("--sample-size", "9", "--mod", "x", "--sample=1", "--replay")
    assert settings(pytester)["sample"] == 1


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["one process", "-n 2"])
def test_a_run_with_benchmarks_says_which_options_are_the_suites(pytester: pytest.Pytester, workers: list[str]) -> None:
    pytester.makeconftest(OWN)
    pytester.makepyfile(test_sums=SUMS, test_plain=PLAIN)
    command = ["--model", "vgg", "--seed", "3", "--itemwise-seed", "5", "--prompt", "own", "--replay", *workers]
    result = pytester.runpytest_subprocess(*command)
    result.stdout.fnmatch_lines([TAKEN])
    assert [settings(pytester)[name] for name in ("models", "seed", "prompt")] == [["embedded-text"], 5, "own"]


@pytest.mark.parametrize("spelling", ["--seed", "--itemwise-seed"])
def test_both_spellings_work_and_nothing_is_said_where_nothing_clashes(pytester: pytest.Pytester, spelling: str) -> None:
    pytester.makepyfile(test_sums=SUMS, words=WORDS)
    model = spelling.replace("seed", "model")
    result = pytester.runpytest_inprocess(spelling, "5", f"{model}=embedded-vision", "--strategy=words:wrong")
    result.stdout.no_fnmatch_line("*of this suite's own*")
    assert [settings(pytester)[name] for name in ("models", "seed")] == [["embedded-vision"], 5]
    result.stdout.fnmatch_lines([f"*rerun: pytest {spelling} 5 {model}=embedded-vision --strategy=words:wrong *"])


@pytest.mark.parametrize("spelling", ["--reader", "--itemwise-reader"])
def test_a_former_name_works_and_the_run_says_the_new_one(pytester: pytest.Pytester, spelling: str) -> None:
    pytester.makepyfile(test_sums=SUMS, words=WORDS)
    result = pytester.runpytest_inprocess(spelling, "strict-json", "--strategy=words:wrong")
    result.stdout.fnmatch_lines(["itemwise: --reader is now --extractor; the former name still works"])
    assert settings(pytester)["reader"] == "strict-json"
    result.stdout.fnmatch_lines([f"*rerun: pytest {spelling} strict-json --strategy=words:wrong *"])


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["one process", "-n 2"])
def test_a_quiet_run_says_the_new_names_once_each_as_they_are_to_be_had(pytester: pytest.Pytester, workers: list[str]) -> None:
    pytester.makeconftest("def pytest_addoption(parser):\n    parser.addoption('--variants')\n")
    pytester.makepyprojecttoml('[tool.itemwise]\nreader = "strict-json"\n')
    pytester.makepyfile(test_sums=SUMS, words=WORDS)
    result = pytester.runpytest_subprocess("-q", "--twins=0", "--strategy=words:wrong", "--strict-config", "-W", "error", *workers)
    assert [line for line in result.stdout.lines if "former name" in line] == [
        "itemwise: --twins is now --itemwise-variants; the former name still works",
        "itemwise: reader in [tool.itemwise] is now extractor in [tool.itemwise]; the former name still works",
    ]
    assert settings(pytester)["reader"] == "strict-json"


def test_a_strategy_of_former_names_is_told_the_new_one_once_by_the_process_that_reports(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_sums=SUMS, words=WORDS.replace("Transcript", "Said"))
    result = pytester.runpytest_subprocess("-q", "--strategy=words:wrong", "-n", "2")
    result.stdout.fnmatch_lines(["1 failed*"])
    assert str(result.stderr).count("itemwise.strategies.Said is now called Transcript") == 1


def test_a_rerun_leaves_the_suites_options_out(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(OWN)
    pytester.makepyfile(test_sums=SUMS, words=WORDS)
    result = pytester.runpytest_inprocess("--model", "vgg", "--itemwise-seed", "5", "--strategy", "words:wrong")
    result.stdout.fnmatch_lines(["*rerun: pytest --itemwise-seed 5 --strategy words:wrong *"])


def test_a_message_names_the_option_as_it_is_to_be_had(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(OWN)
    result = pytester.runpytest_inprocess("--itemwise-seed", "x")
    result.stderr.fnmatch_lines(["ERROR: --itemwise-seed must be a whole number*"])


def test_options_of_a_file_and_of_addopts_are_ours_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUMS)
    pytester.makeini("[pytest]\naddopts = --seed 5")
    pytester.path.joinpath("options.txt").write_text("--sample=3\n--replay\n")
    pytester.runpytest_inprocess("@options.txt")
    assert [settings(pytester)[name] for name in ("seed", "sample")] == [5, 3]


def test_a_conftest_that_asks_for_the_plugin_has_the_short_spellings(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest("pytest_plugins = ['itemwise.plugin']\n" + OWN.replace("\n    ", "\n"))
    pytester.makepyfile(SUMS)
    result = pytester.runpytest_inprocess("--sample=3", "--replay", "--model", "vgg")
    result.stdout.fnmatch_lines([TAKEN])
    assert settings(pytester)["sample"] == 3


def test_the_value_of_an_option_is_no_path_to_collect_beside(pytester: pytest.Pytester) -> None:
    """As `--model ./checkpoint` once: the suite's conftest is still found at once, so that its own options are known."""
    pytester.mkdir("checkpoint")
    pytester.makeconftest(OWN)
    pytester.makepyfile(PLAIN)
    result = pytester.runpytest_inprocess("--store", "checkpoint", "--seed", "3", "-s")
    result.stdout.fnmatch_lines(["*own: 'resnet' 3"])


def test_help_shows_both_spellings(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(OWN)
    result = pytester.run(sys.executable, "-m", "pytest", "--help")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*--itemwise-seed=SEED *--seed for short*"])
