"""Asking once."""

from __future__ import annotations

from itemwise.strategies.direct import direct
from tests.scripted import Script, run


def test_the_reply_is_the_first_thing_the_model_says() -> None:
    script = Script("42")
    said = run(direct, script)
    assert (said.reply.content, [turn.content for turn in said.turns]) == ("42", ["6*7?", "42"])
    assert [(len(turns), tools, temperature) for turns, tools, temperature, _ in script.asked] == [(1, [], 0.0)]
