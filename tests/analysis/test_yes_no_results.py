"""Questions of yes or no: the figures of POPE, and of each of its categories."""

from __future__ import annotations

from dataclasses import replace

import pytest

from itemwise.analysis.yes_no_results import YesNoResult, yes_no_results
from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from itemwise.results.ledger import tallied
from itemwise.results.statistics import accuracy
from tests.analysis.conftest import choice
from tests.reporting.conftest import an_entry

__all__ = ["asked"]


def asked(number: int, expected: str, answer: str | None, category: str = "popular") -> Entry:
    verdict = Verdict.NO_ANSWER if answer is None else Verdict.CORRECT if answer == expected else Verdict.WRONG
    return an_entry(number, verdict, expected=expected, answer=answer, tags={"category": category})


def results_of(*entries: Entry) -> list[YesNoResult]:
    return yes_no_results(tallied(entries), entries)


def test_precision_recall_f1_and_yes_ratio_are_of_yes() -> None:
    said = [("yes", "yes")] * 3 + [("no", "yes")] * 2 + [("yes", "no")] + [("no", "no")] * 4
    (result,) = results_of(*(asked(number, *each) for number, each in enumerate(said)))
    assert (result.true_yes, result.false_yes, result.false_no, result.true_no, result.cases) == (3, 2, 1, 4, 10)
    assert (result.precision, result.recall, result.f1) == (3 / 5, 3 / 4, pytest.approx(2 * 0.6 * 0.75 / (0.6 + 0.75)))
    assert (result.yes_ratio, result.expected_yes) == (0.5, 0.4)
    assert result.f1_of_yes == pytest.approx(2 * 0.4 / 1.4)


def test_a_model_that_always_says_yes_has_the_f1_of_always_yes() -> None:
    (result,) = results_of(*(asked(number, expected, "yes") for number, expected in enumerate(["yes", "no"] * 4)))
    assert (result.f1, result.yes_ratio) == (result.f1_of_yes, 1.0)
    assert result.f1 == pytest.approx(2 / 3)


def test_a_reply_that_says_neither_is_a_miss_and_no_yes() -> None:
    (result,) = results_of(asked(0, "yes", None), asked(1, "no", None), asked(2, "yes", "yes"))
    assert (result.neither, result.recall, result.precision, result.yes_ratio, result.cases) == (2, 1 / 2, 1.0, 1 / 3, 3)


def test_where_nothing_says_or_expects_yes_there_is_no_share_of_nothing() -> None:
    (result,) = results_of(asked(0, "no", "no"))
    assert (result.precision, result.recall, result.f1) == (None, None, None)


def test_each_category_has_figures_of_its_own() -> None:
    results = results_of(asked(0, "yes", "yes"), asked(1, "no", "yes", "adversarial"), asked(2, "no", "no", "adversarial"))
    assert [(result.part, result.cases, result.false_yes) for result in results] == [
        ("", 3, 1),
        ("category: adversarial", 2, 1),
        ("category: popular", 1, 0),
    ]


def test_other_answers_and_options_are_no_questions_of_yes_or_no() -> None:
    assert results_of(asked(0, "yes", "yes"), asked(1, "42", "42")) == []
    assert results_of(choice(0, "A", "A")) == []


def test_intervals_are_over_cases_and_wider_over_the_photographs_that_several_ask_about() -> None:
    said = [("yes", "yes"), ("yes", "no"), ("no", "yes"), ("no", "no")] * 10
    (alone,) = results_of(*(asked(number, *each) for number, each in enumerate(said)))
    assert alone.precision_interval == alone.recall_interval == accuracy(10, 20).interval
    low, high = alone.f1_interval or (0.0, 0.0)
    assert 0.25 < low < 0.5 < high < 0.75
    together = [replace(asked(number, *each), rows={"cluster": "photograph"}) for number, each in enumerate(sorted(said))]
    together = [replace(entry, tags={"photograph": str(number // 5)}) for number, entry in enumerate(together)]
    clustered = results_of(*together)[0]
    assert (clustered.f1, len(clustered.clusters)) == (alone.f1, 8)
    for wide, narrow in ((clustered.f1_interval, alone.f1_interval), (clustered.precision_interval, alone.precision_interval)):
        assert wide is not None
        assert narrow is not None
        assert wide.high - wide.low > narrow.high - narrow.low


def test_where_all_have_the_same_f1_its_interval_has_a_width_and_of_one_case_there_is_none() -> None:
    (result,) = results_of(*(asked(number, "yes", "yes") for number in range(5)))
    assert (result.f1, result.f1_interval) == (1.0, accuracy(5, 5).interval)
    (one,) = results_of(asked(0, "yes", "yes"), asked(1, "no", "no"))
    assert (one.f1, one.f1_interval, one.recall_interval) == (1.0, None, accuracy(1, 1).interval)
