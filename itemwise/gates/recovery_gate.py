"""Recovery gate ``--fail-under recovery>=0.98``: whether a model keeps enough of its base's accuracy, in the mean over benchmarks."""

from collections.abc import Iterable, Sequence

from itemwise.analysis.recovery import ModelRecovery
from itemwise.gates.gate import Decision, Gate
from itemwise.gates.threshold import beside, coverage_text, demand_text

__all__ = ["recovery_decisions"]


def recovery_decisions(gates: Iterable[Gate], found: Sequence[ModelRecovery]) -> list[Decision]:
    """A decision for each gate and each model beside its base that it speaks of. It decides on full samples only, of the model and of its
    base; undecided counts as not passed."""
    return [decision for gate in gates for decision in _decided(gate, found)]


def _decided(gate: Gate, found: Sequence[ModelRecovery]) -> list[Decision]:
    concerned = [model for model in found if _is_meant(gate, model)]
    if concerned:
        return [_decision(gate, model) for model in concerned]
    ran = ", ".join(sorted({model.tally.model_name for model in found})) or "none"
    why = f"no such model ran beside its base (ran: {ran}); --base-model names the base of models with other weights"
    return [Decision(False, f"gate {gate.name} {demand_text(gate)}: undecided, {why}")]


def _is_meant(gate: Gate, model: ModelRecovery) -> bool:
    tally = model.tally
    wanted = ((gate.model, tally.model_name), (gate.strategy, tally.strategy), (gate.prompt, tally.prompt_name))
    return all(name in (None, own) for name, own in wanted)


def _decision(gate: Gate, model: ModelRecovery) -> Decision:
    benchmarks = ", ".join(recovery.pair.second.tally.benchmark for recovery in model.recoveries)
    named = f"gate recovery of {model.base.model_name} by {', '.join(model.tally.key.names[1:])} on {benchmarks} {demand_text(gate)}"
    for recovery in model.recoveries:
        for side in (recovery.pair.first, recovery.pair.second):
            if not side.tally.complete:
                return Decision(False, f"{named}: undecided, {side.tally.name}: {coverage_text(side.tally)}")
    ratio, interval = model.ratio, model.interval
    if ratio is None:
        return Decision(False, f"{named}: undecided, the base is never right")
    if gate.by_interval and interval is None:
        return Decision(False, f"{named}: undecided, the base is right too seldom for its interval to have a bound")
    reached = interval.low if gate.by_interval and interval else ratio
    return Decision(reached >= gate.least, f"{named}: {'passed' if reached >= gate.least else 'missed'} with {beside(gate.least, reached)}")
