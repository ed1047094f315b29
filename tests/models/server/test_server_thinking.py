"""A server is told to have its model think or not, and what came nonetheless is said."""

from __future__ import annotations

import pytest

from itemwise.models import Request
from tests.models.server.connecting import Serve, model_on, requests, told
from tests.stand_in import said


@pytest.mark.parametrize(("thinking", "sent"), [("on", True), ("off", False)])
def test_the_switch_is_sent_under_the_names_that_templates_read(serve: Serve, thinking: str, sent: bool) -> None:
    server = serve()
    model = model_on(server, thinking=thinking)
    model.generate(requests("a"))
    assert server.bodies[0]["chat_template_kwargs"] == {"enable_thinking": sent, "thinking": sent}
    assert model.describe()["thinking"] == f"{thinking}, sent as chat_template_kwargs (enable_thinking, thinking)"


def test_where_the_template_decides_nothing_is_sent_or_said(serve: Serve) -> None:
    server = serve(lambda *_: said("18", reasoning_content="6*3"))
    model = model_on(server)
    model.generate(requests("a"))
    assert "chat_template_kwargs" not in server.bodies[0]
    assert "thinking" not in model.describe()


@pytest.mark.parametrize(
    "answer",
    [
        said("18", reasoning_content="6*3"),
        said("18", reasoning="6*3"),
        said("<think>6*3</think>18"),
        said("6*3 is</think>18"),
        said("", reasoning_content="6*3"),
    ],
)
def test_a_thought_that_came_although_thinking_is_off_is_said(serve: Serve, caplog: pytest.LogCaptureFixture, answer: object) -> None:
    model = model_on(serve(lambda *_: answer), thinking="off")
    model.generate([*requests("a", "b"), Request(requests("c")[0].turns)])
    assert model.describe()["thinking"].endswith("; 3 of 3 replies hold a thought nonetheless")
    assert len([line for line in told(caplog) if "a thought came although thinking is off" in line]) == 1


@pytest.mark.parametrize("answer", [said("18"), said("<think>\n\n</think>\n\n18"), said("18", reasoning_content="\n\n")])
def test_a_thought_without_words_is_none(serve: Serve, caplog: pytest.LogCaptureFixture, answer: object) -> None:
    model = model_on(serve(lambda *_: answer), thinking="off")
    model.generate(requests("a"))
    assert "nonetheless" not in model.describe()["thinking"]
    assert not told(caplog)


def test_a_server_that_samples_by_itself_is_sent_no_temperature_but_a_strategys_own(serve: Serve) -> None:
    server = serve()
    model = model_on(server, decoding="model")
    model.generate([*requests("a"), Request(requests("b")[0].turns, temperature=0.7, seed=3)])
    plain, sampled = sorted(server.bodies, key=lambda body: body["messages"][-1]["content"])
    assert ("temperature" in plain, plain["seed"]) == (False, 0)
    assert (sampled["temperature"], sampled["seed"]) == (0.7, 3)
    assert model.describe()["decoding"] == "the server's own sampling (no temperature sent, seed 0)"
