"""Whole runs of a benchmark whose prompts are chats: what is sent, what reports show, and what is refused before anything is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import hypothesis  # noqa: F401 - in-process runs forget the modules they import, and its plugin would import it in each
import openai
import pytest
import scipy.stats  # noqa: F401 - as above, and NumPy imports only once

from itemwise.models.server import server_model as server_module  # noqa: F401 - as above
from tests.stand_in import StandIn, said

SHOTS = """
    from itemwise import Case, Turn, cases
    from itemwise.extractors import last_number

    SHOTS = [Turn("system", "Reply with the number alone."), Turn("user", "1+1?"), Turn("assistant", "2")]

    def shots():
        yield Case("shot-0", [*SHOTS, Turn("user", "6*7?")], "42")
        yield Case("shot-1", [*SHOTS, Turn("user", "6*8?")], "48")

    @cases(shots, extract=last_number)
    def test_shots(case, answer):
        assert answer == case.answer
"""
CHAT = [
    {"role": "system", "content": "Reply with the number alone."},
    {"role": "user", "content": "1+1?"},
    {"role": "assistant", "content": "2"},
]
CONVERSATION = "system: Reply with the number alone.\n\nuser: 1+1?\n\nassistant: 2\n\nuser: 6*8?"


@pytest.fixture(scope="module", autouse=True)
def whole_client() -> None:
    """The client imports much of itself when it first asks, and fails; an in-process run would forget that."""
    with pytest.raises(openai.APIConnectionError):
        openai.OpenAI(base_url="http://127.0.0.1:9", api_key="-", max_retries=0).models.list()


@pytest.fixture
def server(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A server that replies 42 to everything, in other words when asked again, as a model whose entry has a system prompt of its own."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    standing = StandIn(lambda _, number: said("The number is 42." if number == 1 else "It is 42."))
    pytester.makepyprojecttoml(f'[tool.itemwise.models.brief]\nlocation = "{standing.url}#adder"\nsystem = "Be brief."\n')
    pytester.makepyfile(test_shots=SHOTS)
    yield standing
    standing.close()


def run_json(suite: pytest.Pytester) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((suite.path / "reports" / "latest" / "run.json").read_text())
    return record


def results(suite: pytest.Pytester) -> list[dict[str, Any]]:
    lines = (suite.path / "reports" / "latest" / "results.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_chat_is_asked_turn_by_turn_and_its_system_turn_replaces_that_of_the_entry(pytester: pytest.Pytester, server: StandIn) -> None:
    result = pytester.runpytest("--model", "brief", "-q")
    result.assert_outcomes(passed=1, failed=1)
    asked = sorted((body["messages"] for body in server.bodies), key=lambda messages: messages[-1]["content"])
    assert asked == [[*CHAT, {"role": "user", "content": question}] for question in ("6*7?", "6*8?")]
    assert run_json(pytester)["rows"]["shots"]["system"] == "the benchmark's own, in the place of that of brief"


def test_reports_show_the_turns_and_the_conversation(pytester: pytest.Pytester, server: StandIn) -> None:
    result = pytester.runpytest("--model", "brief", "-q")
    result.stdout.fnmatch_lines(
        [
            "shot-1: wrong, expected '48', read '42'*",
            "--- system",
            "Reply with*",
            "--- user",
            "1+1?",
            "--- assistant",
            "2",
            "--- user",
            "6[*]8?",
        ]
    )
    entry = next(entry for entry in results(pytester) if entry["case"] == "shot-1")
    assert entry["prompt"] == CONVERSATION
    assert [(turn["role"], turn["content"]) for turn in entry["reply"]["turns"]] == [
        *((turn["role"], turn["content"]) for turn in CHAT),
        ("user", "6*8?"),
        ("assistant", "The number is 42."),
    ]
    assert "Reply with the number alone." in (pytester.path / "reports" / "latest" / "report.html").read_text()


def test_a_chat_is_asked_once_and_its_verdict_is_remembered_until_a_turn_changes(pytester: pytest.Pytester, server: StandIn) -> None:
    pytester.runpytest("--model", "brief", "-q")
    pytester.runpytest("--model", "brief", "-q").assert_outcomes(passed=1, failed=1)
    assert len(server.bodies) == 2
    measured = {entry["case"]: run_json(pytester)["rows"]["shots"]["cases"] for entry in results(pytester)}
    pytester.makepyfile(test_shots=SHOTS.replace('Turn("assistant", "2")', 'Turn("assistant", "two")'))
    pytester.runpytest("--model", "brief", "-q")
    assert len(server.bodies) == 4
    assert run_json(pytester)["rows"]["shots"]["cases"] not in measured.values()


def test_a_snapshot_of_a_chat_holds_until_one_of_its_turns_changes(pytester: pytest.Pytester, server: StandIn) -> None:
    options = ("--model", "brief", "-q", "-m", "snapshot")
    pytester.runpytest(*options, "--snapshot-update")
    assert pytester.runpytest(*options).ret == pytest.ExitCode.OK
    pytester.makepyfile(test_shots=SHOTS.replace('Turn("assistant", "2")', 'Turn("assistant", "two")'))
    pytester.runpytest(*options).stdout.fnmatch_lines(
        ["  may be due to: the prompt changed", "  other words, same answer *2  shot-1, shot-0"]
    )


@pytest.mark.parametrize(
    ("chat", "fault"),
    [
        ("SHOTS", "it ends with the assistant's turn, so that the reply is there already; end it with the user's."),
        ('[SHOTS[0], *SHOTS, Turn("user", "6*7?")]', "the system turn at 1 is not the first; a chat has one system turn at most"),
    ],
)
def test_a_chat_that_cannot_be_asked_is_refused_by_the_loader_s_line(
    pytester: pytest.Pytester, server: StandIn, chat: str, fault: str
) -> None:
    pytester.makepyfile(test_shots=SHOTS.replace('[*SHOTS, Turn("user", "6*7?")]', chat))
    result = pytester.runpytest("--model", "brief")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*test_shots.py*, line 7, in shots*", f"*case 'shot-0': prompt is no chat that can be asked: {fault}*"])
    result.stdout.no_fnmatch_line("*case.py*")
    assert server.bodies == []


def test_a_strategy_of_the_old_form_is_refused_before_anything_is_asked(pytester: pytest.Pytester, server: StandIn) -> None:
    pytester.makepyfile(own="async def once(question, ask, read):\n    return await ask([question])\n")
    result = pytester.runpytest("--model", "brief", "--strategy", "own:once")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*own:once takes question, one turn, which is the old form*async def once(chat, ask, extract)*"])
    assert server.bodies == []


def test_a_strategy_s_settings_and_options_reach_the_server(pytester: pytest.Pytester, server: StandIn) -> None:
    pytester.makepyfile(
        own="""
        from itemwise.strategies import Transcript

        async def lettered(chat, ask, extract, *, options=()):
            reply = await ask(chat, stop=[f"{option}:" for option in options], max_new_tokens=3)
            return Transcript([*chat, reply], reply, {"options": len(options)})
        """
    )
    pytester.makepyfile(test_shots=SHOTS.replace('"48")', '"48", choices=("red", "green"))'))
    pytester.runpytest("--model", "brief", "--strategy", "own:lettered", "-q", "-k", "shot-1").assert_outcomes(failed=1, deselected=1)
    (body,) = server.bodies
    assert (body["stop"], body["max_tokens"]) == (["red:", "green:"], 3)
    (entry,) = results(pytester)
    assert entry["reply"]["notes"] == {"options": 2}
    assert entry["reply"]["turns"][-1]["stop"] == ["red:", "green:"]
