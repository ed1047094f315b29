"""Whole runs through servers: a real one that serves the embedded model here, and a stand-in for what it would not show."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import hypothesis  # noqa: F401 - in-process runs forget the modules they import, and its plugin would import it in each
import openai
import pytest
import scipy.stats  # noqa: F401 - as above, and NumPy imports only once

from itemwise.models.registry import EMBEDDED
from itemwise.models.server import retry_policy as retry_module
from itemwise.models.server import server_model as server_module  # noqa: F401 - as above
from tests.serving import Serving
from tests.stand_in import Answer, StandIn, error, said

GSM8K = Path(__file__).parents[2] / "benchmarks" / "test_gsm8k.py"
OPTIONS = ("--source", "synthetic", "--prompt", "json", "--max-new-tokens", "128", "--batch-size", "4", "-q")


@pytest.fixture(scope="module", autouse=True)
def whole_client() -> None:
    """The client imports much of itself when it first asks, and fails; an in-process run would forget that."""
    with pytest.raises(openai.APIConnectionError):
        openai.OpenAI(base_url="http://127.0.0.1:9", api_key="-", max_retries=0).models.list()


@pytest.fixture(scope="session")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    serving = Serving(EMBEDDED / "text", tmp_path_factory.mktemp("server") / "log.txt")
    yield serving
    serving.kill()


@pytest.fixture
def server(one_server: Serving, monkeypatch: pytest.MonkeyPatch) -> Serving:
    """The real server, ready."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    one_server.wait()
    return one_server


@pytest.fixture
def gsm8k(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with the package's own benchmark."""
    shutil.copy(GSM8K, pytester.path)
    return pytester


class After:
    """A plugin that does something to the server once so many cases are done."""

    def __init__(self, cases: int, *deeds: Any) -> None:
        self._cases = cases
        self._deeds = deeds

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self) -> None:
        self._cases -= 1
        if self._cases == 0:
            for deed in self._deeds:
                deed()


def lines(run: pytest.Pytester) -> list[dict[str, Any]]:
    """The newest run's results."""
    return [json.loads(line) for line in run.path.joinpath("reports", "latest", "results.jsonl").read_text(encoding="utf-8").splitlines()]


def verdicts(run: pytest.Pytester) -> dict[str, str]:
    return {result["case"]: result["verdict"] for result in lines(run)}


def replies(run: pytest.Pytester) -> dict[str, tuple[Any, ...]]:
    """What was said to each case and what came of it."""
    return {result["case"]: (result["verdict"], result["answer"], result["reply"]["text"]) for result in lines(run)}


def line_of(result: pytest.RunResult, word: str) -> str:
    (found,) = [line for line in result.stdout.lines if word in line]
    return str(found)


# The real server


def test_a_server_says_what_the_local_model_says(gsm8k: pytest.Pytester, server: Serving) -> None:
    import itemwise.models.local.load  # noqa: F401 - torch imports only once, and an in-process run would forget it

    gsm8k.makepyprojecttoml(f"[tool.itemwise.models.text]\nlocation = {server.named!r}\ntool_hint = false")
    strategies = ("--strategy", "direct", "--strategy", "tool", "--sample", "10")
    gsm8k.runpytest_inprocess(*OPTIONS, *strategies, "--model", "embedded-text", "--quant", "none")
    local = {result["node_id"].replace("embedded-text", "text"): result for result in lines(gsm8k)}
    result = gsm8k.runpytest_inprocess(*OPTIONS, *strategies, "--model", "text")
    served = {result["node_id"]: result for result in lines(gsm8k)}
    assert result.ret == pytest.ExitCode.OK
    assert len(served) == 20
    for node_id, other in local.items():
        for name in ("verdict", "answer"):
            assert (node_id, served[node_id][name]) == (node_id, other[name])
        for name in ("text", "finish_reason", "prompt_tokens", "completion_tokens", "notes"):
            assert (node_id, name, served[node_id]["reply"][name]) == (node_id, name, other["reply"][name])
    assert sum(result["reply"]["notes"].get("calls", 0) for result in served.values()) >= 10
    assert {result["verdict"] for result in served.values()} > {"correct"}


