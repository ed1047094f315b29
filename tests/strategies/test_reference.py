"""A reference answer is scored as the reply, and is the reply."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from math import log

import pytest

from itemwise.cases.chat import Turn
from itemwise.cases.option_scores import notes_text
from itemwise.cases.reference_score import ReferenceScore, reference_score
from itemwise.strategies import StrategyError, Transcript, configured_strategy

CHAT = (Turn("user", "6*7?"),)
SOLVED = "für dich 42"


def run(chat: Sequence[Turn] = CHAT, solved: str = SOLVED) -> tuple[Transcript, list[Sequence[str]]]:
    asked = []

    async def ask(turns: Sequence[Turn], *, continuations: Sequence[str]) -> Turn:
        asked.append(continuations)
        return Turn("assistant", "", logprobs=(-12 * log(2),), merged=1)

    def read(turn: Turn) -> str | None:
        return "42" if "42" in turn.content else None

    bound = configured_strategy("reference").bind(chat, read, reference_answer=lambda: solved)
    return asyncio.run(bound(ask)), asked  # type: ignore[arg-type]


def test_it_is_scored_as_the_reply_that_follows_the_chat() -> None:
    said, asked = run()
    assert asked == [[SOLVED]]
    assert (said.reply.content, said.turns[:1]) == (SOLVED, list(CHAT))
    assert reference_score(said.notes) == ReferenceScore(-12 * log(2), bytes=12, merged=1)
    assert notes_text(said.notes) == "log-likelihood of the reference answer: -8.318 nats, 1.0000 bits per byte"


def test_behind_a_plain_text_it_follows_a_blank() -> None:
    assert run([Turn("text", "6*7 =")])[1] == [[f" {SOLVED}"]]


def test_one_in_which_no_answer_can_be_read_is_refused() -> None:
    with pytest.raises(StrategyError, match="the extractor reads no answer in this one: 'scored'"):
        run(solved="scored")


def test_notes_of_another_form_are_none() -> None:
    note = {"logprob": -1.0, "bytes": 3, "merged": 0}
    assert reference_score({"reference": note}) == ReferenceScore(-1.0, 3)
    for changes in ({"bytes": 0}, {"logprob": float("-inf")}, {"logprob": "x"}):
        assert reference_score({"reference": {**note, **changes}}) is None
    assert reference_score({}) is None
