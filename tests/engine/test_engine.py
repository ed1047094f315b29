from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply
from itemwise.engine.engine import Engine
from itemwise.models import ContextFullError, Generation, ModelError, OutOfMemoryError, Request
from itemwise.strategies import Ask, Extract, Transcript, gather
from itemwise.strategies.calculator import CALCULATOR
from itemwise.strategies.direct import direct
from itemwise.strategies.strategy import Strategy
from tests.engine.test_batching import RollingModel
from tests.scripted import ScriptedModel, asked


async def twice(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
    """Ask, and ask again with what was said."""
    first = await ask(chat)
    second = await ask([Turn("user", first.content)])
    return Transcript([*chat, first, second], second)


async def thrice_at_once(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
    """Ask three things that do not wait for each other."""
    turns = await gather(*(ask([Turn("user", chat[-1].content + mark)]) for mark in "abc"))
    return Transcript([*chat, *turns], turns[-1], {"all": [turn.content for turn in turns]})


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
        asked(engine, key, key, direct)
    assert texts(engine) == {key: key.upper() for key in "abcde"}
    assert model.batches == [["a", "b", "c", "d", "e"]]


def test_a_batch_is_never_larger_than_asked() -> None:
    model = ScriptedModel(str.upper)
    engine = Engine(model, batch_size=2)
    for key in "abcde":
        asked(engine, key, key, direct)
    finished(engine)
    assert [len(batch) for batch in model.batches] == [2, 2, 1]


def test_turns_of_different_conversations_share_a_batch() -> None:
    model = ScriptedModel(lambda text: text + "!")
    engine = Engine(model, batch_size=4)
    asked(engine, "long", "l", twice)
    engine.step()
    asked(engine, "short", "s", direct)
    assert texts(engine) == {"long": "l!!", "short": "s!"}
    assert model.batches[-1] == ["l!", "s"]


def test_a_reply_sums_what_all_its_turns_cost() -> None:
    engine = Engine(ScriptedModel(lambda text: text + "!"), batch_size=4)
    asked(engine, "case", "ab", twice)
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
        asked(engine, str(number), str(number), direct)
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
        asked(engine, str(number), f"n{number}", direct)
    assert len(texts(engine)) == 20
    assert max(len(batch) for batch in model.batches) <= 3


def test_a_case_too_large_for_memory_alone_says_what_to_do() -> None:
    engine = Engine(SmallDevice(most=0), batch_size=4)
    asked(engine, "case", "x", direct)
    outcome = finished(engine)["case"]
    assert isinstance(outcome, ModelError)
    assert "--max-new-tokens" in str(outcome)


def test_a_strategy_that_fails_fails_its_own_case_only() -> None:
    async def broken(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        await ask(chat)
        raise KeyError("strategy")

    engine = Engine(ScriptedModel(str.upper), batch_size=4)
    asked(engine, "good", "g", direct)
    asked(engine, "bad", "b", broken)
    outcomes = finished(engine)
    assert isinstance(outcomes["bad"], KeyError)
    assert texts(engine) == {"good": "G"}


def test_a_stop_by_the_user_is_not_swallowed() -> None:
    def script(text: str) -> str:
        raise KeyboardInterrupt

    engine = Engine(ScriptedModel(script), batch_size=4)
    asked(engine, "case", "x", direct)
    with pytest.raises(KeyboardInterrupt):
        engine.step()


def test_what_does_not_wait_for_each_other_is_asked_in_one_batch() -> None:
    model = ScriptedModel(str.upper)
    engine = Engine(model, batch_size=8)
    asked(engine, "case", "x", thrice_at_once)
    reply = finished(engine)["case"]
    assert isinstance(reply, Reply)
    assert model.batches == [["xa", "xb", "xc"]]
    assert reply.notes == {"all": ["XA", "XB", "XC"]}


def test_a_conversation_goes_on_when_the_last_of_its_batches_is_done() -> None:
    model = ScriptedModel(str.upper)
    engine = Engine(model, batch_size=2)
    asked(engine, "case", "x", thrice_at_once)
    asked(engine, "next", "y", direct)
    assert texts(engine) == {"case": "XC", "next": "Y"}
    assert model.batches == [["xa", "xb"], ["xc", "y"]]


def test_a_strategy_hears_of_what_the_model_could_not_do_and_may_go_on() -> None:
    def script(text: str) -> str:
        if text == "x":
            raise ContextFullError("full")
        return text

    async def undaunted(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        try:
            reply = await ask(chat)
        except ContextFullError:
            reply = await ask([Turn("user", "shorter")])
        return Transcript([*chat, reply], reply)

    engine = Engine(ScriptedModel(script), batch_size=4)
    asked(engine, "case", "x", undaunted)
    assert texts(engine) == {"case": "shorter"}


def test_where_one_of_several_askings_fails_the_others_are_dropped() -> None:
    def script(text: str) -> str:
        if text == "xa":
            raise RuntimeError("boom")
        return text

    model = ScriptedModel(script)
    engine = Engine(model, batch_size=1)
    asked(engine, "case", "x", thrice_at_once)
    assert isinstance(finished(engine)["case"], RuntimeError)
    assert model.batches == [["xa"]]


def test_the_reply_is_the_turn_that_the_strategy_says() -> None:
    async def first_of_two(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        turns = [await ask([Turn("user", text)]) for text in "ab"]
        return Transcript([*chat, *turns], turns[0])

    engine = Engine(ScriptedModel(str.upper), batch_size=4)
    asked(engine, "case", "x", first_of_two)
    assert texts(engine) == {"case": "A"}


def test_a_strategy_is_given_the_extractor() -> None:
    seen: list[str | None] = []

    async def reading(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        reply = await ask(chat)
        seen.append(extract(reply))
        return Transcript([*chat, reply], reply)

    engine = Engine(ScriptedModel(lambda text: "?"), batch_size=4)
    asked(engine, "case", "x", reading)
    finished(engine)
    assert seen == [None]


def test_a_call_in_the_text_is_told_to_the_strategy() -> None:
    async def calling(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        reply = await ask(chat, tools=[CALCULATOR])
        return Transcript([*chat, reply], reply, {"called": [call.arguments["expression"] for call in reply.calls]})

    engine = Engine(
        ScriptedModel(lambda text: f'<tool_call>{{"name": "calculator", "arguments": {{"expression": "{text}"}}}}</tool_call>'), 4
    )
    asked(engine, "case", "6*7", calling)
    reply = finished(engine)["case"]
    assert isinstance(reply, Reply)
    assert reply.notes == {"called": ["6*7"]}


def test_a_long_conversation_does_not_pile_up() -> None:
    async def talkative(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        turns = [await ask([Turn("user", str(number))]) for number in range(2000)]
        return Transcript(turns, turns[-1])

    class Recalling:
        def recall(self, request: Request) -> Generation:
            return Generation("known", "stop", 1, 1)

        def keep(self, said: object) -> None:
            raise AssertionError("nothing is asked")

    engine = Engine(ScriptedModel(str.upper), 4, Recalling())
    asked(engine, "case", "x", talkative)
    assert texts(engine) == {"case": "known"}


@given(cases=st.lists(st.text(max_size=5), max_size=30), batch_size=st.integers(1, 40))
def test_every_case_gets_its_own_reply_whatever_the_batch_size(cases: list[str], batch_size: int) -> None:
    engine = Engine(ScriptedModel(lambda text: f"<{text}>"), batch_size)
    for number, prompt in enumerate(cases):
        asked(engine, str(number), prompt, twice if number % 3 == 0 else direct)
    expected = {str(number): f"<<{text}>>" if number % 3 == 0 else f"<{text}>" for number, text in enumerate(cases)}
    assert texts(engine) == expected


def test_equal_questions_in_flight_are_asked_once_and_paid_for_once() -> None:
    model = ScriptedModel(str.upper)
    engine = Engine(model, batch_size=8)
    for key, prompt in {"a": "same", "b": "same", "c": "other", "d": "same"}.items():
        asked(engine, key, prompt, direct)
    replies = finished(engine)
    assert model.batches == [["same", "other"]]
    assert texts(engine) == {"a": "SAME", "b": "SAME", "c": "OTHER", "d": "SAME"}
    paid = {key: (reply.generated, reply.generated_tokens) for key, reply in replies.items() if isinstance(reply, Reply)}
    assert paid == {"a": (1, 4), "b": (0, 0), "c": (1, 5), "d": (0, 0)}


def test_samples_are_shared_where_temperature_and_seed_are_equal_too() -> None:
    def sampled(seed: int, temperature: float = 1.0) -> Strategy:
        async def once(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
            said = await ask(chat, temperature=temperature, seed=seed)
            return Transcript([*chat, said], said)

        return once

    model = ScriptedModel(str.upper)
    engine = Engine(model, batch_size=8)
    for key, strategy in {"a": sampled(1), "b": sampled(1), "c": sampled(2), "d": sampled(1, 0.5), "e": direct}.items():
        asked(engine, key, "same", strategy)
    assert len(texts(engine)) == 5
    assert model.batches == [["same"] * 4]


def test_what_goes_wrong_with_a_shared_question_reaches_all_that_share_it() -> None:
    def broken(text: str) -> str:
        raise RuntimeError("boom")

    engine = Engine(ScriptedModel(broken), batch_size=8)
    for key in "abc":
        asked(engine, key, "same", direct)
    assert {key: str(outcome) for key, outcome in finished(engine).items()} == {"a": "boom", "b": "boom", "c": "boom"}


def test_a_conversation_that_goes_away_leaves_a_shared_question_to_the_others() -> None:
    async def gives_up(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        try:
            await gather(ask([Turn("user", "bad")]), ask([Turn("user", "shared")]), ask([Turn("user", "own")]))
        except RuntimeError:
            return Transcript(chat, chat[-1])
        raise AssertionError("one of them is at fault")

    def script(text: str) -> str:
        if text == "bad":
            raise RuntimeError("boom")
        return text.upper()

    model = ScriptedModel(script)
    engine = Engine(model, batch_size=1)
    asked(engine, "first", "-", gives_up)
    asked(engine, "second", "shared", direct)
    replies = finished(engine)
    assert model.batches == [["bad"], ["shared"]]
    assert texts(engine) == {"first": "-", "second": "SHARED"}
    assert isinstance(second := replies["second"], Reply)
    assert second.generated == 1, "the first that still waits has it generated"


def test_a_question_joins_an_equal_one_that_is_being_generated() -> None:
    model = RollingModel()
    engine = Engine(model, 4)
    asked(engine, "early", "x" * 40, direct)
    asked(engine, "quick", "q", direct)
    while "quick" not in engine.outcomes:
        engine.step()
    asked(engine, "late", "x" * 40, direct)
    assert engine.capacity == 3
    assert texts(engine) == {"early": "x" * 40, "quick": "q", "late": "x" * 40}
    assert model.joined == [["x" * 40, "q"]]


def test_without_a_cache_a_question_is_asked_again_once_the_equal_one_has_ended() -> None:
    model = ScriptedModel(str.upper)
    engine = Engine(model, batch_size=1)
    for key in "ab":
        asked(engine, key, "same", direct)
        finished(engine)
    assert model.batches == [["same"], ["same"]]


def test_a_chat_inside_a_list_is_refused_with_what_to_write() -> None:
    async def nested(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        reply = await ask([chat])  # type: ignore[list-item]  # as a strategy of one question would
        return Transcript([*chat, reply], reply)

    engine = Engine(ScriptedModel(str.upper))
    asked(engine, "a", "x", nested)
    assert str(engine.outcomes["a"]) == ("ask(...) takes the turns of a chat, got a tuple among them: ask(chat) or ask([*chat, turn]).")


@pytest.mark.parametrize(
    ("turns", "settings", "fault"),
    [
        (None, {"stop": 5}, 'ask(...) takes its stop as a list, got 5: stop="..." or stop=["...", "..."].'),
        (None, {"stop": {"a"}}, 'ask(...) takes its stop as a list, got {\'a\'}: stop="..." or stop=["...", "..."].'),
        (None, {"stop": ""}, "stop must be texts that are not empty, got ('',)."),
        (None, {"continuations": "yes"}, "ask(...) takes its continuations as a list, got 'yes': continuations=[...]."),
        (None, {"tools": None}, "ask(...) takes its tools as a list, got None: tools=[...]."),
        ("x", {}, "ask(...) takes its turns as a list, got 'x': ask(chat) or ask([*chat, turn])."),
        (
            [],
            {},
            'ask(...) cannot ask this chat: it has no user turn, so nothing would be asked; give Turn("user", "...") with the question.',
        ),
        (
            [Turn("system", "A."), Turn("system", "B."), Turn("user", "x")],
            {},
            "ask(...) cannot ask this chat: the system turn at 1 is not the first; a chat has one system turn at most, at its beginning.",
        ),
        (
            [Turn("human", "x")],
            {},
            "ask(...) cannot ask this chat: the turn at 0 has the role 'human'; roles are system, user, assistant, tool, text.",
        ),
    ],
)
def test_what_cannot_be_asked_is_an_error_of_its_case_in_words(turns: Any, settings: dict[str, Any], fault: str) -> None:
    async def wrong(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        reply = await ask(chat if turns is None else turns, **settings)
        return Transcript([*chat, reply], reply)

    engine = Engine(ScriptedModel(str.upper))
    asked(engine, "a", "x", wrong)
    assert str(engine.outcomes["a"]) == fault


@pytest.mark.parametrize(
    ("returned", "fault"),
    [
        (lambda turn: None, "where reply is what await ask(...) gave; it returned None."),
        (lambda turn: turn.content, "a strategy returns Transcript([*chat, reply], reply), where"),
        (lambda turn: Transcript([turn], None), "; None is no turn."),  # type: ignore[arg-type]  # as one that was not awaited
        (lambda turn: Transcript(turn, [turn]), "] is no turn."),  # type: ignore[arg-type]  # the two in the other order
        (lambda turn: Transcript(turn, turn), "its turns are Turn("),  # type: ignore[arg-type]
        (lambda turn: Transcript([turn], turn, {"x": {1}}), "the notes of a strategy must be plain data, as JSON has it ("),
    ],
)
def test_what_a_strategy_returns_is_a_transcript_or_an_error_that_says_so(returned: Callable[[Turn], Any], fault: str) -> None:
    async def own(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        return returned(await ask(chat))  # type: ignore[no-any-return]

    engine = Engine(ScriptedModel(str.upper))
    asked(engine, "a", "x", own)
    finished(engine)
    assert isinstance(engine.outcomes["a"], TypeError)
    assert fault in str(engine.outcomes["a"])


SETTINGS = {"temperature": 0.5, "seed": 3, "stop": "\n", "top_p": 0.9, "max_new_tokens": 8}


def strategy_with(**settings: Any) -> Strategy:
    async def once(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        reply = await ask(chat, **settings)
        return Transcript([*chat, reply], reply)

    return once


def test_what_a_strategy_asks_for_reaches_the_model_and_stands_with_the_turn() -> None:
    seen: list[Request] = []

    class Recording(ScriptedModel):
        def generate(self, requests: Sequence[Request]) -> list[Generation]:
            seen.extend(requests)
            return super().generate(requests)

    engine = Engine(Recording(str.upper))
    asked(engine, "a", "x", strategy_with(**SETTINGS))
    asked(engine, "b", "x", strategy_with(seed=3, top_p=0.9))
    finished(engine)
    chat = (Turn("user", "x"),)
    assert seen == [Request(chat, (), 0.5, 3, ("\n",), 0.9, 8), Request(chat)]  # greedily seed and top_p change nothing
    costs = [outcome.turns[-1].record() for outcome in engine.outcomes.values() if isinstance(outcome, Reply)]
    assert {"stop": ("\n",), "top_p": 0.9, "max_new_tokens": 8}.items() <= costs[0].items()
    assert {"stop", "top_p", "max_new_tokens"}.isdisjoint(costs[1])


def test_requests_that_differ_in_a_setting_are_asked_apart() -> None:
    model = ScriptedModel(str.upper)
    engine = Engine(model)
    for key, settings in {"a": {}, "b": {"stop": "\n"}, "c": {"max_new_tokens": 8}, "d": {"stop": ["\n"]}}.items():
        asked(engine, key, "x", strategy_with(**settings))
    finished(engine)
    assert model.batches == [["x"] * 3]


def test_a_setting_that_is_none_fails_its_own_case() -> None:
    engine = Engine(ScriptedModel(str.upper))
    asked(engine, "a", "x", strategy_with(stop=""))
    assert str(engine.outcomes["a"]) == "stop must be texts that are not empty, got ('',)."
