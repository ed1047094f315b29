"""Whether a run's accuracy is what was demanded of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemwise.case import Verdict
from itemwise.gates import Decision, decisions
from itemwise.ledger import Tally
from itemwise.settings import Gate

UNHURRIED = settings(deadline=None)  # the first example may pay for an import, any for a busy machine


def tally(correct: int, judged: int, *, errors: int = 0, of: int | None = None, benchmark: str = "gsm8k", model: str = "m") -> Tally:
    counts = dict.fromkeys(Verdict, 0) | {Verdict.CORRECT: correct, Verdict.WRONG: judged - correct, Verdict.ERROR: errors}
    return Tally(benchmark, model, "direct", judged + errors if of is None else of, counts, 0, 0.0)


def decided(gate: str, *tallies: Tally) -> list[Decision]:
    return decisions([Gate.parse(gate)], tallies)


@pytest.mark.parametrize(
    ("gate", "found", "decision"),
    [
        ("gsm8k=0.80", tally(41, 50), Decision(True, "gate gsm8k (m, direct) >= 0.80: passed with 0.820 (41 of 50)")),
        ("gsm8k=0.80", tally(40, 50), Decision(True, "gate gsm8k (m, direct) >= 0.80: passed with 0.800 (40 of 50)")),
        ("gsm8k=0.80", tally(39, 50), Decision(False, "gate gsm8k (m, direct) >= 0.80: missed with 0.780 (39 of 50)")),
        ("gsm8k=0.80", tally(1055, 1319), Decision(False, "gate gsm8k (m, direct) >= 0.80: missed with 0.800 (1055 of 1319)")),
        ("gsm8k=0.805", tally(807, 1000), Decision(True, "gate gsm8k (m, direct) >= 0.805: passed with 0.807 (807 of 1000)")),
        ("gsm8k=0", tally(0, 50), Decision(True, "gate gsm8k (m, direct) >= 0.00: passed with 0.000 (0 of 50)")),
        ("gsm8k=1", tally(50, 50), Decision(True, "gate gsm8k (m, direct) >= 1.00: passed with 1.000 (50 of 50)")),
        (
            "gsm8k=0.80",
            tally(50, 50, of=1319),
            Decision(False, "gate gsm8k (m, direct) >= 0.80: undecided, only 50 of 1319 cases are judged"),
        ),
        (
            "gsm8k=0.80",
            tally(49, 49, errors=1),
            Decision(False, "gate gsm8k (m, direct) >= 0.80: undecided, only 49 of 50 cases are judged"),
        ),
        ("gsm8k=0", tally(0, 0, errors=5), Decision(False, "gate gsm8k (m, direct) >= 0.00: undecided, only 0 of 5 cases are judged")),
    ],
)
def test_a_gate_is_passed_missed_or_undecided_and_says_why(gate: str, found: Tally, decision: Decision) -> None:
    assert decided(gate, found) == [decision]


def test_a_gate_on_what_did_not_run_is_undecided_and_names_what_ran() -> None:
    assert decided("gsm9k=0.8", tally(1, 1), tally(1, 1, benchmark="aqua")) == [
        Decision(False, "gate gsm9k >= 0.80: undecided, no such benchmark ran (ran: aqua, gsm8k)")
    ]


def test_a_gate_on_a_run_of_nothing_is_undecided() -> None:
    assert decided("gsm8k=0.8") == [Decision(False, "gate gsm8k >= 0.80: undecided, no such benchmark ran (ran: none)")]


@pytest.mark.parametrize("label", ["gsm8k-synthetic", "gsm8k-synthetic-held-out", "gsm8k-synthetic-all"])
def test_a_gate_speaks_of_made_problems_by_the_plain_name_and_says_that_they_are_made(label: str) -> None:
    (decision,) = decided("gsm8k=0.5", tally(1, 1, benchmark=label))
    assert decision == Decision(True, f"gate {label} (m, direct) >= 0.50: passed with 1.000 (1 of 1)")


def test_a_gate_on_made_problems_says_nothing_of_the_dataset() -> None:
    (decision,) = decided("gsm8k-synthetic=0.5", tally(1, 1))
    assert "no such benchmark ran" in decision.text


def test_a_gate_is_decided_for_each_model() -> None:
    found = decided("gsm8k=0.5", tally(1, 1, model="good"), tally(0, 1, model="bad"))
    assert [decision.passed for decision in found] == [True, False]


def test_no_gates_decide_nothing() -> None:
    assert decisions([], [tally(1, 1)]) == []


@UNHURRIED
@given(st.integers(1, 2000).flatmap(lambda judged: st.tuples(st.integers(0, judged), st.just(judged))), st.floats(0, 1))
def test_a_full_sample_passes_exactly_what_its_accuracy_reaches(counts: tuple[int, int], least: float) -> None:
    correct, judged = counts
    (decision,) = decisions([Gate("gsm8k", least)], [tally(correct, judged)])
    assert decision.passed == (correct / judged >= least)


@UNHURRIED
@given(st.integers(0, 50), st.integers(51, 2000))
def test_a_part_of_a_sample_never_passes(correct: int, size: int) -> None:
    (decision,) = decided("gsm8k=0", tally(correct, 50, of=size))
    assert not decision.passed
