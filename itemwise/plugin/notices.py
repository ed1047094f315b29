"""Lines that models log, such as of a failing server: shown at once, from workers of -n and with -q too."""

import logging
import warnings

import pytest

from itemwise.models.notice_log import LOGGER
from itemwise.plugin.items import is_case
from itemwise.plugin.printing import begin_line, uncaptured
from itemwise.results.safe_text import printable
from itemwise.session.settings import Settings

__all__ = ["NoticeWarning", "Notices", "configure_notices"]


def configure_notices(config: pytest.Config, settings: Settings) -> None:
    """Listen where a model may be asked."""
    if any(not entry.replies for entry in settings.all_models):
        asks_server = any(entry.server for entry in settings.all_models)
        config.pluginmanager.register(Notices(config, asks_server=asks_server), "itemwise-notices")


class NoticeWarning(pytest.PytestWarning):
    """A line on its way from a worker to the terminal; no warning to anyone."""


class Notices(logging.Handler):
    """Shows what models log while they are asked. Log records come on the thread that runs the tests."""

    def __init__(self, config: pytest.Config, *, asks_server: bool) -> None:
        super().__init__(logging.WARNING)
        self._config = config
        self._asks_server = asks_server
        self._last = ""
        self._from_worker = False

    def pytest_sessionstart(self) -> None:
        """Listen to servers, of which something may be told before the first case."""
        if self._asks_server:
            self._listen()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Listen where there are cases to run; in an ordinary suite the lines are those of its tests."""
        if any(is_case(item) for item in session.items):
            self._listen()

    def pytest_unconfigure(self) -> None:
        """Listen no longer."""
        LOGGER.removeHandler(self)
        LOGGER.propagate = True

    def emit(self, record: logging.LogRecord) -> None:
        """Show a line in this process, or send it to the one that has the terminal."""
        line = " ".join(printable(record.getMessage()).split())
        if not hasattr(self._config, "workerinput"):
            self._show(line)
            return
        message = warnings.WarningMessage(NoticeWarning(line), NoticeWarning, "", 0)
        told = {"warning_message": message, "nodeid": "", "when": "runtest", "location": None}
        self._config.hook.pytest_warning_recorded.call_historic(kwargs=told)

    @pytest.hookimpl(trylast=True)
    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        """Show what a worker sent, once of what several meet, and take it from the summary of warnings, which it is none of."""
        line = str(warning_message.message)
        if not isinstance(warning_message.message, NoticeWarning) or hasattr(self._config, "workerinput"):
            return
        self._from_worker = True
        counted = self._terminal.stats if self._terminal else {}
        counted["warnings"] = counted.get("warnings", [])[:-1]  # its own place there is the last
        if line != self._last:
            self._show(line)

    def pytest_keyboard_interrupt(self) -> None:
        """Say once more what a worker last told of its server: nobody hears from it again."""
        if self._asks_server and self._from_worker and self._last:
            self._show(f"the last that was heard of a server: {self._last}")

    def _listen(self) -> None:
        """Have lines come here, and pytest not repeat them as a case's captured log."""
        LOGGER.addHandler(self)
        LOGGER.propagate = False

    def _show(self, line: str) -> None:
        self._last = line
        if self._terminal is None:  # -p no:terminal
            return
        with uncaptured(self._config):
            begin_line(self._config)
            self._terminal.write_line(f"itemwise: {line}")
            self._terminal.flush()

    @property
    def _terminal(self) -> pytest.TerminalReporter | None:
        terminal: pytest.TerminalReporter | None = self._config.pluginmanager.getplugin("terminalreporter")
        return terminal
