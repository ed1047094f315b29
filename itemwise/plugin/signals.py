"""Signal handling: on Ctrl-C, SIGTERM and SIGHUP (SLURM, Kubernetes, CI, lost ssh) a run ends with its reports."""

import _thread
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Sequence
from types import FrameType
from typing import Any

import pytest

from itemwise.engine.lookahead import case_blocks
from itemwise.plugin.items import is_case, prefixes
from itemwise.session.settings import Settings

__all__ = ["SIGNALS", "Signals", "Terminated"]

SIGNALS = "itemwise-signals"
INSIST_EVERY = 2.0  # seconds
LEAVING = 3.0  # seconds that workers of an interrupted run have to end; xdist's own are ten


class Terminated(KeyboardInterrupt):
    """The run was sent a signal that ends it; pytest takes it as Ctrl-C."""


class Signals:
    """In a run with benchmarks SIGTERM and SIGHUP end the run as Ctrl-C does, and none of them is lost.

    A KeyboardInterrupt is lost where it hits a finaliser, a callback of C code or a bare ``except`` of a library; it is raised again
    until pytest has heard of it. A Ctrl-C while reports are written waits for them, one more does not; a second SIGTERM ends the
    process at once. Handlers of others and ignored signals (``nohup``) stay as they are, as does everything under ``--pdb``, where
    Ctrl-C is the debugger's.
    """

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self._config = config
        self._settings = settings
        self._replaced: dict[int, Any] = {}
        self._stop: KeyboardInterrupt | None = None
        self._insisting = False
        self._heard = False  # by pytest, which then reports and ends
        self._hinted = False
        self._in_case = True  # or between tests; a test of others may send itself a signal

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Begin where there are cases to run."""
        if not session.config.option.collectonly and any(is_case(item) for item in session.items):
            self._install()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Begin in the process that reports, once a worker has told of cases."""
        if not self._replaced and any(block is not None for block in case_blocks(ids, prefixes(self._settings))):
            self._install()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Know whose test is being run."""
        self._in_case = is_case(item)
        try:
            return (yield)
        finally:
            self._in_case = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self) -> None:
        """Pytest has heard. Workers that ask a model do not hear of it: what they were asked is lost either way, what came before
        is kept, so nobody waits for them for long."""
        self._heard = True
        manager = getattr(self._config.pluginmanager.getplugin("dsession"), "nodemanager", None)
        if self._replaced and manager is not None:
            manager.EXIT_TIMEOUT = LEAVING

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """The run ends by itself, or was stopped."""
        self._heard = True

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Leave the handlers as they were."""
        self._heard = True
        for number, handler in self._replaced.items():
            signal.signal(number, handler)
        self._replaced = {}

    def stop(self, why: str) -> None:
        """End the run as SIGTERM does, from any thread; not where Ctrl-C is not ours."""
        if self._stop is None and not self._heard and signal.SIGINT in self._replaced:
            self._stop = Terminated(why)
            _thread.start_new_thread(self._watch, (0.0,))

    def _install(self) -> None:
        if threading.current_thread() is not threading.main_thread() or self._config.getoption("usepdb", False):
            return
        defaults: dict[str, Any] = {"SIGINT": signal.default_int_handler, "SIGTERM": signal.SIG_DFL, "SIGHUP": signal.SIG_DFL}
        for name, default in defaults.items():
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            if number is not None and number not in self._replaced and signal.getsignal(number) == default:
                self._replace(number, self._handle)

    def _replace(self, number: int, handler: Callable[[int, FrameType | None], Any]) -> None:
        self._replaced.setdefault(number, signal.getsignal(number))
        signal.signal(number, handler)

    def _handle(self, number: int, _: FrameType | None) -> None:
        """Stop what is being done. It runs in the main thread, between any two steps of Python."""
        if self._insisting and number == signal.SIGINT:
            self._insist()
        elif number == signal.SIGINT and self._heard and not self._hinted:
            self._hinted = True  # the first one would cost the reports of a run that is done
            if not hasattr(self._config, "workerinput"):  # workers of -n are interrupted by xdist, and write no reports
                os.write(2, b"\nitemwise: writing reports; Ctrl-C again ends this at once.\n")
        elif number == signal.SIGINT:
            self._raise(KeyboardInterrupt())
        else:
            signal.signal(number, signal.SIG_DFL)  # a second one ends the process at once
            if not self._heard and self._stop is None:  # else reports are being written, or are about to be
                self._raise(Terminated(f"terminated by {signal.Signals(number).name}"))

    def _raise(self, stop: KeyboardInterrupt) -> None:
        if self._stop is None and self._in_case and not self._heard:
            self._stop = stop
            self._replace(signal.SIGINT, self._handle)
            _thread.start_new_thread(self._watch, (INSIST_EVERY,))  # a Thread takes locks that the interrupted code may hold
        raise stop

    def _watch(self, delay: float) -> None:
        """Interrupt the main thread (again) after so many seconds, also where it waits, for as long as pytest has not heard."""
        time.sleep(delay)
        while not self._heard:
            self._insisting = True
            if hasattr(signal, "pthread_kill"):
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            else:
                _thread.interrupt_main()
            time.sleep(INSIST_EVERY)

    def _insist(self) -> None:
        self._insisting = False
        if not self._heard and self._stop is not None:
            raise type(self._stop)(*self._stop.args)
