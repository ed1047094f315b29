"""A server for the length of a run: real processes, which answer, end, hang or are left by whoever started them."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import tests.preloaded  # noqa: F401 - in-process runs forget the modules they import
from itemwise.models import ModelEntry, ModelError, ModelUnavailableError
from itemwise.session.served import Served, served_words, silence, wait_for

# Answers as OpenAI's API does, after a child of its own was started; the numbers of both processes stand in a file beside it.
SERVER = """
import json, os, subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if sys.argv[2:] == ["guarded"] and self.headers["Authorization"] != "Bearer sk-secret":
            return self.send_error(500)
        self.answer({"object": "list", "data": [{"id": "adder", "object": "model"}]})

    def do_POST(self):
        if sys.argv[2:] == ["dies"]:
            print("out of memory", flush=True)
            os.kill(os.getpid(), 9)
        self.rfile.read(int(self.headers["Content-Length"]))
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "The answer is 3."}}
        self.answer({"id": "1", "object": "chat.completion", "created": 0, "model": "adder", "choices": [choice]})

    def answer(self, body):
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
Path(__file__).with_name("pids").write_text(f"{os.getpid()} {child.pid}")
print("loading weights", flush=True)
if sys.argv[1] == "never":
    child.wait()
if sys.argv[1] == "broken":
    sys.exit("no such weights")
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
SUMS = """
from itemwise import Case, cases
from itemwise.extractors import last_number

def sums():
    yield Case("sum-3", "What is 1+2?", "3")
    yield Case("sum-4", "What is 1+3?", "4")

@cases(sums, extract=last_number)
def test_sums(case, answer):
    assert answer == case.answer
"""
HOLD = """
import sys, time
from pathlib import Path
from itemwise.session.served import Served
served = Served(sys.argv[2:], Path(sys.argv[1]))
time.sleep(600)
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def words(tmp_path: Path) -> Callable[..., list[str]]:
    (tmp_path / "server.py").write_text(SERVER)
    return lambda *how: [sys.executable, str(tmp_path / "server.py"), *map(str, how)]


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def pids(folder: Path) -> list[int]:
    until(lambda: (folder / "pids").exists() and len((folder / "pids").read_text().split()) == 2)
    return [int(pid) for pid in (folder / "pids").read_text().split()]


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def at(port: int, host: str = "127.0.0.1", **settings: str) -> ModelEntry:
    """The model that a server at that port has."""
    return ModelEntry("adder", f"http://{host}:{port}/v1#adder", server=True, **settings)  # type: ignore[arg-type]


def test_it_is_waited_for_and_ends_with_all_that_it_started(tmp_path: Path, port: int, words: Callable[..., list[str]]) -> None:
    assert "refused" in silence(at(port))
    served = Served(words(port), tmp_path / "server.log")
    assert list(wait_for([served], [at(port)])) == []
    assert not silence(at(port))
    served.end()
    assert "refused" in silence(at(port))
    assert not served.fault
    until(lambda: not any(map(is_alive, pids(tmp_path))))
    assert "loading weights" in (tmp_path / "server.log").read_text()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_no_proxy_is_asked_for_an_address_of_this_machine(monkeypatch: pytest.MonkeyPatch, port: int, host: str) -> None:
    monkeypatch.setenv("http_proxy", "http://user:secret@proxy.invalid:1")
    monkeypatch.delenv("no_proxy", raising=False)
    assert "refused" in silence(at(port, host)).lower()


def test_whether_it_answers_is_asked_with_the_key(
    tmp_path: Path, port: int, words: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUDGE_KEY", "sk-secret")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    served = Served([*words(port), "guarded"], tmp_path / "server.log")
    try:
        assert list(wait_for([served], [at(port, key_env="JUDGE_KEY")])) == []
        assert silence(at(port)) == "status 500"
        with pytest.raises(ModelError, match="OTHER_KEY, which is not set"):
            silence(at(port, key_env="OTHER_KEY"))
    finally:
        served.end()


def test_one_that_ends_before_it_answers_is_told_with_its_last_words(tmp_path: Path, port: int, words: Callable[..., list[str]]) -> None:
    served = Served(words("broken"), tmp_path / "server.log")
    with pytest.raises(ModelUnavailableError, match=r"v1 answered, the server ended with status 1.(.|\n)*loading weights\nno such weights"):
        list(wait_for([served], [at(port)]))
    until(lambda: not any(map(is_alive, pids(tmp_path))))


def test_one_that_never_answers_is_told_of_and_given_up(
    tmp_path: Path, port: int, words: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    served = Served(words("never"), tmp_path / "server.log")
    monkeypatch.setattr("itemwise.session.served.TELL_EVERY", 0.1)
    waiting = wait_for([served], [at(port)], timeout=0.5)
    url, why = next(waiting)
    assert (url, "refused" in why) == (f"http://127.0.0.1:{port}/v1", True)
    with pytest.raises(ModelUnavailableError, match=f"http://127.0.0.1:{port}/v1 gave no answer within 0 s \\(.*refused"):
        list(waiting)
    served.end()


@pytest.mark.parametrize("signal_name", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_it_does_not_outlive_whoever_started_it(tmp_path: Path, words: Callable[..., list[str]], signal_name: str) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "server.log"), *words("never")], stderr=subprocess.DEVNULL)
    started = pids(tmp_path)
    holder.send_signal(getattr(signal, signal_name))
    holder.wait()
    until(lambda: not any(map(is_alive, started)))


@pytest.mark.skipif(sys.platform != "linux", reason="a signal at the death of a parent is Linux' own")
def test_it_does_not_outlive_what_watches_over_it(tmp_path: Path, words: Callable[..., list[str]]) -> None:
    served = Served(words("never"), tmp_path / "server.log")
    server, child = pids(tmp_path)
    served._guard.kill()
    until(lambda: not is_alive(server))
    assert "ended with status -9" in served.fault
    served.end()
    psutil.Process(child).kill()  # in a session of its own


# Kills a child that leaves one in a session of its own, while a thread that was listed has ended, as the one of the pipe may.
ENDING = """
import os, subprocess, sys
from itemwise.session import server_guard
listdir = os.listdir
os.listdir = lambda path: [*listdir(path), "0"]
server_guard._prctl(server_guard._SUBREAPER, 1)
subprocess.Popen(["bash", "-c", "setsid sleep 600 & echo $! > {0}/pid; wait".format(sys.argv[1])])
sys.stdin.read(1)
server_guard._kill_orphans()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="others have no /proc")
def test_all_that_is_left_is_killed_though_a_thread_ends_meanwhile(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ENDING, str(tmp_path)], stdin=subprocess.PIPE)
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip() != "")
    process.communicate(b".", timeout=60)
    pid = int((tmp_path / "pid").read_text())
    left = is_alive(pid)
    if left:
        psutil.Process(pid).kill()
    assert not left


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("", "it is empty"),
        ("vllm 'serve", "is no command"),
        ("KEY=1 vllm serve", "begin the command with env: 'env KEY=...*"),
        ("cd models && vllm serve", "'&&' takes a shell"),
        ("vllm serve > log.txt", "'>' takes a shell"),
    ],
)
def test_what_is_no_command_is_refused(command: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        served_words(command)


@pytest.mark.parametrize("word", ["<|im_end|>", "<s>", "|", ">", "> 3 steps", "&&"])
def test_what_stands_in_quotes_is_the_programs_own(word: str) -> None:
    for quoted in (f"'{word}'", f'"{word}"'):
        assert served_words(f"serve --stop {quoted} --port 8000") == ["serve", "--stop", word, "--port", "8000"]


def test_a_run_asks_the_server_that_it_starts_and_leaves_its_log(
    pytester: pytest.Pytester, tmp_path: Path, port: int, words: Callable[..., list[str]]
) -> None:
    pytester.makepyfile(test_sums=SUMS)
    options = ("--model", f"http://127.0.0.1:{port}/v1#adder", "--serve", shlex.join(words(port)), "--source", "hub")
    result = pytester.runpytest_subprocess(*options)
    started = ["itemwise: a server is being started, log *server.log", "itemwise: the server answers after * s"]
    result.stdout.fnmatch_lines([*started, "sums * adder * 50.0% *"])
    assert result.ret == pytest.ExitCode.OK
    folder = pytester.path / "reports" / "latest"
    assert "loading weights" in (folder / "server.log").read_text()
    assert json.loads((folder / "run.json").read_text())["settings"]["serve"] == [shlex.join(words(port))]
    until(lambda: not any(map(is_alive, pids(tmp_path))))
    again = pytester.runpytest_inprocess(*options, "--replay")  # starts none
    again.stdout.fnmatch_lines(["sums * adder * 50.0% *"])


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="no program called 'no-such-server'"):
        Served(["no-such-server", "--port", "1"], tmp_path / "server.log")


