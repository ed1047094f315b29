"""Recovery gate ``--fail-under recovery>=0.98``: whether a model keeps enough of its base's accuracy, in the mean over benchmarks."""

from collections.abc import Iterable, Sequence

from itemwise.analysis.recovery import ModelRecovery, Recovery
from itemwise.gates.gate import Decision, Gate, outcome_text, undecided
from itemwise.gates.threshold import beside, coverage_text, demand_on, demand_text
from itemwise.language import phrase

__all__ = ["incomplete", "meant_models", "recovery_decisions"]


def recovery_decisions(gates: Iterable[Gate], found: Sequence[ModelRecovery]) -> list[Decision]:
    """A decision for each gate and each model beside its base that it speaks of. It decides on full samples only, of the model and of its
    base; undecided counts as not passed."""
    return [decision for gate in gates for decision in _decided(gate, found)]


def _decided(gate: Gate, found: Sequence[ModelRecovery]) -> list[Decision]:
    concerned = meant_models(gate, found)
    return [concerned] if isinstance(concerned, Decision) else [_decision(gate, model) for model in concerned]


def meant_models(gate: Gate, found: Sequence[ModelRecovery]) -> list[ModelRecovery] | Decision:
    """The models beside their bases that a gate speaks of; where there is none, that it is undecided."""
    if concerned := [model for model in found if _is_meant(gate, model)]:
        return concerned
    ran = ", ".join(sorted({model.tally.model_name for model in found})) or "none"
    why = "no such model ran beside its base (ran: {ran}); --base-model names the base of models with other weights"
    return undecided(demand_on(gate.name, gate), phrase(why, ran=ran))


def incomplete(recovery: Recovery) -> str:
    """Which side of a pair lacks cases of its sample; empty where neither does."""
    tallies = (side.tally for side in (recovery.pair.first, recovery.pair.second))
    found = (phrase("{name}: {text}", name=tally.name, text=coverage_text(tally)) for tally in tallies if not tally.complete)
    return next(found, "")


def _without(model: ModelRecovery, number: str) -> str:
    """The benchmarks on which there is no such number."""
    return ", ".join(recovery.pair.second.tally.benchmark for recovery in model.recoveries if getattr(recovery, number) is None)


def _is_meant(gate: Gate, model: ModelRecovery) -> bool:
    tally = model.tally
    wanted = ((gate.model, tally.model_name), (gate.strategy, tally.strategy), (gate.prompt, tally.prompt_name))
    return all(name in (None, own) for name, own in wanted)


def _decision(gate: Gate, model: ModelRecovery) -> Decision:
    benchmarks = ", ".join(recovery.pair.second.tally.benchmark for recovery in model.recoveries)
    sides = {"base": model.base.model_name, "names": ", ".join(model.tally.key.names[1:]), "benchmarks": benchmarks}
    named = phrase("gate recovery of {base} by {names} on {benchmarks} {demand}", demand=demand_text(gate), **sides)
    if missing := next(filter(None, map(incomplete, model.recoveries)), ""):
        return undecided(named, missing)
    ratio, interval = model.ratio, model.interval
    if ratio is None:
        return undecided(named, phrase("the base is never right on {benchmarks}", benchmarks=_without(model, "ratio")))
    if gate.by_interval and interval is None:
        why = "the base is right too seldom on {benchmarks} for its interval to have a bound"
        return undecided(named, phrase(why, benchmarks=_without(model, "interval")))
    reached = interval.low if gate.by_interval and interval else ratio
    passed = reached >= gate.least
    return Decision(passed, outcome_text(named, passed, beside(gate.least, reached)))
