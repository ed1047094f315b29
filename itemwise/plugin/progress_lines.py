"""Progress lines every ten seconds, also while no case is finished: cases, tokens, speed, time left."""

import json
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from itemwise.engine.lookahead import case_blocks
from itemwise.plugin.items import prefixes
from itemwise.plugin.printing import uncaptured
from itemwise.results.ledger import Ledger
from itemwise.results.progress import Counts, Speed, summed, time_left
from itemwise.session.settings import Settings

__all__ = ["Progress", "Watch", "worker_watch"]

PROGRESS_EVERY = 10.0  # seconds between two lines
LOOK_EVERY = 1.0  # between two looks at what is under way
TOLD_EVERY = 2.0  # between two notes of a worker
STALE = 15.0  # a worker that noted nothing for so long is at nothing
COUNTS = "itemwise_counts"  # in a worker's input: the folder for its notes


class Watch:
    """Has `look` called every `seconds`: by a thread while this process waits for a model, else when it is told to look."""

    def __init__(self, look: Callable[[], None], seconds: float) -> None:
        self._look = look
        self._every = seconds
        self._due = time.monotonic()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While this lasts the caller neither writes to the terminal nor changes what is captured: the thread does, where it has to."""
        done = threading.Event()
        thread = threading.Thread(target=self._watch, args=(done,), name="itemwise progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def look(self) -> None:
        """Look if it is time."""
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + self._every
            self._look()

    def _watch(self, done: threading.Event) -> None:
        with suppress(OSError, ValueError):  # a terminal or disk that is gone is no reason to end a run; it is met again elsewhere
            while not done.wait(max(0.0, self._due - time.monotonic())):
                self.look()


class Progress:
    """In the process that reports: writes the lines, in one process from its own `counts`, under ``-n`` from what its workers note.

    `watch` has a line written where one is due; one process is to enter its ``waiting`` while it waits for a model.
    Nothing is written by ``-q``, nor in a run that is over before the first line would be due.
    """

    def __init__(self, config: pytest.Config, settings: Settings, ledger: Ledger, counts: Callable[[], Counts]) -> None:
        self._config = config
        self._settings = settings
        self._ledger = ledger
        self._counts = counts
        self.watch = Watch(self._look, LOOK_EVERY)
        self._writing = threading.RLock()  # held by whoever writes to the terminal under -n, where the main thread never waits
        self._speed = Speed()
        self._notes: Path | None = None
        self._total = 0
        self._expected: Counter[str] = Counter()
        self._due = 0.0

    def begin(self, node_ids: Sequence[str], total: int) -> None:
        """Begin with the run's `total` cases."""
        blocks = case_blocks(node_ids, prefixes(self._settings))
        self._expected = Counter(block for block in blocks if block is not None)
        self._total = total
        self._due = time.monotonic() + PROGRESS_EVERY

    def pytest_unconfigure(self) -> None:
        """Remove what workers noted."""
        if self._notes is not None:
            shutil.rmtree(self._notes, ignore_errors=True)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of ``-n`` where to note what it is at: it has no other way to say so before a test of its ends."""
        if self._notes is None:
            self._notes = Path(tempfile.mkdtemp(prefix="itemwise-"))
        node.workerinput[COUNTS] = str(self._notes)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Under ``-n`` this process waits for its workers all along."""
        with self.watch.waiting() if self._notes else nullcontext():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logstart(self) -> Generator[None, object, object]:
        """pytest writes, as in the other two."""
        with self._writing:
            return (yield)

    pytest_runtest_logreport = pytest_runtest_logfinish = pytest_runtest_logstart

    def _look(self) -> None:
        if not self._total or self._config.get_verbosity() < 0:
            return
        with self._writing:
            known = [self._counts()] if self._notes is None else list(_noted(self._notes))
            now = time.monotonic()
            self._speed.observe(now, summed(known))
            if now >= self._due:
                self._due = now + PROGRESS_EVERY
                self._write(self._line(known))

    def _line(self, known: Sequence[Counts]) -> str:
        from itemwise.reporting.writers.terminal import progress_line

        entries, counts = self._ledger.entries, summed(known)
        blocks = case_blocks([entry.node_id for entry in entries], prefixes(self._settings))
        busy, speed = sum(count.underway > 0 for count in known), self._speed.tokens_per_second
        left = time_left(entries, blocks, self._expected, counts, speed, max(1, busy))
        return progress_line(entries, self._total, counts, speed, left)

    def _write(self, line: str) -> None:
        terminal = self._config.pluginmanager.getplugin("terminalreporter")
        if terminal is None:  # -p no:terminal
            return
        writer = self._config.get_terminal_writer()
        with uncaptured(self._config):
            if self._config.get_verbosity() > 0:
                terminal.ensure_newline()  # a test that was begun is named again with its outcome
            elif writer.width_of_current_line:
                writer.line()  # letters go on behind ours
            writer.line(line)
            writer.flush()


def worker_watch(config: pytest.Config, counts: Callable[[], Counts]) -> Watch | None:
    """In a worker of ``-n``: what notes its counts for the process that reports; None elsewhere."""
    worker = getattr(config, "workerinput", {})
    if COUNTS not in worker:
        return None
    note = Path(worker[COUNTS], worker["workerid"])
    return Watch(lambda: _note(note, counts()), TOLD_EVERY)


def _note(path: Path, counts: Counts) -> None:
    """Whole at every moment."""
    with suppress(OSError):  # the process that reports is on another machine, or reads just now
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(asdict(counts)), encoding="utf-8")
        beside.replace(path)


def _noted(folder: Path) -> Iterator[Counts]:
    for path in (path for path in folder.iterdir() if not path.suffix):
        with suppress(OSError, ValueError):
            counts = Counts(**json.loads(path.read_text(encoding="utf-8")))
            fresh = time.time() - path.stat().st_mtime < STALE
            yield counts if fresh else Counts(tokens=counts.tokens)
