"""Whole runs, one after another: what was paid for is not asked again, and what was judged is not forgotten."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path

import hypothesis  # noqa: F401 - in-process runs forget the modules they import, and its plugin would import it in each
import pytest
import scipy.stats  # noqa: F401 - as above, and NumPy imports only once

from itemwise.session.settings import STORE

SUMS = '''
"""Sums: a benchmark of one's own."""
from itemwise.extractors import last_number
from itemwise import Case, cases

def sums():
    for n in range(12):
        yield Case(f"sum-{n:02}", f"How much is {n} + {n}?", str(2 * n))

@cases(sums, extract=last_number)
def test_sums(case, answer):
    assert answer == case.answer
'''

ADDER = '''
"""In place of the local model one that adds, and errs on multiples of four; notes each load and each prompt asked."""
import os, re, sys, types
from pathlib import Path

from itemwise.models import Generation

def note(name, line):
    with Path(__file__).with_name(f"{name}.txt").open("a") as notes:
        notes.write(line + "\\n")

class Adder:
    name = "embedded-text"

    def describe(self):
        return {"model": self.name, "device": "adder"}

    def generate(self, requests):
        return [self.said(request.turns[-1].content) for request in requests]

    def said(self, prompt):
        note("asked", prompt)
        first, second = map(int, re.findall("[0-9]+", prompt))
        total = first + second + (first % 4 == 0)
        return Generation(f"The answer is {total}", "stop", 6, 4)

def load(*arguments, **options):
    note("loads", str(os.getpid()))
    return Adder()

sys.modules["itemwise.models.local.load"] = local = types.ModuleType("itemwise.models.local.load")
local.load, local.unload = load, lambda: None
'''
FLAWLESS = (
    ADDER
    + '''
def said(self, prompt):
    """The sum of the last two numbers, whatever else stands before them."""
    first, second = map(int, re.findall("[0-9]+", prompt)[-2:])
    return Generation(f"The answer is {first + second}", "stop", 6, 4)

