"""The margin by which an expected option is behind the likeliest."""

from __future__ import annotations

from itemwise.cases.option_scores import OptionScores
from itemwise.causes import Cause
from itemwise.causes.margin import margin


def test_the_margin_is_told_in_the_unit_of_the_scores() -> None:
    scores = OptionScores("text", "bytes", [-9.0, -4.0], [-3.0, -1.0])
    evidence = "B is 2 nats per byte above the expected A: -1 and -3; 88% and 12% of the options' probability"
    assert margin(scores, "A") == Cause("another option likelier", evidence)


def test_of_several_expected_options_the_likeliest_is_told() -> None:
    found = margin(OptionScores("text", "sum", [-9.0, -4.0, -5.0], [-9.0, -4.0, -5.0]), "AC")
    assert found is not None
    assert found.evidence.startswith("B is 1 nats above the expected C: -4 and -5;")


def test_an_expected_answer_that_is_no_option_has_no_margin() -> None:
    assert margin(OptionScores("letter", "sum", [-1.0, -2.0], [-1.0, -2.0]), "18") is None
