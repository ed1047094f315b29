"""Log lines about a server in trouble, rate-limited: one when it begins, when its errors change, and when it is over."""

import re
import time
from collections.abc import Callable
from queue import SimpleQueue

from itemwise.cases.duration import duration_text
from itemwise.models.notice_log import LOGGER

__all__ = ["TroubleLog"]

QUIET = 60.0  # seconds before an equal line is logged again
KINDS = 5  # of lines within QUIET: some servers word their errors differently each time
LASTING = 5.0  # seconds of trouble from which its end is logged
_NUMBERED = re.compile(r"\w*(?:\d\w*){4,}")  # request ids and times, which differ in each answer


class TroubleLog:
    """Collects lines from the thread that sends requests; `flush` logs them from the caller's.

    `last` is the server's last error, empty while it answers well.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.last = ""
        self._clock = clock
        self._lines: SimpleQueue[str] = SimpleQueue()
        self._began: float | None = None
        self._is_logged = False
        self._seen_at: dict[str, float] = {}  # by kind of line

    def note_failure(self, text: str, outlook: str) -> None:
        """An attempt failed with `text` (a sentence with the server's address); `outlook` is what comes next."""
        now, kind = self._clock(), _NUMBERED.sub("#", text)
        self._began = now if self._began is None else self._began
        self._seen_at = {seen: when for seen, when in self._seen_at.items() if now - when < QUIET}
        if kind not in self._seen_at and len(self._seen_at) < KINDS:
            self._is_logged = True
            self._lines.put(f"{text}; {outlook}.")
        if kind in self._seen_at or len(self._seen_at) < KINDS:
            self._seen_at[kind] = now
        self.last = text

    def add(self, line: str) -> None:
        """Log `line` as it is."""
        self._lines.put(line)

    def note_down(self, outlook: str) -> None:
        """The server is given up; logged once, until it answers again."""
        self._lines.put(f"{self.last}; {outlook}.")
        self._is_logged = True

    def note_recovery(self, text: str) -> None:
        """The server answers again; `text` is logged if its trouble was, and lasted."""
        seconds = 0.0 if self._began is None else self._clock() - self._began
        if self._is_logged and seconds >= LASTING:
            self._lines.put(f"{text} after {duration_text(seconds)}.")
        self._began, self._is_logged, self.last = None, False, ""

    def flush(self) -> None:
        """Log the lines that are new."""
        while not self._lines.empty():  # there is no other consumer
            LOGGER.warning("%s", self._lines.get())

    def flush_last(self) -> None:
        """Log the new lines and the last error of a server in trouble, of which no other will be waited for."""
        self.flush()
        if self.last:
            LOGGER.warning("%s; that was its last answer.", self.last)
