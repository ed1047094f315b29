"""Lines of progress: when one is due, what it tells, and how workers of -n have their part in it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

import itemwise.plugin.progress_lines as progress_lines
from itemwise.cases.reply import Verdict
from itemwise.plugin.progress_lines import COUNTS, STALE, Progress, Watch, worker_watch
from itemwise.results.ledger import Ledger
from itemwise.results.progress import Counts
from itemwise.session.settings import Settings, read_settings
from tests.plugin.conftest import Terminal, a_config
from tests.reporting.conftest import an_entry

IDS = [f"test_sums.py::test_sums[embedded-text-direct-sums-{number}]" for number in range(8)]


class AtWork:
    """A process that is at something."""

    waiting: Any = staticmethod(nullcontext)

    def counts(self) -> Counts:
        return Counts(underway=4, tokens=100)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({}, root=tmp_path, here=tmp_path)


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def _always_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_lines, "PROGRESS_EVERY", 0.0)
    monkeypatch.setattr(progress_lines, "LOOK_EVERY", 0.0)


def begun(settings: Settings, config: Any, *verdicts: Verdict) -> Progress:
    """The progress of a run of eight cases, of which those with a verdict are done."""
    ledger = Ledger()
    for number, verdict in enumerate(verdicts):
        ledger.put(an_entry(number, verdict))
    progress = Progress(config, settings, ledger, AtWork().counts)
    progress.begin(IDS, len(IDS))
    return progress


@pytest.mark.usefixtures("_always_due")
def test_a_line_tells_what_is_done_and_what_is_under_way(settings: Settings, terminal: Terminal) -> None:
    begun(settings, a_config(terminal), Verdict.CORRECT, Verdict.WRONG).watch.look()
    (line,) = terminal.text.splitlines()
    assert line.startswith("itemwise: 2 of 8 cases")
    assert "4 being answered" in line


@pytest.mark.usefixtures("_always_due")
@pytest.mark.parametrize("verbosity", [0, 1])
def test_a_line_is_a_line_of_its_own(verbosity: int, settings: Settings, terminal: Terminal) -> None:
    terminal.write("test_sums.py ..")
    begun(settings, a_config(terminal, verbosity=verbosity)).watch.look()
    assert [line[:15] for line in terminal.text.splitlines()] == ["test_sums.py ..", "itemwise: 0 of "]


@pytest.mark.usefixtures("_always_due")
def test_a_quiet_run_and_one_without_a_terminal_or_cases_tell_nothing(settings: Settings, terminal: Terminal) -> None:
    begun(settings, a_config(terminal, verbosity=-1)).watch.look()
    begun(settings, a_config(None)).watch.look()
    Progress(a_config(terminal), settings, Ledger(), AtWork().counts).watch.look()
    assert terminal.text == ""


def test_nothing_is_told_before_the_first_line_is_due(settings: Settings, terminal: Terminal) -> None:
    progress = begun(settings, a_config(terminal))
    progress.watch.look()
    assert terminal.text == ""


@pytest.mark.usefixtures("_always_due")
def test_a_process_that_asks_looks_while_it_waits(settings: Settings, terminal: Terminal) -> None:
    written = threading.Event()
    progress = Progress(a_config(terminal), settings, Ledger(), AtWork().counts)
    progress.begin(IDS, len(IDS))
    flush, terminal.writer.flush = terminal.writer.flush, lambda: (flush(), written.set())  # type: ignore[method-assign, func-returns-value]
    with progress.watch.waiting():
        assert written.wait(60)
    assert "itemwise: 0 of 8 cases" in terminal.text


@pytest.fixture
def under_n(settings: Settings, terminal: Terminal) -> Iterator[tuple[Progress, Any]]:
    """The process that reports under -n, and the config of a worker that it started."""
    from types import SimpleNamespace

    progress = begun(settings, a_config(terminal))
    node = SimpleNamespace(workerinput={})
    progress.pytest_configure_node(node)
    yield progress, a_config(workerid="gw0", **node.workerinput)
    progress.pytest_unconfigure()


@pytest.mark.usefixtures("_always_due")
def test_workers_note_what_they_are_at_and_the_process_that_reports_tells_it(under_n: tuple[Progress, Any], terminal: Terminal) -> None:
    progress, worker = under_n
    progress.watch.look()
    assert "being answered" not in terminal.text
    watch = worker_watch(worker, lambda: Counts(underway=7))
    assert watch is not None
    watch.look()
    progress.watch.look()
    assert "7 being answered" in terminal.text.splitlines()[-1]


@pytest.mark.usefixtures("_always_due")
def test_a_model_that_is_loaded_beside_one_that_answers_is_told_with_it(under_n: tuple[Progress, Any], terminal: Terminal) -> None:
    progress, worker = under_n
    for name, counts in {"gw0": Counts(underway=7, model="a"), "gw1": Counts("b", 9.0, model="b")}.items():
        Path(worker.workerinput[COUNTS], name).write_text(json.dumps(asdict(counts)))
    progress.watch.look()
    assert "loading b, 9 s, 7 being answered" in terminal.text


@pytest.mark.usefixtures("_in_a_terminal", "_always_due")
def test_models_side_by_side_have_each_the_time_left_that_their_own_workers_need(
    settings: Settings, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = read_settings({"quant": ["nf4", "none"]}, root=settings.report_dir, here=settings.report_dir).models
    asked = replace(settings, models=models)
    ids = {entry.name: [f"t.py::test_b[{entry.name}-direct-c-{number}]" for number in range(100)] for entry in models}
    progress = Progress(a_config(terminal), asked, Ledger(), AtWork().counts)
    progress.begin([*chain(*ids.values())], 200)
    seconds = dict(zip(ids, (1.0, 3.0), strict=True))
    for name in ids:
        for number, node_id in enumerate(ids[name][:40]):
            reply = {"text": "", "generated": 1, "generated_tokens": 10, "seconds": seconds[name]}
            entry = an_entry(number, Verdict.CORRECT, node_id=node_id, reply=reply)
            progress.enter(replace(entry, spent=entry.cost))
    told: dict[str, Any] = {}
    monkeypatch.setattr("itemwise.reporting.writers.live.live_lines", lambda *shown: told.update(left=shown[4], processes=shown[5]))
    notes = [Counts(underway=1, tokens=400, model=name) for name in ids]
    monkeypatch.setattr(progress_lines, "_noted", lambda _: notes)
    progress._notes = settings.report_dir
    progress.watch.look()
    progress._notes = None
    first, last = told["left"]
    assert (round(last.least), round(first.least)) == (60, 178)
    assert {*told["processes"].values()} == {1}


@pytest.mark.usefixtures("_always_due")
def test_a_worker_that_noted_nothing_for_long_is_at_nothing(under_n: tuple[Progress, Any], terminal: Terminal) -> None:
    progress, worker = under_n
    watch = worker_watch(worker, lambda: Counts(underway=7))
    assert watch is not None
    watch.look()
    note = Path(worker.workerinput[COUNTS], "gw0")
    os.utime(note, (note.stat().st_atime, note.stat().st_mtime - STALE - 1))
    progress.watch.look()
    assert "0 of 8 cases" in terminal.text
    assert "being answered" not in terminal.text


@pytest.mark.usefixtures("_always_due")
def test_a_note_that_is_half_written_is_passed_over(under_n: tuple[Progress, Any], terminal: Terminal) -> None:
    progress, worker = under_n
    Path(worker.workerinput[COUNTS], "gw1").write_text('{"underw')
    progress.watch.look()
    assert "0 of 8 cases" in terminal.text


def test_the_notes_are_gone_with_the_run(under_n: tuple[Progress, Any]) -> None:
    progress, worker = under_n
    assert Path(worker.workerinput[COUNTS]).is_dir()
    progress.pytest_unconfigure()
    assert not Path(worker.workerinput[COUNTS]).exists()


class View:
    """A live view that keeps what it is told to draw."""

    def __init__(self, _: object) -> None:
        self.drawn: list[Any] = []
        self.closed: list[bool] = []

    def draw(self, drawn: Any) -> None:
        self.drawn.append(drawn(80, 24))

    def close(self, *, clear: bool = True) -> None:
        self.closed.append(clear)


@pytest.fixture
def _in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_lines, "LiveView", View)
    monkeypatch.setattr(progress_lines, "unable", lambda config: "")
    monkeypatch.delenv("CI", raising=False)


@pytest.mark.usefixtures("_in_a_terminal")
@pytest.mark.parametrize(
    ("asked", "verbosity", "ci", "is_live"),
    [
        ("auto", 0, "", True),
        ("auto", 1, "", True),
        ("auto", -1, "", False),
        ("auto", 0, "true", False),
        ("live", 0, "true", True),
        ("plain", 0, "", False),
        ("none", 0, "", False),
    ],
)
def test_when_there_is_a_live_view(
    asked: str, verbosity: int, ci: str, is_live: bool, settings: Settings, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    assert begun(replace(settings, progress=asked), a_config(terminal, verbosity=verbosity)).is_live is is_live


@pytest.mark.parametrize(("asked", "told"), [("auto", []), ("live", ["itemwise: no live view, as stdout is no terminal"])])
def test_one_that_was_asked_for_and_cannot_be_says_why(asked: str, told: list[str], settings: Settings, terminal: Terminal) -> None:
    progress = Progress(a_config(terminal), replace(settings, progress=asked), Ledger(), AtWork().counts)
    assert progress.begin(IDS, len(IDS)) == told
    assert not progress.is_live


@pytest.mark.usefixtures("_in_a_terminal", "_always_due")
@pytest.mark.parametrize("ending", [KeyboardInterrupt, RuntimeError, None])
def test_a_live_view_takes_the_place_of_lines_and_is_gone_however_the_tests_end(
    ending: type[BaseException] | None, settings: Settings, terminal: Terminal
) -> None:
    progress = begun(settings, a_config(terminal))
    view = progress._view
    assert isinstance(view, View)
    progress.enter(an_entry(0, Verdict.WRONG, node_id=IDS[0]))
    loop = progress.pytest_runtestloop()
    next(loop)
    with pytest.raises(ending or StopIteration):
        loop.throw(ending()) if ending else loop.send(None)
    assert (terminal.text, len(view.drawn), view.closed, progress.is_live) == ("", 1, [True], False)


@pytest.mark.usefixtures("_in_a_terminal")
def test_a_debugger_has_the_terminal_to_itself(settings: Settings, terminal: Terminal) -> None:
    progress = begun(settings, a_config(terminal))
    view = progress._view
    progress.pytest_enter_pdb()
    assert isinstance(view, View)
    assert (view.closed, progress.is_live) == ([False], False)


def test_only_a_worker_of_a_run_that_wants_notes_makes_them() -> None:
    assert worker_watch(a_config(), Counts) is None
    assert worker_watch(a_config(workerid="gw0"), Counts) is None


def test_a_watch_looks_once_in_its_time_however_often_it_is_told_to() -> None:
    looks: list[int] = []
    watch = Watch(lambda: looks.append(1), seconds=600)
    for _ in range(3):
        watch.look()
    assert len(looks) == 1


def test_a_terminal_that_is_gone_ends_no_wait() -> None:
    met = threading.Event()

    def look() -> None:
        met.set()
        raise OSError("the terminal is gone")

    with Watch(look, seconds=0.01).waiting():
        assert met.wait(60)
