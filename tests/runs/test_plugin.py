"""Whole runs, as a user starts them, with the embedded model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
import scipy.stats  # noqa: F401 - in-process runs forget the modules they import, and NumPy and torch import only once

import itemwise.models.local.load  # noqa: F401 - as above
from itemwise.models import REGISTRY
from tests.runs.test_resume import FLAWLESS

SUMS = '''
"""Sums: a benchmark of one's own, with rows of one's own."""
from pathlib import Path

from itemwise.extractors import last_number
from itemwise import Case, cases, rows

PROMPT = """Solve the problem. Reply with JSON only: "steps" lists each calculation, "answer" is the final number.
Example: {{"steps": ["6*7=42", "42-2=40"], "answer": 40}}

Problem: {question}"""

def sums():
    for row in rows(Path(__file__).with_name("sums.jsonl")):
        yield Case(f"sum-{row.id}", PROMPT.format_map(row), str(row["answer"]))

@cases(sums, extract=last_number)
def test_sums(case, answer):
    assert answer == case.answer
'''
ALONE = {f"sum-{n}": "wrong" if n == 5 else "correct" for n in range(6)}  # what one process finds
QUESTION = "Ada has {a} coins and is given {b} more. How many coins does she have now?"


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with the benchmark `sums` of six rows; the gold of the last is wrong on purpose."""
    rows = [{"question": QUESTION.format(a=10 + n, b=20 + n), "answer": 30 + 2 * n} for n in range(5)]
    rows.append({"question": QUESTION.format(a=11, b=12), "answer": 99999})
    pytester.path.joinpath("sums.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    pytester.makepyfile(test_sums=SUMS)
    return pytester


def latest(suite: pytest.Pytester, name: str) -> str:
    return suite.path.joinpath("reports", "latest", name).read_text(encoding="utf-8")


def results(suite: pytest.Pytester) -> list[dict[str, object]]:
    return [json.loads(line) for line in latest(suite, "results.jsonl").splitlines()]


def verdicts(suite: pytest.Pytester) -> dict[object, object]:
    return {result["case"]: result["verdict"] for result in results(suite)}


def test_a_run_without_benchmarks_hears_nothing_of_the_plugin(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_plain(): pass")
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(passed=1)
    assert "itemwise:" not in result.stdout.str()
    assert "accuracy" not in result.stdout.str()
    assert not pytester.path.joinpath("reports").exists()


def test_a_completed_measurement_passes_although_cases_failed(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.OK
    assert verdicts(suite)["sum-5"] == "wrong"


def test_the_header_says_what_is_measured(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "2", "--seed", "7")
    result.stdout.re_match_lines([r"itemwise: embedded-text .*nf4.*", r"itemwise: rows from .*2 cases, seed 7, strategy direct.*"])


def test_the_last_lines_are_the_table(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "all")
    lines = result.stdout.lines[-14:]
    start = next(number for number, line in enumerate(lines) if line.startswith("benchmark "))
    assert lines[start].split() == [
        "benchmark",
        "model",
        "strategy",
        "accuracy",
        "95%",
        "interval",
        "correct",
        "wrong",
        "no",
        "answer",
        "truncated",
        "errors",
        "tokens/correct",
        "n",
        "of",
        "N",
    ]
    assert lines[start + 1].split()[:3] == ["sums", "embedded-text", "direct"]
    assert lines[start + 1].endswith("6 of 6")
    assert lines[-1].startswith("reports: reports/")


def test_a_failed_case_reads_like_a_failing_test(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "all", "-k", "sum-5")
    result.stdout.fnmatch_lines(
        [
            "sum-5: wrong, expected '99999', read '23' (*)",
            "cause: reasoning: *",
            "--- user",
            "*11 coins*",
            "--- assistant (stop after * tokens)",
            "*answer*23*",
            "rerun: pytest --sample all *sum-5]'",
        ]
    )


def test_part_of_a_sample_says_how_much_of_it_is_known(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "all", "-k", "sum-1 or sum-5")
    result.stdout.fnmatch_lines(["sums *2 of 6"])


def test_a_node_id_runs_one_case(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("test_sums.py::test_sums[embedded-text-direct-sum-3]")
    assert list(verdicts(suite)) == ["sum-3"]


def test_last_failed_reruns_what_was_wrong(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--sample", "all")
    wrong = {case for case, verdict in verdicts(suite).items() if verdict != "correct"}
    suite.runpytest_inprocess("--sample", "all", "--lf")
    assert {result["case"] for result in results(suite) if not result["earlier"]} == wrong


RUN_TWICE = """
import pytest
from _pytest.runner import runtestprotocol

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    runtestprotocol(item, log=False, nextitem=nextitem)
    item.user_properties.clear()
    runtestprotocol(item, nextitem=nextitem)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True

@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    stats = session.config.pluginmanager.getplugin("terminalreporter").stats
    held = [report.nodeid for reports in stats.values() for report in reports if hasattr(report, "itemwise")]
    print("replies held:", len(held))
"""


def test_a_case_run_again_in_the_same_session_is_asked_again_and_pytest_keeps_no_reply(suite: pytest.Pytester) -> None:
    suite.makeconftest(RUN_TWICE)
    result = suite.runpytest_inprocess("--sample", "all", "-s")
    assert verdicts(suite) == ALONE
    result.stdout.fnmatch_lines(["*replies held: 0"])


def test_no_file_is_left_beside_the_reports(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--sample", "all")
    names = {file.name for file in suite.path.joinpath("reports").rglob("*") if not file.is_symlink()}
    assert {name for name in names if name.startswith(".")} == set()


def test_exit_first_stops_at_the_first_wrong_case_and_is_no_completed_run(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "all", "-x")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert [verdict != "correct" for verdict in verdicts(suite).values()].count(True) == 1


def test_collect_only_lists_the_cases_and_writes_nothing(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--collect-only", "-q", "--sample", "2")
    result.stdout.fnmatch_lines(["test_sums.py::test_sums[[]embedded-text-direct-sum-*", "2 tests collected*"])
    assert not suite.path.joinpath("reports").exists()


def test_settings_come_from_pyproject_and_the_command_line_wins(suite: pytest.Pytester) -> None:
    suite.makepyprojecttoml('[tool.itemwise]\nsample = 2\nseed = 5\nreport-dir = "out"\n')
    suite.runpytest_inprocess("--seed", "6")
    run = json.loads(suite.path.joinpath("out", "latest", "run.json").read_text())
    assert (run["settings"]["sample"], run["settings"]["seed"]) == (2, 6)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--sample", "0"), '--sample must be at least 1 or "all", got 0.'),
        (("--model", "embeded-text"), "Did you mean embedded-text?"),
        (("--quant", "q4"), "--quant must be one of nf4, fp4, int8, none, got q4."),
        (("--fail-under", "sums"), "--fail-under must be BENCHMARK=ACCURACY"),
        (("--source", "nowhere.jsonl"), "no such file or folder"),
        (("--sample", "all", "--source", "synthetic"), "--sample all has no end"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_one_line(suite: pytest.Pytester, option: tuple[str, ...], said: str) -> None:
    suite.makepyfile(test_sums=SUMS)
    result = suite.runpytest_inprocess(*option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in result.stderr.str()
    assert "Traceback" not in result.stderr.str()


def test_a_gate_that_is_missed_fails_the_run(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "all", "--fail-under", "sums=1.0")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["gate sums (embedded-text, direct) >= 1.00: missed with 0.*"])


def test_a_gate_that_is_met_passes_the_run(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "all", "--fail-under", "sums=0.0")
    assert result.ret == pytest.ExitCode.OK


def test_a_gate_on_part_of_the_sample_is_undecided_and_fails(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "all", "--fail-under", "sums=0.0", "-k", "sum-1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["gate sums *: undecided, only 1 of 6 cases is judged"])


def test_an_ordinary_test_that_fails_still_fails_the_run(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_plain="def test_plain(): assert False")
    assert suite.runpytest_inprocess("--sample", "1").ret == pytest.ExitCode.TESTS_FAILED


def test_an_extractor_that_raises_is_our_error_and_out_of_the_denominator(suite: pytest.Pytester) -> None:
    broken = SUMS.replace("extract=last_number", "extract=lambda text: 1 / 0 if '\"answer\": 23' in text else last_number(text)")
    suite.makepyfile(test_sums=broken)
    result = suite.runpytest_inprocess("--sample", "all")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert verdicts(suite)["sum-5"] == "error"
    result.stdout.fnmatch_lines(["sums *5 of 6"])


def test_a_test_that_raises_something_else_than_an_assertion_is_our_error(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_sums=SUMS.replace("assert answer == case.answer", "raise KeyError(case.name)"))
    suite.runpytest_inprocess("--sample", "1")
    assert list(verdicts(suite).values()) == ["error"]


def test_a_reply_cut_off_before_its_answer_is_truncated(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--sample", "2", "--max-new-tokens", "6")
    assert list(verdicts(suite).values()) == ["truncated", "truncated"]
    assert {result["reply"]["finish_reason"] for result in results(suite)} == {"length"}  # type: ignore[index]


def test_a_reply_in_which_nothing_is_read_is_no_answer(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_sums=SUMS.replace("extract=last_number", "extract=lambda text: None"))
    suite.runpytest_inprocess("--sample", "2")
    assert list(verdicts(suite).values()) == ["no answer", "no answer"]


def test_two_rows_under_one_name_are_refused(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_sums=SUMS.replace("sum-{row.id}", "sum"))
    result = suite.runpytest_inprocess()
    result.stdout.fnmatch_lines(["*sums: two cases are called 'sum'*"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_benchmark_that_cannot_be_collected_does_not_stop_another_that_is_selected(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_broken=SUMS.replace("test_sums", "test_broken").replace("for row in", "1 / 0\n    for row in"))
    result = suite.runpytest_inprocess("--sample", "2", "-k", "sums")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["sums *2 of 2"])
    both = suite.runpytest_inprocess("--sample", "2")
    assert both.ret == pytest.ExitCode.TESTS_FAILED
    both.stdout.fnmatch_lines(["*ZeroDivisionError*", "sums *2 of 2"])


def test_a_prompt_the_benchmark_does_not_have_is_refused(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_sums=SUMS.replace("@cases(sums, ", "@cases(sums, prompts={'plain': 'x'}, "))
    result = suite.runpytest_inprocess("--prompt", "fancy")
    result.stdout.fnmatch_lines(["*--prompt 'fancy' is not one of this benchmark's: plain.*"])


def test_every_report_is_written_and_the_junit_file_holds_types_and_properties(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--sample", "all")
    folder = suite.path / "reports" / "latest"
    names = {"comment.md", "junit.xml", "report.html", "results.jsonl", "run.json", "summary.md", "verdicts.json"}
    assert names == {file.name for file in folder.iterdir()}
    tests = ElementTree.parse(folder / "junit.xml").getroot().find("testsuite")
    assert tests is not None
    properties = {found.get("name"): found.get("value") for found in tests.iterfind("properties/property")}
    assert (properties["n"], properties["sample"], properties["coverage"]) == ("6", "6", "1.000000")
    last = tests.findall("testcase")[5]
    assert {"wrong"} == {failure.get("type") for failure in last.iterfind("failure")}
    assert {"[[PROPERTY|expected=99999]]", "[[PROPERTY|verdict=wrong]]"} <= set(last.findtext("system-out", "").splitlines())


def test_a_junit_file_of_the_users_gets_the_accuracy_too(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--sample", "all", "--junitxml", "mine.xml")
    text = suite.path.joinpath("mine.xml").read_text()
    assert 'name="sums/embedded-text/direct/accuracy"' in text
    assert '<property name="expected" value="99999" />' in text


def test_workers_give_the_verdicts_of_one_process_and_load_the_model_once_each(suite: pytest.Pytester) -> None:
    suite.makeconftest(
        "import itemwise.models.local.load as local, os\n"
        "load = local.load\n"
        "def counted(*arguments, **options):\n"
        "    open(f'loads-{os.getpid()}', 'a').write('x')\n"
        "    return load(*arguments, **options)\n"
        "local.load = counted\n"
    )
    result = suite.runpytest_subprocess("--sample", "all", "-n", "2", "--junitxml", "mine.xml")
    assert result.ret == pytest.ExitCode.OK
    assert verdicts(suite) == ALONE
    assert [loads.read_text() for loads in suite.path.glob("loads-*")] == ["x", "x"]
    assert 'name="sums/embedded-text/direct/accuracy"' in suite.path.joinpath("mine.xml").read_text()
    result.stdout.fnmatch_lines(["itemwise: embedded-text *", "sums *6 of 6"])


def test_each_model_is_asked_every_case_and_loaded_once(suite: pytest.Pytester) -> None:
    shutil.copytree(REGISTRY["embedded-text"].location, suite.path / "twin")
    result = suite.runpytest_inprocess("--sample", "3", "--model", "embedded-text", "--model", "./twin", "--source", "synthetic", "-v")
    lines = [line for line in result.stdout.lines if "test_sums[" in line and "%]" in line]
    assert [line.partition("[")[2].partition("-direct")[0] for line in lines] == ["embedded-text"] * 3 + ["twin"] * 3
    assert len({result["model_name"] for result in results(suite)}) == 2


def test_a_model_that_cannot_be_loaded_stops_the_run_with_one_message(suite: pytest.Pytester) -> None:
    folder = suite.path / "empty"
    folder.mkdir()
    folder.joinpath("config.json").write_text('{"model_type": "qwen2"}')
    result = suite.runpytest_inprocess("--model", "./empty", "--source", "synthetic")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "Traceback" not in result.stdout.str()
    assert "During handling" not in result.stdout.str()
    assert result.stdout.str().count("ERROR at setup") == 1


def test_a_benchmark_fixture_outside_a_benchmark_says_what_is_missing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_plain(case): pass")
    result = pytester.runpytest_inprocess()
    result.stdout.fnmatch_lines(["*put @cases(...) over the test.*"])


def test_a_report_folder_that_cannot_be_written_costs_nothing(suite: pytest.Pytester) -> None:
    Path(suite.path, "taken").write_text("a file")
    result = suite.runpytest_inprocess("--report-dir", "taken")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--report-dir" in result.stderr.str()


def test_cases_asked_again_alone_are_held_to_what_the_batch_said(suite: pytest.Pytester) -> None:
    held_to_what_the_batch_said(suite, suite.runpytest_inprocess("--sample", "all", "--batch-invariance", "2"), 2)


def test_each_worker_asks_cases_again_alone(suite: pytest.Pytester) -> None:
    suite.makeconftest(FLAWLESS)
    held_to_what_the_batch_said(suite, suite.runpytest_subprocess("--sample", "all", "--batch-invariance", "2", "-n", "2"), 4)


def held_to_what_the_batch_said(suite: pytest.Pytester, result: pytest.RunResult, asked: int) -> None:
    result.stdout.fnmatch_lines([f"asked again alone, embedded-text, direct: {asked} of {asked} texts and {asked} answers as in the batch"])
    checked = json.loads(latest(suite, "run.json"))["batch_invariance"]
    assert [each["same_text"] for each in checked] == [True] * asked
    assert min(each["batch_size"] for each in checked) > 1
