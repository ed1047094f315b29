"""Hints before the question."""

from __future__ import annotations

from itemwise.cases.chat import Turn
from itemwise.cases.hint import Hint
from itemwise.strategies.hints import INTRO, hints
from tests.scripted import Script, run

FOUND = (Hint("facts.md:2", "A dozen is 12.", 3.5), Hint("facts.md:7", "A gross is 144.", 1.25))


def test_they_stand_before_the_last_turn_and_the_record_has_names_and_scores() -> None:
    script = Script("60")
    chat = [Turn("system", "Be brief."), Turn("user", "How many eggs are five dozen?")]
    said = run(hints, script, chat=chat, found_hints=FOUND)
    words = f"{INTRO}\n\nA dozen is 12.\n\nA gross is 144.\n\n---\n\nHow many eggs are five dozen?"
    assert [turn.content for turn in said.turns] == ["Be brief.", words, "60"]
    assert [[turn.content for turn in asked] for asked, *_ in script.asked] == [["Be brief.", words]]
    assert (said.reply.content, said.notes) == ("60", {"hints": {"facts.md:2": 3.5, "facts.md:7": 1.25}})


def test_without_any_the_chat_is_asked_as_it_is() -> None:
    said = run(hints, Script("42"))
    assert ([turn.content for turn in said.turns], said.notes) == (["6*7?", "42"], {"hints": {}})
