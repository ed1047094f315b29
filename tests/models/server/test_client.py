"""The HTTP client: bodies that are too large, redirects, and keys."""

from __future__ import annotations

import base64
import gzip
import json
import re
import sys

import pytest

from itemwise.models import ModelError
from itemwise.models.extras import install_hint
from tests.models.server.connecting import KEY, Serve, entry_on, model_on, requests, texts, unavailable
from tests.stand_in import Answer, StandIn, error, said
from tests.traced import traced_peak


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
    with traced_peak() as peak:
        (failed,) = model.generate(requests("b"))
    assert type(failed) is ModelError
    assert re.search(r"answered with more than 16 MB|packed its answer \(gzip, gzip\)", str(failed))
    assert peak() < 150 * 2**20  # our server's own copy of the long body among it


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
    assert unavailable(entry_on(server)).endswith(f"{install_hint('server')}.")


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
