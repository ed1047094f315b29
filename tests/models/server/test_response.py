"""Responses: what is no chat completion, statuses, Retry-After, and the name of the token limit."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any

import pytest

from itemwise.models import ContextFullError, ModelError
from itemwise.models.server import response as response_module
from tests.models.server.connecting import Serve, entry_on, model_on, requests, texts, unavailable
from tests.stand_in import Answer, error, said

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


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("soon", None), ("", None), ("nan", 0.0)])
def test_retry_after_may_be_a_number(header: str, seconds: float | None) -> None:
    assert response_module._retry_after({"retry-after": header}) == seconds


def test_retry_after_may_be_a_date() -> None:
    assert 3500 < (response_module._retry_after({"retry-after": formatdate(time.time() + 3600, usegmt=True)}) or 0) <= 3600
    assert response_module._retry_after({"retry-after": formatdate(0, usegmt=True)}) == 0.0


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


@pytest.mark.parametrize("code", [{"code": "context_length_exceeded"}, {"message": "This model's maximum context length is 8 tokens."}])
def test_a_full_context_is_told_apart_for_the_strategies(code: dict[str, str], serve: Serve) -> None:
    (failed,) = model_on(serve(lambda *_: Answer({"error": {"message": "no", **code}}, 400))).generate(requests("a"))
    assert isinstance(failed, ContextFullError)


def test_a_refused_request_is_an_error_of_its_own(serve: Serve) -> None:
    server = serve(lambda question, _: error(403, "moderated") if question == "b" else said("A"))
    _, failed = model_on(server).generate(requests("a", "b"))
    assert type(failed) is ModelError
    assert "answered 403 (moderated)" in str(failed)
