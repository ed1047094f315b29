"""``python -m itemwise compare RUN RUN...``: the same cases under several models, strategies or prompts, pair by pair."""

import os
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from itemwise.analysis.like_with_like import all_pairs, like_pairs
from itemwise.analysis.option_shift import option_shift
from itemwise.analysis.pairs import Measurement, Pair, TwiceError, items_differ, measurement
from itemwise.analysis.provenance import provenance_of
from itemwise.analysis.reply_changes import Change
from itemwise.analysis.run_comparison import RunComparison
from itemwise.cases.reply import Verdict
from itemwise.commands import CommandError, terminal_width
from itemwise.language import ENGLISH, Language, joined, phrase
from itemwise.reporting.narrow import fitted, wrapped
from itemwise.reporting.sections.comparison_sections import alone_lines, brief_series, change_lines, pair_name, pairs_table
from itemwise.reporting.sections.recovery_section import recovery_table
from itemwise.reporting.table import count_of
from itemwise.reporting.writers.compare_html import compare_html
from itemwise.results.baseline_file import read_verdicts
from itemwise.results.private_files import open_private
from itemwise.results.run_folder import RunFolder, read_runs
from itemwise.results.safe_text import printable

_WIDE = 118  # characters of a line of cases, behind its indent

__all__ = ["compare", "comparison_lines", "comparison_of"]


def compare(names: Sequence[str], page: str | None = None, say: Language = ENGLISH, *, every: bool = False) -> None:
    """Print how the runs compare, with `every` pair of measurements, and write it with every case to the file `page`, if one is given.

    Raises CommandError where a run cannot be read, their items differ, or the page cannot be written.
    """
    if page is not None:
        _check_page(page)
    runs = read_runs(names, read=read_verdicts)
    if page is not None and (without := next((run for run in runs if not run.has_replies), None)):
        raise CommandError(f"--html shows replies, and {without.name} is a baseline, which holds none: give that run's folder.")
    comparison = comparison_of(runs, every=every)
    for line in comparison_lines(comparison, say, terminal_width()):
        print(line)
    if page is not None:
        pictures = {sha256: picture for run in runs for sha256, picture in run.pictures.items()}
        _write(Path(page), compare_html(comparison, pictures, say))
        print("\n" + say("page: {file}", file=printable(str(Path(page)))))


def comparison_of(runs: Sequence[RunFolder], *, every: bool = False) -> RunComparison:
    """The runs' measurements, like paired with like, or `every` one with each of its benchmark.

    Raises CommandError where two measurements that are paired hold different items, one holds a case twice, or nothing is there to be
    paired.
    """
    by_run = _measurements(runs)
    pairs = (all_pairs if every else like_pairs)(by_run)
    if not pairs:
        holding = "; ".join(f"{run.name} holds {', '.join(tally.name for tally in run.tallies) or 'no case'}" for run in runs)
        advice = (
            "no two are alike but for what the runs differ in: --all-pairs pairs them."
            if all_pairs(by_run)
            else "Give runs of one benchmark."
        )
        raise CommandError(printable(f"nothing to pair: {holding}. {advice}"))
    comparison = RunComparison(
        [side for sides in by_run for side in sides],
        pairs,
        {side.label: provenance_of(run.record, side.tally) for run, sides in zip(runs, by_run, strict=True) for side in sides},
    )
    for benchmark in comparison.benchmarks:
        first, *others = comparison.of(benchmark)
        for other in others:
            _require_same_items(first, other)
    return comparison


def _measurements(runs: Sequence[RunFolder]) -> list[list[Measurement]]:
    """The measurements of each run, numbered through all runs. Raises CommandError where one holds a case twice."""
    number = count(1)
    try:
        return [[measurement(f"#{next(number)}", run.name, tally, run.entries_of(tally)) for tally in run.tallies] for run in runs]
    except TwiceError as error:
        raise CommandError(str(error)) from None


def _require_same_items(first: Measurement, second: Measurement) -> None:
    if difference := items_differ(first, second):
        sides = " and ".join(f"{side.label} ({side.run}, {side.tally.name})" for side in (first, second))
        what_to_do = "Run both with the same --source, --sample and --seed, and no -k."
        raise CommandError(printable(f"{sides} hold different items: {difference}. {what_to_do}"))


