"""What a test may record as a score."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.results.score import Score, ScoreError, pooled, recorded_scores, scores_from_record, scores_record, scores_text


@pytest.mark.parametrize(
    ("recorded", "score"),
    [
        (0.25, Score(0.25)),
        (1, Score(1.0)),
        (True, Score(1.0)),
        (Fraction(1, 4), Score(0.25)),
        (Decimal("0.25"), Score(0.25)),
        (numpy.float32(0.25), Score(0.25)),
        (numpy.bool_(False), Score(0.0)),
        ((2, 3), Score(2.0, 3.0)),
        ([0, 1], Score(0.0, 1.0)),
    ],
)
def test_a_number_of_0_to_1_or_a_pair_that_counts_is_a_score(recorded: object, score: Score) -> None:
    assert recorded_scores([("score", recorded)]) == {"score": score}


@pytest.mark.parametrize(
    "recorded",
    [1.01, -0.01, 73, math.nan, math.inf, "0.5", None, {}, (2, 1), (0, 0), (1, 1.5), (1, 2, 3), (1,), 10**400, numpy.zeros(2)],
)
def test_anything_else_is_refused_with_its_value(recorded: object) -> None:
    with pytest.raises(ScoreError, match=r"^record_property\('score', .+\): a score is a number in 0 to 1, or a pair such as \(2, 3\)"):
        recorded_scores([("score", recorded)])


def test_other_properties_are_none_of_ours_and_a_name_of_no_words_is_refused() -> None:
    assert recorded_scores([("scored", 73), ("answer", "b"), ("score.a-b.c", 0.5), ("score.a-b.c", 1)]) == {"score.a-b.c": Score(1.0)}
    with pytest.raises(ScoreError, match=r"is called score or score\.NAME"):
        recorded_scores([("score.in part", 0.5)])


@given(st.dictionaries(st.sampled_from(["score", "score.a"]), st.tuples(st.integers(0, 9), st.integers(9, 20)) | st.floats(0, 1)))
def test_a_record_gives_the_scores_back(recorded: dict[str, object]) -> None:
    scores = recorded_scores(recorded.items())
    assert scores_from_record(scores_record(scores)) == scores


def test_scores_in_words() -> None:
    assert scores_text({"score": Score(0.5), "score.parts": Score(2, 3)}) == "score 0.500, score.parts 0.667 (2 of 3)"
    assert pooled([Score(1, 3), Score(2, 3)]) == Score(1.5, 3)
