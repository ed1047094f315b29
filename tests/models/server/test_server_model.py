"""A model on a server: what is sent, what comes back, and what a server in trouble comes to."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from itemwise.cases.chat import Turn
from itemwise.models import Generation, LoadOptions, ModelEntry, ModelError, ModelUnavailableError, Request
from itemwise.models.identity import identity_of
from itemwise.models.lazy import LazyModel
from itemwise.models.server import model_list as list_module
from itemwise.models.server import reply_timeout as timeout_module
from itemwise.models.server import retry_policy as retry_module
from itemwise.models.server.attempt_errors import TransientError
from itemwise.models.server.retry_policy import Attempts, RetryPolicy
from itemwise.models.server.server_model import ServerModel
from tests.models.server.connecting import CONNECTED, Serve, entry_on, model_on, outcomes, requests, texts, told, unavailable
from tests.stand_in import Answer, continued, error, said

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


def test_a_plain_text_goes_to_the_completions_api_without_a_system_prompt(serve: Serve) -> None:
    server = serve(lambda *_: continued(" 42\n\nQ: 6*8?", "length"))
    request = Request((Turn("text", "Q: 6*7?\nA:"),), stop=("\n\n",), max_new_tokens=2)
    (generation,) = model_on(server, system="Be brief.").generate([request])
    assert server.bodies == [{"model": "adder", "max_tokens": 2, "prompt": "Q: 6*7?\nA:", "temperature": 0.0, "stop": ["\n\n"]}]
    assert isinstance(generation, Generation)
    assert (generation.text, generation.finish_reason, generation.prompt_tokens, generation.completion_tokens) == (" 42", "stop", 5, 2)


def test_a_plain_text_has_no_place_for_a_thinking_switch(serve: Serve) -> None:
    (outcome,) = model_on(serve(), thinking="off").generate([Request((Turn("text", "6*7="),))])
    assert str(outcome) == "adder cannot be told of thinking in a plain text; take --prompt-form turns."


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


def test_a_server_that_takes_defaults_from_the_model_is_told_to_leave_penalties_out(serve: Serve) -> None:
    server = serve(listed=Answer({"data": [{"id": "adder", "owned_by": "vllm"}]}))
    model = model_on(server)
    model.generate(requests("a"))
    sent = {name: server.bodies[0][name] for name in ("repetition_penalty", "presence_penalty", "frequency_penalty")}
    assert sent == {"repetition_penalty": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0}
    assert model.describe()["decoding"] == "greedy (temperature 0, no penalties, all else as the server has it)"


@pytest.mark.parametrize(
    ("decoding", "sent", "described"),
    [
        ("greedy", {"temperature": 0.0, "seed": 7}, "greedy (temperature 0, all else as the server has it)"),
        ("model", {"seed": 7}, "the server's own sampling (no temperature sent, seed 0)"),
        ("temperature=0.6", {"temperature": 0.6, "seed": 7}, "sampled (temperature 0.6, all else as the server has it)"),
        (
            "temperature=0.6,top_p=0.9",
            {"temperature": 0.6, "top_p": 0.9, "seed": 7},
            "sampled (temperature 0.6, top_p 0.9, all else as the server has it)",
        ),
    ],
)
def test_a_repeat_is_sent_its_seed_and_the_temperature_of_the_entry(
    decoding: str, sent: dict[str, float], described: str, serve: Serve
) -> None:
    server = serve()
    model = model_on(server, decoding=decoding)
    model.generate([Request((Turn("user", "a"),), seed=7)])
    assert {name: server.bodies[0][name] for name in ("temperature", "top_p", "seed") if name in server.bodies[0]} == sent
    assert model.describe()["decoding"] == described


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


# One after another


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
    monkeypatch.setattr(timeout_module, "REPLY_TIMEOUT", 0.5)
    finished = threading.Event()

    def answer(question: str, number: int) -> Answer:
        if number == 1:
            finished.wait(60)
        return said(question.upper())

    assert texts(model_on(serve(answer)).generate(requests("a"))) == ["A"]
    finished.set()


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
    monkeypatch.setattr(timeout_module, "REPLY_TIMEOUT", 0.3)
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
