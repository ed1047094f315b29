"""Chats in the form of OpenAI's requests."""

from __future__ import annotations

import base64
import io
import json

import PIL.Image
import pytest

from itemwise.cases.chat import PLACE, ToolCall, Turn
from itemwise.cases.picture import Picture
from itemwise.models import ModelError, Request
from itemwise.models.server.openai_format import no_penalties, request_body
from itemwise.strategies.calculator import CALCULATOR

QUESTION = Turn("user", "6*7?")
CALL = ToolCall("calculator", {"expression": "6*7"})


def picture(form: str) -> Picture:
    content = io.BytesIO()
    PIL.Image.new("RGB", (3, 2), "red").save(content, format=form)
    return Picture("a picture", content.getvalue)


def test_a_question_is_one_message_asked_greedily() -> None:
    assert request_body(Request((QUESTION,)), None) == {"messages": [{"role": "user", "content": "6*7?"}], "temperature": 0.0}


def test_a_plain_text_is_refused_tools_by_name() -> None:
    with pytest.raises(ModelError, match="a plain text has no place for tools; take another --strategy"):
        request_body(Request((Turn("text", "6*7="),), (CALCULATOR,)), None)


def test_the_system_prompt_comes_first() -> None:
    assert [message["role"] for message in request_body(Request((QUESTION,)), "Be brief.")["messages"]] == ["system", "user"]


def test_a_sampled_request_names_its_seed() -> None:
    body = request_body(Request((QUESTION,), temperature=0.7, seed=3), None)
    assert (body["temperature"], body["seed"]) == (0.7, 3)


def test_calls_and_their_answers_go_under_ids_with_arguments_as_text() -> None:
    turns = (QUESTION, Turn("assistant", "Let me see.", (CALL, CALL)), Turn("tool", "42"), Turn("tool", "42"))
    body = request_body(Request(turns, (CALCULATOR,)), None)
    _, calling, *answers = body["messages"]
    assert calling["content"] == "Let me see."
    assert [json.loads(call["function"]["arguments"]) for call in calling["tool_calls"]] == [{"expression": "6*7"}] * 2
    assert answers == [{"role": "tool", "tool_call_id": call["id"], "content": "42"} for call in calling["tool_calls"]]
    assert body["tools"] == [CALCULATOR]


def test_a_turn_that_only_calls_has_no_content() -> None:
    _, calling, _ = request_body(Request((QUESTION, Turn("assistant", "", (CALL,)), Turn("tool", "42"))), None)["messages"]
    assert calling["content"] is None


@pytest.mark.parametrize(("form", "kind"), [("PNG", "png"), ("JPEG", "jpeg")])
def test_a_picture_goes_as_it_is_before_the_words(form: str, kind: str) -> None:
    shown = picture(form)
    (message,) = request_body(Request((Turn("user", "What?", pictures=(shown,)),)), None)["messages"]
    url = f"data:image/{kind};base64,{base64.b64encode(shown.content).decode()}"
    assert message["content"] == [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "What?"}]


def test_pictures_stand_in_their_places() -> None:
    one, two = picture("PNG"), picture("JPEG")
    (message,) = request_body(Request((Turn("user", f"Is {PLACE} in {PLACE}", pictures=(one, two)),)), None)["messages"]
    assert [part.get("text") or part["image_url"]["url"] for part in message["content"]] == ["Is ", one.data_uri(), " in ", two.data_uri()]


def test_a_picture_that_servers_may_not_take_goes_as_png() -> None:
    (message,) = request_body(Request((Turn("user", "What?", pictures=(picture("BMP"),)),)), None)["messages"]
    kind, _, content = message["content"][0]["image_url"]["url"].partition(",")
    assert kind == "data:image/png;base64"
    assert PIL.Image.open(io.BytesIO(base64.b64decode(content))).getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("owner", ["vllm", "sglang"])
def test_penalties_are_off_where_the_model_s_own_would_apply(owner: str) -> None:
    assert no_penalties(owner) == {"repetition_penalty": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0}


@pytest.mark.parametrize("owner", ["", "openai", "llamacpp", "library", "Qwen"])
def test_no_other_server_is_sent_fields_it_may_refuse(owner: str) -> None:
    assert no_penalties(owner) == {}
