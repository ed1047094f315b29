"""Handlers of signals: in place while a run with benchmarks goes on, insistent until pytest has heard, and gone with it."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from itemwise.plugin import signals as signals_module
from itemwise.plugin.signals import LEAVING, Signals, Terminated
from tests.plugin.conftest import Collect, worker_of

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def handlers() -> list[Any]:
    return [signal.getsignal(number) for number in NUMBERS]


def a_config(**options: object) -> Any:
    manager = SimpleNamespace(EXIT_TIMEOUT=10.0)
    dsession = SimpleNamespace(nodemanager=manager)
    plugins = SimpleNamespace(getplugin={"dsession": dsession}.get)
    return SimpleNamespace(pluginmanager=plugins, getoption=lambda name, default: options.get(name, default), manager=manager)


def a_session(items: list[pytest.Function], *, collectonly: bool = False) -> Any:
    return SimpleNamespace(config=SimpleNamespace(option=SimpleNamespace(collectonly=collectonly)), items=items)


@pytest.fixture(autouse=True)
def _defaults() -> Iterator[None]:
    """Python's own handlers before each test, whatever is there again after it."""
    before = handlers()
    for number, default in zip(NUMBERS, (signal.default_int_handler, signal.SIG_DFL, signal.SIG_DFL), strict=True):
        signal.signal(number, default)
    yield
    for number, handler in zip(NUMBERS, before, strict=True):
        signal.signal(number, handler)


@pytest.fixture
def items(collect: Collect) -> list[pytest.Function]:
    return collect()


@pytest.fixture
def signals(items: list[pytest.Function]) -> Iterator[Signals]:
    """In place, in a run with benchmarks."""
    signals = Signals(a_config(), worker_of(items[0]).settings)
    signals.pytest_collection_finish(a_session(items))
    yield signals
    signals.pytest_unconfigure()


def test_a_run_with_benchmarks_handles_all_three_and_leaves_them_as_they_were(signals: Signals) -> None:
    before = [signal.default_int_handler, signal.SIG_DFL, signal.SIG_DFL]
    assert all(handler != default for handler, default in zip(handlers(), before, strict=True))
    signals.pytest_unconfigure()
    assert handlers() == before


@pytest.mark.parametrize("case", ["ordinary tests", "collect only", "a debugger"])
def test_nothing_is_handled_without_cases_to_run_or_under_a_debugger(case: str, items: list[pytest.Function]) -> None:
    before = handlers()
    signals = Signals(a_config(usepdb=case == "a debugger"), worker_of(items[0]).settings)
    signals.pytest_collection_finish(a_session(items[-1:] if case == "ordinary tests" else items, collectonly=case == "collect only"))
    assert handlers() == before


def test_handlers_of_others_and_ignored_signals_stay(items: list[pytest.Function]) -> None:
    def own(number: int, frame: object) -> None:
        pass

    signal.signal(signal.SIGTERM, own)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signals = Signals(a_config(), worker_of(items[0]).settings)
    signals.pytest_collection_finish(a_session(items))
    assert handlers()[1:] == [own, signal.SIG_IGN]
    signals.pytest_unconfigure()
    assert handlers()[1:] == [own, signal.SIG_IGN]


def test_the_process_that_reports_begins_once_a_worker_tells_of_cases(items: list[pytest.Function]) -> None:
    before = handlers()
    signals = Signals(a_config(), worker_of(items[0]).settings)
    signals.pytest_xdist_node_collection_finished([items[-1].nodeid])
    assert handlers() == before
    signals.pytest_xdist_node_collection_finished([item.nodeid for item in items])
    assert handlers() != before
    signals.pytest_unconfigure()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_that_ends_the_run_is_told_by_name_and_a_second_one_ends_the_process(name: str, signals: Signals) -> None:
    with pytest.raises(Terminated, match=f"terminated by {name}"):
        signal.raise_signal(getattr(signal, name))
    signals.pytest_keyboard_interrupt()
    assert signal.getsignal(getattr(signal, name)) is signal.SIG_DFL


def test_an_interrupt_that_is_lost_comes_again_until_pytest_has_heard(signals: Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals_module, "INSIST_EVERY", 0.05)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):  # the one before was swallowed, so to say
        time.sleep(60)
    signals.pytest_keyboard_interrupt()
    time.sleep(0.2)


def test_a_ctrl_c_while_reports_are_written_waits_for_them_and_one_more_does_not(
    signals: Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    signals.pytest_sessionfinish()
    signal.raise_signal(signal.SIGINT)
    assert "writing reports; Ctrl-C again ends this at once" in capfd.readouterr().err
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_a_worker_that_xdist_interrupts_at_its_end_speaks_of_no_reports(
    items: list[pytest.Function], capfd: pytest.CaptureFixture[str]
) -> None:
    config = a_config()
    config.workerinput = {}
    signals = Signals(config, worker_of(items[0]).settings)
    signals.pytest_collection_finish(a_session(items))
    signals.pytest_sessionfinish()
    signal.raise_signal(signal.SIGINT)
    signals.pytest_unconfigure()
    assert capfd.readouterr().err == ""


def test_a_signal_that_an_ordinary_test_sends_itself_is_raised_once(
    signals: Signals, items: list[pytest.Function], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals_module, "INSIST_EVERY", 0.05)
    protocol = signals.pytest_runtest_protocol(items[-1])
    next(protocol)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    time.sleep(0.2)
    with pytest.raises(StopIteration):
        protocol.send(None)


def test_workers_of_a_run_that_was_stopped_are_not_waited_for_long(items: list[pytest.Function]) -> None:
    config = a_config()
    signals = Signals(config, worker_of(items[0]).settings)
    signals.pytest_collection_finish(a_session(items))
    signals.pytest_keyboard_interrupt()
    signals.pytest_unconfigure()
    assert config.manager.EXIT_TIMEOUT == LEAVING
