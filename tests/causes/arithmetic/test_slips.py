"""False equations, and what the steps give once they are corrected."""

from __future__ import annotations

from fractions import Fraction

from itemwise.causes.arithmetic.equations import find_equations
from itemwise.causes.arithmetic.slips import decisive_slip, plain_slip
from itemwise.causes.numeric_reply import NumericReply


def decisive(text: str, gold: int) -> str | None:
    equations = find_equations(text)
    slips = [equation for equation in equations if equation.false]
    found = decisive_slip(NumericReply("", text, Fraction(gold), None, ""), equations, slips)
    return found.evidence if found else None


def test_the_slip_that_costs_the_answer_is_named_with_its_true_value() -> None:
    assert decisive("16*3 = 46, 46+24 = 70", 72) == "16*3 = 46 (it is 48); corrected, the steps give 72"


def test_two_slips_are_corrected_together_where_neither_is_enough() -> None:
    assert decisive("2*3 = 7, 7+1 = 9", 7) is not None
    assert decisive("16*3 = 46, 46+24 = 71", 72) == "16*3 = 46 (it is 48); corrected, the steps give 72"


def test_a_slip_that_does_not_lead_to_the_gold_is_not_decisive() -> None:
    assert decisive("16*3 = 46, 46+24 = 70", 99) is None
    assert decisive("16*3 = 48, 48+24 = 72", 72) is None


def test_a_slip_by_itself_is_named_with_its_true_value() -> None:
    text = "So 16*3 = 46 eggs"
    (equation,) = find_equations(text)
    assert plain_slip(text, equation).evidence == "16*3 = 46 (it is 48)"
