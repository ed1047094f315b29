"""A model on a server: what is sent, what comes back, and what a server in trouble comes to."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import math
import re
import socket
import sys
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import pytest

from itemwise.cases.case import Reply, Turn
from itemwise.engine.engine import Engine
from itemwise.models import ContextFullError, Generation, LoadOptions, ModelEntry, ModelError, ModelUnavailableError, Request
from itemwise.models.identity import identity_of
from itemwise.models.lazy import LazyModel
from itemwise.models.server import model_list as list_module
from itemwise.models.server import response as response_module
from itemwise.models.server import retry_policy as retry_module
from itemwise.models.server import server_model as server_module
from itemwise.models.server import trouble_log as trouble_module
from itemwise.models.server.pending_requests import PendingRequests
from itemwise.models.server.retry_policy import AdaptiveConcurrency, Attempts, RetryPolicy, TransientError
from itemwise.models.server.server_model import ServerModel, connect
from itemwise.models.server.trouble_log import TroubleLog
from itemwise.strategies.direct import direct
from tests.scripted import asked
from tests.stand_in import Answer, StandIn, error, said

Serve = Callable[..., StandIn]
KEY = "sk-very-secret"
CONNECTED: list[ServerModel] = []  # in the test that runs


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


def entry_on(server: StandIn, model: str = "#adder", **settings: object) -> ModelEntry:
    return replace(ModelEntry("adder", server.url + model, server=True), **settings)  # type: ignore[arg-type]


def model_on(server: StandIn, model: str = "#adder", **settings: object) -> ServerModel:
    CONNECTED.append(connect(entry_on(server, model, **settings), LoadOptions("nf4", 64)))
    return CONNECTED[-1]


def requests(*questions: str) -> list[Request]:
    return [Request((Turn("user", question),)) for question in questions]


def texts(results: list[Generation | Exception]) -> list[str]:
    return [result.text if isinstance(result, Generation) else str(result) for result in results]


# Health


def test_a_batch_is_in_flight_at_once_and_comes_back_in_order(serve: Serve) -> None:
    all_there = threading.Barrier(8, timeout=600)

    def answer(question: str, _: int) -> Answer:
        all_there.wait()
        return said(question.upper())

    assert texts(model_on(serve(answer)).generate(requests(*"abcdefgh"))) == list("ABCDEFGH")


def test_what_is_sent_says_all_that_was_asked(serve: Serve) -> None:
    server = serve()
    model_on(server, system="Be brief.").generate([Request((Turn("user", "a"),), temperature=0.5, seed=7)])
    assert server.bodies == [
        {
            "model": "adder",
            "max_tokens": 64,
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "a"}],
            "temperature": 0.5,
            "seed": 7,
        }
    ]


def test_a_strategy_s_settings_are_sent_and_the_token_limit_is_lowered_never_raised(serve: Serve) -> None:
    server = serve()
    chat = (Turn("user", "a"),)
    model_on(server).generate([Request(chat, temperature=0.5, seed=7, stop=("Q:", "\n"), top_p=0.9, max_new_tokens=8)])
    model_on(server).generate([Request(chat, max_new_tokens=1000)])
    asked, raised = server.bodies
    assert {name: asked[name] for name in asked if name not in ("messages", "model")} == {
        "max_tokens": 8,
        "temperature": 0.5,
        "seed": 7,
        "stop": ["Q:", "\n"],
        "top_p": 0.9,
    }
    assert (raised["max_tokens"], set(raised) & {"stop", "top_p", "seed"}) == (64, set())


def test_a_server_that_knows_no_stop_texts_stops_at_them_all_the_same(serve: Serve) -> None:
    server = serve(lambda *_: said("42\nQ: 6*8?", "length"))
    (generation,) = model_on(server).generate([Request((Turn("user", "a"),), stop=("Q:",), max_new_tokens=2)])
    assert isinstance(generation, Generation)
    assert (generation.text, generation.finish_reason) == ("42\n", "stop")


def test_a_server_that_refuses_a_setting_is_quoted(serve: Serve) -> None:
    server = serve(lambda *_: error(400, "stop: at most 4 sequences"))
    (refused,) = model_on(server).generate([Request((Turn("user", "a"),), stop=tuple("abcde"))])
    assert isinstance(refused, ModelError)
    assert "stop: at most 4 sequences" in str(refused)


def test_a_case_s_own_system_turn_is_sent_and_not_that_of_the_entry(serve: Serve) -> None:
    server = serve()
    model_on(server, system="Be brief.").generate([Request((Turn("system", "Be long."), Turn("user", "a")))])
    assert server.bodies[0]["messages"] == [{"role": "system", "content": "Be long."}, {"role": "user", "content": "a"}]


def test_a_model_without_a_name_is_the_only_one_there_is(serve: Serve) -> None:
    server = serve()
    model_on(server, "").generate(requests("a"))
    assert server.bodies[0]["model"] == "adder"


def test_what_the_server_tells_of_itself_describes_the_model(serve: Serve) -> None:
    listed = Answer({"data": [{"id": "other"}, {"id": "adder", "owned_by": "vllm", "root": "org/adder", "max_model_len": 4096}]})
    server = serve(listed=listed)
    found = model_on(server).describe()
    host = server.url.removeprefix("http://").removesuffix("/v1")
    assert found == {
        "model": "adder",
        "location": server.url,
        "served model": "adder",
        "owned by": "vllm",
        "root": "org/adder",
        "max model len": "4096",
        "revision": "unknown revision (the server's)",
        "device": f"server {host}",
        "system": "none",
        "decoding": "greedy (temperature 0, all else as the server has it)",
        "max new tokens": "64",
    }


def test_a_server_that_counts_no_tokens_is_described_so(serve: Serve) -> None:
    model = model_on(serve(lambda *_: said("a", usage=False)))
    assert model.generate(requests("a")) == [Generation("a", "stop", 0, 0)]
    assert model.describe()["tokens"] == "not all counted: the server told no usage, which counts as 0"


def test_a_server_with_no_list_of_models_is_asked_all_the_same(serve: Serve) -> None:
    assert texts(model_on(serve(listed=error(404, "no such page"))).generate(requests("a"))) == ["A"]


# One after another


def outcomes(server: StandIn, batch_size: int, *questions: str) -> dict[str, str]:
    """What the engine is told of each question."""
    engine = Engine(model_on(server), batch_size)
    for question in questions:
        asked(engine, question, question, direct)
    while not engine.idle:
        engine.step()
    return {key: outcome.text if isinstance(outcome, Reply) else str(outcome) for key, outcome in engine.outcomes.items()}


def test_what_is_finished_makes_room_at_once_and_the_slowest_holds_up_nobody(serve: Serve) -> None:
    others = threading.Event()

    def answer(question: str, _: int) -> Answer:
        if question == "e":
            others.set()
        return said(f"others asked: {others.wait(30)}" if question == "a" else question.upper())

    server = serve(answer)
    assert outcomes(server, 2, *"abcde") == {"b": "B", "c": "C", "d": "D", "e": "E", "a": "others asked: True"}
    assert server.most == 2


def test_one_connection_serves_one_request_after_another(serve: Serve) -> None:
    server = serve()
    model = model_on(server)
    found = len(server.connections)
    assert [texts(model.generate(requests(question))) for question in "abc"] == [["A"], ["B"], ["C"]]
    assert len(server.connections) == found + 1


def test_a_closed_model_leaves_no_thread_and_waits_for_no_answer(serve: Serve) -> None:
    closed, asked = threading.Event(), threading.Event()

    def answer(*_: object) -> Answer:
        asked.set()
        closed.wait(60)
        return said("late")

    model = model_on(serve(answer))
    batch = model.running()
    batch.admit([batch.prepare(requests("a")[0])])
    asked.wait(60)
    model.close()
    assert [thread.name for thread in threading.enumerate() if thread.name == "itemwise requests"] == []
    assert batch.decode(1) == []
    closed.set()


def test_a_model_that_is_let_go_of_is_closed(serve: Serve) -> None:
    model = LazyModel(entry_on(serve()), LoadOptions("nf4", 8))
    model.generate(requests("a"))
    model.release()
    assert [thread.name for thread in threading.enumerate() if thread.name == "itemwise requests"] == []
    assert not model.is_loaded


# The name of the token limit

UNSUPPORTED = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
REFUSALS = [
    {"message": UNSUPPORTED, "type": "invalid_request_error", "param": "max_tokens", "code": "unsupported_parameter"},
    {"message": "this parameter is unknown here", "param": "max_tokens", "code": "unsupported_parameter"},
    {"message": UNSUPPORTED, "code": 400},
]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_model_that_knows_the_token_limit_by_another_name_is_asked_by_that(refusal: dict[str, Any], serve: Serve) -> None:
    server = serve(lambda question, number: Answer({"error": refusal}, 400) if number == 1 and question != "d" else said(question.upper()))
    model = model_on(server)
    assert texts(model.generate(requests("a", "b", "c"))) == ["A", "B", "C"]
    assert texts(model.generate(requests("d"))) == ["D"]
    named = [(body["messages"][-1]["content"], body.get("max_tokens"), body.get("max_completion_tokens")) for body in server.bodies]
    assert sorted(named, key=str) == sorted(
        [each for name in "abc" for each in ((name, 64, None), (name, None, 64))] + [("d", None, 64)], key=str
    )


@pytest.mark.parametrize(
    "message",
    [
        "max_tokens must be at least 1, got 0.",
        "Unsupported parameter: 'seed' is not supported with this model.",
        "'max_tokens' or 'max_completion_tokens' is too large: 64. This model's maximum context length is 32 tokens.",
    ],
)
def test_any_other_refusal_changes_no_name(message: str, serve: Serve) -> None:
    server = serve(lambda *_: error(400, message))
    (failed,) = model_on(server).generate(requests("a"))
    assert isinstance(failed, ModelError)
    assert message[:40] in str(failed)
    assert server.asked == {"a": 1}


def test_a_model_that_refuses_both_names_is_an_error_with_the_servers_words(serve: Serve) -> None:
    server = serve(lambda *_: error(400, UNSUPPORTED))
    (failed,) = model_on(server).generate(requests("a"))
    assert type(failed) is ModelError
    assert "answered 400 (Unsupported parameter: 'max_tokens'" in str(failed)
    assert server.asked == {"a": 2}


# Identity


def test_the_identity_is_where_and_what_and_how_and_nothing_of_this_machine(serve: Serve) -> None:
    entry = ModelEntry("adder", "http://host/v1#org/adder", system="Be brief.", server=True, userinfo="user:secret")
    assert identity_of(entry, LoadOptions("nf4", 64)) == {
        "location": "http://host/v1",
        "served model": "org/adder",
        "compute": "server",
        "system": "Be brief.",
        "decoding": "greedy",
        "max new tokens": "64",
    }


def test_a_url_without_a_name_is_the_model_served_now(serve: Serve) -> None:
    assert identity_of(entry_on(serve(), ""), LoadOptions("nf4", 64))["served model"] == "adder"


# Trouble that passes


@pytest.mark.parametrize(
    "trouble",
    [
        error(429, "slow down", retry_after="0"),
        error(500, "oops"),
        error(503, "starting"),
        Answer("<html>", 502),
        Answer("{not json"),
        Answer({"error": {"message": "busy"}}),
        Answer(None),
    ],
    ids=lambda answer: f"{answer.status}-{str(answer.body)[:10]}",
)
def test_trouble_that_passes_leaves_no_trace(trouble: Answer, serve: Serve) -> None:
    server = serve(lambda question, number: trouble if question == "b" and number < 4 else said(question.upper()))
    assert texts(model_on(server).generate(requests("a", "b", "c"))) == ["A", "B", "C"]
    assert server.asked == {"a": 1, "b": 4, "c": 1}


def test_a_server_that_takes_too_long_is_asked_again(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "REPLY_TIMEOUT", 0.5)
    finished = threading.Event()

    def answer(question: str, number: int) -> Answer:
        if number == 1:
            finished.wait(60)
        return said(question.upper())

    assert texts(model_on(serve(answer)).generate(requests("a"))) == ["A"]
    finished.set()


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("soon", None), ("", None), ("nan", 0.0)])
def test_retry_after_may_be_a_number(header: str, seconds: float | None) -> None:
    assert response_module._retry_after({"retry-after": header}) == seconds


def test_retry_after_may_be_a_date() -> None:
    assert 3500 < (response_module._retry_after({"retry-after": formatdate(time.time() + 3600, usegmt=True)}) or 0) <= 3600
    assert response_module._retry_after({"retry-after": formatdate(0, usegmt=True)}) == 0.0


def test_the_server_is_given_as_long_as_it_asks_for(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    wished: list[float | None] = []

    def backoff(self: RetryPolicy, attempts: Attempts, asked: float | None) -> float:
        wished.append(asked)
        return 0.0

    monkeypatch.setattr(RetryPolicy, "backoff", backoff)
    server = serve(lambda question, number: error(429, "slow down", retry_after="7") if number < 3 else said("A"))
    model_on(server).generate(requests("a"))
    assert wished == [7.0, 7.0]


# Trouble that stays


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (error(429, "slow down\nplease"), r"answered 429 \(slow down, at the last of 3 tries"),
        (error(500, "out of\x1b[31m memory)"), r"answered 500 \(out of \[31m memory\)\), at"),
        (Answer({"detail": "starting"}, 503), r"answered 503 \(starting\), at"),
        (Answer("", 500), r"answered 500 \(no words\), at"),
        (Answer("{not json"), r"answered with no JSON \({not json\), at"),
        (Answer({"error": {"message": "busy"}}), r"answered without a message \(.*busy.*\), at"),
        (Answer(None), r"cannot be reached: .*, at"),
    ],
)
def test_a_case_that_nobody_answers_is_an_error_with_the_servers_words_and_its_alone(
    trouble: Answer, words: str, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry_module, "MAX_ATTEMPTS", 3)
    server = serve(lambda question, _: trouble if question == "b" else said(question.upper()))
    first, failed, last = model_on(server).generate(requests("a", "b", "c"))
    assert texts([first, last]) == ["A", "C"]
    assert isinstance(failed, ModelError)
    with pytest.raises(ModelError, match=f"^adder: {server.url} {words}.*the same command again asks only for what is missing"):
        raise failed
    assert server.asked == {"a": 1, "b": 3, "c": 1}


def test_an_answer_without_text_is_no_answer_of_the_models_and_asked_for_once(serve: Serve) -> None:
    server = serve(lambda question, _: said(None if question == "b" else ""))
    assert texts(model_on(server).generate(requests("a", "b"))) == ["", ""]
    assert server.asked == {"a": 1, "b": 1}


# What waiting does not mend

PAGE = Answer("<!DOCTYPE html><title>Sign in</title>", headers={"Content-Type": "text/html"})
STREAM = Answer('data: {"choices": []}\n\n', headers={"Content-Type": "text/event-stream"})


@pytest.mark.parametrize(
    ("answer", "words"), [(PAGE, r"a web page \(Sign in\)"), (STREAM, "a stream"), (replace(STREAM, headers={}), "a stream")]
)
def test_what_every_request_meets_and_waiting_does_not_mend_stops_the_run_at_the_third_time(
    answer: Answer, words: str, serve: Serve
) -> None:
    server = serve(lambda *_: answer)
    with pytest.raises(ModelUnavailableError, match=rf"^adder: {server.url} answered with {words}.*, 3 times over: "):
        model_on(server).generate(requests("a", "b"))
    assert server.asked == {"a": 3, "b": 3}


@pytest.mark.parametrize("answer", [{"choices": []}, {"choices": None}, {}, [], {"choices": [{}]}, {"choices": [{"text": "4"}]}])
def test_an_answer_without_a_choice_three_times_over_is_an_error_of_its_case(answer: Any, serve: Serve) -> None:
    server = serve(lambda question, _: Answer(answer) if question == "b" else said("A"))
    first, failed = model_on(server).generate(requests("a", "b"))
    assert texts([first]) == ["A"]
    assert type(failed) is ModelError
    assert ", 3 times over: it answers no chat completion" in str(failed)
    assert server.asked == {"a": 1, "b": 3}


def test_a_gateway_that_shows_a_page_for_a_while_is_waited_for_where_it_answered_before(serve: Serve) -> None:
    server = serve(lambda question, number: PAGE if question == "b" and number < 6 else said(question.upper()))
    model = model_on(server)
    model.generate(requests("a"))
    assert texts(model.generate(requests("b"))) == ["B"]


# Bodies and redirects


def packed(content: bytes) -> bytes:
    return gzip.compress(content, 1)


BOMB = packed(b" " * (64 * 2**20))


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    ("body", "headers"),
    [(b"x" * (17 * 2**20), {}), (BOMB, {"Content-Encoding": "gzip"}), (packed(BOMB), {"Content-Encoding": "gzip, gzip"})],
    ids=["long", "bomb", "bomb in a bomb"],
)
def test_a_body_too_large_is_not_taken_in(body: bytes, headers: dict[str, str], status: int, serve: Serve) -> None:
    server = serve(lambda question, _: Answer(body, status, headers) if question == "b" else said("A"))
    model = model_on(server)
    model.generate(requests("a"))
    tracemalloc.start()
    (failed,) = model.generate(requests("b"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert type(failed) is ModelError
    assert re.search(r"answered with more than 16 MB|packed its answer \(gzip, gzip\)", str(failed))
    assert peak < 150 * 2**20  # our server's own copy of the long body among it


def test_a_list_of_models_too_large_is_not_taken_in(serve: Serve) -> None:
    server = serve(listed=Answer(BOMB, headers={"Content-Encoding": "gzip"}))
    assert "answered with more than 16 MB" in unavailable(entry_on(server))


def test_what_comes_packed_though_unasked_is_unpacked(serve: Serve) -> None:
    body = packed(json.dumps(said("A").body).encode())
    server = serve(lambda *_: Answer(body, headers={"Content-Encoding": "gzip"}))
    assert texts(model_on(server).generate(requests("a"))) == ["A"]
    assert server.headers[-1]["accept-encoding"] == "identity"


@pytest.mark.parametrize("at", ["the list", "the chat"])
def test_a_redirect_to_another_host_is_named_and_nothing_is_sent_there(at: str, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    other = serve()
    elsewhere = other.url.replace("127.0.0.1", "localhost") + "/chat/completions"
    redirect = Answer("", 307, {"Location": elsewhere})
    server = serve(lambda *_: redirect, redirect if at == "the list" else None)
    message = unavailable(entry_on(server))
    assert f"redirects to {elsewhere}, where nothing was sent. Check that the URL" in message
    assert (other.bodies, other.headers) == ([], [])


def test_a_redirect_on_the_same_host_is_followed_with_the_key(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server = serve(lambda question, number: Answer("", 307, {"Location": "/v2/chat"}) if number == 1 else said(question.upper()))
    assert texts(model_on(server).generate(requests("a"))) == ["A"]
    assert sent(server) == {f"Bearer {KEY}"}


def test_a_redirect_that_would_turn_the_question_into_another_request_is_refused(serve: Serve) -> None:
    server = serve(lambda *_: Answer("", 301, {"Location": "/v2/chat"}))
    assert "redirects to " in (message := unavailable(entry_on(server)))
    assert "would have POST become GET" in message


def test_a_redirect_in_a_circle_ends_with_where_it_leads(serve: Serve) -> None:
    server = serve(lambda *_: Answer("", 307, {"Location": "/v1/chat/completions"}))
    assert "redirects again and again, at last to /v1/chat/completions" in unavailable(entry_on(server))


class Dripping:
    """A server that sends a byte now and then and never ends."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/v1"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._drip, args=(self._listening.accept()[0],), daemon=True).start()

    def _drip(self, line: socket.socket) -> None:
        with suppress(OSError), line:
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n")
            while not self.ended.wait(0.02):
                line.sendall(b" ")

    def close(self) -> None:
        self.ended.set()
        self._listening.close()


