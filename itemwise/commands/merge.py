"""``python -m itemwise merge RUN...``: the shards of a run made one again, with its own reports and gates."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from itemwise.analysis.merged_runs import MergeError, cases_missing, machines_differ, merged_ledger, require_alike, shards_missing
from itemwise.commands import CommandError, terminal_width
from itemwise.commands.log import require_trackers
from itemwise.gates.baseline import baseline_decisions, read_baseline
from itemwise.gates.decide import gate_decisions
from itemwise.gates.gate import Decision, Gate, GateError
from itemwise.language import ENGLISH, Language
from itemwise.reporting import RunRecord, shown_path, write_reports
from itemwise.reporting.write_folder import claimed
from itemwise.reporting.writers.terminal import closing_lines
from itemwise.results.labels import rows_by_name
from itemwise.results.ledger import Ledger
from itemwise.results.run_folder import RunFolder, read_runs
from itemwise.results.safe_text import printable
from itemwise.strategies import strategy_names
from itemwise.trackers import log_lines

__all__ = ["merge", "merged_record"]


def merge(
    names: Sequence[str], into: str, gates: Sequence[str], baseline: str | None, trackers: Sequence[str], say: Language = ENGLISH
) -> int:
    """Write the reports of the run that the runs make together into a new folder of `into`, print its tables, and log it to `trackers`, or
    where there are none, to those that the runs were given.

    The exit status: 1 where a gate did not pass, or cases are in none of the runs. Raises CommandError where they are not of one run.
    """
    runs = read_runs(names)
    trackers = trackers or list(dict.fromkeys(name for run in runs for name in run.record.get("settings", {}).get("log", ())))
    require_trackers(trackers)
    record = merged_record(runs, shlex.join(["python", "-m", "itemwise", "merge", *names]), gates, baseline, Path(into))
    record = replace(record, language=say)
    lines = list(cases_missing(record.tallies))
    if lines:
        lines = [*(f"shard {shard} is missing" for shard in shards_missing(runs)), *lines]
    status = int(bool(lines) or not all(decision.passed for decision in record.decisions))
    if differing := machines_differ(runs):
        lines.append(f"software and machine differ between the runs: {', '.join(differing)}")
    folder = _written(record, Path(into))
    for line in [*closing_lines(record, shown_path(folder, Path.cwd()), terminal_width()), *record.troubles, *lines]:
        print(printable(line))
    for _, line in log_lines(trackers, folder):
        print(line)
    return status


def merged_record(runs: Sequence[RunFolder], command: str, gates: Sequence[str], baseline: str | None, reports: Path) -> RunRecord:
    """The run that `runs` make together, judged by `gates` and `baseline`, or where there are none, by those that the runs were given.

    Raises CommandError where they are not of one run, or a gate cannot be used.
    """
    try:
        require_alike(runs)
        ledger = merged_ledger(runs)
        settings = _settings(runs, gates, baseline)
        held = read_baseline(settings["baseline"], reports) if settings["baseline"] else None
        decided = _decisions(ledger, settings, held)
    except (GateError, MergeError) as error:
        raise CommandError(str(error)) from None
    entries = ledger.entries
    return RunRecord(
        started=min(str(run.record.get("started", "")) for run in runs),
        seconds=sum(float(run.record.get("seconds", 0)) for run in runs),
        command=command,
        settings=settings,
        measured={entry.model_name: entry.model for entry in entries if entry.model},
        rows=rows_by_name((entry.key, entry.rows) for entry in entries),
        environment={**runs[0].record.get("environment", {}), "differs between the runs": machines_differ(runs)},
        entries=entries,
        tallies=ledger.tallies(),
        skips=ledger.skips,
        decisions=decided,
        baseline=held,
        pictures={sha256: picture.content for run in runs for sha256, picture in run.pictures.items()},
    )


def _settings(runs: Sequence[RunFolder], gates: Sequence[str], baseline: str | None) -> dict[str, Any]:
    """What the runs were asked for, with the gates that are decided now, and the names of the runs in the place of a shard."""
    given = [run.record.get("settings", {}) for run in runs]
    kept = {name: value for name, value in given[0].items() if name != "shard"}
    gates = list(gates) or list(dict.fromkeys(gate for settings in given for gate in settings.get("gates", ())))
    baseline = baseline or next((settings["baseline"] for settings in given if settings.get("baseline")), None)
    return {**kept, "gates": gates, "baseline": baseline, "merged": [run.name for run in runs]}


def _decisions(ledger: Ledger, settings: Mapping[str, Any], baseline: RunFolder | None) -> list[Decision]:
    tallies = ledger.tallies()
    known = [*strategy_names(), *(tally.strategy for tally in tallies)]
    gates = [Gate.parse(text, known) for text in settings["gates"]]
    decided = gate_decisions(gates, tallies, ledger.entries, settings.get("base_model"))
    return decided + (baseline_decisions(baseline, ledger.entries) if baseline else [])


def _written(record: RunRecord, into: Path) -> Path:
    """Write the reports into a new folder of `into`. Returns the folder."""
    started = "".join(character for character in record.started[:19] if character.isdecimal())
    try:
        claim = claimed(into, f"{started[:8]}-{started[8:]}")
        try:
            write_reports(record, claim.folder)
        finally:
            claim.release()
    except OSError as error:
        raise CommandError(f"--into {into}: the reports cannot be written: {error}") from None
    return claim.folder
