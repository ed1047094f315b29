"""The live view lies below what pytest writes, goes before it writes more, and leaves the terminal as it was."""

from __future__ import annotations

import os
import re
import select
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from _pytest._io import TerminalWriter
from rich.text import Text

from itemwise.models.extras import install_hint
from itemwise.plugin import live_view
from itemwise.plugin.live_view import LiveView, unable

if os.name != "posix":
    pytest.skip("pseudo-terminals are of POSIX", allow_module_level=True)


class Screen:
    """A pseudo-terminal of 40 columns and 10 lines, and what a person sees on it."""

    def __init__(self) -> None:
        import fcntl
        import struct
        import termios

        self._end, line = os.openpty()
        fcntl.ioctl(line, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 40, 0, 0))
        self.file = os.fdopen(line, "w", encoding="utf-8")
        self.writer = TerminalWriter(self.file)
        self.raw = ""

    def lines(self) -> list[str]:
        """What stands there: text, line feeds, and the moves of the cursor that the view makes."""
        self.file.flush()
        while select.select([self._end], [], [], 0)[0]:
            self.raw += os.read(self._end, 65536).decode()
        shown, row, column = [""], 0, 0
        for up, right, below, control, text in re.findall(r"\x1b\[(\d+)A|\x1b\[(\d+)C|(\x1b\[J)|([\r\n])|([^\x1b\r\n]+)", self.raw):
            row, column = row - int(up or 0), column + int(right or 0)
            if below:
                shown = [*shown[:row], shown[row][:column]]
            if control:
                row, column = (row + 1, column) if control == "\n" else (row, 0)
                shown += [""] * (row + 1 - len(shown))
            shown[row] = shown[row][:column].ljust(column) + text + shown[row][column + len(text) :]
            column += len(text)
        return shown


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def view(screen: Screen) -> Iterator[LiveView]:
    view = LiveView(SimpleNamespace(get_terminal_writer=lambda: screen.writer))  # type: ignore[arg-type]
    yield view
    view.close()


def draw(view: LiveView, *lines: str) -> None:
    view.draw(lambda *_: Text("\n".join(lines)))


def test_it_is_drawn_below_a_line_that_goes_on_where_it_broke_off(screen: Screen, view: LiveView) -> None:
    screen.writer.line("header")
    screen.writer.write("test_sums.py ..")
    draw(view, "bar one", "bar two")
    assert screen.lines() == ["header", "test_sums.py ..", "bar one", "bar two"]
    screen.writer.write("F")
    assert screen.lines() == ["header", "test_sums.py ..F"]
    draw(view, "bar")
    screen.writer.line(".")
    assert screen.lines() == ["header", "test_sums.py ..F.", ""]


def test_it_is_drawn_anew_in_its_place_and_gone_when_it_ends(screen: Screen, view: LiveView) -> None:
    draw(view, "one", "two", "three")
    draw(view, "four")
    assert screen.lines() == ["four"]
    view.close()
    screen.writer.line("summary")
    draw(view, "too late")
    assert screen.lines() == ["summary", ""]
    assert screen.writer._file is screen.file


def test_nothing_hides_the_cursor_or_stays_set(screen: Screen, view: LiveView) -> None:
    draw(view, "one")
    screen.writer.line("text")
    draw(view, "two")
    view.close()
    screen.lines()
    assert set(re.findall(r"\x1b\[[0-9;?]*([A-Za-z])", screen.raw)) <= {"A", "C", "J"}


def test_what_moves_no_cursor_passes_by(screen: Screen, view: LiveView) -> None:
    draw(view, "bar")
    screen.writer.write_raw("\x1b]9;4;1;50\x1b\\")
    screen.lines()
    assert "\x1b[J" not in screen.raw


def test_it_is_left_where_a_debugger_wrote_below(screen: Screen, view: LiveView) -> None:
    draw(view, "bar")
    view.close(clear=False)
    screen.writer.line("(Pdb)")
    assert screen.lines() == ["bar(Pdb)", ""]


def test_it_takes_no_more_lines_than_the_terminal_has(screen: Screen, view: LiveView) -> None:
    draw(view, *map(str, range(30)))
    assert screen.lines() == [str(number) for number in range(8)]


def test_a_terminal_that_is_gone_is_no_matter(screen: Screen, view: LiveView) -> None:
    os.close(screen._end)
    draw(view, "bar")
    view.close()


def a_config(**options: Any) -> Any:
    terminal = SimpleNamespace(isatty=options.pop("isatty", True))
    plugins = {"terminalreporter": terminal if options.pop("terminal", True) else None}
    return SimpleNamespace(
        pluginmanager=SimpleNamespace(getplugin=plugins.get), getoption=lambda name, default=None: options.get(name, default)
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, ""),
        ({"isatty": False}, "stdout is no terminal"),
        ({"terminal": False}, "stdout is no terminal"),
        ({"capture": "no"}, "tests write to the terminal (-s)"),
        ({"usepdb": True}, "the debugger needs the terminal"),
    ],
)
def test_why_there_is_none(options: dict[str, Any], reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert unable(a_config(**options)) == reason


def test_a_plain_terminal_and_a_missing_library_are_reasons_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(live_view, "find_spec", lambda name: None)
    assert unable(a_config()) == f"rich is not installed: {install_hint('live')}"
    monkeypatch.setenv("TERM", "dumb")
    assert unable(a_config()) == "this terminal cannot move its cursor"
