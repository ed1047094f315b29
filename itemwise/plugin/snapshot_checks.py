"""``-m snapshot``: compares each case's reply with its snapshot, through syrupy; ``--snapshot-update`` writes new ones."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from _pytest.mark.expression import Expression  # what -m is read with

from itemwise.models.extras import install_hint
from itemwise.plugin.items import is_case
from itemwise.results.entry import Entry
from itemwise.results.labels import Label, split_node_id
from itemwise.session.settings import Settings

if TYPE_CHECKING:
    from itemwise.snapshots import FileChanges, SnapshotChange
    from itemwise.snapshots.snapshot_file import SnapshotFile

__all__ = ["SNAPSHOT", "SNAPSHOTS", "Snapshots", "configure_snapshots", "mark_snapshots"]

SNAPSHOT = "snapshot"
SNAPSHOTS = "itemwise-snapshots"  # the plugin that compares, where it was asked for
SUFFIX = "replies"


def configure_snapshots(config: pytest.Config, settings: Settings) -> None:
    """Keep syrupy, which cleans up around every test that was collected, off our files; compare where that is asked for."""
    config.addinivalue_line("markers", f"{SNAPSHOT}: with -m {SNAPSHOT} every benchmark case; its reply is held to the one kept.")
    if not config.pluginmanager.hasplugin("syrupy"):
        return
    config.option.ignore_file_extensions = [*(config.option.ignore_file_extensions or ()), SUFFIX]
    if SNAPSHOT in config.option.markexpr and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Snapshots(config, settings), SNAPSHOTS)


def mark_snapshots(config: pytest.Config, items: Sequence[pytest.Item]) -> None:
    """Mark the cases that ``-m`` selects only as snapshots; ``-m "not snapshot"`` and all others leave them as they are."""
    if SNAPSHOT not in config.option.markexpr:
        return
    asked = [item for item in items if is_case(item) and _is_asked_for(item, config.option.markexpr)]
    for item in asked:
        item.add_marker(SNAPSHOT)
    if asked and not config.pluginmanager.hasplugin("syrupy"):
        raise pytest.UsageError(f"-m {SNAPSHOT} keeps replies through syrupy, which is not there: {install_hint('snapshot')}.")


def _is_asked_for(item: pytest.Item, expression: str) -> bool:
    others = {mark.name for mark in item.iter_markers()} - {SNAPSHOT}
    try:
        return _selects(expression, others | {SNAPSHOT}) and not _selects(expression, others)
    except SyntaxError:
        return False  # pytest says so itself


def _selects(expression: str, marks: set[str]) -> bool:
    def has(name: str, /, **_: object) -> bool:
        return name in marks

    return Expression.compile(expression).evaluate(has)


@dataclass
class _File:
    """A snapshot file of this run: what it held, what became of its cases, what went wrong with it."""

    kept: SnapshotFile | None
    trouble: str = ""
    updated: int = 0
    changes: dict[str, SnapshotChange] = field(default_factory=dict)
    node_ids: dict[str, str] = field(default_factory=dict)

    def fails(self, *, update: bool, new_only: bool) -> bool:
        failing = (change for change in self.changes.values() if change.fails and not update and not (new_only and change.stored is None))
        return bool(self.trouble) or any(failing)


class Snapshots:
    """In the one process that reports, so that one process writes: given every case that ran, here or in a worker."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self._config = config
        self._settings = settings
        self._update = bool(config.option.update_snapshots)
        self._new_only = bool(getattr(config.option, "update_new_snapshots_only", False))
        self._files: dict[Path, _File] = {}

    @cached_property
    def _cpu(self) -> str:
        from itemwise.snapshots import machine

        return machine()

    def compare(self, entry: Entry) -> None:
        """Compare one reply; a case without a reply for an infrastructure error has none."""
        from itemwise.snapshots import Snapshot, snapshot_change

        if not entry.cost or entry.verdict.value == "error":
            return
        file = self._file(self._path(entry))
        if file.kept:
            name = _case_name(entry)
            now = Snapshot.of(entry, batch_size=self._settings.batch_size, cpu=self._cpu)
            file.changes[name] = snapshot_change(name, file.kept.cases.get(name), now)
            file.node_ids[name] = entry.node_id

    def _path(self, entry: Entry) -> Path:
        """One file for a benchmark, model, strategy and prompt where there are several, in a folder for the benchmark's file."""
        test_file, *inner = split_node_id(entry.node_id)[0].split("::")
        path = self._config.rootpath / test_file
        words = [*inner[:-1], Label.parse(entry.benchmark).own, *entry.key.names[1:]]
        folder: Path = path.parent / getattr(self._config.option, "snapshot_dirname", "__snapshots__") / path.stem
        return folder / f"{quote('-'.join(words), safe='')}.{SUFFIX}"

    def _file(self, path: Path) -> _File:
        from itemwise.snapshots.snapshot_file import SnapshotFile, SnapshotFileError

        if path not in self._files:
            try:
                self._files[path] = _File(SnapshotFile.read(path))
            except SnapshotFileError as error:
                self._files[path] = _File(None, str(error))
        return self._files[path]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """A reply that is not as it was kept fails the run, not its case: the case's verdict is on the answer."""
        finished = yield
        session.testsfailed += self._is_failed()
        return finished

    def file_changes(self) -> list[FileChanges]:
        """For the reports, which are written before the snapshots are kept."""
        from itemwise.reporting import shown_path
        from itemwise.snapshots import FileChanges

        files = []
        for path, file in sorted(self._files.items()):
            changes = {file.node_ids[name]: change for name, change in file.changes.items()}
            updated = self._update or self._new_only
            files.append(FileChanges(shown_path(path, self._config.rootpath), changes, file.trouble, updated))
        return files

    def _is_failed(self) -> bool:
        return any(file.fails(update=self._update, new_only=self._new_only) for file in self._files.values())

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Keep what ran, also of a run that was stopped."""
        if not (self._update or self._new_only):
            return
        for file in self._files.values():
            self._keep(file)
        if self._is_failed() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _keep(self, file: _File) -> None:
        from itemwise.snapshots.snapshot_file import SnapshotFileError

        if file.kept:
            try:
                file.updated = file.kept.update(file.changes.values(), new_only=not self._update)
            except SnapshotFileError as error:
                file.trouble = str(error)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Each file's differences, then the kinds with their cases."""
        from itemwise.reporting import shown_path
        from itemwise.reporting.writers.snapshot_lines import snapshot_lines

        say = self._settings.language
        if self._files:
            terminalreporter.section(say("snapshots"), sep="=")
        for path, file in sorted(self._files.items()):
            outcome = file.trouble or (say("{n} written", n=file.updated) if self._update or self._new_only else "")
            lines = snapshot_lines(shown_path(path, self._config.rootpath), list(file.changes.values()), say)
            for line in [*lines, *([f"  {outcome}"] if outcome else [])]:
                terminalreporter.write_line(line)
        if self._is_failed() and not self._update:
            terminalreporter.write_line(say("To keep what ran as the new snapshots, run the same command with --snapshot-update."))


def _case_name(entry: Entry) -> str:
    """The case as its node id spells it, without what the file's name says already."""
    inside = split_node_id(entry.node_id)[1]
    return inside.removeprefix("-".join([*entry.key.names[1:], ""])).strip() or inside
