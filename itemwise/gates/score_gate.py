"""Score gate ``--fail-under score>=0.6``: whether the mean of a score, or the lower end of its interval, reaches a minimum."""

from collections.abc import Iterable, Sequence

from itemwise.analysis.score_results import ScoreResult
from itemwise.gates.gate import Decision, Gate, outcome_text, undecided
from itemwise.gates.threshold import beside, demand_on, meant, named_text, undecided_text
from itemwise.language import phrase
from itemwise.results.ledger import Tally

__all__ = ["score_decisions"]


def score_decisions(gates: Iterable[Gate], tallies: Sequence[Tally], found: Sequence[ScoreResult]) -> list[Decision]:
    """A decision for each gate and each tally that has its score. It decides where every case of the sample is judged and has one;
    undecided counts as not passed."""
    return [decision for gate in gates for decision in _decided(gate, tallies, found)]


def _decided(gate: Gate, tallies: Sequence[Tally], found: Sequence[ScoreResult]) -> list[Decision]:
    concerned = meant(gate, tallies)
    if isinstance(concerned, Decision):
        return [concerned]
    results = [result for result in found if result.name == gate.score and any(tally.key == result.tally.key for tally in concerned)]
    if not results:
        recorded = ", ".join(sorted({result.name for result in found})) or "none"
        return [undecided(demand_on(gate.name, gate), phrase("no case recorded this score (recorded: {names})", names=recorded))]
    return [_decision(gate, result) for result in results]


def _decision(gate: Gate, result: ScoreResult) -> Decision:
    named = named_text(gate, result.tally)
    if missing := undecided_text(result.tally):
        return undecided(named, missing)
    if result.unscored:
        counts = {"n": len(result.unscored), "all": result.tally.judged, "score": result.name}
        return undecided(named, phrase("{n} of {all} {all:case|cases} recorded no {score}", **counts))
    reached = result.interval.low if gate.by_interval else result.share
    passed = reached >= gate.least
    return Decision(passed, outcome_text(named, passed, beside(gate.least, reached)))
