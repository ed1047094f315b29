"""Asking several times and counting."""

from __future__ import annotations

import pytest

from itemwise.cases.chat import Turn
from itemwise.strategies.vote import vote
from tests.scripted import Script, run


@pytest.mark.parametrize(
    ("lines", "winner", "chosen", "agreement"),
    [
        (["41", "42", "42"], "42", 2, 2 / 3),
        (["42", "42", "42"], "42", 1, 1.0),
        (["41", "42", "43"], "41", 1, 1 / 3),  # a tie of three: the first
        (["41", "42", "42", "41"], "41", 1, 0.5),  # a tie of two: the one that was given first
        (["?", "42", "?"], "42", 2, 1 / 3),  # what cannot be read does not vote
        (["?", "?", "42", "41", "41"], "41", 4, 0.4),
        (["?", "?"], "?", 1, 0.0),
    ],
)
def test_the_answer_given_most_often_wins(lines: list[str], winner: str, chosen: int, agreement: float) -> None:
    said = run(vote, Script(*lines), samples=len(lines))
    assert (said.reply.content, said.notes["chosen"]) == (winner, chosen)
    assert said.notes["agreement"] == pytest.approx(agreement)


def test_votes_are_counted_by_what_is_read_not_by_the_text() -> None:
    def last_word(turn: Turn) -> str | None:
        return turn.content.split()[-1]

    said = run(vote, Script("so 41", "it is 42", "clearly 42"), last_word, samples=3)
    assert (said.reply.content, said.notes["votes"]) == ("it is 42", {"41": 1, "42": 2})


def test_each_sample_is_asked_of_the_question_alone_with_a_seed_of_its_own() -> None:
    script = Script("42")
    run(vote, script, samples=4, temperature=0.9)
    assert [(len(turns), temperature, seed) for turns, _, temperature, seed in script.asked] == [(1, 0.9, n) for n in range(1, 5)]


def test_all_samples_are_kept() -> None:
    assert [turn.content for turn in run(vote, Script("41", "42", "42"), samples=3).turns] == ["6*7?", "41", "42", "42"]
