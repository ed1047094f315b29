"""Options that a server scores: echoed plain texts, the listed first tokens of a chat, and servers that can do neither."""

from __future__ import annotations

import re
from typing import Any

import pytest

from itemwise.cases.chat import Turn
from itemwise.cases.option_scores import option_scores
from itemwise.cases.reply import Reply
from itemwise.engine.engine import Engine
from itemwise.models import Generation, ModelError, Request
from itemwise.strategies import configured_strategy
from tests.models.server.connecting import Serve, model_on
from tests.scripted import read_all
from tests.stand_in import Answer, continued, said


def echo(text: str) -> Answer:
    """The text in words with the blank before them, each of minus its length in nats, behind a beginning of text, and one more token."""
    tokens = ["<s>", *re.findall(r" ?\w+|\W", text), " more"]
    body = continued(text + " more").body
    body["choices"][0]["logprobs"] = {"tokens": tokens, "token_logprobs": [None, *[-float(len(token)) for token in tokens[1:]]]}
    return Answer(body)


def first_tokens(**logprobs: float) -> Answer:
    """A chat's reply of one token, with the likeliest ones."""
    answer = said("A", "length")
    tops = [{"token": token, "logprob": logprob} for token, logprob in logprobs.items()]
    answer.body["choices"][0]["logprobs"] = {"content": [{"token": "A", "top_logprobs": tops}]}
    return answer


def scored(serve: Serve, answer: Answer | None, request: Request) -> Generation:
    (result,) = model_on(serve(lambda text, _: answer or echo(text))).score([request])
    assert isinstance(result, Generation), result
    return result


def text(prompt: str, *options: str) -> Request:
    return Request((Turn("text", prompt),), continuations=options)


CHAT = Request((Turn("user", "Which?"),), continuations=("A", "B", "C"))


def test_a_plain_text_is_echoed_once_for_each_option(serve: Serve) -> None:
    server = serve(lambda asked, _: echo(asked))
    (result,) = model_on(server).score([text("Is it ice? Answer:", " yes", " no way")])
    assert isinstance(result, Generation)
    assert (result.logprobs, result.merged, result.completion_tokens) == ((-4.0, -7.0), 0, 0)
    assert sorted(body.pop("prompt") for body in server.bodies) == ["Is it ice? Answer: no way", "Is it ice? Answer: yes"]
    assert server.bodies[0] == {"model": "adder", "temperature": 0.0, "echo": True, "logprobs": 1, "max_tokens": 1}


def test_options_that_begin_within_a_token_of_the_prompt_are_all_scored_from_there(serve: Serve) -> None:
    result = scored(serve, None, text("How many appl", "es", " pies"))
    assert (result.logprobs, result.merged) == ((-7.0, -5.0 - 5.0), 1)


def test_of_a_chat_the_first_tokens_tell_and_what_is_not_listed_is_a_most(serve: Serve) -> None:
    server = serve(lambda *_: first_tokens(B=-0.5, A=-1.5, The=-4.0))
    (result,) = model_on(server, system="Be brief.").score([CHAT])
    assert isinstance(result, Generation)
    assert (result.logprobs, result.outside, result.prompt_tokens) == ((-1.5, -0.5, -4.0), 1, 5)
    (body,) = server.bodies
    assert (body["logprobs"], body["top_logprobs"], body["max_tokens"]) == (True, 20, 1)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


LLAMA = Answer(  # what llama.cpp's server answers to echo: the next token, told in the way of a chat
    {"choices": [{"text": ".", "index": 0, "logprobs": {"content": [{"token": ".", "logprob": -0.39}]}, "finish_reason": "length"}]}
)
THOUGHT = first_tokens(A=-3.0, **{"<think>": -0.1})


@pytest.mark.parametrize(
    ("answer", "request_", "fault"),
    [
        (said("A"), CHAT, "adder: the server lists no likeliest tokens of a reply"),
        (first_tokens(The=-1.0), CHAT, "none of the options ('A', 'B', 'C', ...) is among the 1 likeliest first tokens"),
        (THOUGHT, CHAT, "the model thinks before it answers"),
        (continued(" A"), text("Which?", " A"), "score letters behind a chat (--prompt-form turns)"),
        (LLAMA, text("Which?", " A"), "does not echo a prompt with the log-probabilities of its tokens"),
        (
            echo("Another"),
            text("Which?", " A"),
            "do not spell the prompt (they begin with '<s>Another more')",
        ),
        (Answer({"choices": []}), CHAT, "the server's answer has no choices"),
        (said("A"), Request((Turn("text", "Once."),), window=8), "a server is not asked how likely a whole text is"),
    ],
)
def test_a_server_that_cannot_tell_is_refused_with_what_to_do(serve: Serve, answer: Answer, request_: Request, fault: str) -> None:
    (result,) = model_on(serve(lambda *_: answer)).score([request_])
    assert isinstance(result, ModelError)
    assert fault in str(result)


def test_the_strategy_notes_options_that_are_not_listed(serve: Serve) -> None:
    engine = Engine(model_on(serve(lambda *_: first_tokens(B=-0.5, A=-1.5))))
    for way in ("likelihood", "likelihood:form=text"):
        bound = configured_strategy(way).bind([Turn("user", "Which?")], read_all, ("an oak", "ice", "tea"))
        engine.submit(way, bound)
    while not engine.idle:
        engine.step()
    reply: Any = engine.outcomes["likelihood"]
    assert isinstance(reply, Reply)
    scores = option_scores(reply.notes)
    assert scores is not None
    assert (reply.text, scores.logprobs, scores.outside) == ("B", [-1.5, -0.5, -1.5], 1)
    assert Reply.from_record(reply.record()).turns[-1].outside == 1
    assert "form=letter" in str(engine.outcomes["likelihood:form=text"])
