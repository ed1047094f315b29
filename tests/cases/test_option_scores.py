"""What was noted of scored options is read back whole or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from itemwise.cases.option_scores import OptionScores, notes_text, option_scores, score_of

SCORES = OptionScores("letter", "sum", [-2.0, -0.5, -0.5], [-2.0, -0.5, -0.5], 1)


def test_scores_are_read_back_as_they_were_noted() -> None:
    assert option_scores(json.loads(json.dumps(SCORES.notes()))) == SCORES
    assert (SCORES.best, SCORES.letter, SCORES.tied) == (1, "B", 1)
    assert SCORES.probabilities == pytest.approx([0.1003, 0.4498, 0.4498], abs=1e-4)
    assert [SCORES.place(letter) for letter in ("A", "C", "D", "", None, "AB")] == [0, 2, None, None, None, None]


@pytest.mark.parametrize(
    "changes",
    [
        {"scores": []},
        {"scores": [-1.0]},
        {"scores": [-1.0, None, -2.0]},
        {"norm": "luck"},
        {"norm": 1},
        {"logprobs": "abc"},
        {"merged": "1"},
    ],
)
def test_what_is_no_whole_note_of_scores_is_none(changes: dict[str, Any]) -> None:
    (note,) = SCORES.notes().values()
    assert option_scores({"likelihood": {**note, **changes}}) is None
    assert option_scores({"likelihood": "high"}) is None
    assert option_scores({}) is None


def test_notes_are_told_in_a_line() -> None:
    text = "log-likelihood of each option's letter (nats): A -2.000, B -0.500, C -0.500"
    assert notes_text({"attempts": 2, **SCORES.notes()}) == f"attempts 2, {text}"
    assert notes_text({"likelihood": "high", "votes": 3}) == "likelihood high, votes 3"
    assert notes_text({}) == ""


def test_a_logprob_by_its_length() -> None:
    assert [score_of(-6.0, "äb", norm) for norm in ("sum", "characters", "bytes")] == [-6.0, -3.0, -2.0]
