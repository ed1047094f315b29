"""Decides all gates of a run by what they speak of: an accuracy, a score, or what became of a model's base (recovery, KL)."""

from collections.abc import Sequence

from itemwise.analysis.recovery import recoveries
from itemwise.analysis.score_results import score_results
from itemwise.gates.gate import KL, RECOVERY, Decision, Gate
from itemwise.gates.kl_gate import kl_decisions
from itemwise.gates.recovery_gate import recovery_decisions
from itemwise.gates.score_gate import score_decisions
from itemwise.gates.threshold import decisions
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally

__all__ = ["gate_decisions"]


def gate_decisions(gates: Sequence[Gate], tallies: Sequence[Tally], entries: Sequence[Entry], base: str | None) -> list[Decision]:
    """A decision for each of the `gates` and all that it speaks of; `base` names the base of all models where the run names one."""
    of_score = [gate for gate in gates if gate.score]
    of_recovery, of_kl = ([gate for gate in gates if gate.benchmark == kind and not gate.score] for kind in (RECOVERY, KL))
    of_accuracy = [gate for gate in gates if not gate.score and not gate.is_of_base]
    found = recoveries(tallies, entries, base) if of_recovery or of_kl else []
    scores = score_results(tallies, entries) if of_score else []
    of_tallies = decisions(of_accuracy, tallies) + score_decisions(of_score, tallies, scores)
    return of_tallies + recovery_decisions(of_recovery, found) + kl_decisions(of_kl, found)
