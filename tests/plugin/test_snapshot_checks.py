"""`-m snapshot`: which cases it selects, and what becomes of each reply beside the one that is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from itemwise.cases.reply import Verdict
from itemwise.plugin.snapshot_checks import SNAPSHOTS, Snapshots, configure_snapshots, mark_snapshots
from itemwise.session.settings import read_settings
from itemwise.snapshots.snapshot_file import SnapshotFile
from tests.plugin.conftest import SUMS, Collect, Terminal
from tests.reporting.conftest import an_entry

PAGE = Path("benchmarks", "__snapshots__", "test_sums", "sums-synthetic-embedded-text-direct.replies")
Run = Callable[..., Snapshots]


@pytest.mark.parametrize(
    ("expression", "marked"),
    [
        ("snapshot", True),
        ("itemwise and snapshot", True),
        ("snapshot or slow", True),
        ("not snapshot", False),
        ("itemwise or snapshot", False),  # it is selected without
        ("slow", False),
        ("snapshot and (", False),  # pytest says so itself
    ],
)
def test_cases_are_snapshots_where_the_expression_selects_them_only_as_such(expression: str, marked: bool, collect: Collect) -> None:
    items = collect()
    items[0].config.option.markexpr = expression
    mark_snapshots(items[0].config, items)
    assert [item.get_closest_marker("snapshot") is not None for item in items] == [*([marked] * 4), False]


def test_without_syrupy_the_expression_is_refused(collect: Collect) -> None:
    items = collect(SUMS, "-p", "no:syrupy")
    items[0].config.option.markexpr = "snapshot"
    with pytest.raises(pytest.UsageError, match=r"-m snapshot .*syrupy"):
        mark_snapshots(items[0].config, items)


@pytest.mark.parametrize(("options", "compares"), [((), False), (("-m", "snapshot"), True)], ids=["plain", "-m snapshot"])
def test_replies_are_compared_where_that_is_asked_for_and_syrupy_is_kept_off(
    options: tuple[str, ...], compares: bool, pytester: pytest.Pytester
) -> None:
    config = pytester.parseconfigure(*options)
    assert config.pluginmanager.hasplugin(SNAPSHOTS) is compares
    assert "replies" in config.option.ignore_file_extensions


def test_a_worker_compares_nothing() -> None:
    manager = SimpleNamespace(hasplugin=lambda _: True, register=lambda *_: pytest.fail("registered"))
    option = SimpleNamespace(ignore_file_extensions=None, markexpr="snapshot")
    config: Any = SimpleNamespace(pluginmanager=manager, option=option, workerinput={}, addinivalue_line=lambda *_: None)
    configure_snapshots(config, read_settings({}, root=Path(), here=Path()))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run under these options of syrupy, which is given the entries."""

    def run(*verdicts: Verdict, update: bool = False, new_only: bool = False) -> Snapshots:
        option = SimpleNamespace(update_snapshots=update, update_new_snapshots_only=new_only)
        config: Any = SimpleNamespace(option=option, rootpath=tmp_path)
        snapshots = Snapshots(config, read_settings({}, root=tmp_path, here=tmp_path))
        for number, verdict in enumerate(verdicts):
            snapshots.compare(an_entry(number, verdict))
        return snapshots

    return run


def finished(snapshots: Snapshots, exitstatus: int = pytest.ExitCode.OK) -> tuple[int, int, str]:
    """How many tests count as failed, the exit status, and what is printed, at the end of the run."""
    session: Any = SimpleNamespace(testsfailed=0, exitstatus=exitstatus)
    loop = snapshots.pytest_runtestloop(session)
    next(loop)
    with pytest.raises(StopIteration):
        loop.send(True)
    snapshots.pytest_sessionfinish(session)
    terminal = Terminal()
    snapshots.pytest_terminal_summary(terminal)  # type: ignore[arg-type]
    return session.testsfailed, session.exitstatus, terminal.text


def kept(tmp_path: Path) -> dict[str, str]:
    return {name: snapshot.verdict for name, snapshot in SnapshotFile.read(tmp_path / PAGE).cases.items()}


def test_new_replies_fail_the_run_and_are_not_kept_unasked(run: Run, tmp_path: Path) -> None:
    failed, _, text = finished(run(Verdict.CORRECT, Verdict.WRONG))
    assert (failed, (tmp_path / PAGE).exists()) == (1, False)
    assert "new, no snapshot yet" in text
    assert text.splitlines()[-1].endswith("run the same command with --snapshot-update.")


def test_an_update_keeps_each_reply_under_its_case_and_the_next_run_passes(run: Run, tmp_path: Path) -> None:
    failed, status, text = finished(run(Verdict.CORRECT, Verdict.WRONG, update=True))
    assert (failed, status) == (0, pytest.ExitCode.OK)
    assert "  2 written" in text.splitlines()
    assert kept(tmp_path) == {"sums-0": "correct", "sums-1": "wrong"}
    failed, _, text = finished(run(Verdict.CORRECT, Verdict.WRONG))
    assert (failed, "--snapshot-update" in text) == (0, False)


def test_another_reply_than_the_one_kept_fails_the_run_and_is_told(run: Run) -> None:
    finished(run(Verdict.CORRECT, update=True))
    failed, _, text = finished(run(Verdict.WRONG))
    assert failed == 1
    assert "sums-0: right -> wrong" in text


def test_an_error_of_ours_has_no_reply_to_compare(run: Run) -> None:
    failed, _, text = finished(run(Verdict.ERROR))
    assert (failed, text) == (0, "")


def test_new_only_keeps_what_is_new_and_fails_on_the_rest(run: Run, tmp_path: Path) -> None:
    finished(run(Verdict.CORRECT, update=True))
    failed, status, _ = finished(run(Verdict.WRONG, Verdict.WRONG, new_only=True))
    assert (failed, status) == (1, pytest.ExitCode.TESTS_FAILED)
    assert kept(tmp_path) == {"sums-0": "correct", "sums-1": "wrong"}


def test_a_run_that_was_interrupted_stays_one(run: Run) -> None:
    finished(run(Verdict.CORRECT, update=True))
    assert finished(run(Verdict.WRONG, new_only=True), pytest.ExitCode.INTERRUPTED)[1] == pytest.ExitCode.INTERRUPTED


def test_a_file_that_is_no_snapshots_fails_the_run_and_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / PAGE).parent.mkdir(parents=True)
    (tmp_path / PAGE).write_text("my own notes")
    failed, _, text = finished(run(Verdict.CORRECT, update=True))
    assert (failed, (tmp_path / PAGE).read_text()) == (1, "my own notes")
    assert "cannot be read as snapshots" in text


def test_the_reports_are_told_of_each_file_by_node_id(run: Run) -> None:
    finished(run(Verdict.CORRECT, update=True))
    (file,) = run(Verdict.WRONG).file_changes()
    assert (Path(file.file), file.updated, file.trouble) == (PAGE, False, "")
    ((node_id, change),) = file.changes.items()
    assert (node_id, change.name, change.kind.value) == (an_entry(0, Verdict.WRONG).node_id, "sums-0", "right -> wrong")
