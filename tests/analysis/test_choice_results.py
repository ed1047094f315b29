"""Choices beside chance and the best constant letter, and what became of the same cases under a control."""

from __future__ import annotations

from dataclasses import replace

import pytest

from itemwise.analysis.choice_results import ChoiceResult, ControlResult, choice_results, controlled_by
from itemwise.analysis.pairs import Pair, measurement
from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from itemwise.results.ledger import tallied
from itemwise.results.statistics import accuracy, mcnemar
from tests.analysis.conftest import FOUR, choice
from tests.reporting.conftest import an_entry

SHUFFLED = ("green", "red", "blue", "white")


def result_of(*entries: Entry) -> ChoiceResult:
    (found,) = choice_results(tallied(entries), entries)
    return found


def test_chance_is_the_blind_guess_over_all_cases() -> None:
    result = result_of(choice(0, "A", "A"), choice(1, "B", "A", choices=("yes", "no")))
    assert result.chance == pytest.approx((1 / 4 + 1 / 2) / 2)


def test_of_several_right_letters_each_is_one_to_guess() -> None:
    result = result_of(choice(0, "AC", "A"), choice(1, "C", "B"), choice(2, "ABC", "D"))
    assert result.chance == pytest.approx((2 / 4 + 1 / 4 + 3 / 4) / 3)
    assert (result.letter, result.constant) == ("C", 1.0)


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


def controls_of(*entries: Entry) -> list[ControlResult]:
    tallies = tallied(entries)
    return controlled_by(tallies[0], tallies, entries)


def control_of(*entries: Entry) -> ControlResult:
    (result,) = controls_of(*entries)
    return result


def test_a_model_that_needs_the_picture_is_seen_to_use_it() -> None:
    entries = [choice(number, "A", "A") for number in range(8)] + [choice(number, "A", "B", "blank-image") for number in range(8)]
    control = control_of(*entries)
    assert (control.pair.change, control.pair.p, control.finding) == (-1.0, mcnemar(0, 8), "the picture is used")


def test_a_model_that_does_not_look_is_exposed() -> None:
    entries = [choice(number, "A", "A") for number in range(8)] + [choice(number, "A", "A", "blank-image") for number in range(8)]
    assert control_of(*entries).finding == "no use of the picture is shown"


def test_a_model_that_likes_a_letter_is_exposed() -> None:
    entries = [choice(number, "A", "A") for number in range(8)]
    entries += [choice(number, "B", "A", "shuffle-options", SHUFFLED) for number in range(8)]
    control = control_of(*entries)
    assert (control.same_letter, control.same_option, control.finding) == (1.0, 0.0, "the order of the options matters")


def test_a_model_that_reads_the_options_keeps_the_option() -> None:
    entries = [
        choice(0, "A", "A"),
        choice(1, "A", None),
        choice(0, "B", "B", "shuffle-options", SHUFFLED),
        choice(1, "B", "B", "shuffle-options", SHUFFLED),
    ]
    control = control_of(*entries)
    assert (control.same_letter, control.same_option) == (0.0, 1.0)  # of the one case that was answered both times


def test_without_controls_there_is_nothing_to_compare() -> None:
    assert controls_of(choice(0, "A", "A")) == []


def test_a_case_that_ran_under_the_control_alone_is_left_out() -> None:
    entries = [choice(0, "A", "A"), choice(0, "A", "B", "blank-image"), choice(1, "A", "B", "blank-image")]
    assert control_of(*entries).pair.judged == ["colours-0"]


def test_each_control_has_a_result_of_its_own_in_their_order() -> None:
    entries = [choice(0, "A", "A"), choice(0, "B", "B", "shuffle-options", SHUFFLED), choice(0, "A", "B", "blank-image")]
    assert [result.control for result in controls_of(*entries)] == ["blank-image", "shuffle-options"]


def test_where_nothing_was_answered_both_times_no_share_is_told() -> None:
    entries = [choice(0, "A", None), choice(0, "B", "B", "shuffle-options", SHUFFLED)]
    assert (control_of(*entries).same_letter, control_of(*entries).same_option) == (None, None)


def test_an_answer_that_names_no_option_is_no_answer_given_both_times() -> None:
    entries = [choice(0, "A", "E"), choice(0, "B", "B", "shuffle-options", SHUFFLED)]
    assert control_of(*entries).same_letter is None


