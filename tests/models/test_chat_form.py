"""Chats in OpenAI's form, there and back."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import PIL.Image
import pytest

from itemwise.calculator import CALCULATOR
from itemwise.case import ToolCall, Turn
from itemwise.models import Generation, ModelError, Request
from itemwise.models.chat_form import asked, generation_of
from itemwise.models.patience import TransientError
from itemwise.pictures import Picture
from tests.stand_in import said

QUESTION = Turn("user", "6*7?")
CALL = ToolCall("calculator", {"expression": "6*7"})
TOLD = {"id": "x", "type": "function", "function": {"name": "calculator", "arguments": '{"expression": "6*7"}'}}


def picture(form: str) -> Picture:
    content = io.BytesIO()
    PIL.Image.new("RGB", (3, 2), "red").save(content, format=form)
    return Picture("a picture", content.getvalue)


def test_a_question_is_one_message_asked_greedily() -> None:
    assert asked(Request((QUESTION,)), None) == {"messages": [{"role": "user", "content": "6*7?"}], "temperature": 0.0}


def test_the_system_prompt_comes_first() -> None:
    assert [message["role"] for message in asked(Request((QUESTION,)), "Be brief.")["messages"]] == ["system", "user"]


def test_a_sampled_request_names_its_seed() -> None:
    body = asked(Request((QUESTION,), temperature=0.7, seed=3), None)
    assert (body["temperature"], body["seed"]) == (0.7, 3)


def test_calls_and_their_answers_go_under_ids_with_arguments_as_text() -> None:
    turns = (QUESTION, Turn("assistant", "Let me see.", (CALL, CALL)), Turn("tool", "42"), Turn("tool", "42"))
    body = asked(Request(turns, (CALCULATOR,)), None)
    _, calling, *answers = body["messages"]
    assert calling["content"] == "Let me see."
    assert [json.loads(call["function"]["arguments"]) for call in calling["tool_calls"]] == [{"expression": "6*7"}] * 2
    assert answers == [{"role": "tool", "tool_call_id": call["id"], "content": "42"} for call in calling["tool_calls"]]
    assert body["tools"] == [CALCULATOR]


def test_a_turn_that_only_calls_has_no_content() -> None:
    _, calling, _ = asked(Request((QUESTION, Turn("assistant", "", (CALL,)), Turn("tool", "42"))), None)["messages"]
    assert calling["content"] is None


@pytest.mark.parametrize(("form", "kind"), [("PNG", "png"), ("JPEG", "jpeg")])
def test_a_picture_goes_as_it_is_before_the_words(form: str, kind: str) -> None:
    shown = picture(form)
    (message,) = asked(Request((Turn("user", "What?", pictures=(shown,)),)), None)["messages"]
    url = f"data:image/{kind};base64,{base64.b64encode(shown.content).decode()}"
    assert message["content"] == [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "What?"}]


def test_a_picture_that_servers_may_not_take_goes_as_png() -> None:
    (message,) = asked(Request((Turn("user", "What?", pictures=(picture("BMP"),)),)), None)["messages"]
    kind, _, content = message["content"][0]["image_url"]["url"].partition(",")
    assert kind == "data:image/png;base64"
    assert PIL.Image.open(io.BytesIO(base64.b64decode(content))).getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("reason", "finished"),
    [("stop", "stop"), ("length", "length"), ("tool_calls", "stop"), ("content_filter", "stop"), (None, "stop")],
)
def test_only_the_limit_is_told_apart_from_an_end(reason: Any, finished: str) -> None:
    assert generation_of(said("42", reason).body, Request((QUESTION,))) == Generation("42", finished, 5, 2)


def test_an_empty_text_is_what_the_model_said() -> None:
    assert generation_of(said("").body, Request((QUESTION,))).text == ""


def test_calls_that_the_server_tells_apart_are_read_and_others_left_in_the_text() -> None:
    request = Request((QUESTION,), (CALCULATOR,))
    told = generation_of(said(None, "tool_calls", tool_calls=[TOLD]).body, request)
    assert (told.text, told.calls) == ("", (CALL,))
    assert generation_of(said("<tool_call>...").body, request).calls is None


@pytest.mark.parametrize(
    ("function", "fault"),
    [
        ({"name": "oven", "arguments": "{}"}, "there is no tool 'oven', only calculator; "),
        ({"name": "calculator", "arguments": "6*7"}, "the arguments of calculator are no plain JSON object; "),
        ({"arguments": "{}"}, "the call has no name; "),
    ],
)
def test_what_is_wrong_with_a_call_is_said_to_the_model(function: dict[str, str], fault: str) -> None:
    answer = said(None, tool_calls=[{"id": "x", "function": function}]).body
    (call,) = generation_of(answer, Request((QUESTION,), (CALCULATOR,))).calls or ()
    assert call.fault.startswith(fault)


def test_no_content_and_no_call_is_no_reply() -> None:
    with pytest.raises(ModelError, match="the server's answer is no reply: its content is null, and it calls no tool"):
        generation_of(said(None).body, Request((QUESTION,)))
    with pytest.raises(ModelError, match="its content is a list"):
        generation_of(said(["42"]).body, Request((QUESTION,)))


def test_a_model_that_the_limit_ended_before_its_first_word_said_nothing() -> None:
    assert generation_of(said(None, "length").body, Request((QUESTION,))) == Generation("", "length", 5, 2)


def test_tokens_nobody_counted_are_none() -> None:
    assert generation_of(said("42", usage=False).body, Request((QUESTION,))) == Generation("42", "stop", 0, 0)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"choices": []},
        {"choices": [{}]},
        {"error": {"message": "busy"}},
        said("4", "abort").body,
        said("", tool_calls=[1]).body,
    ],
)
def test_what_is_no_answer_may_be_asked_again(answer: Any) -> None:
    with pytest.raises(TransientError):
        generation_of(answer, Request((QUESTION,)))
