"""A stand-in server for each test that wants one, and retries without waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from itemwise.models.server import retry_policy as retry_module
from tests.models.server.connecting import CONNECTED, Serve
from tests.stand_in import Answer, StandIn, said


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve(answer)`` is a server for this test."""
    running: list[StandIn] = []

    def start(answer: Callable[[str, int], Answer] = lambda question, _: said(question.upper()), listed: Answer | None = None) -> StandIn:
        running.append(StandIn(answer, listed))
        return running[-1]

    yield start
    for each in running:
        each.close()
    while CONNECTED:
        CONNECTED.pop().close()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow each other at once; no key but the test's own, and no proxy."""
    monkeypatch.setattr(retry_module, "MIN_BACKOFF", 0.001)
    monkeypatch.setattr(retry_module, "MAX_BACKOFF", 0.002)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
