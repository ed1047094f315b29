"""Whole runs with several strategies, extractors, variants and prompts, as a user starts them, with the embedded model."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
import scipy.stats  # noqa: F401 - in-process runs forget the modules they import, and NumPy and torch import only once

import itemwise.models.local.load
from itemwise.strategies.tool import HINTS

PROBLEMS = '''
"""Made problems: the benchmark of the package, from a user's own file with an extractor of the user's own."""
import re

from itemwise import Case, Hub, cases
from itemwise.synthetic import word_problems

PROMPTS = {
    "json": """Solve the problem. Reply with JSON only: "steps" lists each calculation, "answer" is the final number.
Example: {{"steps": ["6*7=42", "42-2=40"], "answer": 40}}

Problem: {question}""",
    "question": "{question}",
}

def problems(source, prompt):
    for row in source.rows(Hub("nobody/nothing"), synthetic=word_problems):
        yield Case(f"p-{row.id}", prompt.format_map(row), row["answer"].rpartition("#### ")[2])

def answer_field(text):
    found = re.search(r'"answer": "?\\$?([0-9]+)', text)
    return found[1] if found else None

@cases(problems, prompts=PROMPTS, extract=answer_field)
def test_problems(case, answer):
    assert answer == case.answer
'''
TWOPASS = '''
from itemwise.cases.chat import Turn
from itemwise.strategies import Transcript

async def twopass(chat, ask, extract, *, passes: int = 2):
    """Ask, then ask to check."""
    turns = [*chat]
    for number in range(passes):
        turns.append(await ask(turns))
        turns.append(Turn("user", "Check it and reply again."))
    return Transcript(turns[:-1], turns[-2], {"passes": passes})
'''


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(test_problems=PROBLEMS, my_strategies=TWOPASS)
    return pytester


def record(suite: pytest.Pytester) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(suite.path.joinpath("reports", "latest", "run.json").read_text(encoding="utf-8"))
    return found


def results(suite: pytest.Pytester) -> list[dict[str, Any]]:
    return [json.loads(line) for line in suite.path.joinpath("reports", "latest", "results.jsonl").read_text(encoding="utf-8").splitlines()]


def properties(suite: pytest.Pytester) -> list[dict[str, str]]:
    root = ElementTree.parse(suite.path / "reports" / "latest" / "junit.xml").getroot()
    return [{each.get("name", ""): each.get("value", "") for each in suite.iter("property")} for suite in root]


LADDER = ("--strategy", "direct", "--strategy", "retry", "--strategy", "tool", "--strategy", "vote:samples=3")


def test_the_ladder_ends_in_one_table_of_accuracy_gains_and_cost(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "12", *LADDER)
    result.stdout.re_match_lines(
        [
            r"rung +against +by +accuracy +95% interval +change +gained +lost +p +Holm p +since first +tokens/correct +finding",
            r"direct, strict-json +- +- +\d+\.\d%.*",
            r"direct +direct, strict-json +reading +\d+\.\d%.*points.*",
            r"retry +direct +asking again .*",
            r"tool +retry +the calculator .*",
            r"vote:samples=3 +tool +voting instead of the calculator .*",
            r"the ladder of problems-synthetic, each rung against the one named: reading .*",
        ]
    )
    (ladder,) = record(suite)["ladders"]
    assert [rung["rung"] for rung in ladder["rungs"]] == ["direct, strict-json", "direct", "retry", "tool", "vote:samples=3"]
    assert record(suite)["settings"]["strategies"]["vote:samples=3"] == {"samples": 3, "temperature": 0.7}


def test_a_reply_keeps_all_its_turns_their_cost_and_what_the_strategy_did(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--sample", "4", *LADDER)
    of = {strategy: [each["reply"] for each in results(suite) if each["strategy"] == strategy] for strategy in ("tool", "vote:samples=3")}
    for reply in of["vote:samples=3"]:
        said = [turn for turn in reply["turns"] if turn["role"] == "assistant"]
        assert len(said) == 3
        assert {turn["temperature"] for turn in said} == {0.7}
        assert sum(turn["completion_tokens"] for turn in said) == reply["completion_tokens"]
        assert reply["text"] == said[reply["notes"]["chosen"] - 1]["content"]
    called = [turn["calls"] for reply in of["tool"] for turn in reply["turns"] if "calls" in turn]
    assert called
    assert all(call["name"] == "calculator" for calls in called for call in calls)
    assert properties(suite)[-1]["strategy.samples"] == "3"


def test_replies_of_every_strategy_come_from_the_store_the_next_time(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--sample", "4", *LADDER)
    before = [(each["verdict"], each["reply"]["text"]) for each in results(suite)]
    suite.runpytest_inprocess("--sample", "4", "--replay", *LADDER).stdout.fnmatch_lines(["0 replies generated, 16 from the store"])
    assert [(each["verdict"], each["reply"]["text"]) for each in results(suite)] == before


def test_samples_do_not_depend_on_the_batch(suite: pytest.Pytester) -> None:
    def texts(*options: str) -> list[str]:
        suite.runpytest_inprocess("--sample", "5", "--fresh", "--strategy", "vote", *options)
        return [turn["content"] for each in results(suite) for turn in each["reply"]["turns"]]

    assert texts("--batch-size", "3") == texts("--batch-size", "32")


def test_a_strategy_of_ones_own_is_one_file(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "2", "--strategy", "direct", "--strategy", "my_strategies:twopass:passes=3")
    assert result.ret == pytest.ExitCode.OK
    last = results(suite)[-1]
    assert last["node_id"].startswith("test_problems.py::test_problems[embedded-text-twopass:passes=3-p-synthetic-42-")
    assert [turn["role"] for turn in last["reply"]["turns"]] == ["user", "assistant"] * 3
    assert last["reply"]["notes"] == {"passes": 3}


def test_a_changed_strategy_is_another_measurement(suite: pytest.Pytester) -> None:
    own = ("--strategy", "my_strategies:twopass")
    suite.runpytest_inprocess("--sample", "2", *own)
    suite.makepyfile(my_strategies=TWOPASS.replace("Check it", "Check them"))
    result = suite.runpytest("--sample", "2", "-k", "42-0", *own)  # a process of its own: Python keeps modules
    result.stdout.re_match_lines([r"problems-synthetic .* 1 of 2"])


def test_with_the_strict_extractor_its_reading_is_the_verdict(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--sample", "20", "--extractor", "strict-json", "--strategy", "direct", "--strategy", "retry")
    unread = [each for each in results(suite) if each["strategy"] == "direct" and each["answer"] != each["expected"]]
    shares = {(each["strategy"], each["reader"]): each["accuracy"] for each in record(suite)["readers"]}
    tally = {each["strategy"]: each["accuracy"] for each in record(suite)["results"]}
    assert tally["direct"] == shares["direct", "strict-json"] < shares["direct", "last-number"]
    assert {each["cause"] for each in map(first_cause, unread)} & {"right value in another form", "arithmetic slip"}
    assert record(suite)["settings"]["reader"] == "strict-json"


def first_cause(result: dict[str, Any]) -> dict[str, str]:
    first = result["causes"][0]
    return {"cause": first["kind"], "evidence": first["evidence"]}


def test_every_case_that_is_not_correct_has_a_cause_with_its_evidence(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "20")
    failed = [each for each in results(suite) if each["verdict"] != "correct"]
    assert failed
    assert all(first_cause(each)["cause"] and first_cause(each)["evidence"] for each in failed)
    assert not any(each["causes"] for each in results(suite) if each["verdict"] == "correct")
    counted = record(suite)["results"][0]["causes"]
    assert sum(counted.values()) == len(failed)
    assert {f"cause.{kind.replace(' ', '_')}": str(count) for kind, count in counted.items()}.items() <= properties(suite)[0].items()
    result.stdout.fnmatch_lines(["why cases are not correct (results.jsonl quotes the evidence):", "benchmark *"])
    junit = suite.path.joinpath("reports", "latest", "junit.xml").read_text(encoding="utf-8")
    assert first_cause(failed[0])["cause"] in junit


def test_variants_are_a_measurement_of_their_own_and_the_drop_is_told(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "6", "--variants", "2")
    assert {each["benchmark"]: each["n"] for each in record(suite)["results"]} == {
        "problems-synthetic": 6,
        "problems-synthetic-renumbered": 12,
    }
    result.stdout.re_match_lines(
        [r"problems-synthetic, embedded-text, direct: from \d+\.\d% to \d+\.\d% with other numbers, .*6 problems.*"]
    )
    (drop,) = record(suite)["renumbered"]
    assert drop["problems"] == 6
    assert record(suite)["settings"]["twins"] == 2


def test_variants_do_not_change_the_problems_they_are_variants_of(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--sample", "6", "--variants", "1")
    with_variants = [each["prompt"] for each in results(suite) if not each["case"].endswith("-twin1")]
    suite.runpytest_inprocess("--sample", "6")
    assert [each["prompt"] for each in results(suite)] == with_variants


def test_rows_that_cannot_be_renumbered_say_so(suite: pytest.Pytester) -> None:
    suite.path.joinpath("rows.jsonl").write_text('{"question": "6*7?", "answer": "#### 42"}\n')
    result = suite.runpytest_inprocess("--source", "rows.jsonl", "--sample", "all", "--variants", "1")
    assert result.ret != pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*--variants needs rows that can be renumbered*"])


def test_a_model_is_asked_with_the_prompt_it_prefers(suite: pytest.Pytester) -> None:
    suite.makepyprojecttoml(
        f"""
        [tool.itemwise.models.plain]
        location = {str(itemwise.models.local.load.__file__).replace("models/local/load.py", "embedded/text")!r}
        source = "synthetic"
        prompt = "question"
        """
    )
    suite.runpytest_inprocess("--sample", "2", "--model", "embedded-text", "--model", "plain")
    prompts = {each["model_name"]: each["prompt"] for each in results(suite)}
    assert prompts["embedded-text"].startswith("Solve the problem.")
    assert prompts["embedded-text"].endswith(prompts["plain"])
    rows = {name: each["prompt"] for name, each in record(suite)["rows"].items()}
    assert rows == {"problems-synthetic, embedded-text": "json", "problems-synthetic, plain": "question"}
    assert record(suite)["ladders"][0]["rungs"][-1]["by"] == "the token limit and the prompt"
    suite.runpytest_inprocess("--sample", "2", "--model", "plain", "--prompt", "json")
    assert results(suite)[0]["prompt"].startswith("Solve the problem.")


def test_a_model_is_told_when_to_call_the_calculator_unless_its_entry_says_that_it_knows(suite: pytest.Pytester) -> None:
    suite.makepyprojecttoml(
        f"""
        [tool.itemwise.models.told]
        location = {str(itemwise.models.local.load.__file__).replace("models/local/load.py", "embedded/text")!r}
        source = "synthetic"
        prompt = "json"
        """
    )
    suite.runpytest_inprocess("--sample", "1", "--model", "embedded-text", "--model", "told", "--strategy", "tool")
    known, told = results(suite)
    assert known["reply"]["turns"][0]["content"] == known["prompt"] == told["prompt"]
    assert told["reply"]["turns"][0]["content"] == f"{told['prompt']}\n\n{HINTS['call']}"
    assert record(suite)["settings"]["strategies"] == {"tool": {"rounds": 12, "hint": "auto", "offer": "template"}}
