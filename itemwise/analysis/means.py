"""Means over measurements: of a benchmark's configurations, of the values of a tag (macro average), of the benchmarks of a suite; and the
share of groups, such as pairs of questions, that are right throughout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from itemwise.analysis.splits import splits
from itemwise.cases.reply import Verdict
from itemwise.language import phrase
from itemwise.results.entry import Entry
from itemwise.results.labels import Key, rows_of
from itemwise.results.ledger import Tally
from itemwise.results.statistics import Accuracy, accuracy, weighted_mean

__all__ = ["Mean", "means"]

Told = Mapping[Key, Mapping[str, str]]  # run.json's rows of each measurement


class Mean(NamedTuple):
    """The mean of a measurement's parts, or of several measurements: `tally` is the first of them, `over` what they are, in words."""

    name: str
    tally: Tally
    accuracy: Accuracy
    over: str


def means(tallies: Sequence[Tally], entries: Sequence[Entry], rows: Mapping[str, Mapping[str, str]]) -> list[Mean]:
    """All means of `tallies`, which hold no variants and controls, by what `rows` tell of each: its tag `macro`, its `config`, and the
    `suites` that the run selected. Where a part has nothing judged there is no mean."""
    told = {tally.key: rows_of(tally.key, rows) or {} for tally in tallies}
    by_function: dict[tuple[str, ...], list[Tally]] = {}
    for tally in tallies:
        by_function.setdefault((tally.function or tally.benchmark, *tally.key[1:]), []).append(tally)
    found = [
        *_macros(tallies, told, entries),
        *_whole_groups(tallies, told, entries),
        *_configs(by_function.values(), told),
        *_suites(by_function.values(), told),
    ]
    return [mean for mean in found if mean.accuracy.share is not None]


def _macros(tallies: Sequence[Tally], told: Told, entries: Sequence[Entry]) -> Iterator[Mean]:
    for tally in tallies:
        tag = told[tally.key].get("macro", "")
        if parts := [split.part.accuracy for split in splits([tally], entries) if split.tag == tag]:
            yield Mean(tally.benchmark, tally, _equal(parts), phrase("{n} values of {tag}", n=len(parts), tag=tag))


def _whole_groups(tallies: Sequence[Tally], told: Told, entries: Sequence[Entry]) -> Iterator[Mean]:
    """Of each tag in `whole` the share of its values whose cases are all correct; none of a sample, which holds parts of groups, nor where
    a case has no verdict."""
    for tally in tallies:
        rows = told[tally.key]
        of_all = tally.complete and tally.sample_size == int(rows.get("rows", "0")) * int(rows.get("repeats", "1"))
        for tag in filter(None, rows.get("whole", "").split(", ") if of_all else ()):
            groups: dict[str, set[Verdict]] = {}
            for entry in entries:
                if tally.counts_entry(entry) and tag in entry.tags:
                    groups.setdefault(entry.tags[tag], set()).add(entry.verdict)
            right = sum(verdicts == {Verdict.CORRECT} for verdicts in groups.values())
            over = phrase("{n} values of {tag}, right in all their cases", n=len(groups), tag=tag)
            yield Mean(tally.benchmark, tally, accuracy(right, len(groups)), over)


def _configs(groups: Iterable[Sequence[Tally]], told: Told) -> Iterator[Mean]:
    for group in groups:
        config = told[group[0].key].get("config")
        if config and len(group) > 1:
            name = group[0].benchmark.removesuffix(f"-{config}")
            yield Mean(name, group[0], _equal([tally.accuracy for tally in group]), phrase("{n} configurations", n=len(group)))


def _suites(groups: Iterable[Sequence[Tally]], told: Told) -> Iterator[Mean]:
    """Of each suite the mean of its benchmarks, of which each counts the same, however many configurations it has."""
    members: dict[tuple[str, ...], list[Sequence[Tally]]] = {}
    for group in groups:
        for suite in filter(None, told[group[0].key].get("suites", "").split(", ")):
            members.setdefault((suite, *group[0].key[1:]), []).append(group)
    for (suite, *_), benchmarks in members.items():
        if len(benchmarks) > 1:
            parts = [(1 / len(benchmarks) / len(group), tally.accuracy) for group in benchmarks for tally in group]
            yield Mean(suite, benchmarks[0][0], weighted_mean(parts), phrase("{n} {n:benchmark|benchmarks}", n=len(benchmarks)))


def _equal(parts: Sequence[Accuracy]) -> Accuracy:
    return weighted_mean([(1 / len(parts), part) for part in parts])
