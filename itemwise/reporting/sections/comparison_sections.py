"""A comparison as people read it, in a terminal and on a page: its rows, and in words what each pair shows and differs in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from itemwise.analysis.comparison import Comparison
from itemwise.analysis.pairs import Pair, Series
from itemwise.analysis.provenance import Part
from itemwise.cases.case import Verdict
from itemwise.reporting.table import accuracy_text, points_text
from itemwise.results.statistics import SIGNIFICANT

__all__ = ["PAIR_COLUMNS", "SERIES_COLUMNS"]
__all__ += ["attribution", "finding", "pair_legend", "pair_name", "pair_rows", "series_row", "settings_rows"]

SERIES_COLUMNS = ("", "run", "benchmark/model/strategy", "accuracy", "95% interval", "correct", "n of N")
PAIR_COLUMNS = ("pair", "benchmark", "shown", "cases", "difference", "gained", "lost", "p", "Holm p", "can show")


def series_row(series: Series) -> tuple[str, ...]:
    """A row of SERIES_COLUMNS."""
    tally = series.tally
    known = f"{tally.judged} of {tally.sample_size}"
    return (series.label, series.run, tally.name, *accuracy_text(tally.accuracy), str(tally.counts[Verdict.CORRECT]), known)


def pair_rows(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    """A row of PAIR_COLUMNS for each pair."""
    for place, (pair, corrected) in enumerate(zip(comparison.pairs, comparison.corrected, strict=True)):
        better = comparison.better(place)
        least = comparison.can_show(place)
        numbers = (points_text(pair.change), str(len(pair.gained)), str(len(pair.lost)), f"{pair.p:.3g}", f"{corrected:.3g}")
        yield (
            pair_name(pair),
            pair.first.tally.benchmark,
            f"{better.label} is better" if better else "no difference",
            str(len(pair.judged)),
            *numbers,
            f"{least.flips} ({least.share:.1%})" if least else "nothing",
        )


def pair_name(pair: Pair) -> str:
    """The labels of the two, such as ``#1 to #2``."""
    return f"{pair.first.label} to {pair.second.label}"


def pair_legend(pairs: Sequence[Pair]) -> list[str]:
    """What the figures of `pair_rows` mean."""
    tests = f"Holm's correction over {len(pairs)} pairs" if len(pairs) > 1 else "one pair, so Holm's correction changes nothing"
    return [
        f"p: exact McNemar on the cases that flipped; {tests}; a difference is shown where Holm p < {SIGNIFICANT}.",
        "can show: the fewest flips that so many cases and pairs can show, all of them one way; it takes more where flips go both ways.",
    ]


def finding(comparison: Comparison, place: int) -> tuple[str, str]:
    """What the pair at `place` shows: in a few words, and the figures behind it in a sentence."""
    pair, better, least = comparison.pairs[place], comparison.better(place), comparison.can_show(place)
    if pair.change is None:
        return "No difference is shown", "No case is judged on both sides."
    shown = f"{better.label} is better by {100 * abs(pair.change):.1f} points" if better else "No difference is shown"
    told = f"{points_text(pair.change)}: {len(pair.gained)} gained and {len(pair.lost)} lost of {len(pair.judged)} cases, "
    told += f"p {pair.p:.3g}" + (f", Holm p {comparison.corrected[place]:.3g}. " if len(comparison.pairs) > 1 else ". ")
    if least is None:
        return shown, told + "So few cases can show no difference."
    return shown, told + f"The smallest difference that so many cases can show is {100 * least.share:.1f} points, all flips one way."


def attribution(comparison: Comparison, place: int) -> str:
    """Which part of the pair's difference is the model's and which the harness's, as far as the records tell."""
    differing = comparison.differing(place)
    model, harness, machine = (differing.get(part, []) for part in Part)
    if model and harness:
        return "The model and the harness both differ, so this pair cannot tell whose a difference is."
    if model:
        return f"The harness has the same settings: a difference between the two is the model's{_unless(machine)}."
    if harness:
        return f"The model is the same: a difference between the two is the harness's{_unless(machine)}."
    if machine:
        return "Model and harness have the same settings; only the software or the machine differs."
    return "The records tell no difference between the two."


def _unless(machine: Sequence[str]) -> str:
    return ", unless other software or another machine made it" if machine else ""


def settings_rows(comparison: Comparison, benchmark: str) -> tuple[list[Mapping[str, object]], list[Mapping[str, object]]]:
    """The settings of the series of `benchmark`, each with their values, None where one has none: those that differ between
    any two of them, and those that do not."""
    differing: list[Mapping[str, object]] = []
    same: list[Mapping[str, object]] = []
    told = [comparison.measured.get(series.label, {}) for series in comparison.of(benchmark)]
    for part in Part:
        for name in dict.fromkeys(name for each in told for name in each.get(part, {})):
            values = [each.get(part, {}).get(name) for each in told]
            row = {"part": part.value, "name": name, "values": values}
            (same if len(set(values)) == 1 else differing).append(row)
    return differing, same
