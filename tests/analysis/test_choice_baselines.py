"""Choices beside chance, the best constant letter, and the controls."""

from __future__ import annotations

import pytest

from itemwise.analysis.choice_baselines import ChoiceResult, choice_results
from itemwise.analysis.control_results import ControlResult
from itemwise.analysis.splits import splits
from itemwise.cases.case import Verdict
from itemwise.results.entry import Entry
from itemwise.results.ledger import tallied
from itemwise.results.statistics import mcnemar
from tests.reporting.conftest import an_entry

FOUR = ("red", "green", "blue", "white")


def choice(number: int, expected: str, answer: str | None, control: str = "", choices: tuple[str, ...] = FOUR) -> Entry:
    verdict = Verdict.NO_ANSWER if answer is None else Verdict.CORRECT if answer == expected else Verdict.WRONG
    end = f"-{control}" if control else ""
    name = f"colours-{number}{end}"
    return an_entry(
        number,
        verdict,
        node_id=name,
        case=name,
        benchmark=f"colours{end}",
        expected=expected,
        answer=answer,
        choices=choices,
        position=(number, end),
    )


def result_of(*entries: Entry) -> ChoiceResult:
    (found,) = choice_results(tallied(entries), entries)
    return found


def control_of(*entries: Entry) -> ControlResult:
    (found,) = result_of(*entries).controls
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


def test_a_model_that_needs_the_picture_is_seen_to_use_it() -> None:
    entries = [choice(number, "A", "A") for number in range(8)] + [choice(number, "A", "B", "blank-image") for number in range(8)]
    control = control_of(*entries)
    assert (control.pair.change, control.pair.p, control.finding) == (-1.0, mcnemar(0, 8), "the picture is used")


def test_a_model_that_does_not_look_is_exposed() -> None:
    entries = [choice(number, "A", "A") for number in range(8)] + [choice(number, "A", "A", "blank-image") for number in range(8)]
    assert control_of(*entries).finding == "no use of the picture is shown"


def test_a_model_that_likes_a_letter_is_exposed() -> None:
    shuffled = ("green", "red", "blue", "white")
    entries = [choice(number, "A", "A") for number in range(8)]
    entries += [choice(number, "B", "A", "shuffle-options", shuffled) for number in range(8)]
    control = control_of(*entries)
    assert (control.same_letter, control.same_option, control.finding) == (1.0, 0.0, "the order of the options matters")


def test_a_model_that_reads_the_options_keeps_the_option() -> None:
    shuffled = ("green", "red", "blue", "white")
    entries = [
        choice(0, "A", "A"),
        choice(1, "A", None),
        choice(0, "B", "B", "shuffle-options", shuffled),
        choice(1, "B", "B", "shuffle-options", shuffled),
    ]
    control = control_of(*entries)
    assert (control.same_letter, control.same_option) == (0.0, 1.0)  # of the one case that was answered both times


def test_controls_are_no_results_of_their_own() -> None:
    entries = [choice(0, "A", "A"), choice(0, "A", "A", "blank-image")]
    assert [result.tally.benchmark for result in choice_results(tallied(entries), entries)] == ["colours"]


def test_an_accuracy_is_split_by_a_tag_of_however_many_values() -> None:
    entries = [an_entry(number, Verdict.CORRECT, tags={"subject": f"s{number % 57:02}"}) for number in range(114)]
    found = splits(tallied(entries), entries)
    assert [(split.value, split.part.judged) for split in found] == [(f"s{number:02}", 2) for number in range(57)]


def test_an_accuracy_is_split_by_each_tag_of_several_values() -> None:
    tags = [{"subject": "art", "grade": "1"}, {"subject": "art", "grade": "2"}, {"subject": "art", "grade": "2"}]
    verdicts = (Verdict.CORRECT, Verdict.WRONG, Verdict.CORRECT)
    entries = [an_entry(number, verdict, tags=tag) for number, (verdict, tag) in enumerate(zip(verdicts, tags, strict=True))]
    found = splits(tallied(entries), entries)
    assert [(split.tag, split.value, split.part.accuracy.share, split.part.judged) for split in found] == [
        ("grade", "1", 1.0, 1),
        ("grade", "2", 0.5, 2),
    ]