@pytest.fixture
def dripping() -> Iterator[Dripping]:
    server = Dripping()
    yield server
    server.close()


def test_a_server_that_drips_is_given_up_when_the_whole_answer_takes_too_long(dripping: Dripping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "REPLY_TIMEOUT", 0.3)
    monkeypatch.setattr(retry_module, "MAX_ATTEMPTS", 2)
    CONNECTED.append(ServerModel(ModelEntry("adder", f"{dripping.url}#adder", server=True), "adder", [], 64))
    (failed,) = CONNECTED[-1].generate(requests("a"))
    assert "took too long to answer, at the last of 2 tries" in str(failed)


def test_a_list_that_drips_is_given_up_too(dripping: Dripping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_module, "LIST_TIMEOUT", 0.3)
    assert "took too long to answer" in unavailable(ModelEntry("adder", f"{dripping.url}#adder", server=True))


def test_a_server_that_hangs_costs_its_time_once_and_not_for_every_batch(dripping: Dripping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry_module, "MAX_ATTEMPTS", 2)
    model = ServerModel(ModelEntry("adder", f"{dripping.url}#adder", server=True), "adder", [], 64)
    CONNECTED.append(model)
    tried: list[str] = []
    given_up: list[ModelError] = []
    hangs = threading.Event()

    async def answer(_: Any, body: dict[str, Any], limit: int) -> Any:
        tried.append(body["messages"][-1]["content"])
        while hangs.is_set() and len(given_up) < 95:  # as long as anyone else waits
            await asyncio.sleep(0.01)
        raise TransientError("took too long to answer")

    async def send(client: Any, request: Any) -> Generation | Exception:
        result = await ServerModel._send(model, client, request)
        given_up.extend([result] if isinstance(result, ModelError) else [])
        return result

    monkeypatch.setattr(model, "_post", answer)
    failed = model.generate(requests(*(str(number) for number in range(32))))
    monkeypatch.setattr(model, "_send", send)
    hangs.set()
    before = len(tried)
    more = model.generate(requests(*(str(number) for number in range(32, 128))))
    assert len(tried) - before == 1  # who finds out that the server is still lost
    assert all(isinstance(result, ModelError) for result in failed + more)
    assert sum("took too long to answer, and has not answered since. See to the server" in str(result) for result in more) == 95


