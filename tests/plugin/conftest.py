"""Tests that are collected as a run collects them and never run, and stand-ins for what pytest writes to."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Generator
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from _pytest._io import TerminalWriter
from _pytest.unraisableexception import gc_collect_iterations_key

import tests.preloaded  # noqa: F401 - each test would import it anew
from itemwise.plugin import VERDICTS, WORKER_SESSION
from itemwise.plugin.verdicts import Verdicts
from itemwise.plugin.worker import WorkerSession

SUMS = """
import pytest

from itemwise import Case, cases
from itemwise.extractors import last_number

def sums():
    for n in range(4):
        yield Case(f"sum-{n}", f"How much is {n} + {n}?", str(2 * n))

@cases(sums, extract=last_number)
def test_sums(case, answer):
    assert answer == case.answer

def test_plain():
    pass
"""
Collect = Callable[..., "list[pytest.Function]"]
Result = TypeVar("Result")


@pytest.fixture
def collect(pytester: pytest.Pytester) -> Collect:
    """The tests of a module under these options, in their order; all its rows are drawn."""

    files = ("test_sums", "test_later")  # a module is imported once under its name

    def collect(source: str = SUMS, *options: str) -> list[pytest.Function]:
        name = next(name for name in files if not pytester.path.joinpath(f"{name}.py").exists())
        config = pytester.parseconfigure("--sample", "all", *options)
        config.stash[gc_collect_iterations_key] = 0  # as in a run of pytester's: a second for each config otherwise
        session = pytest.Session.from_config(config)
        config.hook.pytest_sessionstart(session=session)
        modules = session.perform_collect([str(pytester.makepyfile(**{name: source}))], genitems=False)
        return pytester.genitems(modules)  # type: ignore[return-value]

    return collect


def worker_of(item: pytest.Item) -> WorkerSession:
    return item.config.stash[WORKER_SESSION]


def verdicts_of(item: pytest.Item) -> Verdicts:
    return item.config.stash[VERDICTS]


def wrapped(wrapper: Generator[None, Result, Result], result: Result) -> Result:
    """What a hook wrapper makes of the `result` of what it lies around."""
    next(wrapper)
    with pytest.raises(StopIteration) as stopped:
        wrapper.send(result)
    returned: Result = stopped.value.value
    return returned


class Terminal:
    """A terminal reporter of which the text is kept."""

    isatty = False

    def __init__(self) -> None:
        self.stats: dict[str, list[object]] = {}
        self.file = io.StringIO()
        self.writer = self._tw = TerminalWriter(self.file)
        self.flush, self.write, self.write_line = self.writer.flush, self.writer.write, self.writer.line

    @property
    def text(self) -> str:
        return self.file.getvalue()

    def section(self, title: str, sep: str) -> None:
        self.write_line(f"{sep} {title} {sep}")

    def ensure_newline(self) -> None:
        if self.writer.width_of_current_line:
            self.write_line("")


def a_config(terminal: Terminal | None = None, *, verbosity: int = 0, workerid: str = "", **workerinput: str) -> Any:
    """A config with this terminal; with `workerid` that of a worker of -n, which was given this input."""
    config = SimpleNamespace(
        pluginmanager=SimpleNamespace(getplugin={"terminalreporter": terminal}.get),
        get_verbosity=lambda: verbosity,
        get_terminal_writer=lambda: terminal and terminal.writer,
        getoption=lambda _, default=None: default,
    )
    if workerid:
        config.workerinput = {"workerid": workerid, "workercount": 2, **workerinput}
        config.workeroutput = {}
    return config


def a_report(item: pytest.Item, verdict: str, **changes: Any) -> pytest.TestReport:
    """The report of a test that ended with `verdict`, as a process that runs tests hands it over."""
    record = {
        "node_id": item.nodeid,
        "position": [item.nodeid],
        "benchmark": "sums",
        "model_name": "embedded-text",
        "strategy": "direct",
        "case": item.nodeid[-6:-1],
        "sample_size": 4,
        "prompt": "How much?",
        "expected": "0",
        "verdict": verdict,
    }
    outcome = "passed" if verdict == "correct" else "failed"
    report = pytest.TestReport(item.nodeid, item.location, {}, outcome, None, "call")  # type: ignore[arg-type]
    vars(report).update(itemwise=json.dumps(record | changes), itemwise_verdict=verdict)
    return report