def test_the_header_and_the_last_lines_say_where_and_what(gsm8k: pytest.Pytester, server: Serving) -> None:
    result = gsm8k.runpytest_inprocess(*OPTIONS[:-1], "--sample", "1", "--model", server.named)
    assert "nf4" not in result.stdout.str()
    result.stdout.fnmatch_lines(
        [
            f"*text ({server.named}, max 128 new tokens)*",
            f"text: unknown revision (the server's), server 127.0.0.1:{server.port}, greedy*",
        ]
    )


def test_a_server_that_starts_again_in_the_middle_costs_no_verdict(gsm8k: pytest.Pytester, server: Serving) -> None:
    options = (*OPTIONS, "--sample", "8", "--model", server.named)
    gsm8k.runpytest_inprocess(*options)
    undisturbed = replies(gsm8k)
    result = gsm8k.runpytest_inprocess(*options, "--fresh", plugins=[After(3, server.kill, server.start)])
    assert result.ret == pytest.ExitCode.OK
    assert line_of(result, "from the store").startswith("8 replies generated")
    assert replies(gsm8k) == undisturbed


def test_after_an_outage_beyond_patience_the_same_command_asks_only_for_what_is_missing(
    gsm8k: pytest.Pytester, server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = (*OPTIONS, "--sample", "12", "--model", server.named)
    with monkeypatch.context() as impatient:
        impatient.setattr(retry_module, "MAX_SECONDS", 0.0)
        result = gsm8k.runpytest_inprocess(*options, plugins=[After(3, server.kill)])
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"text: {server.url} cannot be reached: *. See to the server, *"])
    unanswered = list(verdicts(gsm8k).values()).count("error")
    assert 1 <= unanswered <= 9  # of 12, three being done when the server ended
    server.start()
    server.wait()
    again = gsm8k.runpytest_inprocess(*options)
    assert again.ret == pytest.ExitCode.OK
    assert line_of(again, "from the store").startswith(f"{unanswered} replies generated")
    assert "error" not in verdicts(gsm8k).values()


def test_workers_share_a_server_whose_only_model_needs_no_name(gsm8k: pytest.Pytester, server: Serving) -> None:
    options = (*OPTIONS, "--sample", "8", "--model", server.url)
    assert gsm8k.runpytest_subprocess(*options, "-n", "2").ret == pytest.ExitCode.OK
    assert len(verdicts(gsm8k)) == 8
    assert "error" not in verdicts(gsm8k).values()
    described = json.loads(gsm8k.path.joinpath("reports", "latest", "run.json").read_text(encoding="utf-8"))["models"]
    assert described[f"127.0.0.1-{server.port}"]["served model"] == "text"


# A stand-in

SUMS = '''
"""Sums: a benchmark of one's own."""
from itemwise.extractors import last_number
from itemwise import Case, cases

def sums():
    for n in range(6):
        yield Case(f"sum-{n}", f"How much is {n} + {n}?", str(2 * n))

@cases(sums, extract=last_number)
def test_sums(case, answer):
    assert answer == case.answer
'''
SEEN = """
import sys
from pathlib import Path

def pytest_sessionfinish():
    heavy = {"torch", "transformers", "bitsandbytes"} & set(sys.modules)
    Path("imported.txt").write_text(" ".join(sorted(heavy)) or "nothing")
"""
KEY, PASSWORD = "sk-very-secret", "pa55word"
BASIC = b64encode(f"me:{PASSWORD}".encode()).decode()
SECRETS = {f"Bearer {KEY}": (KEY,), f"Basic {BASIC}": (f"me:{PASSWORD}", BASIC, PASSWORD)}