# What is told meanwhile


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "itemwise.server"]


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

    def interrupt(*_: Any) -> None:
        while not model.log.last:
            threading.Event().wait(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr(PendingRequests, "wait_any", interrupt)
    with pytest.raises(KeyboardInterrupt):
        batch.decode(1)
    assert told(caplog)[-1].endswith("answered 500 (oops); that was its last answer.")


# What a server counts, and why it ends


@pytest.mark.parametrize("count", ["many", -1, 2.5, 1e308, True, 10**30, [1], {"a": 1}])
def test_what_is_no_count_of_tokens_counts_0_and_is_said(count: Any, serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    answer = said("A").body
    model = model_on(serve(lambda *_: Answer({**answer, "usage": {"prompt_tokens": 5, "completion_tokens": count}})))
    assert model.generate(requests("a", "b")) == [Generation("A", "stop", 5, 0)] * 2
    assert "which is no count, which counts as 0" in model.describe()["tokens"]
    assert len(told(caplog)) == 1


def test_a_count_of_more_digits_than_can_be_read_counts_0(serve: Serve) -> None:
    body = json.dumps(said("A").body).replace('"completion_tokens": 2', '"completion_tokens": ' + "9" * 6000)
    (generation,) = model_on(serve(lambda *_: Answer(body.encode()))).generate(requests("a"))
    assert generation == Generation("A", "stop", 5, 0)


def test_an_account_without_credit_is_not_waited_for(serve: Serve) -> None:
    server = serve(lambda *_: Answer({"error": {"message": "You exceeded your quota.", "code": "insufficient_quota"}}, 429))
    assert "answered 429 (You exceeded your quota.), 3 times over: the account has no credit left" in unavailable(entry_on(server))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b": ping\n\n: ping\n\ndata: {}\n\n", "text/plain"),
        (b"id: 1\nevent: message\ndata: {}\n\n", "application/json"),
        (b'{"message": {"content": "4"}}\n{"done": true}\n', "application/x-ndjson"),
    ],
)
def test_a_stream_is_known_whatever_it_calls_itself(body: bytes, kind: str, serve: Serve) -> None:
    server = serve(lambda *_: Answer(body, headers={"Content-Type": kind}))
    assert "answered with a stream" in unavailable(entry_on(server))
    assert len(server.bodies) == 3


