"""A demand on an accuracy, read from what `--fail-under` takes."""

from __future__ import annotations

import pytest

from itemwise.gates.gate import Gate, GateError

STRATEGIES = ["direct", "vote"]


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("gsm8k=0.80", Gate("gsm8k", 0.8)),
        ("gsm8k>=0.80", Gate("gsm8k", 0.8, by_interval=True)),
        ("gsm8k/mine=1", Gate("gsm8k", 1.0, "mine")),
        ("gsm8k/mine/vote=0", Gate("gsm8k", 0.0, "mine", "vote")),
        ("gsm8k/owner/name=0.5", Gate("gsm8k", 0.5, "owner/name")),
        ("gsm8k/owner/name/direct=0.5", Gate("gsm8k", 0.5, "owner/name", "direct")),
        ("gsm8k / mine = 0.5", Gate("gsm8k", 0.5, "mine")),
    ],
)
def test_a_gate_is_read_with_the_part_that_it_is_on(text: str, gate: Gate) -> None:
    assert Gate.parse(text, STRATEGIES) == gate


@pytest.mark.parametrize("text", ["gsm8k", "gsm8k=x", "gsm8k=1.5", "gsm8k=-0.1", "gsm8k=nan", "=0.5", "gsm8k/=0.5", "gsm8k//x=0.5"])
def test_what_is_no_demand_is_refused_with_how_one_is_written(text: str) -> None:
    with pytest.raises(GateError, match="must be BENCHMARK=ACCURACY with an accuracy of 0 to 1"):
        Gate.parse(text, STRATEGIES)


@pytest.mark.parametrize("text", ["gsm8k=0.8", "gsm8k>=0.8", "gsm8k/owner/name/direct>=0.5"])
def test_a_gate_is_said_as_it_is_given(text: str) -> None:
    assert Gate.parse(text, STRATEGIES).text == text
