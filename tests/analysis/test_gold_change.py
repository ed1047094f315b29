"""The expected option's log-likelihood, paired by case: a small change shows where no verdict flips."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from itemwise.analysis.gold_change import GoldChange, gold_change, gold_changes
from itemwise.analysis.pairs import Measurement, Pair, measurement
from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from tests.analysis.test_likelihood_results import scored
from tests.reporting.conftest import MODEL, a_run, an_entry

GOLD = [-0.1 - 0.02 * number for number in range(20)]
WORSE = [value - 0.03 - 0.001 * (number % 5) for number, value in enumerate(GOLD)]


def entries(gold: Sequence[float], *, form: str = "text", model: str = "embedded-text") -> list[Entry]:
    return [
        scored(number, "A", value, -9.0, -9.5, form=form, sample_size=20, model_name=model, model={**MODEL, "model": model})
        for number, value in enumerate(gold)
    ]


def side(found: Sequence[Entry]) -> Measurement:
    run = a_run(*found)
    return measurement("#", "run", run.tallies[0], run.entries)


def test_a_change_without_a_flip_is_shown_with_its_size() -> None:
    pair = Pair(side(entries(GOLD)), side(entries(WORSE)))
    change = gold_change(pair)
    assert change is not None
    assert (pair.gained, pair.lost) == ([], [])
    assert (change.cases, change.mean, change.is_shown) == (20, pytest.approx(-0.032), True)
    assert change.interval.low < -0.032 < change.interval.high < -0.031
    assert change.p < 1e-4
    assert change.text.startswith("-0.032 nats a case (95% interval -0.0327 to -0.0313) over 20 cases, p ")


def test_of_many_cases_student_s_test_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    noisy = [value + 0.4 * ((7 * number) % 20 - 8) for number, value in enumerate(GOLD)]
    flipped = gold_change(Pair(side(entries(GOLD)), side(entries(noisy))))
    monkeypatch.setattr("itemwise.results.statistics.ENOUGH", 10)
    student = gold_change(Pair(side(entries(GOLD)), side(entries(noisy))))
    assert flipped is not None
    assert student is not None
    assert flipped.p == pytest.approx(student.p, abs=0.02)


def test_no_change_is_none() -> None:
    change = gold_change(Pair(side(entries(GOLD)), side(entries(GOLD))))
    assert change == GoldChange(20, 0.0, (0.0, 0.0), 1.0)  # type: ignore[arg-type]


def test_letters_are_not_held_against_texts_nor_scores_against_replies() -> None:
    assert gold_change(Pair(side(entries(GOLD)), side(entries(GOLD, form="letter")))) is None
    replies = [an_entry(number, Verdict.CORRECT, expected="A") for number in range(20)]
    assert gold_change(Pair(side(entries(GOLD)), side(replies))) is None


def test_models_of_one_run_are_held_against_the_first() -> None:
    run = a_run(*entries(GOLD), *entries(WORSE, model="other"))
    ((first, other, change),) = gold_changes(run.tallies, run.entries)
    assert (first.model_name, other.model_name, change.mean) == ("embedded-text", "other", pytest.approx(-0.032))