class Slow(StandIn):
    """Answers the sum that is first in the order of seed 42 wrong, and the others only when it closes."""

    def __init__(self) -> None:
        self._all_asked, self._closing = threading.Event(), threading.Event()
        super().__init__(self._said)

    def _said(self, question: str, _: int) -> Answer:
        if len(self.asked) == 6:
            self._all_asked.set()
        if "3 + 3" in question:
            self._all_asked.wait()
            return said("The answer is 7")
        self._closing.wait()
        return said("late")

    def close(self) -> None:
        self._closing.set()
        super().close()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    stand_in = Slow()
    yield stand_in
    stand_in.close()


@pytest.fixture
def adder(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A server that adds, but for 3 + 3, where it tells everything it was told."""

    def answer(question: str, _: int) -> Answer:
        if "3 + 3" in question:
            told = stand_in.headers[-1]["authorization"]
            return error(400, f"no: {told}, {', '.join(SECRETS[told])}")
        return said(f"The answer is {2 * int(question.split()[3])}")

    stand_in = StandIn(answer)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    yield stand_in
    stand_in.close()


def test_after_a_failure_that_stops_the_run_nobody_waits_for_what_is_in_flight(pytester: pytest.Pytester, slow: Slow) -> None:
    pytester.makepyfile(test_sums=SUMS)
    result = pytester.runpytest_inprocess("-x", "--model", f"{slow.url}#adder")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert verdicts(pytester) == {"sum-3": "wrong"}
    assert slow.most == 6


def test_an_interrupt_waits_for_nothing_in_flight_and_keeps_what_came_before(pytester: pytest.Pytester, slow: Slow) -> None:
    pytester.makepyfile(test_sums=SUMS)
    command = [sys.executable, "-m", "pytest", "-v", "--model", f"{slow.url}#adder"]
    run = pytester.popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert any(b"sum-3" in line and b"WRONG" in line for line in run.stdout)
    run.send_signal(signal.SIGINT)
    shown, _ = run.communicate(timeout=600)  # against a hang: what is in flight comes back only after it
    assert run.returncode == pytest.ExitCode.INTERRUPTED, shown.decode()
    assert verdicts(pytester) == {"sum-3": "wrong"}


@pytest.mark.parametrize(("userinfo", "workers"), [("", ()), (f"me:{PASSWORD}@", ("-n", "2"))], ids=["key", "userinfo and workers"])
def test_no_secret_is_written_or_shown_anywhere(userinfo: str, workers: tuple[str, ...], pytester: pytest.Pytester, adder: StandIn) -> None:
    pytester.makepyfile(test_sums=SUMS)
    url = adder.url.replace("//", f"//{userinfo}")
    result = pytester.runpytest_subprocess("-v", "-l", "--tb=long", "--model", f"{url}#adder", "--junitxml=junit.xml", *workers)
    assert verdicts(pytester) == {f"sum-{n}": "error" if n == 3 else "correct" for n in range(6)}
    told = {headers["authorization"] for headers in adder.headers}
    assert told == {f"Basic {BASIC}" if userinfo else f"Bearer {KEY}"}
    written = {file: file.read_bytes() for file in pytester.path.rglob("*") if file.is_file()}
    assert len(written) > 8
    written[Path("shown")] = (result.stdout.str() + result.stderr.str()).encode()
    assert holding(written, KEY, *SECRETS[told.pop()]) == []
    assert b"answered 400 (no: " in written[Path("shown")]


def holding(written: Mapping[Path, bytes], *secrets: str) -> list[Path]:
    """The files that any of the secrets stands in."""
    return [file for file, content in written.items() if any(secret.encode() in content for secret in secrets)]


def test_a_url_of_pyproject_is_written_without_its_secrets_too(pytester: pytest.Pytester, adder: StandIn) -> None:
    pytester.makepyfile(test_sums=SUMS)
    pytester.makepyprojecttoml(f"[tool.itemwise.models.mine]\nlocation = '{adder.url.replace('//', f'//me:{PASSWORD}@')}#adder'\n")
    pytester.runpytest_inprocess("--model", "mine")
    assert verdicts(pytester)["sum-1"] == "correct"
    written = {file: file.read_bytes() for file in pytester.path.rglob("*") if file.is_file() and file.name != "pyproject.toml"}
    assert holding(written, KEY, PASSWORD, BASIC) == []


def test_with_a_server_nothing_imports_torch(pytester: pytest.Pytester, adder: StandIn) -> None:
    pytester.makepyfile(test_sums=SUMS)
    pytester.makeconftest(SEEN)
    pytester.runpytest_subprocess("--model", f"{adder.url}#adder")
    assert verdicts(pytester)["sum-1"] == "correct"
    assert Path(pytester.path, "imported.txt").read_text() == "nothing"


def test_known_replies_need_no_server(pytester: pytest.Pytester, adder: StandIn) -> None:
    pytester.makepyfile(test_sums=SUMS)
    options = ("--model", f"{adder.url}#adder", "-k", "not sum-3")
    pytester.runpytest_inprocess(*options)
    adder.close()
    result = pytester.runpytest_inprocess(*options)
    assert result.ret == pytest.ExitCode.OK
    assert line_of(result, "from the store") == "0 replies generated, 5 from the store"


def test_a_server_that_is_not_there_stops_the_run_with_one_message(pytester: pytest.Pytester, adder: StandIn) -> None:
    pytester.makepyfile(test_sums=SUMS)
    adder.close()
    result = pytester.runpytest_inprocess("--model", f"{adder.url}#adder")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert result.stdout.str().count("ERROR at setup") == 1
    result.stdout.fnmatch_lines([f"adder: no server at {adder.url} (cannot be reached: *"])


@pytest.fixture
def troubled(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A server that is in trouble when a question is first asked, and thinks before it answers."""

    def answer(question: str, number: int) -> Answer:
        if number == 1:
            return error(500, "oops \x1b[31m")
        return said(f"<think>13?</think>The answer is {2 * int(question.split()[3])}", reasoning_content="Is it 12?")

    stand_in = StandIn(answer)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield stand_in
    stand_in.close()


@pytest.mark.parametrize("options", [("-q",), ("-n", "2")], ids=" ".join)
def test_a_server_in_trouble_is_told_of_once_and_at_once(options: tuple[str, ...], pytester: pytest.Pytester, troubled: StandIn) -> None:
    pytester.makepyfile(test_sums=SUMS)
    result = pytester.runpytest_subprocess("--model", f"{troubled.url}#adder", *options)
    assert result.ret == pytest.ExitCode.OK
    words = f"itemwise: adder: {troubled.url} answered 500 (oops [31m); asked again for up to 5 min, 16 times at most."
    assert [line for line in result.stdout.lines if " 500 " in line] == [words]
    result.stdout.no_fnmatch_line("*NoticeWarning*")


def test_what_a_model_thought_is_kept_and_is_never_the_answer(pytester: pytest.Pytester, troubled: StandIn) -> None:
    pytester.makepyfile(test_sums=SUMS)
    for options in ((), ("--replay",)):
        pytester.runpytest_inprocess("--model", f"{troubled.url}#adder", *options)
        assert set(verdicts(pytester).values()) == {"correct"}
        assert {result["reply"]["reasoning"] for result in lines(pytester)} == {"Is it 12?"}
        assert {result["reply"]["turns"][-1]["reasoning"] for result in lines(pytester)} == {"Is it 12?"}


def test_an_interrupt_while_a_server_is_in_trouble_tells_its_last_answer(pytester: pytest.Pytester, adder: StandIn) -> None:
    stand_in = StandIn(lambda *_: error(500, "oops"))
    pytester.makepyfile(test_sums=SUMS)
    command = [sys.executable, "-m", "pytest", "--model", f"{stand_in.url}#adder"]
    run = pytester.popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert any(b"asked again for up to" in line for line in run.stdout)
    run.send_signal(signal.SIGINT)
    shown, _ = run.communicate(timeout=60)
    stand_in.close()
    assert run.returncode == pytest.ExitCode.INTERRUPTED, shown.decode()
    assert b"answered 500 (oops); that was its last answer." in shown
