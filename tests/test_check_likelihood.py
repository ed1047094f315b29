"""The comparison with lm-evaluation-harness' log-likelihoods: its table, and what counts as equal."""

from __future__ import annotations

from itemwise.cases.case import Case
from itemwise.cases.chat import Turn
from itemwise.strategies import configured_strategy
from tools.check_likelihood import Scored, accuracy, is_equal, row_of, scored_texts

CASES = [
    Case.choice("a", lambda _: [Turn("text", "Which?")], ("an oak", "ice"), 1),
    Case.choice("b", lambda _: [Turn("text", "Which is it?")], ("a", "b"), 0),
]


def test_the_texts_are_prompt_and_option_as_the_strategy_joins_them() -> None:
    assert scored_texts(configured_strategy("likelihood:form=text"), CASES[0]) == ["Which? an oak", "Which? ice"]
    assert scored_texts(configured_strategy("likelihood"), CASES[1]) == ["Which is it? A", "Which is it? B"]


def test_accuracies_by_the_sum_and_by_characters_may_differ() -> None:
    logprobs = [(-6.0, -4.0), (-1.0, -1.0)]
    assert (accuracy(CASES, logprobs, "sum"), accuracy(CASES, logprobs, "characters")) == (1.0, 0.5)


def test_a_line_has_the_largest_difference_and_both_accuracies() -> None:
    theirs = Scored([["Q a", "Q b"], ["R a"]], [(-1.0, -2.0), (-3.0,)], 0.5, 1.0, 2.0)
    ours = Scored([["Q a", "Q b"], ["R  a"]], [(-1.0, -2.0), (-3.25,)], 0.5, None, 0.5)
    line = ("lm-eval/x", "0", "2", "1", "2.5e-01", "50.00%", "50.00%", "100.00%", "-", "2.00", "0.50")
    assert row_of("lm-eval/x", "0", theirs, ours) == line
    assert is_equal(theirs, theirs)
    assert not is_equal(theirs, ours)
