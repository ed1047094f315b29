"""Regression gate ``--baseline RUN|FILE``: no measurement may be significantly worse than in an earlier run."""

from collections.abc import Sequence
from pathlib import Path

from itemwise.analysis.gold_change import GoldChange, gold_change
from itemwise.analysis.like_with_like import like_pairs
from itemwise.analysis.pairs import Measurement, Pair, TwiceError, items_differ, measurement
from itemwise.analysis.perplexity_results import bits_change
from itemwise.analysis.score_change import ScoreChange, score_changes
from itemwise.cases.text_score import PERPLEXITY
from itemwise.gates.gate import Decision, outcome_text, undecided
from itemwise.gates.threshold import coverage_text
from itemwise.language import joined, phrase
from itemwise.results.baseline_file import read_verdicts
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally
from itemwise.results.run_folder import RunFolder, RunFolderError
from itemwise.results.statistics import SIGNIFICANT, smallest_difference

__all__ = ["baseline_decisions", "baseline_pairs", "read_baseline"]

MARGIN = 0.01  # nats a case that what is expected may lose, 1% of its probability: other kernels or versions move it by less
BITS_MARGIN = 0.001  # bits a byte that texts may take more, for the same reason
_NAMED = 10  # flips named in a decision


def read_baseline(text: str, reports: Path) -> RunFolder:
    """The run whose folder `text` is, or whose name under `reports`, or a baseline in a file. Raises RunFolderError, also where it holds
    no case."""
    baseline = read_verdicts(text, reports)
    if not baseline.tallies:
        raise RunFolderError(f"{baseline.name} holds no case to compare with.")
    return baseline


def baseline_decisions(baseline: RunFolder, entries: Sequence[Entry]) -> list[Decision]:
    """A decision for each pair of a measurement of the baseline and one of this run's `entries`, by exact McNemar on the same items.

    Like is paired with like, as `like_pairs` does. What has no like in the baseline is left out and said so; a gate that finds nothing to
    compare is undecided. So is one whose items differ or are not all judged; undecided counts as not passed.
    """
    this = _this_run(entries)
    try:
        pairs = baseline_pairs(baseline, entries)
    except TwiceError as error:
        return [undecided(phrase("gate not worse than {baseline}", baseline=baseline.name), str(error))]
    if not pairs:
        ran, held = (", ".join(tally.name for tally in run.tallies) or "none" for run in (this, baseline))
        nothing = phrase("it has nothing like what ran (ran: {ran}; it has: {held})", ran=ran, held=held)
        return [undecided(phrase("gate not worse than {baseline}", baseline=baseline.name), nothing)]
    like = {tally.key: [pair for pair in pairs if pair.second.tally.key == tally.key] for tally in this.tallies}
    return [decision for tally in this.tallies for decision in _decisions(tally, baseline.name, like[tally.key])]


def baseline_pairs(baseline: RunFolder, entries: Sequence[Entry]) -> list[Pair]:
    """The measurements of the baseline that are like those of this run's `entries`. Raises TwiceError where one holds a case twice."""
    return like_pairs([_measurements(run) for run in (baseline, _this_run(entries))])


def _this_run(entries: Sequence[Entry]) -> RunFolder:
    return RunFolder("this run", {}, entries)


def _measurements(run: RunFolder) -> list[Measurement]:
    return [measurement(run.name, run.name, tally, run.entries_of(tally)) for tally in run.tallies]


def _decisions(tally: Tally, baseline: str, pairs: Sequence[Pair]) -> list[Decision]:
    """What becomes of a measurement of this run beside those of the baseline that are like it."""
    parts = {"benchmark": tally.benchmark, "names": ", ".join(tally.key.names[1:]), "baseline": baseline}
    named = phrase("gate {benchmark} ({names}) not worse than {baseline}", **parts)
    if not pairs:
        return [Decision(True, phrase("{gate}: left out, it has none like this", gate=named))]
    return [decision for pair in pairs for decision in _decided(_with(named, _otherwise(pair)), pair)]


