"""Choices beside chance and the best constant letter."""

from __future__ import annotations

import pytest

from itemwise.analysis.choice_baselines import ChoiceResult, choice_results
from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from itemwise.results.ledger import tallied
from itemwise.results.statistics import mcnemar
from tests.analysis.conftest import FOUR, choice
from tests.reporting.conftest import an_entry


def result_of(*entries: Entry) -> ChoiceResult:
    (found,) = choice_results(tallied(entries), entries)
    return found


def test_chance_is_the_blind_guess_over_all_cases() -> None:
    result = result_of(choice(0, "A", "A"), choice(1, "B", "A", choices=("yes", "no")))
    assert result.chance == pytest.approx((1 / 4 + 1 / 2) / 2)


def test_the_best_constant_letter_is_held_against_the_model_case_by_case() -> None:
    entries = [choice(number, letter, answer) for number, (letter, answer) in enumerate(zip("BBBACD", "BBAACD", strict=True))]
    result = result_of(*entries)
    assert (result.letter, result.constant) == ("B", 0.5)
    assert result.p == mcnemar(3, 1)  # A, C and D won, one B lost


def test_errors_of_ours_count_for_neither() -> None:
    spoiled = an_entry(2, Verdict.ERROR, node_id="e", case="colours-2", benchmark="colours", expected="C", choices=FOUR)
    assert result_of(choice(0, "A", "A"), choice(1, "B", "B"), spoiled).constant == 0.5


def test_answers_without_options_are_no_choices() -> None:
    entries = [an_entry(0, Verdict.CORRECT)]
    assert choice_results(tallied(entries), entries) == []


def test_controls_are_no_results_of_their_own() -> None:
    entries = [choice(0, "A", "A"), choice(0, "A", "A", "blank-image")]
    assert [result.tally.benchmark for result in choice_results(tallied(entries), entries)] == ["colours"]
