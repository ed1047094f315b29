"""The process that reports: verdicts are entered, gates are refused early, reports are written, and the exit status says what it must."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from itemwise.plugin.controller import ControllerSession
from itemwise.plugin.progress_lines import note_case_lines
from itemwise.plugin.worker import ALONE
from itemwise.trackers import to_tensorboard
from tests.plugin.conftest import SUMS, Collect, Terminal, a_config, a_report, wrapped

Start = Callable[..., "tuple[ControllerSession, list[pytest.Function]]"]
BROKEN = SUMS.replace("yield Case", "1 / 0\n        yield Case")


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def start(collect: Collect, terminal: Terminal) -> Iterator[Start]:
    """The controller of a run that collected its tests, with a terminal of which the text is kept."""
    started: list[ControllerSession] = []

    def start(*options: str, source: str = SUMS) -> tuple[ControllerSession, list[pytest.Function]]:
        items = collect(source, *options)
        manager = items[0].config.pluginmanager
        manager.unregister(name="terminalreporter")
        manager.register(terminal, "terminalreporter")
        controller = manager.getplugin("itemwise-controller")
        assert isinstance(controller, ControllerSession)
        started.append(controller)
        return controller, items

    yield start
    for controller in started:
        controller.pytest_unconfigure()


def a_session(items: list[pytest.Function], exitstatus: int = pytest.ExitCode.OK) -> Any:
    return SimpleNamespace(items=items, testsfailed=0, exitstatus=exitstatus)


def begun(start: Start, *options: str) -> tuple[ControllerSession, list[pytest.Function], Any]:
    """A run that is about to ask."""
    controller, items = start(*options)
    controller.pytest_report_collectionfinish(items)
    session = a_session(items)
    controller.pytest_collection_finish(session)
    return controller, items, session


def ran(controller: ControllerSession, session: Any, *reports: pytest.TestReport) -> None:
    """The tests ended so, and pytest counted the failed ones."""
    loop = controller.pytest_runtestloop(session)
    next(loop)
    for report in reports:
        session.testsfailed += report.failed
        wrapped(controller.pytest_runtest_logreport(report), None)
    with pytest.raises(StopIteration):
        loop.send(True)
    wrapped(controller.pytest_sessionfinish(session), None)


def latest(items: list[pytest.Function]) -> Path:
    return items[0].config.rootpath / "reports" / "latest"


def test_the_header_says_what_is_measured_where_there_are_cases(start: Start) -> None:
    controller, items = start()
    assert controller.pytest_report_collectionfinish(items)[0].startswith("itemwise: embedded-text ")
    assert controller.pytest_report_collectionfinish(items[-1:]) == []


def test_a_quiet_run_has_no_header(start: Start) -> None:
    controller, items = start("-q")
    assert controller.pytest_report_collectionfinish(items) == []


@pytest.mark.parametrize(
    ("option", "waits", "shown"), [("-q", False, []), ("-q", True, ["starts", "waits"]), ("-v", False, ["starts", "answers"])]
)
def test_a_quiet_run_tells_of_a_server_that_keeps_it_waiting_only(
    option: str, waits: bool, shown: list[str], start: Start, terminal: Terminal
) -> None:
    controller, _ = start(option)
    lines = [("starts", False), *([("waits", True)] if waits else []), ("answers", False)]
    controller._tell_of_servers(iter(lines))
    assert terminal.text.splitlines() == shown


def test_a_benchmark_with_rows_of_its_own_says_what_it_ignores(start: Start) -> None:
    controller, items = start("--source", "synthetic", "--sample", "2")
    assert any(line.startswith("itemwise: test_sums.py::test_sums ignores ") for line in controller.pytest_report_collectionfinish(items))


def test_a_verdict_is_entered_and_the_report_that_pytest_keeps_carries_it_no_longer(start: Start) -> None:
    controller, items, session = begun(start)
    reports = [a_report(items[0], "correct"), a_report(items[1], "wrong")]
    ran(controller, session, *reports)
    lines = [json.loads(line) for line in (latest(items) / "results.jsonl").read_text().splitlines()]
    assert {line["case"]: line["verdict"] for line in lines} == {"sum-0": "correct", "sum-1": "wrong"}
    assert [hasattr(report, "itemwise") for report in reports] == [False, False]


def test_what_the_model_got_wrong_fails_no_run_and_an_error_of_ours_does(start: Start) -> None:
    controller, items, session = begun(start)
    wrong = [a_report(items[number], verdict) for number, verdict in enumerate(("wrong", "no answer", "truncated"))]
    ran(controller, session, *wrong, a_report(items[3], "error"))
    assert session.testsfailed == 1


@pytest.mark.parametrize(("least", "failed"), [("0.5", 0), ("0.9", 1)])
def test_a_gate_that_is_missed_counts_as_a_failure(start: Start, least: str, failed: int) -> None:
    controller, items, session = begun(start, "--fail-under", f"sums={least}")
    reports = [a_report(item, "wrong" if number == 0 else "correct") for number, item in enumerate(items[:-1])]
    ran(controller, session, *reports)
    assert session.testsfailed == failed


def test_the_table_and_the_folder_of_the_reports_are_the_last_that_is_shown(start: Start, terminal: Terminal) -> None:
    controller, items, session = begun(start)
    ran(controller, session, *(a_report(item, "correct") for item in items[:-1]))
    _, _, shown = terminal.text.partition("= itemwise =\n")
    assert shown.startswith("benchmark ")
    assert "4 of 4" in shown
    assert shown.splitlines()[-1].startswith("reports: reports")


def test_a_report_that_cannot_be_written_makes_a_green_run_red_and_leaves_an_interrupted_one(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller, items, session = begun(start)
    monkeypatch.setattr("itemwise.session.run.Run.write", lambda *_: (["the table"], ["report.html: disk full"]))
    ran(controller, session, a_report(items[0], "correct"))
    assert session.exitstatus == pytest.ExitCode.TESTS_FAILED
    stopped = a_session(items, pytest.ExitCode.INTERRUPTED)
    wrapped(controller.pytest_sessionfinish(stopped), None)
    assert stopped.exitstatus == pytest.ExitCode.INTERRUPTED


@pytest.mark.parametrize(
    ("verdict", "status"),
    [("wrong", ("failed", "F", "WRONG")), ("no answer", ("failed", "N", "NO ANSWER")), ("truncated", ("failed", "T", "TRUNCATED"))],
)
def test_each_way_to_fail_has_its_letter_and_word(start: Start, verdict: str, status: tuple[str, str, str]) -> None:
    controller, items = start()
    assert controller.pytest_report_teststatus(a_report(items[0], verdict)) == status


@pytest.mark.parametrize("verdict", ["correct", "error"])
def test_of_other_tests_pytest_itself_says_what_became(start: Start, verdict: str) -> None:
    controller, items = start()
    assert controller.pytest_report_teststatus(a_report(items[0], verdict)) is None


def test_a_gate_that_no_selected_test_can_decide_is_refused_before_anything_is_claimed(start: Start) -> None:
    controller, items = start("--fail-under", "gsm8k=0.8")
    controller.pytest_report_collectionfinish(items)
    with pytest.raises(pytest.UsageError, match="no selected benchmark is called 'gsm8k'; there is sums"):
        controller.pytest_collection_finish(a_session(items))
    assert not (items[0].config.rootpath / "reports").exists()


def test_a_report_folder_that_cannot_be_made_is_refused(start: Start) -> None:
    controller, items = start("--report-dir", "taken")
    (items[0].config.rootpath / "taken").write_text("a file")
    controller.pytest_report_collectionfinish(items)
    with pytest.raises(pytest.UsageError, match="--report-dir"):
        controller.pytest_collection_finish(a_session(items))


def test_a_run_of_ordinary_tests_claims_nothing_and_shows_nothing(start: Start, terminal: Terminal) -> None:
    controller, items = start()
    plain = items[-1:]
    session = a_session(plain)
    assert controller.pytest_report_collectionfinish(plain) == []
    controller.pytest_collection_finish(session)
    ran(controller, session, pytest.TestReport(plain[0].nodeid, plain[0].location, {}, "failed", "x", "call"))
    assert (session.testsfailed, terminal.text, (items[0].config.rootpath / "reports").exists()) == (1, "", False)


def test_under_workers_the_first_to_have_collected_brings_the_header_and_the_claim(start: Start, terminal: Terminal) -> None:
    controller, items = start()
    ids, node = [item.nodeid for item in items], SimpleNamespace(workerinput={}, gateway=SimpleNamespace(id="gw0"))
    controller.progress.pytest_configure_node(node)
    note_case_lines(a_config(workerid="gw0", **node.workerinput), lambda: ["itemwise: told by a worker"])
    terminal.write("ready: 2/2 workers")
    controller.pytest_xdist_node_collection_finished(node, ids)
    shown = terminal.text
    assert "\nitemwise: told by a worker\n" in shown
    assert shown.splitlines()[1].startswith("itemwise: embedded-text ")
    assert (items[0].config.rootpath / "reports").is_dir()
    controller.pytest_xdist_node_collection_finished(node, ids)
    assert terminal.text == shown


def test_what_workers_asked_again_alone_is_in_the_reports_and_a_dead_one_tells_nothing(start: Start) -> None:
    controller, items, session = begun(start, "--batch-invariance", "1")
    check = {"model": "embedded-text", "strategy": "direct", "case": "sum-0", "batch_size": 4}
    check |= {"answer": "0", "alone": "0", "same_text": True, "same_answer": True}
    controller.pytest_testnodedown(SimpleNamespace(workeroutput={ALONE: json.dumps([check])}))
    controller.pytest_testnodedown(SimpleNamespace())
    ran(controller, session, a_report(items[0], "correct"))
    (told,) = json.loads((latest(items) / "run.json").read_text())["batch_invariance"]
    assert (told["case"], told["batch_size"]) == ("sum-0", 4)


def test_the_commands_in_the_reports_hold_no_password_and_no_key(start: Start) -> None:
    address, serve = "http://me:secret@127.0.0.1:9/v1#adder", ("--serve", "python serve.py --api-key secret")
    controller, items = start("--model", address, *serve)
    controller.pytest_report_collectionfinish(items)
    controller._run.claim(items[0].config.rootpath, controller._worker.store)  # which starts no server
    session = a_session(items)
    ran(controller, session, a_report(items[0], "correct", model_name="adder"))
    run = json.loads((latest(items) / "run.json").read_text())
    assert run["command"].startswith("pytest --sample all --model 'http://127.0.0.1:9/v1#adder' --serve 'python serve.py --api-key ***'")
    assert run["settings"]["serve"] == ["python serve.py --api-key ***"]
    assert not any("secret" in file.read_text() for file in latest(items).iterdir() if file.is_file())


@pytest.mark.parametrize(
    ("exitstatus", "line"),
    [
        (pytest.ExitCode.TESTS_FAILED, "itemwise: logged to tensorboard: 1 correct"),
        (
            pytest.ExitCode.INTERRUPTED,
            "itemwise: NOT logged to tensorboard (the run was interrupted); the reports are written, and `python -m",
        ),
    ],
)
def test_a_run_is_logged_after_its_table_unless_it_was_interrupted(
    start: Start, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, exitstatus: int, line: str
) -> None:
    monkeypatch.setattr(to_tensorboard, "ready", lambda: None)
    monkeypatch.setattr(to_tensorboard, "log", lambda run: f"{run.metrics['sums/embedded-text/direct/correct']} correct")
    controller, items, session = begun(start, "--log", "tensorboard")
    session.exitstatus = exitstatus
    ran(controller, session, a_report(items[0], "correct"))
    assert terminal.text.splitlines()[-1].startswith(line)
    assert session.exitstatus == exitstatus


def test_a_benchmark_without_cases_asks_nothing(start: Start) -> None:
    controller, items = start(source=BROKEN)
    assert controller.pytest_report_collectionfinish(items) == []
