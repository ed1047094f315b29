"""Lines of models in trouble: shown at once, from this process or from a worker of -n."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from itemwise.models.notice_log import LOGGER
from itemwise.plugin.notices import Notices, NoticeWarning
from tests.plugin.conftest import SUMS, Collect, Terminal, a_config


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def listening(terminal: Terminal) -> Iterator[Notices]:
    notices = Notices(a_config(terminal), asks_server=True)
    notices.pytest_sessionstart()
    yield notices
    notices.pytest_unconfigure()


def sent(line: str) -> warnings.WarningMessage:
    """A line as it arrives from a worker."""
    return warnings.WarningMessage(NoticeWarning(line), NoticeWarning, "", 0)


@pytest.mark.usefixtures("listening")
def test_a_line_that_is_logged_is_shown_in_one_line_and_steers_nothing(terminal: Terminal) -> None:
    LOGGER.warning("no answer\n::error::x\x1b[31m for %s s", 5)
    (line,) = terminal.text.splitlines()
    assert line.startswith("itemwise: no answer ")
    assert "\x1b" not in line


@pytest.mark.usefixtures("listening")
def test_what_was_begun_in_a_line_is_ended_first(terminal: Terminal) -> None:
    terminal.write("test_sums.py ..")
    LOGGER.warning("no answer")
    assert terminal.text == "test_sums.py ..\nitemwise: no answer\n"


def test_nothing_is_shown_once_the_run_is_over(listening: Notices, terminal: Terminal) -> None:
    listening.pytest_unconfigure()
    LOGGER.warning("no answer")
    assert (terminal.text, LOGGER.propagate) == ("", True)


def test_without_a_terminal_nothing_is_shown_and_nothing_fails() -> None:
    Notices(a_config(None), asks_server=True).emit(logging.makeLogRecord({"msg": "no answer"}))


def test_a_worker_sends_its_line_and_shows_nothing(terminal: Terminal) -> None:
    history: list[dict[str, Any]] = []
    config = a_config(terminal, workerid="gw0")
    config.hook = SimpleNamespace(pytest_warning_recorded=SimpleNamespace(call_historic=lambda kwargs: history.append(kwargs)))
    Notices(config, asks_server=True).emit(logging.makeLogRecord({"msg": "no answer"}))
    assert terminal.text == ""
    assert [str(told["warning_message"].message) for told in history] == ["no answer"]


def test_what_several_workers_send_is_shown_once_and_is_no_warning(terminal: Terminal) -> None:
    notices = Notices(a_config(terminal), asks_server=True)
    terminal.stats["warnings"] = ["another", "the line"]
    notices.pytest_warning_recorded(sent("no answer"))
    terminal.stats["warnings"].append("the line again")
    notices.pytest_warning_recorded(sent("no answer"))
    assert (terminal.text, terminal.stats["warnings"]) == ("itemwise: no answer\n", ["another"])


def test_a_warning_of_others_is_none_of_ours(terminal: Terminal) -> None:
    terminal.stats["warnings"] = ["another"]
    Notices(a_config(terminal), asks_server=True).pytest_warning_recorded(warnings.WarningMessage(UserWarning("old"), UserWarning, "", 0))
    assert (terminal.text, terminal.stats["warnings"]) == ("", ["another"])


def test_a_run_that_is_interrupted_says_once_more_what_a_worker_met(terminal: Terminal) -> None:
    notices = Notices(a_config(terminal), asks_server=True)
    notices.pytest_keyboard_interrupt()
    assert terminal.text == ""
    notices.pytest_warning_recorded(sent("no answer"))
    notices.pytest_keyboard_interrupt()
    assert terminal.text.splitlines()[-1] == "itemwise: the last that was heard of a server: no answer"


def test_what_a_worker_told_of_a_local_model_is_not_said_again_of_a_server(terminal: Terminal) -> None:
    notices = Notices(a_config(terminal), asks_server=False)
    notices.pytest_warning_recorded(sent("another type is faster"))
    notices.pytest_keyboard_interrupt()
    assert terminal.text.splitlines() == ["itemwise: another type is faster"]


@pytest.mark.parametrize("options", [(), ("--model", "http://127.0.0.1:9/v1#adder")], ids=["local", "a server"])
def test_a_run_that_may_ask_a_model_listens(options: tuple[str, ...], collect: Collect) -> None:
    assert collect(SUMS, *options)[0].config.pluginmanager.hasplugin("itemwise-notices")


@pytest.mark.parametrize(("name", "listens"), [("test_sums", True), ("test_plain", False)])
def test_lines_of_a_local_model_are_shown_where_there_are_cases(name: str, listens: bool, collect: Collect) -> None:
    items = [item for item in collect(SUMS) if item.originalname == name]
    notices = items[0].config.pluginmanager.getplugin("itemwise-notices")
    notices.pytest_collection_finish(SimpleNamespace(items=items))
    assert (notices in LOGGER.handlers) is listens
    notices.pytest_unconfigure()
    assert notices not in LOGGER.handlers


def test_a_run_of_given_replies_does_not_listen(collect: Collect, tmp_path: Path) -> None:
    replies = tmp_path / "replies.jsonl"
    replies.write_text('{"id": "sums-0", "reply": "4"}\n')
    assert not collect(SUMS, "--replies", str(replies))[0].config.pluginmanager.hasplugin("itemwise-notices")
