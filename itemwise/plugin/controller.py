"""The controller (the process that reports, with or without ``-n``): collects verdicts, writes the reports, sets the exit status."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from itemwise.cases.benchmark import MARK
from itemwise.engine.lookahead import case_blocks
from itemwise.models.server.hidden_keys import without_keys
from itemwise.plugin.case_lines import case_lines
from itemwise.plugin.items import is_case, prefixes
from itemwise.plugin.options import TAKEN, spelled, taken_line
from itemwise.plugin.printing import begin_line, in_terminal, terminal_width, usage_error
from itemwise.plugin.progress_lines import Progress
from itemwise.plugin.signals import SIGNALS, Signals
from itemwise.plugin.snapshot_checks import SNAPSHOT, SNAPSHOTS, Snapshots
from itemwise.plugin.worker import ALONE, WorkerSession
from itemwise.results.batch_invariance import BatchCheck
from itemwise.results.entry import EntryText, Skip
from itemwise.results.labels import split_node_id
from itemwise.results.safe_text import printable, untagged
from itemwise.session.absent_gates import absent_gates
from itemwise.session.header import header_lines, idle_lines
from itemwise.session.run import Run
from itemwise.session.settings import Settings, SettingsError

if TYPE_CHECKING:
    from itemwise.reporting import RunRecord

__all__ = ["ControllerSession"]

_LETTERS = {"wrong": "F", "no answer": "N", "truncated": "T", "undecided": "U"}  # of the verdicts that keep no run from being a measurement


class ControllerSession:
    """Collects the verdict of every case that ran, in this process or a worker, and reports them."""

    def __init__(self, config: pytest.Config, settings: Settings, worker: WorkerSession) -> None:
        self._config = config
        self._worker = worker
        self._settings = settings
        self._run = Run(settings)
        self._batch_check: list[BatchCheck] = []  # of workers of -n
        self.progress = Progress(config, settings, self._run.ledger, worker.counts)
        self._model_failures = 0
        self._closing: list[str] = []

    def pytest_report_collectionfinish(self, items: Sequence[pytest.Item]) -> list[str]:
        """The header of a run in one process."""
        cases = sum(is_case(item) for item in items)
        if not cases:
            return []
        return self._begin([item.nodeid for item in items], cases, case_lines(self._config, self._settings, self._worker.samples, items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:
        """The header of a run under ``-n``: the first worker to finish collecting tells what there is."""
        cases = sum(block is not None for block in case_blocks(ids, prefixes(self._settings)))
        if not self._run.expected and ids and (cases or "fail-under" in self._settings.given):
            self._require_gated([node_id for node_id in ids if "[" in node_id])
        if cases and not self._run.expected:
            self._write(self._begin(ids, cases, self.progress.case_lines(node)))
            self._claim()

    def _begin(self, node_ids: Sequence[str], cases: int, told: Sequence[str]) -> list[str]:
        """Begin with so many cases. Returns the header, with what the cases `told`, in the width of the terminal."""
        self._run.begin(cases)
        shown = self.progress.begin(node_ids, cases)
        self._worker.waiting = self.progress.watch.waiting
        header = [*header_lines(self._settings), *idle_lines(self._settings)] if self._config.get_verbosity() >= 0 else []
        renamed = [f"itemwise: {spelled(line, self._config.stash[TAKEN])}" for line in self._settings.renamed]
        return in_terminal(self._config, [*header, *renamed, *taken_line(self._config.stash[TAKEN]), *shown, *told])

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """See to it in one process that gates speak of what is there, and that there is a place to write to; the workers of ``-n``
        collect in theirs."""
        if self._config.option.collectonly or hasattr(self._config, "workerinput") or not session.items:
            return
        self._require_gated([item.nodeid for item in session.items if item.get_closest_marker(MARK)])
        if self._run.expected:
            self._claim()

    def _require_gated(self, node_ids: Sequence[str]) -> None:
        """Refuse a gate that nothing can decide, before anything is asked. A gate of pyproject.toml is none on an ordinary suite."""
        if self._settings.shard:
            return  # whose gates are decided on all shards together
        if "fail-under" not in self._settings.given and self._asks_single_tests:
            return  # a gate of pyproject.toml on others is undecided at the end
        if (node_ids or "fail-under" in self._settings.given) and (absent := absent_gates(self._settings.gates, node_ids, self._settings)):
            raise pytest.UsageError("\n".join(absent))

    @property
    def _asks_single_tests(self) -> bool:
        """Whether all that was named are tests, as by a report's line to run one again."""
        return all("::" in argument for argument in self._config.args)

    @property
    def _trackers(self) -> Sequence[str]:
        """Where the run is logged: those of pyproject.toml are told of no single tests, and none of a shard, which `merge` logs."""
        spared = self._settings.shard or (self._asks_single_tests and "log" not in self._settings.given)
        return () if spared else self._settings.log

    def _claim(self) -> None:
        """Make the run's folder and open the store before anything is spent: a place that cannot be written costs nothing."""
        try:
            lines = self._run.claim(self._config.rootpath, self._worker.store, self._trackers)
        except SettingsError as error:
            raise usage_error(str(error)) from None
        if self._config.get_verbosity() >= 0:
            self._write(lines)
        signals: Signals = self._config.pluginmanager.getplugin(SIGNALS)
        try:
            self._tell_of_servers(self._run.serve(lambda: signals.stop("the server of --serve ended")))
        except SettingsError as error:
            raise usage_error(str(error)) from None

    def _tell_of_servers(self, lines: Iterator[tuple[str, bool]]) -> None:
        """Show what is said of servers that start; under -q only where one keeps the run waiting, with what was said before."""
        held = list[str]()
        for line, is_of_waiting in lines:
            held.append(line)
            if is_of_waiting or self._config.get_verbosity() >= 0:
                self._write(held)
                held = []

    def pytest_keyboard_interrupt(self) -> None:
        """Tell of a server that ended, where that stops the run."""
        self._write([printable(line) for line in self._run.server_fault.splitlines()])

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Collect the batch checks of a worker of ``-n``; one that died sends none."""
        self._batch_check += map(BatchCheck.from_record, json.loads(getattr(node, "workeroutput", {}).get(ALONE, "[]")))

    def pytest_unconfigure(self) -> None:
        """Release the run's folder."""
        self._run.release()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, None, None]:
        """Enter a verdict; once all have heard of it, the report that pytest keeps need not carry it any longer."""
        if hasattr(report, "itemwise_skip"):
            skip = Skip.from_record(json.loads(report.itemwise_skip))
            self._run.ledger.skip(skip)
            self.progress.enter(skip)
        if not hasattr(report, "itemwise"):
            return (yield)
        self._enter(report, report.itemwise)
        yield
        del report.itemwise

    def _enter(self, report: pytest.TestReport, record: str) -> None:
        entry = (record if isinstance(record, EntryText) else EntryText(record)).read()
        if not hasattr(report, "context"):  # of a subtest: its case is entered with the test
            self._run.ledger.put(entry, record)
            self.progress.enter(entry)
        if SNAPSHOT in report.keywords and (snapshots := self._snapshots):
            snapshots.compare(entry)
        self._model_failures += report.failed and entry.verdict.value in _LETTERS

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """A completed measurement is no failure, whatever the model got wrong; a gate that did not pass is one."""
        finished = yield
        self._merge()
        session.testsfailed -= self._model_failures
        if self._run.store_faults or not (self._config.option.collectonly or all(decision.passed for decision in self._run.decisions)):
            session.testsfailed += 1
        return finished

    def _merge(self) -> None:
        if not self._run.ledger:
            return
        if not self._run.is_claimed:  # under -n cases that ask no model are not counted beforehand
            self._claim()
        self._run.merge()

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Letters and words for the ways a model can fail, F wrong, N no answer, T truncated, and U where that is undecided; a live view
        shows what the letters say."""
        verdict, is_live = getattr(report, "itemwise_verdict", None), self.progress.is_live
        if is_live and verdict == "correct" and report.passed and not hasattr(report, "wasxfail"):
            return ("passed", "", "PASSED") if report.when == "call" else None
        if report.when != "call" or not report.failed or verdict not in _LETTERS:
            return None
        return "undecided" if verdict == "undecided" else "failed", "" if is_live else _LETTERS[verdict], verdict.upper()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Sum up before pytest writes its reports; print the table after everything else."""
        if self._run.ledger:
            self._merge()
            self._finish(session)
        yield
        self._write(self._closing, section="itemwise")
        if self._run.ledger:
            self._log(interrupted=session.exitstatus == pytest.ExitCode.INTERRUPTED)

    def _log(self, *, interrupted: bool) -> None:
        """Log the run after all else: a server that does not answer is waited for, so what is under way is told first."""
        if self._trackers and not interrupted:
            self._write([f"itemwise: logging to {', '.join(self._trackers)}"])
        for line in self._run.log(interrupted=interrupted):
            self._write([line])

    def _finish(self, session: pytest.Session) -> None:
        from itemwise.reporting.writers.terminal import gate_annotations

        arguments = (without_keys(str(argument)) for argument in self._config.invocation_params.args)
        record = self._run.record(
            shlex.join(["pytest", *arguments]),
            batch_check=[*self._batch_check, *self._worker.batch_check],
            snapshots=self._snapshots.file_changes() if self._snapshots else [],
        )
        lines, troubles = self._run.write(record, self._config.invocation_params.dir, terminal_width(self._config))
        self._add_to_junit_file(record)
        faults = [fault for fault in map(printable, self._run.store_faults[:1]) if fault != self._worker.fault]
        self._closing = [*faults, *lines, *map(printable, troubles)]
        if (troubles or self._run.store_faults) and session.exitstatus == pytest.ExitCode.OK:  # an interrupted run stays one
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if os.environ.get("GITHUB_ACTIONS") == "true":
            self._closing += gate_annotations(record)

    @property
    def _snapshots(self) -> Snapshots | None:
        snapshots: Snapshots | None = self._config.pluginmanager.getplugin(SNAPSHOTS)
        return snapshots

    def _add_to_junit_file(self, run: RunRecord) -> None:
        """Into the file the user asked for with ``--junitxml``, from here so that it survives ``-n``: the suite's properties, and names of
        cases in which a dashboard finds no file to attach."""
        from _pytest.junitxml import xml_key  # where record_testsuite_property itself finds the file

        from itemwise.reporting.writers.junit import suite_properties

        xml = self._config.stash.get(xml_key, None)
        if xml is None:
            return
        for name, value in suite_properties(run).items():
            xml.add_global_property(name, value)
        functions = (split_node_id(case.node_id) for case in (*self._run.ledger.entries, *self._run.ledger.skips))
        ours = {f"{function.rpartition('::')[2]}[{parameters}]" for function, parameters in functions if untagged(parameters) != parameters}
        for reporter in xml.node_reporters_ordered if ours else ():
            held = vars(reporter).get("attrs") or reporter.to_xml().attrib  # of a test that is finished pytest keeps the element alone
            if held.get("name") in ours:
                held["name"] = untagged(held["name"])

    def _write(self, lines: Sequence[str], section: str = "") -> None:
        """Show lines, under a heading where they are a `section`; with ``-p no:terminal`` nothing is shown."""
        terminal: pytest.TerminalReporter | None = self._config.pluginmanager.getplugin("terminalreporter")
        if terminal is None or not lines:
            return
        begin_line(self._config)
        if section:
            terminal.section(section, sep="=")
        for line in lines:
            terminal.write_line(line)
