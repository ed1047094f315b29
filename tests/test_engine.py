from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.case import Reply, Turn
from itemwise.engine import Engine
from itemwise.models import Generation, ModelError, OutOfMemoryError, Request
from itemwise.strategies import Ask
from itemwise.strategies.direct import direct
from tests.scripted import ScriptedModel


async def twice(prompt: str, ask: Ask) -> Sequence[Turn]:
    """Ask, and ask again with what was said."""
    first = await ask([Turn("user", prompt)])
    second = await ask([Turn("user", first.text)])
    return [Turn("user", prompt), first.turn, second.turn]


def finished(engine: Engine) -> dict[str, Reply | Exception]:
    while not engine.idle:
        engine.step()
    return engine.outcomes


def texts(engine: Engine) -> dict[str, str]:
    return {key: outcome.text for key, outcome in finished(engine).items() if isinstance(outcome, Reply)}


def test_cases_that_wait_share_one_generate() -> None:
    model = ScriptedModel(str.upper)
    engine = Engine(model, batch_size=8)
    for key in "abcde":
        engine.submit(key, key, direct)
    assert texts(engine) == {key: key.upper() for key in "abcde"}
    assert model.batches == [["a", "b", "c", "d", "e"]]


def test_a_batch_is_never_larger_than_asked() -> None:
    model = ScriptedModel(str.upper)
    engine = Engine(model, batch_size=2)
    for key in "abcde":
        engine.submit(key, key, direct)
    finished(engine)
    assert [len(batch) for batch in model.batches] == [2, 2, 1]


def test_turns_of_different_conversations_share_a_batch() -> None:
    model = ScriptedModel(lambda text: text + "!")
    engine = Engine(model, batch_size=4)
    engine.submit("long", "l", twice)
    engine.step()
    engine.submit("short", "s", direct)
    assert texts(engine) == {"long": "l!!", "short": "s!"}
    assert model.batches[-1] == ["l!", "s"]


def test_a_reply_sums_what_all_its_turns_cost() -> None:
    engine = Engine(ScriptedModel(lambda text: text + "!"), batch_size=4)
    engine.submit("case", "ab", twice)
    reply = finished(engine)["case"]
    assert isinstance(reply, Reply)
    assert (reply.prompt_tokens, reply.completion_tokens) == (2, 3 + 4)
    assert [turn.role for turn in reply.turns] == ["user", "assistant", "assistant"]


def test_only_the_case_at_fault_fails() -> None:
    def script(text: str) -> str:
        if text == "13":
            raise RuntimeError("boom")
        return text

    engine = Engine(ScriptedModel(script), batch_size=16)
    for number in range(80):
        engine.submit(str(number), str(number), direct)
    outcomes = finished(engine)
    assert [key for key, outcome in outcomes.items() if isinstance(outcome, Exception)] == ["13"]
    assert len(outcomes) == 80


class SmallDevice(ScriptedModel):
    """Runs out of memory with more than `most` chats at once."""

    def __init__(self, most: int) -> None:
        super().__init__(str.upper)
        self._most = most

    def generate(self, requests: Sequence[Request]) -> list[Generation]:
        if len(requests) > self._most:
            raise OutOfMemoryError("full")
        return super().generate(requests)


def test_out_of_memory_makes_batches_smaller_for_good() -> None:
    model = SmallDevice(most=3)
    engine = Engine(model, batch_size=16)
    for number in range(20):
        engine.submit(str(number), f"n{number}", direct)
    assert len(texts(engine)) == 20
    assert max(len(batch) for batch in model.batches) <= 3


def test_a_case_too_large_for_memory_alone_says_what_to_do() -> None:
    engine = Engine(SmallDevice(most=0), batch_size=4)
    engine.submit("case", "x", direct)
    outcome = finished(engine)["case"]
    assert isinstance(outcome, ModelError)
    assert "--max-new-tokens" in str(outcome)


def test_a_strategy_that_fails_fails_its_own_case_only() -> None:
    async def broken(prompt: str, ask: Ask) -> Sequence[Turn]:
        await ask([Turn("user", prompt)])
        raise KeyError("strategy")

    engine = Engine(ScriptedModel(str.upper), batch_size=4)
    engine.submit("good", "g", direct)
    engine.submit("bad", "b", broken)
    outcomes = finished(engine)
    assert isinstance(outcomes["bad"], KeyError)
    assert texts(engine) == {"good": "G"}


def test_a_stop_by_the_user_is_not_swallowed() -> None:
    def script(text: str) -> str:
        raise KeyboardInterrupt

    engine = Engine(ScriptedModel(script), batch_size=4)
    engine.submit("case", "x", direct)
    with pytest.raises(KeyboardInterrupt):
        engine.step()


@given(cases=st.lists(st.text(max_size=5), max_size=30), batch_size=st.integers(1, 40))
def test_every_case_gets_its_own_reply_whatever_the_batch_size(cases: list[str], batch_size: int) -> None:
    engine = Engine(ScriptedModel(lambda text: f"<{text}>"), batch_size)
    for number, prompt in enumerate(cases):
        engine.submit(str(number), prompt, twice if number % 3 == 0 else direct)
    expected = {str(number): f"<<{text}>>" if number % 3 == 0 else f"<{text}>" for number, text in enumerate(cases)}
    assert texts(engine) == expected
