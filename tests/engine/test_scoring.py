"""Continuations that are scored: a likelihood scorer is one coroutine, and one method of a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from itemwise.cases.case import LETTERS
from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply
from itemwise.engine.engine import Engine
from itemwise.models import Generation, Request
from itemwise.results.store import ModelReplies, Store
from itemwise.strategies import Ask, ConfiguredStrategy, Extract, Transcript, gather
from itemwise.strategies.direct import direct
from tests.scripted import ScriptedModel, asked, read_all


async def likelihood(chat: Sequence[Turn], ask: Ask, extract: Extract, *, options: Sequence[str] = ()) -> Transcript:
    """The letter of the option that the model finds likeliest."""
    scored = await ask(chat, continuations=options)
    letter = LETTERS[max(range(len(options)), key=lambda index: scored.logprobs[index])]
    reply = Turn("assistant", letter)
    return Transcript([*chat, scored, reply], reply)


class Scoring(ScriptedModel):
    """Finds short continuations likely, and has none of the letter q."""

    def __init__(self) -> None:
        super().__init__(str.upper)
        self.scored: list[list[str]] = []

    def score(self, requests: Sequence[Request]) -> list[Generation | Exception]:
        self.scored.append([request.turns[-1].content for request in requests])
        if any("q" in text for request in requests for text in request.continuations):
            raise RuntimeError("no q")
        return [Generation("", "stop", 5, 0, logprobs=tuple(-float(len(text)) for text in r.continuations)) for r in requests]


OPTIONS = ("green", "red", "yellow")


def submit(engine: Engine, key: str, options: Sequence[str] = OPTIONS) -> None:
    engine.submit(key, ConfiguredStrategy("likelihood", likelihood).bind([Turn("user", f"Which, {key}?")], read_all, options))


def replies(engine: Engine) -> dict[str, str]:
    while not engine.idle:
        engine.step()
    return {key: outcome.text if isinstance(outcome, Reply) else str(outcome) for key, outcome in engine.outcomes.items()}


def test_options_of_many_cases_are_scored_in_one_batch_beside_what_is_generated() -> None:
    model = Scoring()
    engine = Engine(model)
    for key in "ab":
        submit(engine, key)
    asked(engine, "c", "x", direct)
    assert replies(engine) == {"a": "B", "b": "B", "c": "X"}
    assert (model.scored, model.batches) == ([["Which, a?", "Which, b?"]], [["x"]])


def test_what_waits_to_be_scored_takes_less_room_than_a_chat() -> None:
    engine = Engine(Scoring(), batch_size=8)
    for number in range(9):
        submit(engine, f"a{number}")
    assert engine.capacity == 6
    asked(engine, "c", "x", direct)
    assert engine.capacity == 5


def test_a_request_that_cannot_be_scored_fails_alone() -> None:
    engine = Engine(Scoring())
    submit(engine, "a")
    submit(engine, "b", ("q", "red"))
    assert replies(engine) == {"a": "B", "b": "no q"}


def test_a_model_that_cannot_score_refuses_by_name() -> None:
    engine = Engine(ScriptedModel(str.upper))
    submit(engine, "a")
    assert replies(engine) == {"a": "scripted cannot tell how likely given continuations are; take another --strategy."}


def test_scores_are_kept_and_recalled(tmp_path: Path) -> None:
    models = [Scoring(), Scoring()]
    for model in models:
        engine = Engine(model, cache=ModelReplies(Store(tmp_path / "store.sqlite"), {"model": "m"}))
        submit(engine, "a")
        assert replies(engine) == {"a": "B"}
    assert [len(model.scored) for model in models] == [1, 0]
    (outcome,) = engine.outcomes.values()
    assert isinstance(outcome, Reply)
    assert Reply.from_record(outcome.record()).turns[1].logprobs == (-5.0, -3.0, -6.0)


def test_continuations_are_asked_for_without_settings_of_a_reply() -> None:
    for settings in ({"stop": "x"}, {"temperature": 1.0}, {"max_new_tokens": 3}, {"tools": [{"function": {"name": "f"}}]}):

        async def odd(chat: Sequence[Turn], ask: Ask, extract: Extract, settings: dict[str, object] = settings) -> Transcript:
            turns = await gather(ask(chat, continuations=["x"], **settings))  # type: ignore[arg-type]
            return Transcript([*chat, *turns], turns[0])

        engine = Engine(Scoring())
        engine.submit("a", lambda ask, odd=odd: odd([Turn("user", "?")], ask, read_all))  # type: ignore[misc]
        with pytest.raises(ValueError, match="nothing is generated"):
            raise engine.outcomes["a"]  # type: ignore[misc]
