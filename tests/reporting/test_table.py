"""Figures as text, and tables as lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from itemwise.cases.reply import Verdict
from itemwise.reporting.table import accuracy_text, aligned, cost_text, points_text, short_names
from itemwise.results.ledger import Tally
from itemwise.results.statistics import accuracy

TALLY = Tally("gsm8k", "m", "direct", 4, {Verdict.CORRECT: 3, Verdict.WRONG: 1}, completion_tokens=100, seconds=1.0)


@pytest.mark.parametrize(
    ("correct", "judged", "texts"),
    [(0, 0, ("-", "-")), (43, 50, ("86.0%", "73.8 to 93.0%")), (0, 50, ("0.0%", "0.0 to 7.1%")), (50, 50, ("100.0%", "92.9 to 100.0%"))],
)
def test_an_accuracy_is_shown_in_percent_with_its_interval(correct: int, judged: int, texts: tuple[str, str]) -> None:
    assert accuracy_text(accuracy(correct, judged)) == texts


def test_words_stand_left_and_figures_right() -> None:
    assert aligned([("name", "b", "c", "n"), ("x", "bb", "c", "100")]) == ["name  b   c    n", "x     bb  c  100"]


@pytest.mark.parametrize(("change", "text"), [(0.05, "+5.0 points"), (-0.125, "-12.5 points"), (0.0, "+0.0 points"), (None, "-")])
def test_a_difference_is_in_points_with_its_sign(change: float | None, text: str) -> None:
    assert points_text(change) == text


def test_the_cost_of_a_correct_answer_is_in_whole_tokens() -> None:
    assert (cost_text(TALLY), cost_text(replace(TALLY, counts={Verdict.CORRECT: 0, Verdict.WRONG: 4}))) == ("33", "-")


@pytest.mark.parametrize(
    ("others", "names"),
    [
        ([], ["direct"]),
        ([replace(TALLY, strategy="vote")], ["direct", "vote"]),
        ([replace(TALLY, model_name="n", strategy="vote")], ["m, direct", "n, vote"]),
        ([replace(TALLY, benchmark="aqua")], ["gsm8k", "aqua"]),
    ],
)
def test_what_is_the_same_in_all_is_not_in_their_names(others: list[Tally], names: list[str]) -> None:
    assert list(short_names([TALLY, *others]).values()) == names


def test_no_rows_are_no_lines() -> None:
    assert aligned([]) == []