Adder.said = said
'''
)
WRONG = {f"sum-{n:02}" for n in (0, 4, 8)}
PROMPTS = [f"How much is {n} + {n}?" for n in range(12)]
VERDICTS = {f"sum-{n:02}": "wrong" if n % 4 == 0 else "correct" for n in range(12)}
ALL = ("--sample", "all", "--batch-size", "4")


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with a benchmark of twelve cases and a model that adds."""
    pytester.makepyfile(test_sums=SUMS)
    pytester.makeconftest(ADDER)
    return pytester


def asked(suite: pytest.Pytester) -> Counter[str]:
    """How often each prompt was asked of the model since the last time this was asked."""
    notes = suite.path / "asked.txt"
    found = Counter(notes.read_text().splitlines()) if notes.exists() else Counter[str]()
    notes.unlink(missing_ok=True)
    return found


def loads(suite: pytest.Pytester) -> int:
    notes = suite.path / "loads.txt"
    return len(notes.read_text().splitlines()) if notes.exists() else 0


def verdicts(suite: pytest.Pytester) -> dict[str, str]:
    lines = suite.path.joinpath("reports", "latest", "results.jsonl").read_text(encoding="utf-8").splitlines()
    return {result["case"]: result["verdict"] for result in map(json.loads, lines)}


def line_of(result: pytest.RunResult, word: str) -> str:
    """The one closing line with this word in it."""
    (found,) = [line for line in result.stdout.lines if word in line]
    return str(found)


def add_to_conftest(suite: pytest.Pytester, text: str) -> None:
    suite.makeconftest(ADDER + text)


def test_the_first_run_asks_each_case_once_and_the_second_none(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL)
    assert (asked(suite), loads(suite)) == (Counter(PROMPTS), 1)
    suite.runpytest_inprocess(*ALL)
    assert (asked(suite), loads(suite)) == (Counter(), 1)
    assert verdicts(suite) == VERDICTS


def test_the_closing_lines_say_what_was_generated_and_what_was_known(suite: pytest.Pytester) -> None:
    first = suite.runpytest_inprocess(*ALL, "-k", "sum-00 or sum-01 or sum-02")
    assert line_of(first, "from the store").startswith("3 replies generated (12 tokens in ")
    assert line_of(first, "from the store").endswith(", 0 from the store")
    second = suite.runpytest_inprocess(*ALL)
    assert line_of(second, "from the store").startswith("9 replies generated (36 tokens in ")
    assert line_of(second, "from the store").endswith(", 3 from the store")


def test_stored_replies_have_no_speed(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL)
    second = suite.runpytest_inprocess(*ALL)
    assert line_of(second, "from the store") == "0 replies generated, 12 from the store"
    assert "tokens/s" not in second.stdout.str()


def test_one_case_after_a_full_run_reports_the_full_sample(suite: pytest.Pytester) -> None:
    full = suite.runpytest_inprocess(*ALL)
    part = suite.runpytest_inprocess(*ALL, "-k", "sum-03")
    assert line_of(part, "12 of 12") == line_of(full, "12 of 12")
    assert verdicts(suite) == VERDICTS


def test_a_node_id_after_a_full_run_reports_the_full_sample(suite: pytest.Pytester) -> None:
    full = suite.runpytest_inprocess(*ALL)
    part = suite.runpytest_inprocess(*ALL, "test_sums.py::test_sums[embedded-text-direct-sum-04]")
    assert line_of(part, "12 of 12") == line_of(full, "12 of 12")


def test_last_failed_after_a_full_run_reports_the_full_sample(suite: pytest.Pytester) -> None:
    full = suite.runpytest_inprocess(*ALL)
    again = suite.runpytest_inprocess(*ALL, "--lf")
    again.stdout.fnmatch_lines(["*3 items*"])
    assert line_of(again, "12 of 12") == line_of(full, "12 of 12")
    assert verdicts(suite) == VERDICTS


def test_parts_run_one_after_another_add_up(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL, "-k", "sum-00 or sum-01")
    part = suite.runpytest_inprocess(*ALL, "-k", "sum-02")
    assert line_of(part, " of 12").endswith(" 3 of 12")


def test_workers_ask_once_resume_and_merge_like_one_process(suite: pytest.Pytester) -> None:
    full = suite.runpytest_subprocess(*ALL, "-n", "2")
    assert asked(suite) == Counter(PROMPTS)
    part = suite.runpytest_subprocess(*ALL, "-n", "2", "--lf", "-k", "not sum-04")
    assert (asked(suite), loads(suite)) == (Counter(), 2)
    assert line_of(part, "12 of 12") == line_of(full, "12 of 12")
    assert line_of(part, "from the store") == "0 replies generated, 12 from the store"
    assert verdicts(suite) == VERDICTS


@pytest.mark.parametrize("options", [("-x",), ("--maxfail", "2")])
def test_a_run_stopped_by_failures_is_completed_by_the_same_command_without_them(suite: pytest.Pytester, options: tuple[str, ...]) -> None:
    suite.runpytest_inprocess(*ALL, *options)
    assert len(verdicts(suite)) < 12
    suite.runpytest_inprocess(*ALL)
    assert asked(suite) == Counter(PROMPTS)
    assert verdicts(suite) == VERDICTS


def test_a_run_stopped_by_the_user_prints_what_is_known_and_is_completed_by_the_same_command(suite: pytest.Pytester) -> None:
    stop = """
def pytest_runtest_setup(item):
    if "sum-06" in item.nodeid and not Path("stopped").exists():
        Path("stopped").touch()
        raise KeyboardInterrupt
"""
    add_to_conftest(suite, stop)
    first = suite.runpytest_inprocess(*ALL, no_reraise_ctrlc=True)
    assert first.ret == pytest.ExitCode.INTERRUPTED
    assert line_of(first, " of 12").endswith(" 6 of 12")
    assert suite.runpytest_inprocess(*ALL).ret == pytest.ExitCode.OK
    assert asked(suite) == Counter(PROMPTS)
    assert verdicts(suite) == VERDICTS


def test_a_stop_while_the_model_works_loses_that_batch_only(suite: pytest.Pytester) -> None:
    stop = """
def said(self, prompt, said=Adder.said):
    if "6 + 6" in prompt and not Path("stopped").exists():
        Path("stopped").touch()
        raise KeyboardInterrupt
    return said(self, prompt)

Adder.said = said
"""
    add_to_conftest(suite, stop)
    first = suite.runpytest_inprocess(*ALL, no_reraise_ctrlc=True)
    assert first.ret == pytest.ExitCode.INTERRUPTED
    assert line_of(first, " of 12").endswith(" 4 of 12")
    suite.runpytest_inprocess(*ALL)
    twice = {prompt for prompt, times in asked(suite).items() if times > 1}
    assert twice == {"How much is 4 + 4?", "How much is 5 + 5?"}
    assert verdicts(suite) == VERDICTS


def test_another_line_in_the_extractor_judges_stored_replies_anew_without_the_model(suite: pytest.Pytester) -> None:
    suite.makepyfile(own="import re\ndef read(text):\n    return re.search('[0-9]+', text)[0]\n")
    suite.makepyfile(test_sums=SUMS.replace("from itemwise.extractors import last_number", "from own import read as last_number"))
    suite.runpytest_inprocess(*ALL)
    assert verdicts(suite) == VERDICTS
    suite.makepyfile(own="import re\ndef read(text):\n    return str(int(re.search('[0-9]+', text)[0]) - 1)\n")
    suite.runpytest_inprocess(*ALL, "-k", "not sum-11")
    assert verdicts(suite) == {case: "correct" if case in WRONG else "wrong" for case in VERDICTS if case != "sum-11"}
    assert (sum(asked(suite).values()), loads(suite)) == (12, 1)


def test_another_gold_answer_judges_stored_replies_anew(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL)
    suite.makepyfile(test_sums=SUMS.replace("str(2 * n)", "str(2 * n + 1)"))
    part = suite.runpytest_inprocess(*ALL, "-k", "sum-00 or sum-01")
    assert verdicts(suite) == {"sum-00": "correct", "sum-01": "wrong"}
    assert line_of(part, " of 12").endswith(" 2 of 12")
    assert sum(asked(suite).values()) == 12


def test_another_prompt_asks_anew_and_merges_with_nothing(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL)
    asked(suite)
    suite.makepyfile(test_sums=SUMS.replace("How much is", "What is"))
    part = suite.runpytest_inprocess(*ALL, "-k", "sum-00 or sum-01")
    assert set(asked(suite)) == {"What is 0 + 0?", "What is 1 + 1?"}
    assert line_of(part, " of 12").endswith(" 2 of 12")


@pytest.mark.parametrize("option", [("--max-new-tokens", "9"), ("--quant", "none")])
def test_another_setting_of_the_model_asks_anew_and_merges_with_nothing(suite: pytest.Pytester, option: tuple[str, ...]) -> None:
    suite.runpytest_inprocess(*ALL)
    asked(suite)
    part = suite.runpytest_inprocess(*ALL, *option, "-k", "sum-00 or sum-01")
    assert sum(asked(suite).values()) == 2
    assert line_of(part, " of 12").endswith(" 2 of 12")


def test_each_of_several_quantisations_and_limits_is_a_model_that_knows_what_was_asked_of_it_alone(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL, "--quant", "none")
    asked(suite)
    result = suite.runpytest_inprocess(*ALL, "--quant", "none", "--quant", "int8", "-k", "sum-00 or int8")
    assert asked(suite) == Counter(PROMPTS)
    named = [line.split()[1] for line in result.stdout.lines if line.endswith(" 12 of 12")]
    assert named == ["embedded-text+none", "embedded-text+int8"]
    lines = suite.path.joinpath("reports", "latest", "results.jsonl").read_text(encoding="utf-8").splitlines()
    ids = [json.loads(line)["node_id"] for line in lines]
    assert ids[::12] == [f"test_sums.py::test_sums[embedded-text+{quant}-direct-sum-00]" for quant in ("none", "int8")]
    assert len(set(ids)) == 24
    suite.runpytest_inprocess(*ALL, "--max-new-tokens", "8", "--max-new-tokens", "16", "--quant", "none")
    assert set(asked(suite).values()) == {2}


def test_a_larger_sample_asks_only_for_what_is_new(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--sample", "5", "--batch-size", "4")
    suite.runpytest_inprocess(*ALL)
    assert asked(suite) == Counter(PROMPTS)


def test_fresh_asks_anew_and_replaces_what_was_known(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL)
    add_to_conftest(suite, "\nAdder.said = lambda self, prompt: Generation('The answer is -1', 'stop', 6, 4)\n")
    suite.runpytest_inprocess(*ALL)
    assert verdicts(suite) == VERDICTS
    result = suite.runpytest_inprocess(*ALL, "--fresh")
    assert line_of(result, "from the store").startswith("12 replies generated")
    suite.runpytest_inprocess(*ALL)
    assert set(verdicts(suite).values()) == {"wrong"}


def test_replay_judges_what_is_stored_and_names_the_case_that_is_missing(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL, "-k", "not sum-03")
    asked(suite)
    result = suite.runpytest_inprocess(*ALL, "--replay")
    assert (asked(suite), loads(suite)) == (Counter(), 1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*ERROR at setup of test_sums[[]embedded-text-direct-sum-03]*",
            "--replay: the store holds no reply of embedded-text to this case; run without --replay to ask for it.",
            "ERROR test_sums.py::test_sums[[]embedded-text-direct-sum-03]*",
            "sums *11 of 12",
        ]
    )
    assert verdicts(suite) == VERDICTS | {"sum-03": "error"}


def test_replay_of_a_complete_run_passes(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL)
    assert suite.runpytest_inprocess(*ALL, "--replay").ret == pytest.ExitCode.OK
    assert verdicts(suite) == VERDICTS


def test_the_store_may_lie_elsewhere(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess(*ALL, "--store", "kept/mine.sqlite")
    suite.runpytest_inprocess(*ALL, "--store", "kept/mine.sqlite", "--report-dir", "others")
    assert asked(suite) == Counter(PROMPTS)
    assert not suite.path.joinpath("reports", STORE).exists()


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_a_file_that_is_no_store_is_one_clear_line_and_costs_nothing(suite: pytest.Pytester, workers: tuple[str, ...]) -> None:
    with sqlite3.connect(suite.path / "mine.db") as connection:
        connection.execute("CREATE TABLE mine (a)")
    connection.close()
    before = suite.path.joinpath("mine.db").read_bytes()
    run = suite.runpytest_subprocess if workers else suite.runpytest_inprocess
    result = run(*ALL, "--store", "mine.db", *workers)
    said = f"{suite.path / 'mine.db'} is a database of something else; give another file as --store."
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.errlines if line] == [f"ERROR: {said}"]
    assert "Traceback" not in result.stdout.str()
    assert (asked(suite), loads(suite)) == (Counter(), 0)
    assert before == suite.path.joinpath("mine.db").read_bytes()


def test_a_report_folder_that_cannot_be_written_costs_nothing_under_workers_either(suite: pytest.Pytester) -> None:
    suite.path.joinpath("taken").write_text("a file")
    result = suite.runpytest_subprocess(*ALL, "-n", "2", "--report-dir", "taken")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--report-dir" in result.stderr.str()
    assert loads(suite) == 0


def test_cases_that_ask_no_model_are_reported_under_workers_too(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_sums=SUMS.replace("(case, answer)", "(case)").replace("answer == case.answer", "case.answer"))
    assert suite.runpytest_subprocess(*ALL, "-n", "2").ret == pytest.ExitCode.OK
    assert set(verdicts(suite).values()) == {"correct"}


def test_a_store_that_fails_in_the_middle_stops_the_run_with_one_message(suite: pytest.Pytester) -> None:
    fail = """
def said(self, prompt, said=Adder.said):
    if "6 + 6" in prompt:
        import sqlite3
        with sqlite3.connect("reports/replies.sqlite") as other:
            other.execute("DROP TABLE replies")
    return said(self, prompt)

Adder.said = said
"""
    add_to_conftest(suite, fail)
    result = suite.runpytest_inprocess(*ALL)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert result.stdout.str().count("ERROR at setup") == 1
    result.stdout.fnmatch_lines(["*replies.sqlite cannot be used: no such table: replies. *--store.", "sums *4 of 12"])


def test_verdicts_that_could_not_be_kept_make_the_run_red(suite: pytest.Pytester) -> None:
    fail = """
def pytest_runtest_teardown(item):
    if "sum-11" in item.nodeid:
        import sqlite3
        with sqlite3.connect("reports/replies.sqlite") as other:
            other.execute("DROP TABLE verdicts")
"""
    add_to_conftest(suite, fail)
    result = suite.runpytest_inprocess(*ALL)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*replies.sqlite cannot be used: no such table: verdicts. *--store."])


def test_a_run_whose_replies_are_known_imports_no_torch(pytester: pytest.Pytester) -> None:
    import itemwise.models.local.load  # noqa: F401 - torch imports only once, and an in-process run would forget it

    pytester.makepyfile(test_sums=SUMS)
    pytester.runpytest_inprocess(*ALL, "--max-new-tokens", "4")
    pytester.makeconftest(
        "import sys\n"
        "from pathlib import Path\n"
        "def pytest_sessionfinish():\n"
        "    heavy = {'torch', 'transformers', 'bitsandbytes', 'datasets'} & set(sys.modules)\n"
        "    Path('imported.txt').write_text(' '.join(sorted(heavy)) or 'nothing')\n"
    )
    result = pytester.runpytest_subprocess(*ALL, "--max-new-tokens", "4")
    assert line_of(result, "from the store") == "0 replies generated, 12 from the store"
    assert Path(pytester.path, "imported.txt").read_text() == "nothing"
