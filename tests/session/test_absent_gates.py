"""Gates that no selected test can decide are named before anything is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.session.absent_gates import absent_gates
from itemwise.session.settings import read_settings

IDS = ["test_sums.py::test_sums[embedded-text-direct-sum-0]", "test_sums.py::test_sums[embedded-text-direct-sum-1]"]


def absent(*gates: str, ids: list[str] = IDS, **options: object) -> list[str]:
    settings = read_settings({"fail-under": list(gates), **options}, root=Path("/nowhere"), here=Path("/nowhere"))
    return absent_gates(settings.gates, ids, settings)


@pytest.mark.parametrize("gate", ["sums=0.5", "sums/embedded-text=0.5", "sums/embedded-text/direct=0.5", "sums>=0.5"])
def test_a_gate_on_what_is_selected_is_fine(gate: str) -> None:
    assert absent(gate) == []


@pytest.mark.parametrize(
    ("gate", "why"),
    [
        ("sms=0.5", "no selected benchmark is called 'sms'; there is sums."),
        ("sums/other=0.5", "sums asks no model called 'other'; there is embedded-text."),
        ("sums-blank-image=0.5", "no selected benchmark is called 'sums-blank-image'; there is sums."),
    ],
)
def test_a_gate_on_what_is_not_there_is_named_with_what_is(gate: str, why: str) -> None:
    assert absent("sums=0.5", gate) == [f"--fail-under {gate}: {why}"]


def test_a_strategy_that_the_model_is_not_asked_by_is_named() -> None:
    options = {"strategy": ["direct", "vote"]}
    assert absent("sums/embedded-text/direct=0.5", **options) == []
    (line,) = absent("sums/embedded-text/vote=0.5", **options)
    assert line.endswith("sums is not asked by 'vote'; there is direct.")


def test_a_gate_on_recovery_wants_a_model_and_its_base() -> None:
    several = {"quant": ["none", "nf4"]}
    assert absent("recovery>=0.9", "recovery/embedded-text+nf4=0.9", **several) == []
    assert absent("recovery>=0.9") == [
        "--fail-under recovery>=0.9: recovery is of a model and its base; ask both, such as --quant none --quant nf4."
    ]
    (line,) = absent("recovery/other=0.9", **several)
    assert line.endswith("no model that is asked is called 'other'; there is embedded-text+nf4, embedded-text+none.")


def test_a_control_and_made_problems_are_measurements_that_a_gate_may_be_on() -> None:
    assert absent("sums-blank-image=0.5", control=["blank-image"]) == []
    assert absent("sums-synthetic=0.5", source="synthetic") == []


def test_a_configuration_is_a_measurement_that_a_gate_may_be_on() -> None:
    ids = ["test_mgsm.py::test_mgsm[embedded-text-direct-mgsm-zh-0]", "test_mgsm.py::test_mgsm[embedded-text-direct-mgsm-de-0]"]
    assert absent("mgsm-zh=0.5", "mgsm=0.5", ids=ids) == []
    assert absent("mgsm-fr=0.5", ids=ids) == ["--fail-under mgsm-fr=0.5: no selected benchmark is called 'mgsm-fr'; there is mgsm."]
