"""Asking once."""

from __future__ import annotations

import asyncio

from itemwise.case import Turn
from itemwise.models import Generation
from itemwise.strategies.direct import direct


def test_the_reply_is_the_first_thing_the_model_says() -> None:
    async def ask(turns: list[Turn], *, tools: tuple[object, ...] = ()) -> Generation:
        assert (turns, tools) == ([Turn("user", "6*7?")], ())
        return Generation("42", "stop", 5, 1)

    assert asyncio.run(direct("6*7?", ask)) == [Turn("user", "6*7?"), Turn("assistant", "42")]
