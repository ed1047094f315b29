"""A live view at the foot of the terminal, below what pytest writes there; by rich, where that is installed."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from threading import RLock
from typing import TYPE_CHECKING, Any

import pytest

from itemwise.models.extras import install_hint

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["LiveView", "unable"]

_SMALLEST = (80, 24)  # columns and lines of a terminal that does not tell them


def unable(config: pytest.Config) -> str:
    """Why there can be no live view in this run; empty where there can."""
    terminal = config.pluginmanager.getplugin("terminalreporter")
    reasons = {
        "stdout is no terminal": terminal is None or not terminal.isatty,
        "this terminal cannot move its cursor": os.environ.get("TERM", "dumb") in ("dumb", "unknown") or os.name != "posix",
        "tests write to the terminal (-s)": config.getoption("capture", "") == "no",
        "the debugger needs the terminal": config.getoption("usepdb", False) or config.getoption("trace", False),
        f"rich is not installed: {install_hint('live')}": find_spec("rich") is None,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


class LiveView:
    """Lines below what pytest writes: taken away before it writes anything more, drawn again when they are next due, gone at the end.

    It goes between pytest's terminal writer and its file. The cursor stays visible and no other state of the terminal is changed, so there
    is nothing to restore, in whatever way the process ends. A terminal that is gone ends the view and nothing else.
    """

    def __init__(self, config: pytest.Config) -> None:
        from rich.console import Console

        self._writer = config.get_terminal_writer()
        self._file = self._writer._file
        descriptor = os.dup(self._file.fileno())  # pytest captures what goes to the first one while a test runs
        self._screen = os.fdopen(descriptor, "w", encoding=self._file.encoding, errors="replace")
        self._console = Console(file=self._screen, highlight=False)
        self._lock = RLock()
        self._height = 0  # lines that are drawn
        self._column: int | None = None  # where the line above them broke off, None where it is whole
        self._writer._file = _Above(self._file, self._clear)

    def draw(self, drawn: Callable[[int, int], RenderableType]) -> None:
        """Draw what `drawn` makes of the terminal's columns and lines, in the place of what was there."""
        with self._lock, suppress(OSError, ValueError):
            if self._screen.closed:
                return
            columns, lines = os.get_terminal_size(self._screen.fileno())
            columns, lines = columns or _SMALLEST[0], lines or _SMALLEST[1]
            self._console.width, self._console.height = columns - 1, lines
            with self._console.capture() as captured:
                self._console.print(drawn(columns - 1, lines))
            texts = captured.get().rstrip("\n").split("\n")[: lines - 2]
            away = self._away()
            self._column = width % columns if (width := self._writer.width_of_current_line) else None
            self._height = len(texts)
            self._write(away + ("" if self._column is None else "\n") + "\n".join(texts))

    def close(self, *, clear: bool = True) -> None:
        """Take the lines away, or leave them where somebody else wrote below, and stand no longer between pytest and its file."""
        with self._lock:
            self._writer._file = self._file
            if clear:
                self._clear()
            with suppress(OSError, ValueError):
                self._screen.close()

    def _clear(self) -> None:
        with self._lock, suppress(OSError, ValueError):
            away, self._height = self._away(), 0
            if away:
                self._write(away)

    def _away(self) -> str:
        """What takes the lines away and puts the cursor where pytest left it."""
        if not self._height:
            return ""
        up = self._height - 1 + bool(self._column)  # a line that broke off at the very edge is not gone back to
        return "\r" + (f"\x1b[{up}A" if up else "") + (f"\x1b[{self._column}C\x1b[J" if self._column else "\x1b[J")

    def _write(self, text: str) -> None:
        self._screen.write(text)
        self._screen.flush()


class _Above:
    """The terminal's file as pytest has it: what it writes takes the lines below away first."""

    def __init__(self, file: Any, clear: Callable[[], None]) -> None:
        self._file = file
        self._clear = clear

    def write(self, text: str) -> int:
        """Write it at once, so that the cursor is where pytest takes it to be."""
        if not text.startswith("\x1b]"):  # such as the progress that a terminal shows in its title, which moves no cursor
            self._clear()
        written: int = self._file.write(text)
        self._file.flush()
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
