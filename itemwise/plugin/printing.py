"""Escapes control characters and CI commands in whatever pytest prints of models, data, servers and checkpoints."""

import warnings
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, nullcontext

import pytest

from itemwise.cases.benchmark import MARK
from itemwise.results.safe_text import printable, untagged

__all__ = ["Printing", "begin_line", "in_terminal", "terminal_width", "uncaptured", "usage_error"]


def usage_error(text: str) -> pytest.UsageError:
    """What pytest prints after ``ERROR:``, whatever was quoted in it."""
    return pytest.UsageError(printable(text))


def uncaptured(config: pytest.Config) -> AbstractContextManager[None]:
    """What is written in this context is not captured as a test's own."""
    capture = config.pluginmanager.getplugin("capturemanager")
    return nullcontext() if capture is None else capture.global_and_fixture_disabled()


def terminal_width(config: pytest.Config) -> int:
    """The characters in a line of the terminal; 0 where lines go to a file, which may be of any length, whatever COLUMNS says: a process
    passes it on to those that it starts."""
    terminal: pytest.TerminalReporter | None = config.pluginmanager.getplugin("terminalreporter")
    return config.get_terminal_writer().fullwidth if terminal and terminal.isatty else 0


def in_terminal(config: pytest.Config, lines: Sequence[str]) -> list[str]:
    """`lines` in the width of the terminal."""
    if not (width := terminal_width(config)):
        return [*lines]
    from itemwise.reporting.narrow import wrapped

    return [part for line in lines for part in wrapped(line, width)]


def begin_line(config: pytest.Config) -> None:
    """Write what follows into a line of its own."""
    writer = config.get_terminal_writer()
    if writer.width_of_current_line:
        writer.line()


class Printing:
    """Makes printable what pytest shows of benchmarks: errors, skip reasons, captured output, warnings, properties. Other tests' stay as
    they are."""

    def __init__(self) -> None:
        self._has_benchmarks = False

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Whether this run has any."""
        self._has_benchmarks = any(item.get_closest_marker(MARK) for item in session.items)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Change a report where it could steer anything; what is changed is plain text, and so without colours."""
        report = yield
        if item.get_closest_marker(MARK) is not None:
            _make_printable(report)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        """The same for a warning, before anyone prints it or sends it to the process that does."""
        message = warning_message.message
        if self._has_benchmarks and isinstance(message, Warning):
            message.args = tuple(printable(part) if isinstance(part, str) else part for part in message.args)


def _make_printable(report: pytest.TestReport) -> None:
    if isinstance(report.longrepr, tuple):  # of a skip
        path, line, reason = report.longrepr
        report.longrepr = (path, line, printable(reason))
    elif report.longrepr is not None and (text := printable(str(report.longrepr))) != str(report.longrepr):
        report.longrepr = text
    report.sections = [(name, printable(content)) for name, content in report.sections]
    report.user_properties = [_untagged(told) for told in report.user_properties]


def _untagged(told: tuple[str, object]) -> tuple[str, object]:
    """The property itself where nothing is to be changed: pytest keeps those of three reports of each test, which so are one."""
    name, value = told
    return told if not isinstance(value, str) or (text := untagged(value)) == value else (name, text)
