"""One run from its first case to its reports: folder, ledger, store, gates and exit status. Nothing here knows pytest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from itemwise.cases.duration import duration_text
from itemwise.gates.gate import Decision
from itemwise.language import phrase
from itemwise.models import ModelError
from itemwise.models.server.address import read_address, without_userinfo
from itemwise.results.batch_invariance import BatchCheck
from itemwise.results.entry import Entry, Skip
from itemwise.results.environment import environment, suite_state
from itemwise.results.labels import Key, label_suffix, rows_by_name
from itemwise.results.ledger import Ledger
from itemwise.results.run_folder import RunFolder, RunFolderError
from itemwise.results.spill import SpillFile
from itemwise.results.store import Store, StoreError
from itemwise.session.header import store_line
from itemwise.session.served import SERVER_LOG, Served, served_words, silence, wait_for
from itemwise.session.settings import Settings, SettingsError
from itemwise.trackers import TrackerError, log_lines, require_ready

if TYPE_CHECKING:
    from itemwise.reporting import RunRecord
    from itemwise.reporting.write_folder import Claim
    from itemwise.snapshots import FileChanges

# Gates and reports are imported where a run has something for them: every pytest run of an ordinary suite makes a `Run`.

__all__ = ["Run"]


class Run:
    """Collects what became of the cases, completes it with what earlier runs know, decides the gates and writes the reports.

    In this order: `begin` with what was selected, `claim` and `serve` before anything is asked, each case into the `ledger`, `merge`
    once all have ended, then `decisions`, `record`, `write` and `log`; `release` at the very end. `expected` cases were selected. What the
    store could no longer keep or give, its `store_faults`, makes the run red and keeps no report from being written.
    """

    def __init__(self, settings: Settings) -> None:
        self.ledger = Ledger(SpillFile(settings.report_dir))
        self.expected = 0
        self.store_faults: list[str] = []
        self._settings = settings
        self._started = datetime.now(timezone.utc)
        self._began = time.monotonic()
        self._claim: Claim | None = None
        self._store: Store | None = None
        self._served: list[Served] = []
        self._baseline: RunFolder | None = None
        self._suite: dict[str, str] = {}
        self._trackers: Sequence[str] = ()
        self._merged = False

    def begin(self, cases: int) -> None:
        """So many `cases` are about to be asked."""
        self.expected = cases
        self._began = time.monotonic()

    @property
    def is_claimed(self) -> bool:
        """Whether there is a folder and a store for what the run finds."""
        return self._store is not None

    def claim(self, root: Path, open_store: Callable[[], Store], trackers: Sequence[str] = ()) -> list[str]:
        """Read the baseline, make the run's folder, open the store and import the clients of `trackers` before anything is spent. Returns
        what to say of the store.

        Raises SettingsError where one of them cannot be had.
        """
        from itemwise.gates.baseline import read_baseline
        from itemwise.reporting.write_folder import claimed, sweep

        self._suite, self._trackers = suite_state(root, self._settings.report_dir), trackers
        try:
            require_ready(trackers)
            if self._settings.baseline is not None and not self._settings.shard:
                self._baseline = read_baseline(self._settings.baseline, self._settings.report_dir)
            sweep(self._settings.report_dir)
            self._claim = claimed(self._settings.report_dir, self._started.strftime("%Y%m%d-%H%M%S"))
            self._store = open_store()
            line = store_line(self._settings, len(self._store))
        except OSError as error:
            raise SettingsError(f"--report-dir {self._settings.report_dir} cannot be written: {error}") from None
        except RunFolderError as error:
            raise SettingsError(f"--baseline {self._settings.baseline}: {error}") from None
        except (StoreError, TrackerError) as error:
            raise SettingsError(str(error)) from None
        return [line, *([f"itemwise: {self._store.note}"] if self._store.note else [])]

    def serve(self, on_end: Callable[[], None]) -> Iterator[tuple[str, bool]]:
        """Start the servers that the settings name, and wait until there is an answer at every address of theirs: those of the models at
        which nobody answers yet. `on_end` is called, in another thread, where one ends before the run. Gives what to say of them, and
        whether it is of one that keeps the run waiting.

        Raises SettingsError where one does not come up, where all addresses answer already, and for a key that cannot be sent.
        """
        settings = self._settings
        if not settings.serve or settings.replay:
            return
        entries = {read_address(entry.location).url: entry for entry in settings.all_models if entry.server}
        assert self._claim is not None, "claimed before"
        try:
            if not (silent := [entry for entry in entries.values() if silence(entry)]):
                where = " and ".join(without_userinfo(entry.location) for entry in entries.values())
                raise SettingsError(f"--serve: something answers at {where} already; end it, or leave --serve out to ask it.")
            for number, command in enumerate(settings.serve, 1):
                log = self._claim.folder / (SERVER_LOG if number == 1 else f"server-{number}.log")
                self._served.append(Served(served_words(command), log))
                yield f"itemwise: {settings.language(phrase('a server is being started, log {file}', file=log))}", False
            began = time.monotonic()
            for url, why in wait_for(self._served, silent):
                waited = duration_text(time.monotonic() - began)
                yield (
                    f"itemwise: {settings.language(phrase('no answer at {url} after {time} ({why})', url=url, time=waited, why=why))}",
                    True,
                )
        except ModelError as error:
            raise SettingsError(str(error)) from None
        for server in self._served:
            server.watch(on_end)
        yield (
            f"itemwise: {settings.language(phrase('the server answers after {time}', time=duration_text(time.monotonic() - began)))}",
            False,
        )

    @property
    def server_fault(self) -> str:
        """How a server ended in the middle of the run, with the end of its log; empty where none did."""
        fault = next(filter(None, (server.fault for server in self._served)), "")
        kept = "What was answered is kept; the same command asks for the rest."
        return fault and f"itemwise: --serve: in the middle of the run, {fault}\n{kept}"

    def release(self) -> None:
        """End the servers, and release the run's folder."""
        for server in self._served:
            server.end()
        if self._claim is not None:
            self._claim.release()

    def merge(self) -> None:
        """Keep this run's verdicts, and complete the ledger with those that earlier runs of the same measurements know. Once only."""
        if self._merged:
            return
        self._merged = True
        records = self.ledger.records()
        own = ((entry.measurement, entry.case, record) for entry, record in records if entry.verdict.value != "error")
        with self._noting_faults():
            self._open().keep_verdicts(own)
        with self._noting_faults():
            self._recall()

    def _recall(self) -> None:
        for (measurement, key), known in self._measurements().items():
            for entry in self._open().verdicts(measurement, Entry.from_record, but=known):
                self.ledger.recall(entry.called(key._replace(benchmark=f"{key.benchmark}{label_suffix(entry.item)}")))

    def _measurements(self) -> dict[tuple[str, Key], set[str]]:
        """The cases known of each measurement of this run, which is called here as its key says, without what variants and controls add."""
        result: dict[tuple[str, Key], set[str]] = {}
        cases: list[Entry | Skip] = [*self.ledger.entries, *self.ledger.skips]
        for case in sorted(cases, key=lambda case: case.measurement):
            key = case.key._replace(benchmark=case.benchmark.removesuffix(label_suffix(case.item)))
            result.setdefault((case.measurement, key), set()).add(case.case)
        return result

    @cached_property
    def decisions(self) -> list[Decision]:
        """What the gates say of the merged ledger; nothing where no case was selected, or only those of a shard."""
        from itemwise.gates.baseline import baseline_decisions
        from itemwise.gates.decide import gate_decisions

        if not self.expected or self._settings.shard:
            return []
        compared = baseline_decisions(self._baseline, self.ledger.entries) if self._baseline else []
        return gate_decisions(self._settings.gates, self.ledger.tallies(), self.ledger.entries, self._settings.base_model) + compared

    def record(self, command: str, *, batch_check: Sequence[BatchCheck], snapshots: Sequence[FileChanges]) -> RunRecord:
        """Everything the reports may speak of."""
        from itemwise.reporting import RunRecord

        entries = self.ledger.entries
        return RunRecord(
            started=self._started.isoformat(timespec="seconds"),
            seconds=time.monotonic() - self._began,
            command=command,
            settings=self._settings.record(),
            measured={entry.model_name: entry.model for entry in entries if entry.model},
            rows=rows_by_name((entry.key, entry.rows) for entry in entries),
            environment=environment(self._suite),
            entries=entries,
            tallies=self.ledger.tallies(),
            skips=self.ledger.skips,
            decisions=self.decisions,
            pictures=self._readable_pictures({entry.picture: None for entry in entries if entry.picture}),
            batch_check=batch_check,
            snapshots=snapshots,
            baseline=self._baseline,
            language=self._settings.language,
        )

    def write(self, record: RunRecord, here: Path, width: int = 0) -> tuple[list[str], list[str]]:
        """Write the reports. Returns the closing table in lines of `width` characters, 0 for any, which names their folder as seen from
        `here`, and what went wrong."""
        from itemwise.reporting import shown_path, write_reports
        from itemwise.reporting.writers.terminal import closing_lines

        assert self._claim is not None, "claimed before the ledger was merged"
        lines, troubles = [], []
        try:
            try:
                write_reports(record, self._claim.folder)
            except StoreError as error:  # a picture that was there a moment ago
                self.store_faults.append(str(error))
                write_reports(replace(record, pictures={}), self._claim.folder)
        except OSError as error:
            troubles.append(str(error))
        try:
            lines = closing_lines(record, shown_path(self._claim.folder, here), width)
        except Exception as error:  # what is written is written
            troubles.append(f"the closing table could not be made: {type(error).__name__}: {error}")
        return lines, [*record.troubles, *troubles]

    def log(self, *, interrupted: bool) -> Iterator[str]:
        """Log the run to its trackers, once its reports are written; one that was interrupted is only said not to be. A line for each; what
        is not logged makes no run red."""
        assert self._claim is not None, "claimed before the reports were written"
        return (f"itemwise: {line}" for _, line in log_lines(self._trackers, self._claim.folder, interrupted=interrupted))

    def _readable_pictures(self, hashes: Iterable[str]) -> Mapping[str, bytes]:
        readable = []
        for sha256 in hashes:
            with self._noting_faults():
                readable += [sha256] if self._open().picture(sha256) else []
        return self._open().pictures(readable)

    def _open(self) -> Store:
        assert self._store is not None, "opened, or refused"
        return self._store

    @contextmanager
    def _noting_faults(self) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            self.store_faults.append(str(error))
