"""``python -m itemwise compare RUN RUN...``: the same cases under several models, strategies or prompts, pair by pair."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from itemwise.case import Verdict
from itemwise.commands import CommandError
from itemwise.commands.run_folder import RunFolder, read_runs
from itemwise.ledger import Entry, Tally
from itemwise.reporting.table import accuracy_text, aligned
from itemwise.reporting.text import printable
from itemwise.statistics import SIGNIFICANT, holm, mcnemar, smallest_difference

__all__ = ["Pair", "Series", "compare", "comparison_lines", "items_differ", "series_of"]

SERIES_COLUMNS = ("", "run", "benchmark/model/strategy", "accuracy", "95% interval", "correct", "n of N")
PAIR_COLUMNS = ("pair", "benchmark", "shown", "cases", "difference", "gained", "lost", "p", "Holm p", "can show")
_NAMED = 3  # cases named where items differ
_SAME_ROWS = ("source", "sha256", "revision", "rows", "seed")  # of run.json's rows; the prompt's wording may differ


def compare(names: Sequence[str]) -> None:
    """Print how the runs compare. Raises CommandError where one cannot be read or their items differ."""
    for line in comparison_lines(read_runs(names)):
        print(line)


@dataclass(frozen=True)
class Series:
    """The cases of one benchmark under one model and strategy in one run, by their ids."""

    label: str
    run: str
    tally: Tally
    entries: Mapping[str, Entry]

    @property
    def rows(self) -> Mapping[str, str]:
        """Where the cases come from, as run.json tells."""
        return next(iter(self.entries.values())).rows


@dataclass(frozen=True)
class Pair:
    """Two series on the same items. A case that is an error on either side is left out of everything else."""

    first: Series
    second: Series

    @property
    def judged(self) -> list[str]:
        """The cases with a verdict on both sides."""
        return [case for case in self.first.entries if Verdict.ERROR not in self._verdicts(case)]

    @property
    def left_out(self) -> list[str]:
        """The cases that an error of ours spoiled on either side."""
        return [case for case in self.first.entries if Verdict.ERROR in self._verdicts(case)]

    @property
    def gained(self) -> list[str]:
        """The cases that only the second series got right."""
        return [case for case in self.judged if self._right(case) == (False, True)]

    @property
    def lost(self) -> list[str]:
        """The cases that only the first series got right."""
        return [case for case in self.judged if self._right(case) == (True, False)]

    @property
    def p(self) -> float:
        """Exact McNemar, not yet corrected for being one of several."""
        return mcnemar(len(self.gained), len(self.lost))

    def _verdicts(self, case: str) -> tuple[Verdict, Verdict]:
        return self.first.entries[case].verdict, self.second.entries[case].verdict

    def _right(self, case: str) -> tuple[bool, bool]:
        first, second = self._verdicts(case)
        return first is Verdict.CORRECT, second is Verdict.CORRECT


def comparison_lines(runs: Sequence[RunFolder]) -> list[str]:
    """Accuracy side by side, then each pair: exact McNemar with Holm's correction, flips, what so many cases can show.

    Raises CommandError where two series of a benchmark hold different items, or nothing is there to be paired.
    """
    series = _series(runs)
    pairs = [Pair(first, second) for first, second in combinations(series, 2) if first.tally.benchmark == second.tally.benchmark]
    if not pairs:
        held = "; ".join(f"{run.name} holds {', '.join(tally.benchmark for tally in run.tallies) or 'no case'}" for run in runs)
        raise CommandError(f"nothing to pair: {held}. Give runs of one benchmark.")
    for pair in pairs:
        if difference := items_differ(pair.first, pair.second):
            raise CommandError(_refusal(pair, difference))
    lines = aligned([SERIES_COLUMNS, *(_series_row(each) for each in series)])
    lines += ["", *aligned([PAIR_COLUMNS, *_pair_rows(pairs)]), "", *_legend(pairs)]
    for pair in pairs:
        lines += ["", *_flips(pair)]
    lines += [f"{each.label} has no other run of {each.tally.benchmark} beside it." for each in _alone(series, pairs)]
    return [printable(line) for line in lines]


def series_of(run: RunFolder, tally: Tally, label: str) -> Series:
    """The cases that `tally` counts in `run`. Raises CommandError where one is there twice."""
    return Series(label, run.name, tally, _by_case(run, run.entries_of(tally)))


def items_differ(first: Series, second: Series) -> str:
    """How the items of two series differ, in words; empty where they are the same.

    An item is its case id and its expected answer, from the same rows; how the prompt words it may differ.
    """
    mine, others = first.entries, second.entries
    regraded = [f"{case} ({mine[case].expected} and {others[case].expected})" for case in _expected_otherwise(mine, others)]
    found = [
        _rows_differ(first.rows, second.rows),
        _some(f"only in {first.label}", [case for case in mine if case not in others]),
        _some(f"only in {second.label}", [case for case in others if case not in mine]),
        _some("with another expected answer", regraded),
    ]
    return "; ".join(words for words in found if words)


def _expected_otherwise(mine: Mapping[str, Entry], others: Mapping[str, Entry]) -> Iterator[str]:
    return (case for case in mine if case in others and mine[case].expected != others[case].expected)


def _rows_differ(first: Mapping[str, str], second: Mapping[str, str]) -> str:
    """A file is the same by its hash, wherever it lies; a seed makes rows only where they are made."""
    asked = [name for name in _SAME_ROWS if name in first and name in second]
    if "sha256" in asked:
        asked.remove("source")
    if "seed" in asked and not first.get("source", "").startswith("synthetic"):
        asked.remove("seed")
    return ", ".join(f"{name} of the rows {first[name]} and {second[name]}" for name in asked if first[name] != second[name])


def _some(what: str, cases: Sequence[str]) -> str:
    if not cases:
        return ""
    named = ", ".join(cases[:_NAMED]) + (", ..." if len(cases) > _NAMED else "")
    return f"{len(cases)} {'case' if len(cases) == 1 else 'cases'} {what}: {named}"


def _refusal(pair: Pair, difference: str) -> str:
    named = " and ".join(f"{each.label} ({each.run}, {_name(each.tally)})" for each in (pair.first, pair.second))
    return printable(f"{named} hold different items: {difference}. Run both with the same --source, --sample and --seed, and no -k.")


def _series(runs: Sequence[RunFolder]) -> list[Series]:
    held = [(run, tally) for run in runs for tally in run.tallies]
    return [series_of(run, tally, f"#{number}") for number, (run, tally) in enumerate(held, start=1)]


def _by_case(run: RunFolder, entries: Sequence[Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.case in found:
            raise CommandError(
                f"{run.name} holds case {entry.case} of {entry.benchmark} twice ({found[entry.case].node_id} and {entry.node_id}), "
                "so it cannot be paired; run one of the two test functions alone."
            )
        found[entry.case] = entry
    return found


def _name(tally: Tally) -> str:
    return f"{tally.benchmark}/{tally.model_name}/{tally.strategy}"


def _alone(series: Sequence[Series], pairs: Sequence[Pair]) -> list[Series]:
    paired = {each.label for pair in pairs for each in (pair.first, pair.second)}
    return [each for each in series if each.label not in paired]


def _series_row(series: Series) -> tuple[str, ...]:
    tally = series.tally
    known = f"{tally.judged} of {tally.sample_size}"
    return (series.label, series.run, _name(tally), *accuracy_text(tally.accuracy), str(tally.counts[Verdict.CORRECT]), known)


def _pair_rows(pairs: Sequence[Pair]) -> Iterator[tuple[str, ...]]:
    for pair, corrected in zip(pairs, holm([pair.p for pair in pairs]), strict=True):
        judged, gained, lost = len(pair.judged), len(pair.gained), len(pair.lost)
        difference = f"{100 * (gained - lost) / judged:+.1f} points" if judged else "-"
        least = smallest_difference(judged, len(pairs))
        can_show = f"{least.flips} ({least.share:.1%})" if least else "nothing"
        numbers = (str(judged), difference, str(gained), str(lost), f"{pair.p:.3g}", f"{corrected:.3g}", can_show)
        yield (_pair_name(pair), pair.first.tally.benchmark, _shown(pair, corrected), *numbers)


def _shown(pair: Pair, corrected: float) -> str:
    if corrected >= SIGNIFICANT:
        return "no difference"
    return f"{(pair.second if len(pair.gained) > len(pair.lost) else pair.first).label} is better"


def _pair_name(pair: Pair) -> str:
    return f"{pair.first.label} to {pair.second.label}"


def _legend(pairs: Sequence[Pair]) -> list[str]:
    tests = f"Holm's correction over {len(pairs)} pairs" if len(pairs) > 1 else "one pair, so Holm's correction changes nothing"
    return [
        f"p: exact McNemar on the cases that flipped; {tests}; a difference is shown where Holm p < {SIGNIFICANT}.",
        "can show: the fewest flips that so many cases and pairs can show, all of them one way; it takes more where flips go both ways.",
    ]


def _flips(pair: Pair) -> Iterator[str]:
    yield _pair_name(pair)
    yield from _listed("gained, not right to right", (_was(case, pair.first) for case in pair.gained))
    yield from _listed("lost, right to not right", (_was(case, pair.second) for case in pair.lost))
    spoiled = [(case, [each.label for each in (pair.first, pair.second) if _failed(each, case)]) for case in pair.left_out]
    if spoiled:
        yield from _listed("left out, an error of ours", (f"{case} (in {' and '.join(labels)})" for case, labels in spoiled))


def _failed(series: Series, case: str) -> bool:
    return series.entries[case].verdict is Verdict.ERROR


def _was(case: str, wrong_in: Series) -> str:
    """The case, with how it failed where it was not plainly wrong."""
    verdict = wrong_in.entries[case].verdict
    return case if verdict is Verdict.WRONG else f"{case} ({verdict.value})"


def _listed(what: str, cases: Iterable[str]) -> Iterator[str]:
    named = list(cases)
    text = f"{what}, {len(named)}: {', '.join(named) or '-'}"
    yield from textwrap.wrap(text, 120, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
