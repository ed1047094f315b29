"""Regression gate ``--baseline RUN|FILE``: no measurement may be significantly worse than in an earlier run."""

from collections.abc import Sequence
from pathlib import Path

from itemwise.analysis.gold_change import GoldChange, gold_change
from itemwise.analysis.like_with_like import like_pairs
from itemwise.analysis.pairs import Measurement, Pair, TwiceError, items_differ, measurement
from itemwise.analysis.score_change import ScoreChange, score_changes
from itemwise.gates.gate import Decision
from itemwise.gates.threshold import coverage_text
from itemwise.results.baseline_file import read_verdicts
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally
from itemwise.results.run_folder import RunFolder, RunFolderError
from itemwise.results.statistics import SIGNIFICANT, smallest_difference

__all__ = ["baseline_decisions", "baseline_pairs", "read_baseline"]

MARGIN = 0.01  # nats a case that what is expected may lose, 1% of its probability: other kernels or versions move it by less
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
        return [Decision(False, f"gate not worse than {baseline.name}: undecided, {error}")]
    if not pairs:
        ran, held = (", ".join(tally.name for tally in run.tallies) or "none" for run in (this, baseline))
        nothing = f"it has nothing like what ran (ran: {ran}; it has: {held})"
        return [Decision(False, f"gate not worse than {baseline.name}: undecided, {nothing}")]
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
    named = f"gate {tally.benchmark} ({', '.join(tally.key.names[1:])}) not worse than {baseline}"
    if not pairs:
        return [Decision(True, f"{named}: left out, it has none like this")]
    return [decision for pair in pairs for decision in _decided(f"{named}{_otherwise(pair)}", pair)]


def _otherwise(pair: Pair) -> str:
    """The names of the first side that are not those of the second."""
    names = [other for own, other in zip(pair.second.tally.key, pair.first.tally.key, strict=True) if other not in ("", own)]
    return f" ({', '.join(names)})" if names else ""


def _decided(named: str, pair: Pair) -> list[Decision]:
    for side, whose in ((pair.second, ""), (pair.first, f"in {pair.first.run} ")):
        if not side.tally.complete:
            return [Decision(False, f"{named}: undecided, {whose}{coverage_text(side.tally)}")]
    if difference := items_differ(pair.first, pair.second):
        return [Decision(False, f"{named}: undecided, the items differ: {difference}")]
    named += f" ({pair.versions})" if pair.versions else ""
    worse = pair.is_worse and pair.is_shown
    decision = f"{named}: {'missed' if worse else 'passed'} with {_flips(pair)}"
    decided = Decision(not worse, decision, pair.second.tally.key, pair.first.accuracy.share, "baseline")
    scores = [_score_decision(named, change) for change in score_changes(pair)]
    change = gold_change(pair)
    return [decided, *([_gold_decision(named, change)] if change else []), *scores]


def _gold_decision(named: str, change: GoldChange) -> Decision:
    """Whether the expected options or reference answers are not less likely by more than MARGIN: where they were scored."""
    worse = change.interval.high < -MARGIN and change.is_shown
    return Decision(not worse, f"{named}, by the {change.what}'s log-likelihood: {'missed' if worse else 'passed'} with {change.text}")


def _score_decision(named: str, change: ScoreChange) -> Decision:
    """Whether a score is not shown to be lower in the mean."""
    worse = change.mean < 0 and change.is_shown
    return Decision(not worse, f"{named}, by its {change.name}: {'missed' if worse else 'passed'} with {change.text}")


def _flips(pair: Pair) -> str:
    judged = len(pair.judged)
    counts = f"{len(pair.gained)} gained and {len(pair.lost)} lost of {judged}, p = {pair.p:.3g}"
    too_few = "" if smallest_difference(judged) else f"so few cases can show no difference at p < {SIGNIFICANT}"
    parts = [counts, too_few, _listed("gained", pair.gained), _listed("lost", pair.lost)]
    return "; ".join(part for part in parts if part)


def _listed(what: str, cases: Sequence[str]) -> str:
    if not cases:
        return ""
    more = f" and {len(cases) - _NAMED} more" if len(cases) > _NAMED else ""
    return f"{what}: {', '.join(cases[:_NAMED])}{more}"
