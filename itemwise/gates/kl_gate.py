"""KL gate ``--fail-under "kl<=0.01"``: whether a model's options stay as near to its base's as is demanded, on each benchmark."""

from collections.abc import Iterable, Sequence

from itemwise.analysis.option_shift import option_shift
from itemwise.analysis.recovery import ModelRecovery, Recovery
from itemwise.gates.gate import Decision, Gate, outcome_text, undecided
from itemwise.gates.recovery_gate import incomplete, meant_models
from itemwise.gates.threshold import demand_text
from itemwise.language import phrase

__all__ = ["kl_decisions"]


def kl_decisions(gates: Iterable[Gate], found: Sequence[ModelRecovery]) -> list[Decision]:
    """A decision for each gate and each benchmark of a model beside its base that it speaks of. It decides on full samples only, of both;
    undecided counts as not passed."""
    return [decision for gate in gates for decision in _decided(gate, found)]


def _decided(gate: Gate, found: Sequence[ModelRecovery]) -> list[Decision]:
    concerned = meant_models(gate, found)
    if isinstance(concerned, Decision):
        return [concerned]
    return [_decision(gate, model, recovery) for model in concerned for recovery in model.recoveries]


def _decision(gate: Gate, model: ModelRecovery, recovery: Recovery) -> Decision:
    benchmark = recovery.pair.second.tally.benchmark
    sides = {"names": ", ".join(model.tally.key.names[1:]), "base": model.base.model_name, "benchmark": benchmark}
    named = phrase("gate kl of {names} to {base} on {benchmark} {demand}", demand=demand_text(gate), **sides)
    if missing := incomplete(recovery):
        return undecided(named, missing)
    shift = option_shift(recovery.pair)
    if shift is None:
        return undecided(named, phrase("no options were scored on both sides; ask by --strategy likelihood"))
    reached = shift.interval.high if gate.by_interval else shift.kl
    passed = reached <= gate.least
    return Decision(passed, outcome_text(named, passed, shift.text))
