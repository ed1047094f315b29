"""What a run is told while a server is in trouble: a line when it begins, when it changes, and when it is over."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from queue import SimpleQueue

from itemwise.models.server.retry import duration

__all__ = ["LOGGER", "Trouble"]

LOGGER = logging.getLogger("itemwise.server")  # whoever runs models may show what it says; warnings go to stderr where nobody does
QUIET = 60.0  # seconds after which the same words are told again
KINDS = 5  # of trouble that are told of at once: some servers word it differently each time
LASTING = 5.0  # seconds of trouble from which its end is told
_NUMBERED = re.compile(r"\w*(?:\d\w*){4,}")  # request ids and times, which differ in each answer


class Trouble:
    """Collects lines where requests are under way, in whichever thread, and logs them where `tell` is called.

    `last` is what the server answered last, empty while it answers well.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.last = ""
        self._clock = clock
        self._lines: SimpleQueue[str] = SimpleQueue()
        self._began: float | None = None
        self._is_told = False
        self._met: dict[str, float] = {}  # by kind of words, when they were last met

    def note(self, said: str, outlook: str) -> None:
        """A try failed, the server's answer being `said` (a sentence with its address); `outlook` is what comes next."""
        now, kind = self._clock(), _NUMBERED.sub("#", said)
        self._began = now if self._began is None else self._began
        self._met = {each: when for each, when in self._met.items() if now - when < QUIET}
        if kind not in self._met and len(self._met) < KINDS:
            self._is_told = True
            self._lines.put(f"{said}; {outlook}.")
        if kind in self._met or len(self._met) < KINDS:
            self._met[kind] = now
        self.last = said

    def say(self, line: str) -> None:
        """Have `line` told as it is."""
        self._lines.put(line)

    def lose(self, outlook: str) -> None:
        """The server is given up; told once, until it answers again."""
        self._lines.put(f"{self.last}; {outlook}.")
        self._is_told = True

    def end(self, said: str) -> None:
        """The server answers again, which is `said` where the trouble was told of and lasted."""
        seconds = 0.0 if self._began is None else self._clock() - self._began
        if self._is_told and seconds >= LASTING:
            self._lines.put(f"{said} after {duration(seconds)}.")
        self._began, self._is_told, self.last = None, False, ""

    def tell(self) -> None:
        """Log the lines that are new."""
        while not self._lines.empty():  # nobody else takes them
            LOGGER.warning("%s", self._lines.get())

    def tell_last(self) -> None:
        """Log what is new and, of a server in trouble, its last answer: nobody waits for another."""
        self.tell()
        if self.last:
            LOGGER.warning("%s; that was its last answer.", self.last)
