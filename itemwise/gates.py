"""Whether a run's accuracy is what was demanded of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from itemwise.ledger import Tally
from itemwise.settings import Gate

__all__ = ["Decision", "decisions"]


@dataclass(frozen=True)
class Decision:
    """What became of a gate: `passed`, and the words that say why."""

    passed: bool
    text: str


def decisions(gates: Iterable[Gate], tallies: Sequence[Tally]) -> list[Decision]:
    """A decision for each gate and each tally it speaks of. A gate decides on full samples only: while cases are
    missing or failed by an error of ours it is undecided, which counts as not passed."""
    found = []
    for gate in gates:
        concerned = [tally for tally in tallies if gate.benchmark in (tally.benchmark, _plain(tally.benchmark))]
        if not concerned:
            names = ", ".join(sorted({tally.benchmark for tally in tallies})) or "none"
            found.append(
                Decision(False, f"gate {gate.benchmark} >= {_plainly(gate.least)}: undecided, no such benchmark ran (ran: {names})")
            )
        found += [_decision(gate, tally) for tally in concerned]
    return found


def _decision(gate: Gate, tally: Tally) -> Decision:
    named = f"gate {tally.benchmark} ({tally.model_name}, {tally.strategy}) >= {_plainly(gate.least)}"
    share = tally.accuracy.share
    if share is None or not tally.complete:
        return Decision(False, f"{named}: undecided, only {tally.judged} of {tally.sample_size} cases are judged")
    passed = share >= gate.least
    return Decision(passed, f"{named}: {'passed' if passed else 'missed'} with {share:.3f} ({tally.accuracy.correct} of {tally.judged})")


def _plainly(least: float) -> str:
    """0.8 as 0.80, and 0.805 as it is: a rounded demand would contradict its own decision."""
    return f"{least:.2f}" if round(least, 2) == least else str(least)


def _plain(benchmark: str) -> str:
    return benchmark.partition("-synthetic")[0]