def _check_page(page: str) -> None:
    """Raises CommandError where no file can be written under this name, before anything is read."""
    if not page:
        raise CommandError("--html '' names no file; give one, such as compare.html.")
    if os.path.isdir(page):
        raise CommandError(f"--html {page} is a folder; name a file in it, such as {Path(page) / 'compare.html'}.")
    if not os.path.isdir(Path(page).parent):
        raise CommandError(f"--html {page}: there is no folder {Path(page).parent}; make it first.")


def _write(page: Path, text: str) -> None:
    try:
        with open_private(page) as file:
            file.write(text)
    except OSError as error:
        raise CommandError(f"--html {page} cannot be written: {error}") from None


def comparison_lines(comparison: RunComparison, say: Language = ENGLISH, width: int = 0) -> list[str]:
    """Accuracy side by side, then each pair: exact McNemar with Holm's correction, flips, what so many cases can show. They fit into
    `width` characters, 0 for any width, but for what is one word."""
    series, pairs = brief_series(comparison).told(say), pairs_table(comparison).told(say)
    lines = [*fitted(series.table(), series.words, width, say), "", *fitted(pairs.table(), pairs.words, width, say), "", *pairs.legend]
    if (recovered := recovery_table(comparison.recoveries).told(say)).rows:
        lines += ["", *fitted(recovered.table(), recovered.words, width, say), "", *recovered.legend]
    for pair in comparison.pairs:
        lines += ["", *_flips(pair, say, min(_WIDE, width - 2) if width else _WIDE)]
    lines += ["", *map(say, alone)] if (alone := alone_lines(comparison)) else []
    return [part for line in lines for part in wrapped(printable(line), width)]


def _flips(pair: Pair, say: Language, width: int) -> Iterator[str]:
    yield say(pair_name(pair))
    yield from (f"  {say(line)}" for line in _figures(pair))
    for told, cases in _flipped(pair):
        text = say(phrase("{what}, {n}: {cases}", what=told, n=len(cases), cases=joined(cases) or "-"))
        yield from (f"  {line}" for line in wrapped(text, width))


def _figures(pair: Pair) -> Iterator[str]:
    """What a pair shows beside its flips."""
    if pair.versions:
        yield phrase("{versions}: not the model alone is compared", versions=pair.versions)
    yield from change_lines(pair)
    if not option_shift(pair) and any(entry.gold for side in (pair.first, pair.second) for entry in side.entries.values()):
        yield phrase("how far the options moved: not told, as a baseline's file has the scores of the expected ones alone")


def _flipped(pair: Pair) -> Iterator[tuple[str, list[str]]]:
    """The cases that were gained, lost and left out, under what they are called."""
    gained = phrase("gained, right more often" if pair.has_repeats else "gained, not right to right")
    lost = phrase("lost, right less often" if pair.has_repeats else "lost, right to not right")
    yield gained, [_was(case, pair, pair.first) for case in pair.gained]
    yield lost, [_was(case, pair, pair.second) for case in pair.lost]
    sides = (pair.first, pair.second)
    if pair.left_out:
        failed = {case: [side.label for side in sides if not side.entries[case].verdict.is_judged] for case in pair.left_out}
        left_out = [phrase("{case} (in {sides})", case=case, sides=joined(labels, " and ")) for case, labels in failed.items()]
        yield phrase(Change.LEFT_OUT.value), left_out


def _was(case: str, pair: Pair, wrong_in: Measurement) -> str:
    """The case, with how it failed where it was not plainly wrong; with repeats how often it was right."""
    if pair.has_repeats:
        before, now = (side.counts.get(case, (int(side.share(case)), 1)) for side in (pair.first, pair.second))
        return phrase("{case} ({before} to {now})", case=case, before=count_of(*before), now=count_of(*now))
    verdict = wrong_in.entries[case].verdict
    return case if verdict is Verdict.WRONG else phrase("{case} ({verdicts})", case=case, verdicts=phrase(verdict.value))