def test_a_reply_that_the_server_ends_before_the_limit_is_an_error_that_says_what_to_raise(serve: Serve) -> None:
    (failed,) = model_on(serve(lambda *_: said("A", "length"))).generate(requests("a"))
    assert type(failed) is ModelError
    assert str(failed).startswith(
        "adder: the server ended the reply (length) after 2 tokens behind 5 of the prompt, where 64 were asked for"
    )
    assert "--max-model-len" in str(failed)


def test_an_unknown_reason_to_finish_is_told_once_and_described(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    model = model_on(serve(lambda *_: said("A", "banana")))
    model.generate(requests(*"abc"))
    assert [line.partition(" gives ")[2] for line in told(caplog)] == [
        "'banana' as the reason to finish, which is unknown here and taken as the model's end."
    ]
    assert model.describe()["finish reasons"] == "3 banana (each taken as an end, not as the token limit)"


def test_names_of_a_list_are_shown_printable_and_few(serve: Serve) -> None:
    listed = Answer({"data": [{"id": f"m{number}\x1b[31m"} for number in range(50)]})
    message = unavailable(entry_on(serve(listed=listed), ""))
    assert "lists 50 models (m0 [31m, m1 [31m, " in message
    assert ", and 30 more)" in message
    assert message.isprintable()


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


@pytest.mark.parametrize("code", [{"code": "context_length_exceeded"}, {"message": "This model's maximum context length is 8 tokens."}])
def test_a_full_context_is_told_apart_for_the_strategies(code: dict[str, str], serve: Serve) -> None:
    (failed,) = model_on(serve(lambda *_: Answer({"error": {"message": "no", **code}}, 400))).generate(requests("a"))
    assert isinstance(failed, ContextFullError)


def test_a_refused_request_is_an_error_of_its_own(serve: Serve) -> None:
    server = serve(lambda question, _: error(403, "moderated") if question == "b" else said("A"))
    _, failed = model_on(server).generate(requests("a", "b"))
    assert type(failed) is ModelError
    assert "answered 403 (moderated)" in str(failed)


def test_a_request_that_cannot_even_be_sent_fails_alone_and_shows_nothing_of_the_client(serve: Serve) -> None:
    first, failed = model_on(serve()).generate(requests("a", "\ud800"))
    assert texts([first]) == ["A"]
    assert isinstance(failed, ModelError)
    assert str(failed).startswith("adder: the request cannot be sent (UnicodeEncodeError: ")
    assert (failed.__cause__, failed.__suppress_context__) == (None, True)


def test_in_the_engine_one_failing_case_costs_the_others_nothing(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry_module, "MAX_ATTEMPTS", 2)
    server = serve(lambda question, _: error(500, "oops") if question == "b" else said(question.upper()))
    found = outcomes(server, 8, *"abcd")
    assert {key: found[key] for key in "acd"} == {"a": "A", "c": "C", "d": "D"}
    assert "answered 500 (oops), at the last of 2 tries" in found["b"]
    assert Counter(server.asked) == Counter(a=1, b=2, c=1, d=1)


def test_a_refusal_before_the_first_reply_is_of_its_case_alone_where_others_are_answered(serve: Serve) -> None:
    refused = threading.Event()

    def answer(question: str, _: int) -> Answer:
        if question == "b":
            refused.set()
            return error(403, "moderated")
        refused.wait(60)
        return said(question.upper())

    found = outcomes(serve(answer), 8, "a", "b")
    assert found["a"] == "A"
    assert "answered 403 (moderated)" in found["b"]


def test_in_the_engine_what_every_request_is_refused_stops_the_run(serve: Serve) -> None:
    with pytest.raises(ModelUnavailableError, match=r"answered 401 \(no\)"):
        outcomes(serve(lambda *_: error(401, "no")), 8, *"abc")


# Concurrency and backoff


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


# No server to be had


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def unavailable(entry: ModelEntry) -> str:
    with pytest.raises(ModelUnavailableError) as caught:
        LazyModel(entry, LoadOptions("nf4", 8)).generate(requests("a"))
    return str(caught.value)


def test_where_nobody_listens_the_message_says_where_and_what_to_check() -> None:
    url = f"http://127.0.0.1:{free_port()}/v1"
    message = unavailable(ModelEntry("adder", f"{url}#adder", server=True))
    assert message.startswith(f"adder: no server at {url} (cannot be reached: ")
    assert message.endswith(
        "Check that it runs, that host and port are right, and that no firewall or proxy (HTTP_PROXY, NO_PROXY) stands between."
    )


def test_a_url_that_the_client_refuses_is_named() -> None:
    message = unavailable(ModelEntry("adder", "http://host..x/v1#adder", server=True))
    assert message.startswith("adder: http://host..x/v1 cannot be asked (")


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        (Answer({"data": [{"id": "a"}, {"id": "b/c"}]}), r"lists 2 models (a, b/c), so one must be named: --model URL#NAME."),
        (Answer({"data": []}), r"lists 0 models (none), so one must be named"),
        (Answer("<html>", headers={"Content-Type": "text/html"}), r"lists 0 models (none), so one must be named"),
    ],
)
def test_a_url_that_leaves_the_model_open_is_answered_with_what_there_is(listed: Answer, words: str, serve: Serve) -> None:
    server = serve(listed=listed)
    assert unavailable(entry_on(server, "")).startswith(f"{server.url} {words.replace('URL', server.url)}")