def _with(named: str, note: str) -> str:
    return phrase("{gate} ({note})", gate=named, note=note) if note else named


def _otherwise(pair: Pair) -> str:
    """The names of the first side that are not those of the second."""
    names = [other for own, other in zip(pair.second.tally.key, pair.first.tally.key, strict=True) if other not in ("", own)]
    return ", ".join(names)


def _decided(named: str, pair: Pair) -> list[Decision]:
    if not pair.second.tally.complete:
        return [undecided(named, coverage_text(pair.second.tally))]
    if not pair.first.tally.complete:
        return [undecided(named, phrase("in {run} {coverage}", run=pair.first.run, coverage=coverage_text(pair.first.tally)))]
    if difference := items_differ(pair.first, pair.second):
        return [undecided(named, phrase("the items differ: {difference}", difference=difference))]
    named = _with(named, pair.versions)
    worse = pair.is_worse and pair.is_shown
    decision = outcome_text(named, not worse, _flips(pair))
    decided = Decision(not worse, decision, pair.second.tally.key, pair.first.accuracy.share, "baseline")
    scores = [_score_decision(named, change) for change in score_changes(pair)]
    change = gold_change(pair)
    return [decided, *([_gold_decision(named, change)] if change else []), *_bits_decisions(named, pair), *scores]


def _gold_decision(named: str, change: GoldChange) -> Decision:
    """Whether the expected options or reference answers are not less likely by more than MARGIN: where they were scored."""
    worse = change.interval.high < -MARGIN and change.is_shown
    of_what = phrase("{gate}, by the {what}'s log-likelihood", gate=named, what=phrase(change.what))
    return Decision(not worse, outcome_text(of_what, not worse, change.text))


def _bits_decisions(named: str, pair: Pair) -> list[Decision]:
    """Whether texts do not take more bits a byte by more than BITS_MARGIN: where whole texts were scored. Undecided where not all can
    be compared."""
    if not any(PERPLEXITY in entry.scored_notes() for entry in pair.second.entries.values()):
        return []
    of_what = phrase("{gate}, by its bits per byte", gate=named)
    change, cases = bits_change(pair), len(pair.judged)
    if change is None or change.cases < cases:
        counts = {"n": change.cases if change else 0, "all": cases}
        why = phrase(
            "{n} of {all} documents can be compared: both runs must tell their bits, in windows of one size; give a run's folder", **counts
        )
        return [undecided(of_what, why)]
    worse = (change.interval.low if change.interval else change.mean) > BITS_MARGIN and change.is_shown
    return [Decision(not worse, outcome_text(of_what, not worse, joined([change.text, *_too_few(change.cases)], "; ")))]


def _score_decision(named: str, change: ScoreChange) -> Decision:
    """Whether a score is not shown to be lower in the mean."""
    worse = change.mean < 0 and change.is_shown
    return Decision(not worse, outcome_text(phrase("{gate}, by its {score}", gate=named, score=change.name), not worse, change.text))


def _flips(pair: Pair) -> str:
    counts = {"gained": len(pair.gained), "lost": len(pair.lost), "n": len(pair.judged), "p": pair.p}
    parts = [phrase("{gained} gained and {lost} lost of {n}, p = {p:.3g}", **counts)]
    parts += _too_few(len(pair.judged))
    parts += [phrase("gained: {cases}", cases=_listed(pair.gained))] if pair.gained else []
    parts += [phrase("lost: {cases}", cases=_listed(pair.lost))] if pair.lost else []
    return joined(parts, "; ")


def _too_few(cases: int) -> list[str]:
    """The words for it where so many `cases` can show no difference at all."""
    return [] if smallest_difference(cases) else [phrase("so few cases can show no difference at p < {limit}", limit=SIGNIFICANT)]


def _listed(cases: Sequence[str]) -> str:
    named = ", ".join(cases[:_NAMED])
    return phrase("{list} and {n} more", list=named, n=len(cases) - _NAMED) if len(cases) > _NAMED else named
