"""Comparison of runs: the tables for terminal and page, and the findings of each pair in words."""

from collections.abc import Iterator, Sequence

from itemwise.analysis.gold_change import gold_change
from itemwise.analysis.option_shift import option_shift
from itemwise.analysis.pairs import Measurement, Pair
from itemwise.analysis.perplexity_results import bits_change
from itemwise.analysis.provenance import Part, Provenance
from itemwise.analysis.run_comparison import RunComparison
from itemwise.analysis.score_change import score_changes
from itemwise.cases.reply import Verdict
from itemwise.language import joined, phrase
from itemwise.reporting.sections.accuracy_section import accuracy_table
from itemwise.reporting.sections.section import Column, Row, Section, figures, words
from itemwise.reporting.table import accuracy_text, count_of, points_text
from itemwise.results.statistics import SIGNIFICANT, SmallestDifference

__all__ = [
    "NOT_RECORDED", "alone_lines", "attribution", "brief_series", "change_lines", "finding", "pair_name", "pairs_table", "series_table",
    "settings_tables",
]  # fmt: skip

NOT_RECORDED = phrase("not told")  # what stands for a setting that a run did not record
_SERIES = (
    Column("", "label"), *words("run", "benchmark/model/strategy"), *figures("accuracy", "95% interval", "correct", "n of N"),
)  # fmt: skip
_PAIRS = (
    Column("pair", "label"), *words("benchmark", "shown"), *figures("cases", "difference", "gained", "lost", "p", "Holm p", "can show"),
    Column("lost and gained", "flips"),
)  # fmt: skip


def series_table(comparison: RunComparison) -> Section:
    """The main table, led by the labels of the measurements."""
    tallies, labels = zip(*((side.tally, side.label) for side in comparison.measurements), strict=True)
    return accuracy_table(tallies, labels)


def brief_series(comparison: RunComparison) -> Section:
    """The shorter one of a terminal, which names the runs of the measurements."""
    return Section("series", columns=_SERIES, rows=list(map(_brief, comparison.measurements)))


def _brief(side: Measurement) -> Row:
    tally = side.tally
    known = count_of(tally.judged, tally.sample_size)
    return Row((side.label, side.run, tally.name, *accuracy_text(tally.accuracy), str(tally.counts[Verdict.CORRECT]), known))


def pairs_table(comparison: RunComparison) -> Section:
    """A row for each pair, and what its figures mean."""
    title = "Pairs" if len(comparison.pairs) > 1 else "The pair"
    rows = [_pair(comparison, index) for index in range(len(comparison.pairs))]
    return Section("pairs", title, _PAIRS, rows, legend=_pair_legend(comparison.pairs))


def _pair(comparison: RunComparison, index: int) -> Row:
    pair, better, least = comparison.pairs[index], comparison.better(index), comparison.can_show(index)
    gained, lost, judged = len(pair.gained), len(pair.lost), len(pair.judged)
    name, shown = pair_name(pair), phrase("{name} is better", name=better.label) if better else phrase("no difference")
    changed = (str(judged), points_text(pair.change), str(gained), str(lost))
    tested = (
        f"{pair.p:.3g}",
        f"{comparison.corrected[index]:.3g}",
        f"{least.flips} ({least.share:.1%})" if least else "-" if pair.has_repeats or pair.has_clusters else phrase("nothing"),
    )
    return Row((name, pair.first.tally.benchmark, shown, *changed, *tested, ""), (gained, lost, judged))


def pair_name(pair: Pair) -> str:
    """The labels of the two, such as ``#1 to #2``."""
    return phrase("{first} to {second}", first=pair.first.label, second=pair.second.label)


def _pair_legend(pairs: Sequence[Pair]) -> list[str]:
    one = phrase("one pair, so Holm's correction changes nothing")
    tests = phrase("Holm's correction over {n} pairs", n=len(pairs)) if len(pairs) > 1 else one
    test = "p: exact McNemar on the cases that flipped; {tests}; a difference is shown where Holm p < {limit}."
    repeats = "where items were asked several times p is the sign-flip test of their shares of correct replies, one for each item."
    clusters = "where cases are of clusters p is the sign-flip test of the clusters' differences."
    flips = "can show: the fewest flips that so many cases and pairs can show, all of them one way; it takes more where flips go both ways."
    return [
        *([phrase(repeats)] if any(pair.has_repeats for pair in pairs) else []),
        *([phrase(clusters)] if any(pair.has_clusters for pair in pairs) else []),
        phrase(test, tests=tests, limit=SIGNIFICANT),
        phrase(flips),
    ]


def alone_lines(comparison: RunComparison) -> list[str]:
    """Which measurements are in no pair, and why."""
    without = [side for side in comparison.alone if side.tally.benchmark not in comparison.benchmarks]
    unlike = ", ".join(side.label for side in comparison.alone if side.tally.benchmark in comparison.benchmarks)
    alone = "{name} has no other run of {benchmark} beside it."
    lines = [phrase(alone, name=side.label, benchmark=side.tally.benchmark) for side in without]
    if unlike:
        told = "Not compared: {names}. No other differs from it only in what the runs differ in; --all-pairs compares all with all."
        lines.append(phrase(told, names=unlike))
    return lines