def test_a_name_that_is_not_served_is_answered_with_those_that_are(serve: Serve) -> None:
    server = serve(lambda *_: error(404, "The model `adder` does not exist."), Answer({"data": [{"id": "summer"}]}))
    assert "answered 404 (The model `adder` does not exist.). It lists summer. Check that" in unavailable(entry_on(server))


@pytest.mark.parametrize("at", ["the list", "the chat"])
def test_a_refused_key_stops_the_run_and_is_not_shown(at: str, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    refusal = error(401, f"Incorrect API key provided: {KEY}")
    server = serve(lambda *_: refusal, refusal if at == "the list" else None)
    message = unavailable(entry_on(server))
    assert "answered 401 (Incorrect API key provided: ***). Check that" in message
    assert message.endswith("and the key in OPENAI_API_KEY.")


def test_a_key_of_a_letter_hides_no_word(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    server = serve(lambda *_: error(401, "Expected an x-key"))
    assert "answered 401 (Expected an x-key)" in unavailable(entry_on(server))


def test_without_the_client_the_message_says_how_to_get_it(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve()
    monkeypatch.setitem(sys.modules, "openai", None)
    assert unavailable(entry_on(server)).endswith("pip install 'pytest-itemwise[server]'.")


# Keys


def sent(server: StandIn) -> set[str]:
    return {headers["authorization"] for headers in server.headers}


def test_the_key_is_that_of_the_environment(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve()
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY}\n")
    model_on(server).generate(requests("a"))
    assert sent(server) == {f"Bearer {KEY}"}


def test_an_entry_may_name_another_variable(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve()
    monkeypatch.setenv("OPENAI_API_KEY", "other")
    monkeypatch.setenv("JUDGE_KEY", KEY)
    model_on(server, key_env="JUDGE_KEY").generate(requests("a"))
    assert sent(server) == {f"Bearer {KEY}"}


def test_what_stood_before_the_host_is_sent_as_basic(serve: Serve) -> None:
    server = serve()
    model_on(server, userinfo="user:pass").generate(requests("a"))
    assert sent(server) == {f"Basic {base64.b64encode(b'user:pass').decode()}"}


def test_a_variable_that_is_not_set_is_named(serve: Serve) -> None:
    assert "the environment variable JUDGE_KEY, which is not set" in unavailable(entry_on(serve(), key_env="JUDGE_KEY"))


def test_a_key_that_no_request_can_carry_is_refused_unseen(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-s\u00e9cret")
    message = unavailable(entry_on(serve()))
    assert message == "adder: the key in OPENAI_API_KEY holds characters that no request can carry; export it anew."
