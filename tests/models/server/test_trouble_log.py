"""What is logged while a server is in trouble."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from itemwise.models.server import retry_policy as retry_module
from itemwise.models.server import running_requests
from itemwise.models.server import trouble_log as trouble_module
from itemwise.models.server.trouble_log import TroubleLog
from tests.models.server.connecting import Serve, model_on, requests, texts, told
from tests.stand_in import Answer, error, said


def test_a_server_in_trouble_is_told_of_at_the_first_retry_and_where_its_words_change(
    serve: Serve, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble_module, "LASTING", 0.0)
    troubles = [
        error(500, "oops"),
        error(500, "oops"),
        error(503, "starting"),
        Answer("{not json"),
        Answer(None),
        error(429, "slow", retry_after="0.01"),
    ]
    server = serve(lambda question, number: troubles[number - 1] if number <= len(troubles) else said(question.upper()))
    assert texts(model_on(server).generate(requests("a"))) == ["A"]
    first, *_, last = lines = told(caplog)
    assert first == f"adder: {server.url} answered 500 (oops); asked again for up to 5 min, 16 times at most."
    assert len(lines) == 6
    for words, line in zip(["500 (oops)", "503 (starting)", "no JSON ({not json)", "cannot be reached", "429 (slow)"], lines, strict=False):
        assert words in line
    assert last.startswith(f"adder: {server.url} answers again after ")


def test_a_server_that_is_given_up_is_told_of_once(serve: Serve, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry_module, "MAX_ATTEMPTS", 2)
    server = serve(lambda *_: error(500, "oops"))
    model_on(server).generate(requests(*"abcd"))
    assert [line.partition("; ")[2] for line in told(caplog)] == [
        "asked again for up to 5 min, 2 times at most.",
        "it is given up, and so is every further case until it answers again.",
    ]


def test_words_that_differ_by_numbers_alone_are_told_once() -> None:
    trouble = TroubleLog(lambda: 0.0)
    for number in range(1000, 1050):
        trouble.note_failure(f"adder: answered 500 (request {number}abc failed)", "asked again")
    assert trouble._lines.qsize() == 1


def test_of_words_that_differ_each_time_few_are_told() -> None:
    trouble = TroubleLog(lambda: 0.0)
    for word in "abcdefghijklm":
        trouble.note_failure(f"adder: answered 500 ({word})", "asked again")
    assert trouble._lines.qsize() == 5


def test_an_interrupted_wait_tells_the_servers_last_answer(
    serve: Serve, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry_module, "MIN_BACKOFF", 60.0)
    monkeypatch.setattr(retry_module, "MAX_BACKOFF", 60.0)
    model = model_on(serve(lambda *_: error(500, "oops")))
    batch = model.running()
    batch.admit([batch.prepare(requests("a")[0])])

    def interrupt(*_: Any, **__: Any) -> None:
        while not model.log.last:
            threading.Event().wait(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr(running_requests, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        batch.decode(1)
    assert told(caplog)[-1].endswith("answered 500 (oops); that was its last answer.")
