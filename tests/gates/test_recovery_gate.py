"""The gate on recovery, passed, missed and undecided, through all gates of a run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from itemwise.gates.decide import gate_decisions
from itemwise.gates.gate import Decision, Gate
from itemwise.results.entry import Entry
from itemwise.results.ledger import tallied
from tests.analysis.test_recovery import asked


def decided(gate: str, base: str, quantised: str, **sizes: int) -> list[Decision]:
    entries: list[Entry] = [*asked("plain", base, quantisation="none"), *asked("nf4", quantised)]
    sized = [replace(tally, sample_size=sizes.get(tally.model_name, tally.judged)) for tally in tallied(entries)]
    return gate_decisions([Gate.parse(gate, ("direct",))], sized, entries, None)


NAMED = "gate recovery of plain by nf4, direct on sums"


@pytest.mark.parametrize(
    ("gate", "verdicts", "decision"),
    [
        ("recovery=0.9", ("CCCCCCCCCC", "CCCCCCCCCW"), Decision(True, f"{NAMED} >= 0.90: passed with 0.900")),
        ("recovery=0.98", ("CCCCCCCCCC", "CCCCCCCCCW"), Decision(False, f"{NAMED} >= 0.98: missed with 0.900")),
        ("recovery>=0.9", ("CCCCCCCCCC", "CCCCCCCCCW"), Decision(False, f"{NAMED} lower end >= 0.90: missed with 0.647")),
        ("recovery/nf4/direct=1", ("CCWW", "CCCW"), Decision(True, f"{NAMED} >= 1.00: passed with 1.500")),
        ("recovery=0.98", ("WWWW", "CCCW"), Decision(False, f"{NAMED} >= 0.98: undecided, the base is never right on sums")),
        (
            "recovery>=0.98",
            ("C" + "W" * 29, "C" + "W" * 29),
            Decision(False, f"{NAMED} lower end >= 0.98: undecided, the base is right too seldom on sums for its interval to have a bound"),
        ),
        (
            "recovery/int8=0.9",
            ("CC", "CC"),
            Decision(
                False,
                "gate recovery/int8 >= 0.90: undecided, no such model ran beside its base (ran: nf4); "
                "--base-model names the base of models with other weights",
            ),
        ),
    ],
)
def test_a_gate_is_passed_missed_or_undecided_and_says_why(gate: str, verdicts: tuple[str, str], decision: Decision) -> None:
    assert decided(gate, *verdicts) == [decision]


@pytest.mark.parametrize("model", ["plain", "nf4"])
def test_it_wants_the_whole_sample_of_the_model_and_of_its_base(model: str) -> None:
    (decision,) = decided("recovery=0.5", "CCC", "CCC", **{model: 4})
    assert decision == Decision(False, f"{NAMED} >= 0.50: undecided, sums/{model}/direct: only 3 of 4 cases are judged")


def test_gates_on_accuracies_are_decided_beside_it() -> None:
    assert [decision.text for decision in decided("sums/nf4=0.5", "CC", "CW")] == [
        "gate sums (nf4, direct) >= 0.50: passed with 0.500 (1 of 2)"
    ]
