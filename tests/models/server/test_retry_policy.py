"""Retries: how many requests at once, how long between attempts, and when they end."""

from __future__ import annotations

import asyncio
import math
import threading

import pytest

from itemwise.models.server import retry_policy as retry_module
from itemwise.models.server.attempt_errors import TransientError
from itemwise.models.server.retry_policy import AdaptiveConcurrency, Attempts, RetryPolicy
from tests.models.server.connecting import Serve, model_on, requests, texts
from tests.stand_in import Answer, error, said


def test_a_server_that_asks_for_more_than_patience_is_not_waited_for(serve: Serve) -> None:
    server = serve(lambda *_: error(429, "come back tomorrow", retry_after="86400"))
    (failed,) = model_on(server).generate(requests("a"))
    assert "answered 429 (come back tomorrow), and asks to wait 86400 s." in str(failed)
    assert server.asked == {"a": 1}


def test_once_the_server_is_lost_nobody_waits_until_it_answers_again(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry_module, "MAX_ATTEMPTS", 3)
    healthy = {"a", "d"}
    server = serve(lambda question, number: said("A") if question in healthy or (question, number) == ("e", 2) else error(500, "oops"))
    model = model_on(server)
    for question in "abcde":
        model.generate(requests(question))
    assert server.asked == {"a": 1, "b": 3, "c": 1, "d": 1, "e": 2}


def test_trouble_halves_what_is_in_flight(serve: Serve) -> None:
    all_there = threading.Barrier(8, timeout=600)

    def answer(question: str, number: int) -> Answer:
        if number == 1:
            all_there.wait()
            server.most = 0
            return error(429, "slow down")
        return said(question.upper())

    server = serve(answer)
    model = model_on(server)
    assert texts(model.generate(requests(*"abcdefgh"))) == list("ABCDEFGH")
    assert 4 <= model.concurrency.limit < 6.5  # halved once for all eight, and grown by an answer's share for each
    assert server.most <= 8


async def flights(concurrency: AdaptiveConcurrency, *troubled: bool) -> None:
    """As many at once as there are flags, all in flight before the first ends."""
    ended = asyncio.Event()

    async def flight(trouble: bool) -> None:
        async with concurrency.slot():
            await ended.wait()
            if trouble:
                raise TransientError("trouble")

    tasks = [asyncio.ensure_future(flight(trouble)) for trouble in troubled]
    await asyncio.sleep(0)
    ended.set()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_concurrency_is_free_halved_once_a_flight_and_grows_by_one_a_flight() -> None:
    async def limits() -> list[float]:
        concurrency, found = AdaptiveConcurrency(), []
        for flags in ([False] * 16, [True] * 16, [False] * 8, *([True] for _ in range(9))):
            await flights(concurrency, *flags)
            found.append(concurrency.limit)
        return found

    free, halved, grown, *lower = asyncio.run(limits())
    assert (free, halved, lower[-1]) == (math.inf, 8, 1)
    assert 8.9 < grown < 9


def test_delays_double_up_to_the_longest_and_are_never_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry_module, "MIN_BACKOFF", 1.0)
    monkeypatch.setattr(retry_module, "MAX_BACKOFF", 30.0)

    async def delays() -> list[float]:
        policy, attempts = RetryPolicy(), Attempts()
        return [policy.backoff(attempts, None) or 0.0 for _ in range(8)]

    found = asyncio.run(delays())
    assert all(most / 2 <= delay <= most for delay, most in zip(found, [1, 2, 4, 8, 16, 30, 30, 30], strict=True))
    assert asyncio.run(delays()) != found


def test_retries_end_by_number_and_by_time() -> None:
    async def backoff(attempts: Attempts, asked: float | None = None) -> float | None:
        return RetryPolicy().backoff(attempts, asked)

    assert asyncio.run(backoff(Attempts([0.0] * (retry_module.MAX_ATTEMPTS - 1)))) is None
    assert asyncio.run(backoff(Attempts(), retry_module.MAX_SECONDS + 1)) is None
    assert asyncio.run(backoff(Attempts(), retry_module.MAX_SECONDS / 2)) == retry_module.MAX_SECONDS / 2
