"""Models on a stand-in server, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply
from itemwise.engine.engine import Engine
from itemwise.models import Generation, LoadOptions, ModelEntry, ModelUnavailableError, Request
from itemwise.models.lazy import LazyModel
from itemwise.models.server.server_model import ServerModel, connect
from itemwise.strategies.direct import direct
from tests.scripted import asked
from tests.stand_in import StandIn

Serve = Callable[..., StandIn]
KEY = "sk-very-secret"
CONNECTED: list[ServerModel] = []  # in the test that runs


def entry_on(server: StandIn, model: str = "#adder", **settings: object) -> ModelEntry:
    return replace(ModelEntry("adder", server.url + model, server=True), **settings)  # type: ignore[arg-type]


def model_on(server: StandIn, model: str = "#adder", **settings: object) -> ServerModel:
    CONNECTED.append(connect(entry_on(server, model, **settings), LoadOptions("nf4", 64)))
    return CONNECTED[-1]


def requests(*questions: str) -> list[Request]:
    return [Request((Turn("user", question),)) for question in questions]


def texts(results: list[Generation | Exception]) -> list[str]:
    return [result.text if isinstance(result, Generation) else str(result) for result in results]


def outcomes(server: StandIn, batch_size: int, *questions: str) -> dict[str, str]:
    """What the engine is told of each question."""
    engine = Engine(model_on(server), batch_size)
    for question in questions:
        asked(engine, question, question, direct)
    while not engine.idle:
        engine.step()
    return {key: outcome.text if isinstance(outcome, Reply) else str(outcome) for key, outcome in engine.outcomes.items()}


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "itemwise.models"]


def unavailable(entry: ModelEntry) -> str:
    """What is said of a model that cannot be asked at all."""
    model = LazyModel(entry, LoadOptions("nf4", 8))
    with pytest.raises(ModelUnavailableError) as caught:
        model.generate(requests("a"))
    model.release()
    return str(caught.value)
