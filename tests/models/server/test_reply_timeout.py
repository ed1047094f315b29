"""How long a request waits for its reply, by a clock that passes as soon as everyone waits."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

import pytest

from itemwise.models.server.reply_timeout import ReplyTimeout


class Passing(selectors.DefaultSelector):  # type: ignore[valid-type,misc]
    """Lets time pass instead of waiting."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        self.now += timeout or 0.0
        return super().select(0)


class PassingLoop(asyncio.SelectorEventLoop):
    """An event loop on that clock."""

    def __init__(self) -> None:
        self._passing = Passing()
        super().__init__(self._passing)

    def time(self) -> float:
        return self._passing.now


async def reply(seconds: float, words: str = "said") -> str:
    await asyncio.sleep(seconds)
    return words


async def refusal(seconds: float) -> str:
    await asyncio.sleep(seconds)
    raise OSError("refused")


def waited(*replies: Coroutine[Any, Any, str], limit: int = 64) -> list[tuple[str, float]]:
    """What comes of replies that are asked for at once, and when."""

    async def one(timeout: ReplyTimeout, coming: Coroutine[Any, Any, str]) -> tuple[str, float]:
        try:
            words = await timeout.wait_for(coming, limit)
        except (asyncio.TimeoutError, OSError) as error:
            words = str(error) or "too long"
        return words, round(asyncio.get_running_loop().time(), 1)

    async def all_of_them() -> list[tuple[str, float]]:
        timeout = ReplyTimeout()
        return list(await asyncio.gather(*(one(timeout, coming) for coming in replies)))

    loop = PassingLoop()
    try:
        return loop.run_until_complete(all_of_them())
    finally:
        loop.close()


def test_a_server_that_answers_one_after_the_other_is_waited_for_as_long_as_it_answers() -> None:
    assert waited(*(reply(100.0 * place) for place in range(1, 33))) == [("said", 100.0 * place) for place in range(1, 33)]


def test_a_request_that_others_overtake_has_ten_minutes() -> None:
    assert waited(reply(9000), reply(100), reply(500), reply(900)) == [
        ("too long", 600.0),
        ("said", 100.0),
        ("said", 500.0),
        ("said", 900.0),
    ]


def test_ten_minutes_begin_with_the_last_reply_to_one_sent_before() -> None:
    assert waited(reply(100), reply(500), reply(9000), reply(550)) == [
        ("said", 100.0),
        ("said", 500.0),
        ("too long", 1100.0),
        ("said", 550.0),
    ]


def test_a_refusal_is_no_reply() -> None:
    assert waited(refusal(500), reply(700)) == [("refused", 500.0), ("too long", 600.0)]


@pytest.mark.parametrize(("limit", "seconds"), [(1, 600.0), (6000, 600.0), (32768, 3276.8)])
def test_a_long_reply_is_waited_for_longer(limit: int, seconds: float) -> None:
    assert waited(reply(9000), limit=limit) == [("too long", seconds)]


def test_a_wait_that_is_cancelled_ends_the_request() -> None:
    async def cancelled() -> list[str]:
        began, deeds = asyncio.Event(), []

        async def never() -> None:
            began.set()
            try:
                await asyncio.Event().wait()
            finally:
                deeds.append("ended")

        waiting = asyncio.ensure_future(ReplyTimeout().wait_for(never(), 64))
        await began.wait()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await asyncio.sleep(0)  # in which the request ends
        return [*deeds, "cancelled" if waiting.cancelled() else "not cancelled"]

    assert asyncio.run(cancelled()) == ["ended", "cancelled"]
