"""The strict form of golds and answers: a reply and a gold can't agree by the same misreading."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise import gold_number
from itemwise.extractors import last_number, same_number, within
from itemwise.extractors.number.plain_number import plain_number
from tests.extractors.number.test_terms import NO_NUMBER, VALUES

PIECES = [
    *("7", "12", "350", ",", "-", "+", "\\sqrt{2}", "\\frac{1}{3}", "\\pi", "x", "i", " ", "(", ")", "^2", "!", ".5", "\\!", ":", "/", "="),
    *("{", "}", "%", "$", " m", " and ", "\\text{ cm}", "e", "k", "_8", "\\times", "½", "²", "٣", "三", "~", "*", "\\boxed{", "####"),
]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)
LATEX = [
    ("14,\\!400", "14400"),
    ("\\$14,\\!400", "14400"),
    ("11,\\! 250,\\! 000", "11250000"),
    ("-\\frac{7}{12}", "-7/12"),
    ("\\frac{35}7\\text{ degrees}", "5"),
    ("2\\frac13", "7/3"),
    ("21\\mbox{ cm}^2", "21"),
    ("6.5 \\text{ cents}", "6.5"),
    ("75^\\circ", "75"),
    ("12\\%", "12"),
    ("\\text{12}", None),
    ("~12", None),
    ("\\approx 12", None),
]


@pytest.mark.parametrize("form", NO_NUMBER)
def test_what_is_no_plain_number_is_no_gold_and_no_answer(form: str) -> None:
    assert plain_number(form) is None
    assert not same_number(form, "1")
    for compare in (same_number, within):
        with pytest.raises(ValueError, match="is no number"):
            compare("1", form)
    with pytest.raises(ValueError, match="no single plain number"):
        gold_number(form)


@pytest.mark.parametrize(("form", "value"), VALUES)
def test_a_form_that_is_taken_as_a_gold_has_the_value_that_is_read_of_it(form: str, value: str) -> None:
    assert plain_number(form) in (None, value)


@pytest.mark.parametrize(("form", "value"), LATEX)
def test_a_gold_may_be_written_in_latex(form: str, value: str | None) -> None:
    assert plain_number(form) == value
    assert value is None or last_number(f"\\boxed{{{form}}}") == value


@given(TEXTS)
def test_a_box_that_is_read_agrees_with_its_content_as_a_gold(text: str) -> None:
    gold, read = plain_number(text), last_number(f"The answer is ${text}$.")
    assert gold is None or read is None or Fraction(gold) == Fraction(read)


@given(TEXTS, TEXTS)
def test_two_different_texts_are_never_the_same_number_unless_both_are_plain(answer: str, gold: str) -> None:
    if plain_number(answer) is None:
        assert not same_number(answer, "7")
    elif plain_number(gold) is not None:
        assert same_number(answer, gold) == (plain_number(answer) == plain_number(gold))


@given(st.fractions(-(10**6), 10**6, max_denominator=999))
def test_canonical_text_is_its_own_gold(number: Fraction) -> None:
    text = gold_number(number)
    assert plain_number(text) == text
    assert Fraction(text) == number
