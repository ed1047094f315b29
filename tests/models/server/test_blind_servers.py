"""A server that leaves pictures out is told of: its prompts have as many tokens with them as without."""

from __future__ import annotations

import pytest

from itemwise.cases.chat import PLACE, Turn
from itemwise.cases.picture import Picture
from itemwise.models import Request
from itemwise.models.server.blind_servers import LEFT_OUT, leaves_out_pictures, without_pictures
from tests.models.server.connecting import Serve, model_on, requests, texts, told
from tests.stand_in import Answer, error, said

DOT = Picture("dot.png", lambda: b"\x89PNG\r\n\x1a\n")
SHOWN = [Request((Turn("user", f"Colour of {PLACE} {word}?", pictures=(DOT,)),)) for word in ("here", "there")]


def is_blind(question: str) -> bool:
    """Whether the chat came without pictures: its text is in one piece then."""
    return question.startswith("Colour")


def replied(prompt_tokens: int | None) -> Answer:
    answer = said("red")
    answer.body["usage"]["prompt_tokens"] = prompt_tokens
    return answer


@pytest.mark.parametrize(
    ("with_them", "without", "blind"), [(20, 20, True), (22, 20, True), (19, 20, True), (23, 20, False), (300, 20, False), (0, 20, False)]
)
def test_a_picture_takes_tokens_where_it_is_seen(with_them: int, without: int, blind: bool) -> None:
    assert leaves_out_pictures(with_them, without) is blind


def test_a_chat_without_its_pictures_has_no_places_for_them() -> None:
    chat = Request((Turn("system", "Look."), Turn("user", f"Is {PLACE} in {PLACE}?", pictures=(DOT, DOT))))
    blind = without_pictures(chat)
    assert blind is not None
    assert [(turn.content, turn.pictures) for turn in blind.turns] == [("Look.", ()), ("Is  in ?", ())]
    assert without_pictures(Request((Turn("user", "2+2?"),))) is None


@pytest.mark.parametrize(
    ("with_them", "without", "is_told"),
    [(20, 20, True), (300, 20, False), (None, 20, False), (20, None, False)],
    ids=["left out", "seen", "not counted", "not counted without"],
)
def test_it_is_asked_once_and_told_once(
    with_them: int | None, without: int | None, is_told: bool, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve(lambda question, _: replied(without if is_blind(question) else with_them))
    model = model_on(server)
    assert texts(model.generate(SHOWN) + model.generate(SHOWN)) == ["red"] * 4
    model.log.flush()
    assert sum(count for question, count in server.asked.items() if is_blind(question)) == (with_them is not None)
    assert sum(LEFT_OUT in line for line in told(caplog)) == is_told
    assert (model.describe().get("pictures") == LEFT_OUT) is is_told


def test_nothing_more_is_asked_of_chats_without_pictures(serve: Serve) -> None:
    server = serve(lambda *_: replied(9))
    model = model_on(server)
    model.generate(requests("a", "b"))
    assert server.asked == {"a": 1, "b": 1}
    assert "pictures" not in model.describe()


def test_a_server_that_refuses_the_chat_without_pictures_is_asked_on(serve: Serve) -> None:
    server = serve(lambda question, _: error(400, "no picture") if is_blind(question) else replied(9))
    model = model_on(server)
    assert texts(model.generate(SHOWN)) == ["red", "red"]
    assert any(map(is_blind, server.asked))
    assert "pictures" not in model.describe()
