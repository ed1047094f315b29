"""Asking again while nothing can be read."""

from __future__ import annotations

import pytest

from itemwise.models import ContextFullError
from itemwise.strategies.retry import REPAIR, retry
from tests.scripted import Script, run


def test_a_readable_reply_is_not_asked_again_right_or_wrong() -> None:
    script = Script("41", "42")
    said = run(retry, script)
    assert (said.reply.content, said.notes) == ("41", {"attempts": 1})
    assert len(script.asked) == 1


def test_an_unreadable_reply_is_answered_with_the_repair_message_in_the_same_chat() -> None:
    script = Script("?", "42")
    said = run(retry, script)
    assert [(turn.role, turn.content) for turn in said.turns] == [
        ("user", "6*7?"),
        ("assistant", "?"),
        ("user", REPAIR),
        ("assistant", "42"),
    ]
    assert said.reply.content == "42"
    assert script.asked[1][0] == list(said.turns[:3])
    assert script.asked[1][2] == 0.0


def test_by_temperature_the_question_is_asked_afresh_and_sampled() -> None:
    script = Script("?", "?", "42")
    said = run(retry, script, by="temperature", temperature=0.5)
    assert [(len(turns), temperature, seed) for turns, _, temperature, seed in script.asked] == [(1, 0.0, 0), (1, 0.5, 1), (1, 0.5, 2)]
    assert [turn.content for turn in said.turns] == ["6*7?", "?", "?", "42"]
    assert said.notes == {"attempts": 3}


@pytest.mark.parametrize("attempts", [1, 2, 3, 5])
def test_attempts_are_bounded_and_the_last_one_is_the_reply(attempts: int) -> None:
    script = Script("?")
    said = run(retry, script, attempts=attempts)
    assert (len(script.asked), said.reply, said.notes) == (attempts, said.turns[-1], {"attempts": attempts})


def test_the_message_is_a_setting() -> None:
    script = Script("?", "42")
    run(retry, script, message="Again?")
    assert script.asked[1][0][-1].content == "Again?"


def test_where_the_context_is_full_the_last_reply_stands() -> None:
    said = run(retry, Script("?", ContextFullError("full")))
    assert (said.reply.content, [turn.content for turn in said.turns], said.notes) == ("?", ["6*7?", "?"], {"attempts": 1})
