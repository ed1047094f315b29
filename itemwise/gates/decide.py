"""Decides all gates of a run by what they speak of: an accuracy, or what a model keeps of its base's."""

from collections.abc import Sequence

from itemwise.analysis.recovery import recoveries
from itemwise.gates.gate import RECOVERY, Decision, Gate
from itemwise.gates.recovery_gate import recovery_decisions
from itemwise.gates.threshold import decisions
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally

__all__ = ["gate_decisions"]


def gate_decisions(gates: Sequence[Gate], tallies: Sequence[Tally], entries: Sequence[Entry], base: str | None) -> list[Decision]:
    """A decision for each of the `gates` and all that it speaks of; `base` names the base of all models where the run names one."""
    of_recovery = [gate for gate in gates if gate.benchmark == RECOVERY]
    found = recoveries(tallies, entries, base) if of_recovery else []
    return decisions([gate for gate in gates if gate not in of_recovery], tallies) + recovery_decisions(of_recovery, found)
