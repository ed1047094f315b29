"""The gate on the divergence from a model's base, passed, missed and undecided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from itemwise.cases.reply import Verdict
from itemwise.gates.decide import gate_decisions
from itemwise.gates.gate import Gate, GateError
from itemwise.results.entry import Entry
from itemwise.results.ledger import tallied
from tests.analysis.test_option_shift import quantised
from tests.analysis.test_recovery import asked

MOVED = quantised((-1.0, -1.0, -1.0), (-1.0, -1.2, -1.0), (-1.0, -1.0, -1.4))


def decided(gate: str, entries: list[Entry]) -> tuple[bool, str]:
    sized = [replace(tally, sample_size=min(3, tally.sample_size)) for tally in tallied(entries)]
    (decision,) = gate_decisions([Gate.parse(gate, ("direct",))], sized, entries, None)
    return decision.passed, decision.text


@pytest.mark.parametrize(("gate", "passed"), [("kl=0.01", True), ("kl<=0.01", False), ("kl<=0.02", True), ("kl=0.005", False)])
def test_by_the_mean_or_by_the_upper_end_of_its_interval(gate: str, passed: bool) -> None:
    found, text = decided(gate, MOVED)
    assert found == passed
    end = "upper end <= " if "<" in gate else "<= "
    assert text.startswith(f"gate kl of nf4, direct to plain on {MOVED[0].benchmark} {end}")
    assert f": {'passed' if passed else 'missed'} with KL 0.007" in text


def test_cases_that_are_missing_leave_it_undecided() -> None:
    passed, text = decided("kl=1", MOVED[:-1])
    assert not passed
    assert text.endswith("undecided, " + f"{MOVED[0].benchmark}/nf4/direct: only 2 of 3 cases are judged")


def test_replies_have_no_options_that_could_have_moved() -> None:
    entries = [*asked("plain", "CCC", quantisation="none"), *asked("nf4", "CCC")]
    assert all(entry.verdict is Verdict.CORRECT for entry in entries)
    _, text = decided("kl<=0.01", entries)
    assert text.endswith("undecided, no options were scored on both sides; ask by --strategy likelihood")


def test_the_relation_is_that_of_what_is_demanded() -> None:
    assert Gate.parse("kl/nf4<=0.01", ()).text == "kl/nf4<=0.01"
    for text in ("kl>=0.01", "gsm8k<=0.8", "kl<<=0.01", "kl<=x"):
        with pytest.raises(GateError, match="or kl<=NATS, got"):
            Gate.parse(text, ())
