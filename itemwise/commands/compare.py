"""``python -m itemwise compare RUN RUN...``: the same cases under several models, strategies or prompts, pair by pair."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from itemwise.analysis.pairs import Pair, Series, TwiceError, items_differ, series
from itemwise.case import Verdict
from itemwise.commands import CommandError
from itemwise.commands.run_folder import RunFolder, read_runs
from itemwise.ledger import Tally
from itemwise.reporting.table import accuracy_text, aligned
from itemwise.reporting.text import printable
from itemwise.statistics import SIGNIFICANT, holm, smallest_difference

__all__ = ["compare", "comparison_lines", "series_of"]

SERIES_COLUMNS = ("", "run", "benchmark/model/strategy", "accuracy", "95% interval", "correct", "n of N")
PAIR_COLUMNS = ("pair", "benchmark", "shown", "cases", "difference", "gained", "lost", "p", "Holm p", "can show")


def compare(names: Sequence[str]) -> None:
    """Print how the runs compare. Raises CommandError where one cannot be read or their items differ."""
    for line in comparison_lines(read_runs(names)):
        print(line)


def comparison_lines(runs: Sequence[RunFolder]) -> list[str]:
    """Accuracy side by side, then each pair: exact McNemar with Holm's correction, flips, what so many cases can show.

    Raises CommandError where two series of a benchmark hold different items, or nothing is there to be paired.
    """
    held = _series(runs)
    pairs = [Pair(first, second) for first, second in combinations(held, 2) if first.tally.benchmark == second.tally.benchmark]
    if not pairs:
        holding = "; ".join(f"{run.name} holds {', '.join(tally.benchmark for tally in run.tallies) or 'no case'}" for run in runs)
        raise CommandError(f"nothing to pair: {holding}. Give runs of one benchmark.")
    for pair in pairs:
        if difference := items_differ(pair.first, pair.second):
            raise CommandError(_refusal(pair, difference))
    lines = aligned([SERIES_COLUMNS, *(_series_row(each) for each in held)])
    lines += ["", *aligned([PAIR_COLUMNS, *_pair_rows(pairs)]), "", *_legend(pairs)]
    for pair in pairs:
        lines += ["", *_flips(pair)]
    lines += [f"{each.label} has no other run of {each.tally.benchmark} beside it." for each in _alone(held, pairs)]
    return [printable(line) for line in lines]


def series_of(run: RunFolder, tally: Tally, label: str) -> Series:
    """The cases that `tally` counts in `run`. Raises CommandError where one is there twice."""
    try:
        return series(label, run.name, tally, run.entries_of(tally))
    except TwiceError as error:
        raise CommandError(f"{run.name} holds {error}") from None


def _refusal(pair: Pair, difference: str) -> str:
    named = " and ".join(f"{each.label} ({each.run}, {each.tally.name})" for each in (pair.first, pair.second))
    return printable(f"{named} hold different items: {difference}. Run both with the same --source, --sample and --seed, and no -k.")


def _series(runs: Sequence[RunFolder]) -> list[Series]:
    held = [(run, tally) for run in runs for tally in run.tallies]
    return [series_of(run, tally, f"#{number}") for number, (run, tally) in enumerate(held, start=1)]


def _alone(series: Sequence[Series], pairs: Sequence[Pair]) -> list[Series]:
    paired = {each.label for pair in pairs for each in (pair.first, pair.second)}
    return [each for each in series if each.label not in paired]


def _series_row(series: Series) -> tuple[str, ...]:
    tally = series.tally
    known = f"{tally.judged} of {tally.sample_size}"
    return (series.label, series.run, tally.name, *accuracy_text(tally.accuracy), str(tally.counts[Verdict.CORRECT]), known)


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