def test_an_error_of_ours_on_either_side_is_in_no_pair() -> None:
    spoiled = an_entry(0, Verdict.ERROR, node_id="e", case="colours-0-blank-image", benchmark="colours-blank-image", choices=FOUR)
    control = control_of(choice(0, "A", "A"), spoiled)
    assert (control.pair.judged, control.pair.left_out) == ([], ["colours-0"])


def test_always_yes_or_always_no_is_held_against_questions_of_yes_and_no() -> None:
    entries = [an_entry(number, Verdict.CORRECT, expected=expected, answer=expected) for number, expected in enumerate(["yes", "no", "no"])]
    result = result_of(*entries)
    assert (result.letter, result.constant, result.chance, result.fewer) == ("no", pytest.approx(2 / 3), 0.5, None)


def test_where_some_cases_have_no_options_the_accuracy_beside_chance_is_that_of_the_others() -> None:
    free = [an_entry(number, Verdict.WRONG, benchmark="colours", case=f"colours-{number}") for number in (8, 9)]
    result = result_of(choice(0, "A", "A"), choice(1, "B", "B"), *free)
    assert (result.accuracy.share, result.fewer, result.tally.accuracy.share) == (1.0, 2, 0.5)


def test_cases_of_one_cluster_count_once_against_the_constant_answer() -> None:
    tags, rows = {"photograph": "1"}, {"cluster": "photograph"}
    entries = [an_entry(n, Verdict.CORRECT, expected=word, tags=tags, rows=rows) for n, word in enumerate(["yes", "no"] * 8)]
    assert result_of(*entries).p == mcnemar(1, 0)


def in_orders(number: int, *answers: str | None) -> list[Entry]:
    """A case under circular-options, of whose four orders the right letter is B, A, D and C."""
    control = "circular-options"
    entries = [choice(number, *each, f"{control}-{order}of4") for order, each in enumerate(zip("BADC", answers, strict=False), start=1)]
    return [replace(entry, benchmark=f"colours-{control}") for entry in entries]


def test_a_case_is_right_in_circular_order_where_it_is_in_every_order_of_its_options() -> None:
    plain = [choice(number, "B", "B") for number in range(3)]
    entries = [*plain, *in_orders(0, *"BADC"), *in_orders(1, *"BADB"), *in_orders(2, "B", None, "D", "C")]
    control = control_of(*entries)
    assert (control.tally.accuracy.correct, control.tally.accuracy.judged, sum(control.tally.counts.values())) == (1, 3, 12)
    assert control.tally.accuracy == control.pair.second.accuracy == accuracy(1, 3)
    assert (control.pair.lost, control.pair.gained, control.chance) == (["colours-1", "colours-2"], [], 1 / 4**4)
    assert control.finding == "of the 3 right as they are, 1 are right in every order of their options"


def test_a_case_counts_once_all_orders_of_its_options_are_judged() -> None:
    spoiled = [*in_orders(1, *"BAD"), replace(in_orders(1, *"BADC")[3], verdict=Verdict.ERROR)]
    entries = [choice(0, "B", "B"), choice(1, "B", "B"), *in_orders(0, *"BADC"), *spoiled]
    control = control_of(*entries)
    assert (control.tally.accuracy.correct, control.tally.accuracy.judged, control.pair.judged) == (1, 1, ["colours-0"])


def test_undecided_orders_bound_the_accuracy_by_cases() -> None:
    def undecided(entries: list[Entry]) -> list[Entry]:
        return [replace(entries[0], verdict=Verdict.UNDECIDED), *entries[1:]]

    entries = [*in_orders(0, *"BADC"), *undecided(in_orders(1, *"BADC")), *undecided(in_orders(2, *"BADB"))]
    (tally,) = tallied(entries)
    assert tally.accuracy == accuracy(1, 1)
    assert tally.bounds == (accuracy(1, 3), accuracy(2, 3))
    (unfinished,) = tallied(undecided(in_orders(0, *"BA")))
    assert (unfinished.accuracy.share, unfinished.bounds) == (None, None)


def test_another_run_is_paired_by_cases_that_are_right_in_every_order() -> None:
    before, now = [*in_orders(0, *"BADC"), *in_orders(1, *"BADC")], [*in_orders(0, *"BADC"), *in_orders(1, *"CADC")]
    pair = Pair(*(measurement("", "", tallied(entries)[0], entries) for entries in (before, now)))
    assert (pair.lost, pair.change, pair.has_repeats) == (["colours-1-circular-options"], -0.5, False)
