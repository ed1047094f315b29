"""Continuations of texts and chats as vLLM scores them, by the log-probabilities of a prompt's tokens."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from itemwise.cases.chat import Turn
from itemwise.models import Generation, ModelError, Request
from tests.models.server.connecting import Serve, model_on
from tests.stand_in import LISTED, Answer, continued, said

VLLM = Answer({"object": "list", "data": [{**model, "owned_by": "vllm"} for model in LISTED]})
IDS: dict[str, int] = {}
CHAT = Request((Turn("user", "Which?"),), continuations=("A", "no ice"))
BEGUN = ["<user>", "Which", "?", "<assistant>"]


def told(tokens: list[str]) -> dict[str, Any]:
    """What is told of a prompt of these tokens: each of minus its length in nats, the first of nothing."""
    ids = [IDS.setdefault(token, len(IDS)) for token in tokens]
    each = ({str(number): {"logprob": -float(len(token)), "decoded_token": token}} for number, token in zip(ids, tokens, strict=True))
    return {"prompt_token_ids": ids, "prompt_logprobs": [None, *list(each)[1:]]}


def text(asked: str, _: int = 1) -> Answer:
    body = continued(" more", "length").body
    body["choices"][0] |= told(["<s>", *re.findall(r" ?\w+|\W", asked)])
    return Answer(body)


def chat(
    asked: str, first: str = "A", reply: Callable[[str], list[str]] = lambda content: [*BEGUN, *re.findall(r" ?\w+", content)]
) -> Answer:
    return Answer(said(first, "length").body | told(BEGUN if asked == "Which?" else reply(asked)))


def test_a_text_is_asked_alone_and_with_each_option_and_scored_from_where_their_tokens_part(serve: Serve) -> None:
    server = serve(text, VLLM)
    asked = Request((Turn("text", "Ist es Eis? Antwort:"),), continuations=(" ja", " nein, kühl"))
    (result,) = model_on(server).score([asked])
    assert isinstance(result, Generation), result
    assert (result.logprobs, result.merged, result.prompt_tokens, result.completion_tokens) == ((-3.0, -11.0), 0, 7, 0)
    prompts = [body.pop("prompt") for body in server.bodies]
    assert sorted(prompts) == [f"Ist es Eis? Antwort:{more}" for more in ("", " ja", " nein, kühl")]
    penalties = {"repetition_penalty": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0}
    asked_for = {"prompt_logprobs": 0, "return_token_ids": True}
    assert server.bodies[0] == {"model": "adder", "temperature": 0.0, "max_tokens": 1, **penalties, **asked_for}


def test_options_that_begin_within_a_token_of_the_text_are_all_scored_from_there(serve: Serve) -> None:
    (result,) = model_on(serve(text, VLLM)).score([Request((Turn("text", "How many appl"),), continuations=("es", " pies"))])
    assert isinstance(result, Generation), result
    assert (result.logprobs, result.merged) == ((-7.0, -5.0 - 5.0), 1)


def test_a_chat_is_asked_for_a_reply_and_with_each_option_as_its_beginning(serve: Serve) -> None:
    server = serve(lambda asked, _: chat(asked), VLLM)
    (result,) = model_on(server, system="Be brief.").score([CHAT])
    assert isinstance(result, Generation), result
    assert (result.logprobs, result.outside, result.prompt_tokens) == ((-1.0, -2.0 - 4.0), 0, 4)
    by_last = {body["messages"][-1]["content"]: body for body in server.bodies}
    assert [message["role"] for message in by_last["no ice"]["messages"]] == ["system", "user", "assistant"]
    assert (by_last["A"]["continue_final_message"], by_last["A"]["add_generation_prompt"]) == (True, False)
    assert "continue_final_message" not in by_last["Which?"]


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (
            lambda _: said("A"),
            "does not tell the log-probabilities of a prompt (prompt_logprobs, return_token_ids), as vLLM does from 0.10.2",
        ),
        (lambda asked: chat(asked, first="<think>"), "the model thinks before it answers"),
        (
            lambda asked: chat(asked, reply=lambda content: ["<user>", "Which", "?", "<end>", "<assistant>", content]),
            "writes a reply that is given in another way than it begins one ('<end><assistant>A' for '<assistant>A')",
        ),
        (lambda asked: chat(asked, reply=lambda content: [*BEGUN, content.upper()]), "('NOICE' for 'noice')"),
        (lambda asked: chat(asked, reply=lambda _: BEGUN), "no token of its own is left of 'A'"),
    ],
)
def test_what_cannot_be_scored_is_refused(serve: Serve, answer: Callable[[str], Answer], fault: str) -> None:
    (result,) = model_on(serve(lambda asked, _: answer(asked), VLLM)).score([CHAT])
    assert isinstance(result, ModelError), result
    assert fault in str(result)


def test_a_model_that_would_call_a_tool_does_not_think(serve: Serve) -> None:
    (result,) = model_on(serve(lambda asked, _: chat(asked, first="<tool_call>"), VLLM)).score([CHAT])
    assert isinstance(result, Generation), result


def test_a_whole_text_is_refused(serve: Serve) -> None:
    (result,) = model_on(serve(text, VLLM)).score([Request((Turn("text", "Once."),), window=8)])
    assert "a server is not asked how likely a whole text is" in str(result)
