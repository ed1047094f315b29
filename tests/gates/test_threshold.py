"""Whether a run's accuracy is what was demanded of it."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itemwise.cases.reply import Verdict
from itemwise.gates.gate import Decision, Gate
from itemwise.gates.threshold import decisions
from itemwise.results.ledger import Tally
from itemwise.results.statistics import accuracy

UNHURRIED = settings(deadline=None)  # the first example may pay for an import, any for a busy machine


def tally(
    correct: int,
    judged: int,
    *,
    errors: int = 0,
    of: int | None = None,
    benchmark: str = "gsm8k",
    model: str = "m",
    strategy: str = "direct",
) -> Tally:
    counts = dict.fromkeys(Verdict, 0) | {Verdict.CORRECT: correct, Verdict.WRONG: judged - correct, Verdict.ERROR: errors}
    named = {"benchmark": benchmark, "model_name": model, "strategy": strategy}
    cost = {field.name: 0 for field in fields(Tally)}
    return Tally(
        **{**cost, **named, "sample_size": judged + errors if of is None else of, "counts": counts, "items": (), "is_answered": True}
    )  # type: ignore[arg-type]


def decided(gate: str, *tallies: Tally) -> list[Decision]:
    return decisions([Gate.parse(gate, ("direct", "retry", "tool", "vote"))], tallies)


def test_scored_texts_have_no_accuracy_that_a_gate_could_be_decided_by() -> None:
    scored = replace(tally(5, 5, strategy="reference"), is_answered=False)
    assert scored.accuracy.share is None
    (decision,) = decided("gsm8k=0.8", scored)
    unanswered = "--strategy reference scores texts that are given, which is no accuracy"
    assert decision == Decision(False, f"gate gsm8k >= 0.80: undecided, {unanswered}")
    assert [decision.passed for decision in decided("gsm8k=0.8", scored, tally(5, 5))] == [True]


@pytest.mark.parametrize(("gate", "passed"), [("gsm8k=0.5", True), ("gsm8k=0.7", None), ("gsm8k=0.9", False)])
def test_undecided_cases_leave_a_gate_undecided_that_they_could_turn(gate: str, passed: bool | None) -> None:
    counts = dict.fromkeys(Verdict, 0) | {Verdict.CORRECT: 6, Verdict.WRONG: 2, Verdict.UNDECIDED: 2}
    found = replace(tally(6, 8, of=10), counts=counts, bounds=(accuracy(6, 10), accuracy(8, 10)))
    (decision,) = decided(gate, found)
    told = (
        "undecided, only 8 of 10 cases are judged, 2 undecided"
        if passed is None
        else "0.600 to 0.800, whatever the 2 undecided of 10 cases are"
    )
    assert (decision.passed, told in decision.text) == (bool(passed), True)


@pytest.mark.parametrize(
    ("gate", "found", "decision"),
    [
        ("gsm8k=0.80", tally(41, 50), Decision(True, "gate gsm8k (m, direct) >= 0.80: passed with 0.820 (41 of 50)")),
        ("gsm8k=0.80", tally(40, 50), Decision(True, "gate gsm8k (m, direct) >= 0.80: passed with 0.800 (40 of 50)")),
        ("gsm8k=0.80", tally(39, 50), Decision(False, "gate gsm8k (m, direct) >= 0.80: missed with 0.780 (39 of 50)")),
        ("gsm8k=0.80", tally(1055, 1319), Decision(False, "gate gsm8k (m, direct) >= 0.80: missed with 0.7998 (1055 of 1319)")),
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
            Decision(
                False, "gate gsm8k (m, direct) >= 0.80: undecided, only 49 of 50 cases are judged, 1 failed by an infrastructure error"
            ),
        ),
        (
            "gsm8k=0",
            tally(0, 0, errors=5),
            Decision(False, "gate gsm8k (m, direct) >= 0.00: undecided, only 0 of 5 cases are judged, 5 failed by an infrastructure error"),
        ),
    ],
)
def test_a_gate_is_passed_missed_or_undecided_and_says_why(gate: str, found: Tally, decision: Decision) -> None:
    assert decided(gate, found) == [decision]


def test_a_gate_names_the_accuracy_that_it_held_against_its_own() -> None:
    (decision,), (by_interval,) = (decided(gate, tally(41, 50)) for gate in ("gsm8k=0.80", "gsm8k>=0.70"))
    assert (decision.key, decision.level, decision.level_name) == (tally(41, 50).key, 0.8, "gate")
    assert (by_interval.level, by_interval.level_name) == (0.7, "gate by the interval")
    (undecided,) = decided("gsm8k=0.80", tally(50, 50, of=1319))
    assert undecided.key is None


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


@pytest.mark.parametrize(
    ("gate", "found", "decision"),
    [
        ("gsm8k>=0.80", tally(47, 50), Decision(True, "gate gsm8k (m, direct) lower end >= 0.80: passed with 0.838 (47 of 50)")),
        ("gsm8k>=0.80", tally(43, 50), Decision(False, "gate gsm8k (m, direct) lower end >= 0.80: missed with 0.738 (43 of 50)")),
        ("gsm8k>=0.80", tally(1134, 1319), Decision(True, "gate gsm8k (m, direct) lower end >= 0.80: passed with 0.840 (1134 of 1319)")),
        (
            "gsm8k>=0.95",
            tally(50, 50),
            Decision(
                False,
                "gate gsm8k (m, direct) lower end >= 0.95: missed with 0.929 (50 of 50); "
                "all 50 correct would give 0.929, so this gate needs a larger sample",
            ),
        ),
        (
            "gsm8k>=0.80",
            tally(50, 50, of=1319),
            Decision(False, "gate gsm8k (m, direct) lower end >= 0.80: undecided, only 50 of 1319 cases are judged"),
        ),
    ],
)
def test_a_gate_by_the_interval_wants_its_lower_end_to_reach(gate: str, found: Tally, decision: Decision) -> None:
    assert decided(gate, found) == [decision]


def test_a_lucky_fifty_passes_by_accuracy_and_not_by_the_interval() -> None:
    lucky = tally(41, 50)
    assert [decided(gate, lucky)[0].passed for gate in ("gsm8k=0.80", "gsm8k>=0.80")] == [True, False]


RAN = [tally(40, 50), tally(45, 50, strategy="tool"), tally(30, 50, model="other"), tally(9, 10, benchmark="aqua")]


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        ("gsm8k/m=0.85", ["gsm8k (m, direct) >= 0.85: missed", "gsm8k (m, tool) >= 0.85: passed"]),
        ("gsm8k/m/tool=0.85", ["gsm8k (m, tool) >= 0.85: passed"]),
        ("gsm8k/other/direct>=0.5", ["gsm8k (other, direct) lower end >= 0.50: missed"]),
        ("gsm8k/mm=0.85", ["gsm8k/mm >= 0.85: undecided, no such model ran (ran: m, other)"]),
        ("gsm8k/other/tool=0.85", ["gsm8k/other/tool >= 0.85: undecided, no such strategy ran (ran: direct)"]),
        ("aqua/other>=0.85", ["aqua/other lower end >= 0.85: undecided, no such model ran (ran: m)"]),
        ("gsm9k/m/tool=0.85", ["gsm9k/m/tool >= 0.85: undecided, no such benchmark ran (ran: aqua, gsm8k)"]),
    ],
)
def test_a_gate_may_speak_of_one_model_or_one_strategy_of_it(gate: str, said: list[str]) -> None:
    found = [decision.text.removeprefix("gate ") for decision in decided(gate, *RAN)]
    assert [text[: len(start)] for text, start in zip(found, said, strict=True)] == said


@UNHURRIED
@given(st.integers(1, 2000).flatmap(lambda judged: st.tuples(st.integers(0, judged), st.just(judged))), st.floats(0, 1))
def test_what_passes_by_the_interval_passes_by_accuracy(counts: tuple[int, int], least: float) -> None:
    by_interval, by_accuracy = decisions([Gate("gsm8k", least, by_interval=True), Gate("gsm8k", least)], [tally(*counts)])
    assert by_accuracy.passed or not by_interval.passed


@UNHURRIED
@given(st.integers(1, 2000).flatmap(lambda judged: st.tuples(st.integers(0, judged), st.just(judged))), st.floats(0, 1))
def test_the_number_a_gate_shows_stands_on_the_side_of_its_decision(counts: tuple[int, int], least: float) -> None:
    (decision,) = decisions([Gate("gsm8k", least)], [tally(*counts)])
    shown = float(decision.text.partition(" with ")[2].split()[0])
    assert (shown >= least) == decision.passed


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