def test_a_server_that_does_not_come_up_stops_the_run(pytester: pytest.Pytester, port: int, words: Callable[..., list[str]]) -> None:
    pytester.makepyfile(test_sums=SUMS)
    result = pytester.runpytest_inprocess("--model", f"http://127.0.0.1:{port}/v1#adder", "--serve", shlex.join(words("broken")))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    told = "ERROR: --serve: before http://127.0.0.1:*/v1 answered, the server ended with status 1. Its log, *server.log, ends with:"
    result.stderr.fnmatch_lines([told, "no such weights"])


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "-n"])
def test_a_server_that_ends_in_the_middle_stops_the_run(
    pytester: pytest.Pytester, port: int, words: Callable[..., list[str]], workers: tuple[str, ...]
) -> None:
    pytester.makepyfile(test_sums=SUMS)
    options = ("--model", f"http://127.0.0.1:{port}/v1#adder", "--serve", shlex.join(words(port, "dies")), *workers)
    result = pytester.runpytest_subprocess(*options)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        [
            "itemwise: --serve: in the middle of the run, the server ended with status 137 (killed, *). Its log, *server.log, ends with:",
            "out of memory",
        ]
    )


def test_several_servers_are_all_waited_for(tmp_path: Path, port: int, words: Callable[..., list[str]]) -> None:
    entries = [at(port), at(7)]
    servers = [Served(words(port), tmp_path / "server.log"), Served(words("never"), tmp_path / "server-2.log")]
    with pytest.raises(ModelUnavailableError, match=r"(?s)127.0.0.1:7/v1 gave no answer .*server.log.*server-2.log"):
        list(wait_for(servers, entries, timeout=5))
    for server in servers:
        server.end()


def test_another_server_at_that_address_is_not_taken_for_it(
    pytester: pytest.Pytester, tmp_path: Path, port: int, words: Callable[..., list[str]]
) -> None:
    pytester.makepyfile(test_sums=SUMS)
    other = Served(words(port), tmp_path / "other.log")
    try:
        list(wait_for([other], [at(port)]))
        result = pytester.runpytest_inprocess("--model", f"http://127.0.0.1:{port}/v1#adder", "--serve", shlex.join(words(port)))
    finally:
        other.end()
    result.stderr.fnmatch_lines([f"ERROR: --serve: something answers at http://127.0.0.1:{port}/v1#adder already*"])


def test_a_model_that_is_no_server_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_sums=SUMS)
    result = pytester.runpytest_inprocess("--model", "embedded-text", "--serve", sys.executable)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --serve starts a server, and embedded-text is none; give its address:*"])