def finding(comparison: RunComparison, index: int) -> tuple[str, str]:
    """What the pair at `index` shows: in a few words, and the figures behind it in a sentence."""
    pair, better, least = comparison.pairs[index], comparison.better(index), comparison.can_show(index)
    if pair.change is None:
        return phrase("No difference is shown"), phrase("No case is judged on both sides.")
    shown = phrase("No difference is shown")
    if better:
        shown = phrase("{name} is better by {points:.1f} points", name=better.label, points=100 * abs(pair.change))
    return shown, joined([*_figures(pair, comparison.corrected[index], len(comparison.pairs)), _weighed(pair, least)], " ")


def _figures(pair: Pair, holm_p: float, pairs: int) -> Iterator[str]:
    """The figures of a pair, a sentence each."""
    counts = {"gained": len(pair.gained), "lost": len(pair.lost), "n": len(pair.judged), "p": pair.p, "holm_p": holm_p}
    told = "{change}: {gained} gained and {lost} lost of {n} {n:case|cases}, p {p:.3g}."
    if pairs > 1:
        told = "{change}: {gained} gained and {lost} lost of {n} {n:case|cases}, p {p:.3g}, Holm p {holm_p:.3g}."
    yield phrase(told, change=points_text(pair.change), **counts)
    if change := gold_change(pair):
        yield phrase("The {what}'s log-likelihood: {text}.", what=phrase(change.what), text=change.text)
    if shift := option_shift(pair):
        yield phrase("How far the options moved: {text}.", text=shift.text)
    texts = [bits.text] if (bits := bits_change(pair)) else []
    yield from (phrase("{text}.", text=text) for text in [*texts, *(change.text for change in score_changes(pair))])


def change_lines(pair: Pair) -> Iterator[str]:
    """What changed in a pair beside its flips, a line each: log-likelihoods, bits per byte, scores, and how far options moved."""
    if change := gold_change(pair):
        yield phrase("the {what}'s log-likelihood: {text}", what=phrase(change.what), text=change.text)
    if bits := bits_change(pair):
        yield bits.text
    yield from (change.text for change in score_changes(pair))
    if shift := option_shift(pair):
        yield phrase("how far the options moved: {text}", text=shift.text)


def _weighed(pair: Pair, least: SmallestDifference | None) -> str:
    """What so many cases weigh."""
    if pair.has_repeats:
        return phrase("Items were asked several times: each counts once, by the share of its replies that is correct.")
    if pair.has_clusters:
        told = "The {n} cases are of {clusters} {clusters:cluster|clusters}, each of which counts once in p."
        return phrase(told, n=len(pair.judged), clusters=len(pair.independent))
    if least is None:
        return phrase("So few cases can show no difference.")
    told = "The smallest difference that so many cases can show is {points:.1f} points, all flips one way."
    return phrase(told, points=100 * least.share)


def attribution(comparison: RunComparison, index: int) -> str:
    """Which part of the pair's difference is the model's and which the harness's, as far as the records tell."""
    differing = comparison.differing(index)
    model, harness, machine = (differing.get(part, []) for part in Part)
    if model and harness:
        return phrase("The model and the harness both differ, so this pair cannot tell whose a difference is.")
    if model:
        return _whose(phrase("The harness has the same settings: a difference between the two is the model's"), machine)
    if harness:
        return _whose(phrase("The model is the same: a difference between the two is the harness's"), machine)
    if machine:
        return phrase("Model and harness have the same settings; only the software or the machine differs.")
    return phrase("The records tell no difference between the two.")


def _whose(told: str, machine: Sequence[str]) -> str:
    return phrase("{whose}, unless other software or another machine made it." if machine else "{whose}.", whose=told)


def settings_tables(comparison: RunComparison, benchmark: str) -> tuple[Section, Section]:
    """The settings of the measurements of `benchmark`, each with their values: those that differ between any two, and those that do not."""
    sides = comparison.of(benchmark)
    columns = (Column("part", "quiet"), Column("setting", "name"), *words(*(side.label for side in sides)))
    rows = list(_settings([comparison.provenance.get(side.label, {}) for side in sides]))
    differing, same = ([row for row in rows if (len(set(row.cells[2:])) == 1) == is_same] for is_same in (False, True))
    return Section("differing", "What differs", columns, differing), Section("same", "What is the same", columns, same)


def _settings(provenances: Sequence[Provenance]) -> Iterator[Row]:
    for part in Part:
        for name in dict.fromkeys(name for settings in provenances for name in settings.get(part, {})):
            values = (settings.get(part, {}).get(name, NOT_RECORDED) for settings in provenances)
            yield Row((phrase(part.value), name, *values))
