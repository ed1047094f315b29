"""Comparison of runs: the tables for terminal and page, and the findings of each pair in words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from itemwise.analysis.gold_change import gold_change
from itemwise.analysis.option_shift import option_shift
from itemwise.analysis.pairs import Measurement, Pair
from itemwise.analysis.perplexity_results import bits_change
from itemwise.analysis.provenance import Part, Provenance
from itemwise.analysis.run_comparison import RunComparison
from itemwise.analysis.score_change import score_changes
from itemwise.cases.reply import Verdict
from itemwise.reporting.sections.accuracy_section import accuracy_table
from itemwise.reporting.sections.section import Column, Row, Section, figures, words
from itemwise.reporting.table import accuracy_text, aligned, points_text
from itemwise.results.statistics import SIGNIFICANT

__all__ = ["NOT_RECORDED", "alone_lines", "attribution", "finding", "pair_name", "pairs_table", "series_table", "settings_tables"]

NOT_RECORDED = "not told"  # what stands for a setting that a run did not record
_SERIES = ("", "run", "benchmark/model/strategy", "accuracy", "95% interval", "correct", "n of N")
_PAIRS = (
    Column("pair", "label"), *words("benchmark", "shown"), *figures("cases", "difference", "gained", "lost", "p", "Holm p", "can show"),
    Column("lost and gained", "flips"),
)  # fmt: skip


def series_table(comparison: RunComparison) -> Section:
    """The main table, led by the labels of the measurements; in a terminal a shorter one that names their runs."""
    tallies, labels = zip(*((side.tally, side.label) for side in comparison.measurements), strict=True)
    return replace(accuracy_table(tallies, labels), brief=aligned([_SERIES, *map(_brief, comparison.measurements)]))


def _brief(side: Measurement) -> tuple[str, ...]:
    tally = side.tally
    known = f"{tally.judged} of {tally.sample_size}"
    return (side.label, side.run, tally.name, *accuracy_text(tally.accuracy), str(tally.counts[Verdict.CORRECT]), known)


def pairs_table(comparison: RunComparison) -> Section:
    """A row for each pair, and what its figures mean."""
    title = "Pairs" if len(comparison.pairs) > 1 else "The pair"
    rows = [_pair(comparison, index) for index in range(len(comparison.pairs))]
    return Section("pairs", title, _PAIRS, rows, legend=_pair_legend(comparison.pairs))


def _pair(comparison: RunComparison, index: int) -> Row:
    pair, better, least = comparison.pairs[index], comparison.better(index), comparison.can_show(index)
    gained, lost, judged = len(pair.gained), len(pair.lost), len(pair.judged)
    name, shown = pair_name(pair), f"{better.label} is better" if better else "no difference"
    changed = (str(judged), points_text(pair.change), str(gained), str(lost))
    tested = (
        f"{pair.p:.3g}",
        f"{comparison.corrected[index]:.3g}",
        f"{least.flips} ({least.share:.1%})" if least else "-" if pair.has_repeats or pair.has_clusters else "nothing",
    )
    return Row((name, pair.first.tally.benchmark, shown, *changed, *tested, ""), (gained, lost, judged))


def pair_name(pair: Pair) -> str:
    """The labels of the two, such as ``#1 to #2``."""
    return f"{pair.first.label} to {pair.second.label}"


def _pair_legend(pairs: Sequence[Pair]) -> list[str]:
    tests = f"Holm's correction over {len(pairs)} pairs" if len(pairs) > 1 else "one pair, so Holm's correction changes nothing"
    repeats = ["where items were asked several times p is the sign-flip test of their shares of correct replies, one for each item."]
    clusters = ["where cases are of clusters p is the sign-flip test of the clusters' differences."]
    return [
        *(repeats if any(pair.has_repeats for pair in pairs) else []),
        *(clusters if any(pair.has_clusters for pair in pairs) else []),
        f"p: exact McNemar on the cases that flipped; {tests}; a difference is shown where Holm p < {SIGNIFICANT}.",
        "can show: the fewest flips that so many cases and pairs can show, all of them one way; it takes more where flips go both ways.",
    ]


def alone_lines(comparison: RunComparison) -> list[str]:
    """Which measurements are in no pair, and why."""
    without = [side for side in comparison.alone if side.tally.benchmark not in comparison.benchmarks]
    unlike = ", ".join(side.label for side in comparison.alone if side.tally.benchmark in comparison.benchmarks)
    lines = [f"{side.label} has no other run of {side.tally.benchmark} beside it." for side in without]
    if unlike:
        lines.append(
            f"Not compared: {unlike}. No other differs from it only in what the runs differ in; --all-pairs compares all with all."
        )
    return lines


def finding(comparison: RunComparison, index: int) -> tuple[str, str]:
    """What the pair at `index` shows: in a few words, and the figures behind it in a sentence."""
    pair, better, least = comparison.pairs[index], comparison.better(index), comparison.can_show(index)
    if pair.change is None:
        return "No difference is shown", "No case is judged on both sides."
    shown = f"{better.label} is better by {100 * abs(pair.change):.1f} points" if better else "No difference is shown"
    text = f"{points_text(pair.change)}: {len(pair.gained)} gained and {len(pair.lost)} lost of {len(pair.judged)} cases, "
    text += f"p {pair.p:.3g}" + (f", Holm p {comparison.corrected[index]:.3g}. " if len(comparison.pairs) > 1 else ". ")
    if change := gold_change(pair):
        text += f"The {change.what}'s log-likelihood: {change.text}. "
    if shift := option_shift(pair):
        text += f"How far the options moved: {shift.text}. "
    if bits := bits_change(pair):
        text += f"{bits.text}. "
    text += "".join(f"{change.text}. " for change in score_changes(pair))
    if pair.has_repeats:
        return shown, f"{text}Items were asked several times: each counts once, by the share of its replies that is correct."
    if pair.has_clusters:
        return shown, f"{text}The {len(pair.judged)} cases are of {len(pair.independent)} clusters, each of which counts once in p."
    if least is None:
        return shown, text + "So few cases can show no difference."
    return shown, f"{text}The smallest difference that so many cases can show is {100 * least.share:.1f} points, all flips one way."


def attribution(comparison: RunComparison, index: int) -> str:
    """Which part of the pair's difference is the model's and which the harness's, as far as the records tell."""
    differing = comparison.differing(index)
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
            yield Row((part.value, name, *(settings.get(part, {}).get(name, NOT_RECORDED) for settings in provenances)))
