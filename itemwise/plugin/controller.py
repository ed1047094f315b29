"""In the process that reports (the only one, or the controller of ``-n``): collects verdicts, writes the reports, sets the exit status."""

from __future__ import annotations

import json
import os
import shlex
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from itemwise.cases.benchmark import MARK
from itemwise.models.server.address import without_userinfo
from itemwise.plugin.items import function_id, is_case, prefixes
from itemwise.plugin.options import TAKEN, taken_line
from itemwise.plugin.printing import usage_error
from itemwise.plugin.progress_lines import Progress
from itemwise.plugin.snapshot_checks import SNAPSHOTS, Snapshots
from itemwise.plugin.worker import ALONE, WorkerSession
from itemwise.session.settings import Settings

if TYPE_CHECKING:
    from itemwise.gates.gate import Decision
    from itemwise.reporting import RunRecord
    from itemwise.reporting.write_folder import Claim
    from itemwise.results.entry import Entry, Skip
    from itemwise.results.run_folder import RunFolder
    from itemwise.results.store import Store, StoreError
    from itemwise.snapshots import FileChanges

__all__ = ["ControllerSession"]


class ControllerSession:
    """Hears of every case that ran, in this process or a worker, and sums up."""

    def __init__(self, config: pytest.Config, settings: Settings, worker: WorkerSession) -> None:
        from itemwise.results.ledger import Ledger
        from itemwise.results.spill import SpillFile

        self._config = config
        self._worker = worker
        self._batch_check: list[dict[str, Any]] = []
        self._settings = settings
        self._ledger = Ledger(SpillFile(settings.report_dir))
        self._folder: Path | None = None
        self._claim: Claim | None = None
        self._store: Store | None = None
        self._baseline: RunFolder | None = None
        self._suite: dict[str, str] = {}
        self._expected = 0
        self._began = time.monotonic()
        self._started = datetime.now(timezone.utc)
        self.progress = Progress(config, settings, self._ledger, worker)
        self._model_failures = 0
        self._merged = False
        self._unkept = False
        self._closing: list[str] = []

    def pytest_report_collectionfinish(self, items: Sequence[pytest.Item]) -> list[str]:
        """The header of a run in one process."""
        cases = sum(is_case(item) for item in items)
        return self._begin([item.nodeid for item in items], cases) + self._idle(items) if cases else []

    def _idle(self, items: Sequence[pytest.Item]) -> list[str]:
        """A line for each benchmark that ignores options of the command line."""
        from itemwise.session.sample import WITHOUT_EFFECT

        if self._config.get_verbosity() < 0:
            return []
        told = {item: self._worker.samples.of_case(item).rows.get(WITHOUT_EFFECT) for item in items if is_case(item)}
        return [*dict.fromkeys(f"itemwise: {function_id(item)} ignores {idle}" for item, idle in told.items() if idle)]

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """The header of a run under ``-n``: the first worker to finish collecting tells what there is."""
        from itemwise.engine.lookahead import case_blocks

        cases = sum(block is not None for block in case_blocks(ids, prefixes(self._settings)))
        if not self._expected and ids and (cases or "fail-under" in self._settings.given):
            self._require_gated([node_id for node_id in ids if "[" in node_id])
        if cases and not self._expected:
            self._write(self._begin(ids, cases))
            self._require_places()

    def _begin(self, node_ids: Sequence[str], cases: int) -> list[str]:
        from itemwise.session.header import header_lines, idle_lines

        self._expected = cases
        self._began = time.monotonic()
        self.progress.begin(node_ids, cases)
        header = [*header_lines(self._settings), *idle_lines(self._settings)] if self._config.get_verbosity() >= 0 else []
        return header + taken_line(self._config.stash[TAKEN])

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """See to it in one process that gates speak of what is there, and that there is a place to write to; the workers of ``-n``
        collect in theirs."""
        if self._config.option.collectonly or hasattr(self._config, "workerinput") or not session.items:
            return
        self._require_gated([item.nodeid for item in session.items if item.get_closest_marker(MARK)])
        if self._expected:
            self._require_places()

    def _require_gated(self, node_ids: Sequence[str]) -> None:
        """Refuse a gate that nothing can decide, before anything is asked. A gate of pyproject.toml is none on an ordinary suite."""
        from itemwise.session.absent_gates import absent_gates

        if "fail-under" not in self._settings.given and all("::" in argument for argument in self._config.args):
            return  # single tests, such as a report's line to run one again: a gate of pyproject.toml on others is undecided at the end
        if (node_ids or "fail-under" in self._settings.given) and (absent := absent_gates(self._settings.gates, node_ids, self._settings)):
            raise pytest.UsageError("\n".join(absent))

    def _require_places(self) -> None:
        """Make the run's folder and open the store before anything is spent: a place that cannot be written costs nothing."""
        from itemwise.reporting.write_folder import claimed, sweep
        from itemwise.results.environment import suite_state
        from itemwise.results.store import StoreError
        from itemwise.session.header import store_line

        self._baseline = self._read_baseline()
        self._suite = suite_state(self._config.rootpath, self._settings.report_dir)
        try:
            sweep(self._settings.report_dir)
            self._claim = claimed(self._settings.report_dir, self._started.strftime("%Y%m%d-%H%M%S"))
            self._folder = self._claim.folder
            self._store = self._worker.store()
            held = store_line(self._settings, len(self._store))
        except OSError as error:
            raise usage_error(f"--report-dir {self._settings.report_dir} cannot be written: {error}") from None
        except StoreError as error:
            raise usage_error(str(error)) from None
        if self._config.get_verbosity() >= 0:
            self._write([held, *([f"itemwise: {self._store.note}"] if self._store.note else [])])

    def _read_baseline(self) -> RunFolder | None:
        if self._settings.baseline is None:
            return None
        from itemwise.gates.baseline import read_baseline
        from itemwise.results.run_folder import RunFolderError

        try:
            return read_baseline(self._settings.baseline, self._settings.report_dir)
        except RunFolderError as error:
            raise usage_error(f"--baseline {self._settings.baseline}: {error}") from None

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear what a worker of ``-n`` asked again alone; one that died tells nothing."""
        self._batch_check += json.loads(getattr(node, "workeroutput", {}).get(ALONE, "[]"))

    def pytest_unconfigure(self) -> None:
        """The run's folder is its own no longer."""
        if self._claim is not None:
            self._claim.release()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, None, None]:
        """Enter a verdict; once all have heard of it, the report that pytest keeps need not carry it any longer."""
        if hasattr(report, "itemwise_skip"):
            self._enter_skip(report)
        if not hasattr(report, "itemwise"):
            return (yield)
        self._enter(report)
        yield
        del report.itemwise

    def _enter_skip(self, report: pytest.TestReport) -> None:
        from itemwise.results.entry import Skip

        self._ledger.skip(Skip.from_record(json.loads(report.itemwise_skip)))

    def _enter(self, report: pytest.TestReport) -> None:
        from itemwise.results.entry import Entry

        assert hasattr(report, "itemwise"), "a report of a case that ran"
        entry = Entry.from_record(json.loads(report.itemwise))
        if not hasattr(report, "context"):  # of a subtest: its case is entered with the test
            self._ledger.put(entry, report.itemwise)
        self._model_failures += report.failed and entry.verdict.value in ("wrong", "no answer", "truncated")
        self.progress.look()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """A completed measurement is no failure, whatever the model got wrong; a gate that did not pass is one."""
        finished = yield
        self._merge()
        session.testsfailed -= self._model_failures
        if self._unkept or not all(decision.passed for decision in self._decisions):
            session.testsfailed += 1
        return finished

    def _merge(self) -> None:
        """Keep this run's verdicts, and complete the ledger with those that earlier runs of the same settings know."""
        if self._merged or not self._ledger:
            return
        if self._store is None:  # under -n cases that ask no model are not counted beforehand
            self._require_places()
        self._merged = True
        judged = self._ledger.entries
        own = [entry for entry in judged if entry.verdict.value != "error"]
        with self._noting():
            self._open_store().keep_verdicts((entry.measurement, entry.case, entry.record()) for entry in own)
        with self._noting():
            self._recall()

    def _recall(self) -> None:
        from itemwise.results.entry import Entry

        for run, (label, known) in self._measurements().items():
            for entry in self._open_store().verdicts(run, Entry.from_record, but=known):
                self._ledger.recall(_relabelled(entry, label))

    def _open_store(self) -> Store:
        assert self._store is not None, "opened, or refused"
        return self._store

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """What the store can no longer give or take is said once, makes the run red, and keeps no report from being written."""
        from itemwise.results.store import StoreError

        try:
            yield
        except StoreError as error:
            self._note(error)

    def _note(self, error: StoreError) -> None:
        from itemwise.results.safe_text import printable

        message = printable(str(error))
        if not self._unkept and message != self._worker.stopped_by:
            self._closing.append(message)
        self._unkept = True

    def _measurements(self) -> dict[str, tuple[str, set[str]]]:
        """What each measurement of this run is called, without what twins and controls add, and the cases known of it."""
        from itemwise.results.labels import variant_of

        found: dict[str, tuple[str, set[str]]] = {}
        cases: list[Entry | Skip] = [*self._ledger.entries, *self._ledger.skips]
        for case in sorted(cases, key=lambda case: case.measurement):
            label = case.benchmark.removesuffix(variant_of(case.case))
            found.setdefault(case.measurement, (label, set()))[1].add(case.case)
        return found

    @cached_property
    def _decisions(self) -> list[Decision]:
        """What the gates say, first asked for when the ledger is merged."""
        from itemwise.gates.threshold import decisions

        if not self._expected or self._config.option.collectonly:
            return []
        return decisions(self._settings.gates, self._ledger.tallies()) + self._baseline_decisions()

    def _baseline_decisions(self) -> list[Decision]:
        if self._baseline is None:
            return []
        from itemwise.gates.baseline import baseline_decisions

        return baseline_decisions(self._baseline, self._ledger.entries)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Letters and words for the ways a model can fail: F wrong, N no answer, T truncated."""
        verdict = getattr(report, "itemwise_verdict", None)
        if report.when != "call" or not report.failed or verdict not in ("wrong", "no answer", "truncated"):
            return None
        return "failed", {"wrong": "F", "no answer": "N", "truncated": "T"}[verdict], verdict.upper()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Sum up before pytest writes its reports; print the table after everything else."""
        if self._ledger:
            self._merge()
            self._finish(session)
        yield
        self._write(self._closing, section="itemwise")

    def _finish(self, session: pytest.Session) -> None:
        from itemwise.reporting import shown_path, write_reports
        from itemwise.reporting.writers.terminal import closing_lines, gate_annotations
        from itemwise.results.safe_text import printable
        from itemwise.results.store import StoreError

        run = self._run_record()
        assert self._folder is not None, "made before the ledger was merged"
        troubles = []
        try:
            try:
                write_reports(run, self._folder)
            except StoreError as error:  # a picture that was there a moment ago
                self._note(error)
                write_reports(replace(run, pictures={}), self._folder)
        except OSError as error:
            troubles.append(str(error))
        self._add_suite_properties(run)
        try:
            self._closing += closing_lines(run, shown_path(self._folder, self._config.invocation_params.dir))
        except Exception as error:  # what is written is written
            troubles.append(f"the closing table could not be made: {type(error).__name__}: {error}")
        troubles = [*run.troubles.values(), *troubles]
        self._closing += [printable(trouble) for trouble in troubles]
        if (troubles or self._unkept) and session.exitstatus == pytest.ExitCode.OK:  # an interrupted run stays one
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if os.environ.get("GITHUB_ACTIONS") == "true":
            self._closing += gate_annotations(run)

    def _run_record(self) -> RunRecord:
        from itemwise.reporting import RunRecord
        from itemwise.results.environment import environment

        entries, tallies = self._ledger.entries, self._ledger.tallies()
        return RunRecord(
            started=self._started.isoformat(timespec="seconds"),
            seconds=time.monotonic() - self._began,
            command=shlex.join(["pytest", *(without_userinfo(str(each)) for each in self._config.invocation_params.args)]),
            settings=self._settings.record(),
            measured={entry.model_name: entry.model for entry in entries if entry.model},
            rows={entry.benchmark: entry.rows for entry in entries},
            environment=environment(self._suite),
            entries=entries,
            tallies=tallies,
            skips=self._ledger.skips,
            decisions=self._decisions,
            pictures=self._pictures({entry.picture: None for entry in entries if entry.picture}),
            batch_check=[*self._batch_check, *self._worker.batch_check],
            snapshots=self._snapshots(),
        )

    def _pictures(self, hashes: Iterable[str]) -> Mapping[str, bytes]:
        """The pictures of these hashes that can be read."""
        found = []
        for sha256 in hashes:
            with self._noting():
                found += [sha256] if self._open_store().picture(sha256) else []
        return self._open_store().pictures(found)

    def _snapshots(self) -> list[FileChanges]:
        snapshots: Snapshots | None = self._config.pluginmanager.getplugin(SNAPSHOTS)
        return snapshots.file_changes() if snapshots else []

    def _add_suite_properties(self, run: RunRecord) -> None:
        """Into the JUnit file the user asked for with ``--junitxml``, from here so that they survive ``-n``."""
        from _pytest.junitxml import xml_key  # where record_testsuite_property itself finds the file

        from itemwise.reporting.writers.junit import suite_properties

        if xml := self._config.stash.get(xml_key, None):
            for name, value in suite_properties(run).items():
                xml.add_global_property(name, value)

    def _write(self, lines: Sequence[str], section: str = "") -> None:
        """Show lines, under a heading where they are a `section`; with ``-p no:terminal`` nothing is shown."""
        terminal: pytest.TerminalReporter | None = self._config.pluginmanager.getplugin("terminalreporter")
        if terminal is None or not lines:
            return
        if section:
            terminal.section(section, sep="=")
        for line in lines:
            terminal.write_line(line)


def _relabelled(entry: Entry, label: str) -> Entry:
    """An entry of an earlier run, as its measurement is called in this one."""
    from itemwise.results.labels import variant_of

    return replace(entry, benchmark=f"{label}{variant_of(entry.case)}")
