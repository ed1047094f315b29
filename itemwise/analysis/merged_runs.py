"""Runs of one measurement made one again: the shards of several machines, or what several jobs ran of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from itemwise.analysis.provenance import OF_THE_JOB, Part, differing, provenance_of
from itemwise.results.entry import Skip
from itemwise.results.labels import Key, natural_order
from itemwise.results.ledger import Ledger, Tally
from itemwise.results.run_folder import RunFolder

__all__ = ["MergeError", "cases_missing", "machines_differ", "merged_ledger", "require_alike", "shards_missing"]

_NOT_COMPARED = ("shard", "batch_size", "engine", "replicas", "serve", "gates", "baseline", "log")  # which may differ between shards


class MergeError(Exception):
    """Runs cannot be made one; the message says which, and why."""


def require_alike(runs: Sequence[RunFolder]) -> None:
    """Raise MergeError where two runs were not asked for the same thing, cut in the same number of shards, of the same rows and models."""
    for first, second in pairwise(runs):
        one, other = (_settings(run) for run in (first, second))
        if name := next((name for name in {**one, **other} if one.get(name) != other.get(name)), None):
            raise MergeError(_different(first, second, name.replace("_", " "), one.get(name), other.get(name)))
        counts = [shard.partition("/")[2] for run in (first, second) if (shard := _shard(run))]
        if len(set(counts)) > 1:
            raise MergeError(_different(first, second, "number of shards", *counts))
    held: dict[Key, tuple[RunFolder, Tally]] = {}
    for run in runs:
        for tally in run.tallies:
            before, same = held.setdefault(tally.key, (run, tally))
            _require_same(before, same, run, tally)


def merged_ledger(runs: Sequence[RunFolder]) -> Ledger:
    """One ledger of all cases, in the order of their names. A case of several runs counts once, by its last verdict that is no error;
    a verdict that a run only recalled gives way to one that ran."""
    ordered = sorted(runs, key=lambda run: str(run.record.get("started", "")))
    keys = list(dict.fromkeys(entry.key for run in ordered for entry in run.entries))
    cases = {entry.case for run in ordered for entry in run.entries} | {skip.case for run in ordered for skip in _skips(run)}
    places = {case: place for place, case in enumerate(sorted(cases, key=natural_order))}
    ledger = Ledger()
    for time, run in enumerate(ordered):
        for entry in run.entries:
            if not entry.earlier:
                ledger.put(replace(entry, position=(keys.index(entry.key), places[entry.case], time)))
        for skip in _skips(run):
            ledger.skip(replace(skip, position=(len(keys), places[skip.case], time)))
    for time, run in enumerate(ordered):
        for entry in run.entries:
            ledger.recall(replace(entry, position=(keys.index(entry.key), places[entry.case], time)))
    return ledger


def shards_missing(runs: Sequence[RunFolder]) -> list[str]:
    """The shards that none of the runs is, as ``2/4``."""
    given = [shard for run in runs if (shard := _shard(run))]
    count = int(given[0].partition("/")[2]) if given else 0
    return [text for number in range(1, count + 1) if (text := f"{number}/{count}") not in given]


def cases_missing(tallies: Sequence[Tally]) -> Iterator[str]:
    """A line for each measurement of which the runs together lack cases."""
    for tally in tallies:
        held = sum(tally.counts.values()) + tally.skipped
        if held < tally.sample_size:
            yield f"{', '.join(tally.key.names)}: {tally.sample_size - held} of {tally.sample_size} cases are in none of the runs"


def machines_differ(runs: Sequence[RunFolder]) -> list[str]:
    """What of software and machine is not the same in all runs, by name."""
    told = [provenance_of(run.record, tally) for run in runs for tally in run.tallies[:1]]
    return list(dict.fromkeys(name for first, other in pairwise(told) for name in differing(first, other).get(Part.MACHINE, ())))


def _require_same(first: RunFolder, tally: Tally, second: RunFolder, other: Tally) -> None:
    one, two = provenance_of(first.record, tally), provenance_of(second.record, other)
    parts = differing(one, two)
    for part in (Part.MODEL, Part.HARNESS):
        for name in parts.get(part, ()):
            if name not in OF_THE_JOB:
                raise MergeError(
                    _different(first, second, f"{', '.join(tally.key.names)}, {name}", one[part].get(name), two[part].get(name))
                )
    if tally.sample_size != other.sample_size:
        raise MergeError(_different(first, second, f"{tally.name}, cases of the sample", tally.sample_size, other.sample_size))


def _different(first: RunFolder, second: RunFolder, what: str, one: object, other: object) -> str:
    return f"{first.name} and {second.name} are no shards of one run: {what}: {_said(one)} and {_said(other)}."


def _said(value: object) -> str:
    return "not given" if value is None else str(value)


def _settings(run: RunFolder) -> Mapping[str, Any]:
    settings = run.record.get("settings")
    return {name: value for name, value in settings.items() if name not in _NOT_COMPARED} if isinstance(settings, dict) else {}


def _shard(run: RunFolder) -> str:
    settings = run.record.get("settings")
    shard = settings.get("shard") if isinstance(settings, dict) else None
    return shard if isinstance(shard, str) and re.fullmatch("[0-9]+/[0-9]+", shard) else ""


def _skips(run: RunFolder) -> Iterator[Skip]:
    sizes = {tally.key: tally.sample_size for tally in run.tallies}
    for told in run.record.get("skipped", ()):
        key = Key(told["benchmark"], told["model"], told["strategy"], told.get("prompt", ""))
        names = {"benchmark": key.benchmark, "model_name": key.model, "strategy": key.strategy, "prompt_name": key.prompt}
        asked: dict[str, Any] = {**names, "case": told["case"], "repeat": told.get("repeat", 1), "sample_size": sizes.get(key, 0)}
        yield Skip(node_id=told["node_id"], position=(), reason=told["reason"], **asked)
