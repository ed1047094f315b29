"""Progress of a run, also while no case is finished: a live view in a terminal, a line every ten seconds elsewhere."""

import json
import os
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from itemwise.engine.lookahead import case_blocks
from itemwise.plugin.items import block_keys, prefixes
from itemwise.plugin.live_view import LiveView, unable
from itemwise.plugin.printing import begin_line, uncaptured
from itemwise.results.entry import Entry, MeasuredCase
from itemwise.results.labels import Key
from itemwise.results.ledger import Ledger
from itemwise.results.progress import Counts, Speed, Standing, TimeLeft, summed, time_left
from itemwise.session.settings import Settings

__all__ = ["Progress", "Watch", "note_case_lines", "worker_watch"]

PROGRESS_EVERY = 10.0  # seconds between two lines
LOOK_EVERY = 0.5  # between two looks at what is under way
TOLD_EVERY = 2.0  # between two notes of a worker
STALE = 15.0  # a worker that noted nothing for so long is at nothing
HEADER = ".header"  # of a worker's note that is no count
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
    """In the process that reports: shows how far the run is, in one process from its own `counts`, under ``-n`` from what its workers note.

    In a terminal there is a live view, elsewhere a line every ten seconds, as ``--progress`` says. `watch` has either made where it is due;
    one process is to enter its ``waiting`` while it waits for a model. Nothing is shown by ``-q``, and no line in a run that is over before
    the first would be due.
    """

    def __init__(self, config: pytest.Config, settings: Settings, ledger: Ledger, counts: Callable[[], Counts]) -> None:
        self._config = config
        self._settings = settings
        self._ledger = ledger
        self._counts = counts
        self.watch = Watch(self._look, LOOK_EVERY)
        self._writing = threading.RLock()  # held by whoever writes to the terminal under -n, where the main thread never waits
        self._speed = Speed()
        self._busy: dict[str, int] = {}  # processes by the model that they ask
        self._notes: Path | None = None
        self._total = 0
        self._standing = Standing({})
        self._names: Mapping[str, Key] = {}
        self._view: LiveView | None = None
        self._due = 0.0

    def begin(self, node_ids: Sequence[str], total: int) -> list[str]:
        """Begin with the run's `total` cases. Returns what the header has to say of it."""
        blocks = case_blocks(node_ids, prefixes(self._settings))
        self._standing = Standing(Counter(block for block in blocks if block is not None))
        self._names = block_keys(self._standing.blocks, self._settings)
        self._total = total
        self._due = time.monotonic() + PROGRESS_EVERY
        asked = self._settings.progress
        if self._config.getoption("collectonly", False) or self._is_silent or asked == "plain":
            return []
        if not (reason := unable(self._config)) and (asked == "live" or not os.environ.get("CI")):
            self._view = LiveView(self._config)
        return [f"itemwise: no live view, as {reason}"] if reason and asked == "live" else []

    def case_lines(self, node: Any) -> list[str]:
        """The lines of the header that a worker noted when it had collected; none of one on another machine."""
        note = self._notes and self._notes / (node.gateway.id + HEADER)
        lines: list[str] = json.loads(note.read_text(encoding="utf-8")) if note and note.is_file() else []
        return lines

    @property
    def is_live(self) -> bool:
        """Whether there is a live view, which tells what became of each case."""
        return self._view is not None

    def enter(self, case: MeasuredCase) -> None:
        """Note what became of a case: its entry, or that it was skipped."""
        (block,) = case_blocks([case.node_id], prefixes(self._settings))
        self._standing.enter(block, case.node_id, case if isinstance(case, Entry) else None)
        self.watch.look()

    def pytest_enter_pdb(self) -> None:
        """The terminal is the debugger's from here on."""
        self._end_view(clear=False)

    def _end_view(self, *, clear: bool = True) -> None:
        view, self._view = self._view, None
        if view is not None:
            view.close(clear=clear)

    def pytest_unconfigure(self) -> None:
        """Remove what workers noted, and the view where the run ended before its tests did."""
        self._end_view()
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
        """Under ``-n`` this process waits for its workers all along. However the tests end, what is written next finds no view."""
        try:
            with self.watch.waiting() if self._notes else nullcontext():
                return (yield)
        finally:
            self._end_view()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logstart(self) -> Generator[None, object, object]:
        """pytest writes, as in the other two."""
        with self._writing:
            return (yield)

    pytest_runtest_logreport = pytest_runtest_logfinish = pytest_runtest_logstart

    @property
    def _is_silent(self) -> bool:
        return self._settings.progress == "none" or self._config.get_verbosity() < 0

    def _look(self) -> None:
        if not self._total or self._is_silent:
            return
        with self._writing:
            known = [self._counts()] if self._notes is None else list(_noted(self._notes))
            counts, now = summed(known), time.monotonic()
            self._speed.observe(now, counts)
            self._busy.update(Counter(count.model for count in known if count.underway))
            if self._view is not None:
                self._draw(self._view, counts, self._times_left(known))
            elif now >= self._due:
                self._due = now + PROGRESS_EVERY
                self._write(self._line(counts, self._times_left(known)))

    def _times_left(self, known: Sequence[Counts]) -> list[TimeLeft]:
        """How long the block will take that each model is asked for, that of the one asked last first."""
        blocks: dict[str, str] = {}
        for name in self._standing.at_work:
            blocks.setdefault(self._names[name].model, name)
        speed = self._speed.tokens_per_second if len(blocks) == 1 else 0.0  # of several models together it is none of their own
        found = [
            time_left(self._standing, name, summed(count for count in known if count.model == model), speed, self._processes(model))
            for model, name in blocks.items()
        ]
        return [left for left in found if left]

    def _processes(self, model: str) -> int:
        """How many processes ask `model`, or did last."""
        return self._busy.get(model, 1)

    def _draw(self, view: LiveView, counts: Counts, left: Sequence[TimeLeft]) -> None:
        from itemwise.reporting.writers.live import live_lines

        speed = self._speed.tokens_per_second
        processes = {name: self._processes(key.model) for name, key in self._names.items()}
        view.draw(lambda *size: live_lines(self._standing, self._names, counts, speed, left, processes, size, self._settings.language))

    def _line(self, counts: Counts, left: Sequence[TimeLeft]) -> str:
        from itemwise.reporting.writers.terminal import progress_line

        speed, last = self._speed.tokens_per_second, next(iter(left), None)
        return progress_line(self._ledger.entries, self._total, counts, speed, last, self._settings.language)

    def _write(self, line: str) -> None:
        terminal = self._config.pluginmanager.getplugin("terminalreporter")
        if terminal is None:  # -p no:terminal
            return
        writer = self._config.get_terminal_writer()
        with uncaptured(self._config):
            if self._config.get_verbosity() > 0:
                terminal.ensure_newline()  # a test that was begun is named again with its outcome
            begin_line(self._config)  # letters go on behind ours
            writer.line(line)
            writer.flush()


def note_case_lines(config: pytest.Config, lines: Callable[[], list[str]]) -> None:
    """In a worker of ``-n``: note these lines of the header for the process that reports, which sees no case."""
    worker = getattr(config, "workerinput", {})
    if COUNTS in worker:
        with suppress(OSError):  # the process that reports is on another machine
            Path(worker[COUNTS], worker["workerid"] + HEADER).write_text(json.dumps(lines()), encoding="utf-8")


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
