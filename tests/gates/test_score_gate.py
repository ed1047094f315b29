"""The gate on a score, passed, missed and undecided, through all gates of a run."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from itemwise.gates.decide import gate_decisions
from itemwise.gates.gate import Decision, Gate
from itemwise.results.ledger import tallied
from tests.analysis.test_score_results import scored

NAMED = "gate sums.score (embedded-text, direct)"


def decided(gate: str, values: Sequence[float | None] = (0.5, 0.75), **changes: object) -> list[Decision]:
    entries = [*scored(values, benchmark="sums", **changes), *scored([None, None], benchmark="others")]
    return gate_decisions([Gate.parse(gate, ("direct",))], tallied(entries), entries, None)


@pytest.mark.parametrize("gate", ["score=0.6", "sums.score=0.6", "score/embedded-text=0.6", "sums.score/embedded-text/direct=0.6"])
def test_a_gate_speaks_of_all_that_have_the_score_or_of_a_benchmark_s(gate: str) -> None:
    assert decided(gate) == [Decision(True, f"{NAMED} >= 0.60: passed with 0.625")]


@pytest.mark.parametrize(
    ("gate", "values", "text"),
    [
        ("score=0.7", (0.5, 0.75), f"{NAMED} >= 0.70: missed with 0.625"),
        ("score>=0.6", (1.0, 1.0), f"{NAMED} lower end >= 0.60: missed with 0.342"),
        ("score=0.6", (0.9, None), f"{NAMED} >= 0.60: undecided, 1 of 2 cases recorded no score"),
        ("score.strict=0.6", (0.9, 0.9), "gate score.strict >= 0.60: undecided, no case recorded this score (recorded: score)"),
        ("others.score=0.6", (0.9, 0.9), "gate others.score >= 0.60: undecided, no case recorded this score (recorded: score)"),
        ("none.score=0.6", (0.9, 0.9), "gate none.score >= 0.60: undecided, no such benchmark ran (ran: others, sums)"),
    ],
)
def test_a_gate_that_is_missed_or_undecided_says_why(gate: str, values: Sequence[float | None], text: str) -> None:
    assert decided(gate, values) == [Decision(False, text)]


def test_a_gate_decides_on_full_samples_only() -> None:
    entries = scored([0.9, 0.9], benchmark="sums")
    partial = [tally.__class__(**{**vars(tally), "sample_size": 3}) for tally in tallied(entries)]
    (decision,) = gate_decisions([Gate.parse("score=0.6", ())], partial, entries, None)
    assert decision == Decision(False, f"{NAMED} >= 0.60: undecided, only 2 of 3 cases are judged")


@pytest.mark.parametrize(
    ("text", "measured", "score", "model"),
    [
        ("score", "", "score", None),
        ("score.prompt-loose", "", "score.prompt-loose", None),
        ("mgsm-zh.score", "mgsm-zh", "score", None),
        ("test_a.quiz[a.b/c].score.x/m", "test_a.quiz[a.b/c]", "score.x", "m"),
        ("score/owner/score.v1", "", "score", "owner/score.v1"),
        ("quiz/owner/score", "quiz", "", "owner/score"),
        ("quiz/owner/x.score", "quiz", "", "owner/x.score"),
        ("test_a.scored", "test_a.scored", "", None),
    ],
)
def test_a_score_is_named_alone_or_behind_its_benchmark(text: str, measured: str, score: str, model: str | None) -> None:
    gate = Gate.parse(f"{text}>=0.5", ("direct",))
    assert (gate.benchmark, gate.score, gate.model, gate.by_interval) == (measured, score, model, True)
    assert Gate.parse(gate.text, ("direct",)) == gate
