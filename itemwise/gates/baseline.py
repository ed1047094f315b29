"""Regression gate ``--baseline RUN``: no measurement may be significantly worse than in an earlier run."""

from collections.abc import Sequence
from pathlib import Path

from itemwise.analysis.gold_change import GoldChange, gold_change
from itemwise.analysis.pairs import Pair, TwiceError, items_differ, measurement
from itemwise.gates.gate import Decision
from itemwise.gates.threshold import coverage_text
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally
from itemwise.results.run_folder import RunFolder, RunFolderError, read_run
from itemwise.results.statistics import SIGNIFICANT, smallest_difference

__all__ = ["baseline_decisions", "read_baseline"]

MARGIN = 0.01  # nats a case that an expected option may lose, 1% of its probability: other kernels or versions move it by less
_NAMED = 10  # flips named in a decision


def read_baseline(text: str, reports: Path) -> RunFolder:
    """The run whose folder `text` is, or whose name under `reports`. Raises RunFolderError, also where it holds no case."""
    baseline = read_run(text, reports)
    if not baseline.tallies:
        raise RunFolderError(f"{baseline.name} holds no case to compare with.")
    return baseline


def baseline_decisions(baseline: RunFolder, entries: Sequence[Entry]) -> list[Decision]:
    """A decision for each benchmark, model, strategy and prompt of this run's `entries`, by exact McNemar on the same items.

    A model is compared with itself; where both runs asked one model each, with the other's (a fine-tune with its base).
    What the baseline does not hold is left out and said so; a gate that finds nothing to compare is undecided. So is
    one whose items differ or are not all judged; undecided counts as not passed.
    """
    this = RunFolder("this run", {}, entries)
    found = [(tally, _counterpart(tally, this, baseline)) for tally in this.tallies]
    if not any(counterpart for _, counterpart in found):
        ran, held = (", ".join(tally.name for tally in run.tallies) or "none" for run in (this, baseline))
        nothing = f"it has nothing of what ran (ran: {ran}; it has: {held})"
        return [Decision(False, f"gate not worse than {baseline.name}: undecided, {nothing}")]
    return [decision for tally, counterpart in found for decision in _decisions(this, tally, baseline, counterpart)]


def _counterpart(tally: Tally, this: RunFolder, baseline: RunFolder) -> Tally | None:
    held = [other for other in baseline.tallies if (other.benchmark, other.strategy) == (tally.benchmark, tally.strategy)]
    if tally.prompt_name or any(other.prompt_name for other in held):  # one prompt of several has its own counterpart
        held = [other for other in held if _prompt(baseline, other) == _prompt(this, tally)]
    if len(_models(this, tally.benchmark)) == len(_models(baseline, tally.benchmark)) == 1:
        return held[0] if held else None
    return next((other for other in held if other.model_name == tally.model_name), None)


def _prompt(run: RunFolder, tally: Tally) -> str | None:
    return run.entries_of(tally)[0].rows.get("prompt")


def _models(run: RunFolder, benchmark: str) -> set[str]:
    return {tally.model_name for tally in run.tallies if tally.benchmark == benchmark}


def _decisions(this: RunFolder, tally: Tally, baseline: RunFolder, counterpart: Tally | None) -> list[Decision]:
    named = f"gate {tally.benchmark} ({', '.join(tally.key.names[1:])}) not worse than {baseline.name}"
    if counterpart is None:
        return [Decision(True, f"{named}: left out, it has none of this")]
    if counterpart.model_name != tally.model_name:
        named += f" ({counterpart.model_name})"
    for part, whose in ((tally, ""), (counterpart, f"in {baseline.name} ")):
        if not part.complete:
            return [Decision(False, f"{named}: undecided, {whose}{coverage_text(part)}")]
    try:
        before, now = ((baseline, counterpart), (this, tally))
        pair = Pair(*(measurement(run.name, run.name, part, run.entries_of(part)) for run, part in (before, now)))
    except TwiceError as error:
        return [Decision(False, f"{named}: undecided, {error}")]
    if difference := items_differ(pair.first, pair.second):
        return [Decision(False, f"{named}: undecided, the items differ: {difference}")]
    named += f" ({pair.versions})" if pair.versions else ""
    worse = pair.is_worse and pair.p < SIGNIFICANT
    decided = Decision(not worse, f"{named}: {'missed' if worse else 'passed'} with {_flips(pair)}")
    change = gold_change(pair)
    return [decided, _gold_decision(named, change)] if change else [decided]


def _gold_decision(named: str, change: GoldChange) -> Decision:
    """Whether the expected options are not less likely by more than MARGIN: for scored options, beside their accuracy."""
    worse = change.interval.high < -MARGIN and change.is_shown
    return Decision(not worse, f"{named}, by the expected option's log-likelihood: {'missed' if worse else 'passed'} with {change.text}")


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
