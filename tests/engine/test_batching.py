"""A running batch of a scripted model: who joins when, what a failure concerns, what a stop loses, what the time is shared by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply
from itemwise.engine.batching import STATIC_BATCH
from itemwise.engine.engine import Engine
from itemwise.engine.lookahead import Lookahead, Upcoming
from itemwise.models import ContextFullError, Generation, ModelError, OutOfMemoryError, Request
from itemwise.strategies import Ask, Extract, Transcript, gather
from itemwise.strategies.direct import direct
from tests.scripted import ScriptedModel, asked, bound


@dataclass(eq=False)
class Row:
    request: Request
    said: str = ""

    @property
    def prompt(self) -> str:
        return self.request.turns[-1].content


class RollingModel(ScriptedModel):
    """Says back each prompt, a character a token; at most `most` chats fit, "!" breaks it where it is read, "?" where it is said."""

    eager = False

    def __init__(self, most: int = 99, script: Callable[[str], None] = lambda prompt: None) -> None:
        super().__init__(str)
        self.rows: list[Row] = []
        self.joined: list[list[str]] = []
        self.most = most
        self.tokens = 0
        self._check = script

    def running(self) -> RollingModel:
        return self

    def generate(self, requests: Sequence[Request]) -> list[Generation]:
        raise AssertionError("chats join its running batch")

    @property
    def most_at_once(self) -> int:
        return 7

    def prepare(self, request: Request) -> Row:
        if len(request.turns[-1].content) > 50:
            raise ContextFullError("too long")
        return Row(request)

    def capacity(self, rows: Sequence[Row]) -> int:
        return len(rows)

    def admit(self, rows: Sequence[Row]) -> None:
        if any("!" in row.prompt for row in rows):
            raise RuntimeError("cannot be read")
        if len(self.rows) + len(rows) > self.most:
            raise OutOfMemoryError("full")
        self.joined.append([row.prompt for row in rows])
        self.rows += rows

    def decode(self, most: int) -> list[tuple[Row, Generation]]:
        for _ in range(most):
            for row in self.rows:
                self._check(row.prompt)
                if row.prompt[len(row.said) :].startswith("?"):
                    raise RuntimeError("cannot be said")
            for row in self.rows:
                row.said += row.prompt[len(row.said)]
                self.tokens += 1
            finished = [row for row in self.rows if row.said == row.prompt]
            self.rows = [row for row in self.rows if row not in finished]
            if finished:
                return [(row, Generation(row.said, "stop", 1, len(row.said))) for row in finished]
        return []

    def clear(self) -> None:
        self.rows = []


class Notes:
    """A memory that forgets nothing, and recalls nothing."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def recall(self, request: Request) -> None:
        return None

    def keep(self, said: Sequence[tuple[Request, Generation]]) -> None:
        self.kept += [generation.text for _, generation in said]


def finished(engine: Engine) -> dict[str, Reply | Exception]:
    while not engine.idle:
        engine.step()
    return engine.outcomes


def replies(engine: Engine) -> dict[str, Reply]:
    return {key: outcome for key, outcome in finished(engine).items() if isinstance(outcome, Reply)}


def engine_with(model: RollingModel, size: int, *prompts: str) -> Engine:
    engine = Engine(model, size)
    for prompt in prompts:
        asked(engine, prompt, prompt, direct)
    return engine


# Joining and leaving


def test_a_chat_joins_as_soon_as_another_is_finished() -> None:
    model = RollingModel()
    assert list(replies(engine_with(model, 2, "a" * 9, "b", "cc", "ddd"))) == ["b", "cc", "ddd", "a" * 9]
    assert model.joined == [["a" * 9, "b"], ["cc"], ["ddd"]]


def test_chats_join_a_large_batch_in_groups() -> None:
    model = RollingModel()
    prompts = [f"{number:02}" + "." * (number % 30) for number in range(60)]
    assert len(replies(engine_with(model, 32, *prompts))) == 60
    assert min(len(joined) for joined in model.joined[:-4]) >= 3


def test_where_joining_keeps_nobody_waiting_each_joins_at_once() -> None:
    model = RollingModel()
    model.eager = True
    prompts = [f"{number:02}" + "." * (number % 30) for number in range(60)]
    assert len(replies(engine_with(model, 32, *prompts))) == 60
    assert [len(joined) for joined in model.joined[:3]] == [32, 2, 2]


def test_what_another_engine_left_running_is_nobodys() -> None:
    model = RollingModel()
    engine_with(model, 2, "a", "bbbbb").step()
    assert list(replies(engine_with(model, 2, "ccc"))) == ["ccc"]


def test_without_a_size_as_many_go_on_at_once_as_the_model_says() -> None:
    model = RollingModel()
    engine = Engine(model)
    for number in range(20):
        asked(engine, str(number), chr(97 + number) * 9, direct)
    assert max(reply.batch_size for reply in replies(engine).values()) == len(model.joined[0]) == model.most_at_once


def test_without_a_size_whole_batches_have_one() -> None:
    model = ScriptedModel(str.upper)
    engine = Engine(model)
    for number in range(2 * STATIC_BATCH):
        asked(engine, str(number), str(number), direct)
    assert {reply.batch_size for reply in replies(engine).values()} == {STATIC_BATCH}


def test_the_tests_ahead_are_asked_as_there_is_room_and_no_further() -> None:
    model = RollingModel()
    prompts = [str(number) * (20 if number == 1 else 2) for number in range(10)]
    lookahead = Lookahead([Upcoming(prompt, bound(direct, prompt), 0) for prompt in prompts])
    engine = Engine(model, 4)
    assert lookahead.reply(prompts[0], engine).text == "00"
    assert model.joined == [prompts[:4]]
    assert [lookahead.reply(prompt, engine).text for prompt in prompts[1:]] == prompts[1:]
    assert max(reply.batch_size for reply in [lookahead.reply(prompts[0], engine)]) <= 4


def test_a_conversation_rejoins_with_its_next_turn() -> None:
    async def twice(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        first = await ask(chat)
        second = await ask([Turn("user", first.content + "again")])
        return Transcript([*chat, first, second], second)

    model = RollingModel()
    engine = Engine(model, 4)
    asked(engine, "a", "a", twice)
    asked(engine, "b", "b" * 20, direct)
    assert {key: reply.text for key, reply in replies(engine).items()} == {"a": "aagain", "b": "b" * 20}
    assert model.joined == [["a", "b" * 20], ["aagain"]]


# Failures


def test_what_cannot_be_made_ready_or_read_or_said_concerns_its_own_case() -> None:
    prompts = [f"case {number}" for number in range(20)]
    prompts[3], prompts[7], prompts[11] = "x" * 60, "no!", "what?"
    outcomes = finished(engine_with(RollingModel(), 8, *prompts))
    failed = {key: str(outcome) for key, outcome in outcomes.items() if isinstance(outcome, Exception)}
    assert failed == {"x" * 60: "too long", "no!": "cannot be read", "what?": "cannot be said"}
    assert len(outcomes) == 20


def test_out_of_memory_makes_the_batch_smaller_and_it_grows_back_slowly() -> None:
    model = RollingModel(most=5)
    prompts = [f"{number:03}" for number in range(80)]
    engine = engine_with(model, 16, *prompts)
    while len(engine.outcomes) < 40:
        engine.step()
    model.most = 99
    assert len(replies(engine)) == 80
    assert model.tokens < 1.5 * 3 * 80  # what had to leave was not said again and again
    assert 5 < max(reply.batch_size for reply in replies(engine).values()) < 16


def test_a_case_too_large_for_memory_alone_says_what_to_do() -> None:
    outcomes = finished(engine_with(RollingModel(most=0), 4, "a", "b"))
    assert [type(outcome) for outcome in outcomes.values()] == [ModelError, ModelError]
    assert "--max-new-tokens" in str(outcomes["a"])


def test_a_result_that_comes_after_its_conversation_went_on_without_it_is_not_taken_for_another() -> None:
    async def undaunted(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        try:
            turns = await gather(ask([Turn("user", "slow" * 5)]), ask([Turn("user", "no!")]))
        except RuntimeError:
            turns = await gather(ask([Turn("user", "one" * 9)]), ask([Turn("user", "two")]))
        return Transcript([*chat, *turns], turns[0])

    engine = Engine(RollingModel(), 4)
    asked(engine, "case", "x", undaunted)
    outcomes = finished(engine)
    assert {key: outcome.text for key, outcome in outcomes.items() if isinstance(outcome, Reply)} == {"case": "one" * 9}


def test_a_case_that_failed_stays_failed_when_its_other_requests_are_done() -> None:
    async def both(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        turns = await gather(ask([Turn("user", "slow" * 5)]), ask([Turn("user", "no!")]))
        return Transcript(turns, turns[0])

    engine = Engine(RollingModel(), 4)
    asked(engine, "case", "x", both)
    while "case" not in engine.outcomes:
        engine.step()
    assert isinstance(engine.outcomes.pop("case"), RuntimeError)
    assert finished(engine) == {}


# Stops


@pytest.mark.parametrize("moment", range(1, 45, 6))
def test_a_stop_at_any_moment_loses_nothing_that_was_finished(moment: int) -> None:
    left = iter(range(moment))

    def stop(prompt: str) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    memory, prompts = Notes(), [str(number) * (number + 1) for number in range(9)]
    engine = Engine(RollingModel(script=stop), 4, memory)
    for prompt in prompts:
        asked(engine, prompt, prompt, direct)
    with pytest.raises(KeyboardInterrupt):
        finished(engine)
    assert set(memory.kept) >= set(engine.outcomes)
    assert [text for text in memory.kept if text not in prompts] == []


def test_what_is_finished_is_kept_before_its_case_goes_on() -> None:
    memory, seen = Notes(), []

    async def looking(chat: Sequence[Turn], ask: Ask, extract: Extract) -> Transcript:
        reply = await ask(chat)
        seen.append(reply.content in memory.kept)
        return Transcript([*chat, reply], reply)

    engine = Engine(RollingModel(), 2, memory)
    for prompt in ("aaa", "b", "cc"):
        asked(engine, prompt, prompt, looking)
    assert len(replies(engine)) == 3
    assert seen == [True] * 3


# Accounts


def test_seconds_add_up_to_the_time_of_generation(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]

    def tick(prompt: str) -> None:
        clock[0] += 0.25

    monkeypatch.setattr("itemwise.engine.batching.time", SimpleNamespace(perf_counter=lambda: clock[0]))
    engine = Engine(RollingModel(script=tick), 4)
    for number in range(10):
        asked(engine, str(number), str(number) * (number + 1), direct)
    spent = sum(reply.seconds for reply in replies(engine).values())
    assert spent == pytest.approx(clock[0])


def test_the_batch_size_of_a_reply_is_the_largest_it_was_part_of() -> None:
    sizes = {key: reply.batch_size for key, reply in replies(engine_with(RollingModel(), 3, "aaaa", "b", "c", "dddddd")).items()}
    assert sizes == {"aaaa": 3, "b": 3, "c": 3, "dddddd": 2}


@given(
    prompts=st.lists(st.text("abc", min_size=1, max_size=12), max_size=30),
    size=st.integers(1, 12),
    most=st.integers(1, 12),
)
def test_every_case_gets_its_own_reply_whatever_the_batch_and_the_memory(prompts: list[str], size: int, most: int) -> None:
    engine = Engine(RollingModel(most), size)
    for number, prompt in enumerate(prompts):
        asked(engine, str(number), prompt, direct)
    assert {key: reply.text for key, reply in replies(engine).items()} == {str(number): prompt for number, prompt in enumerate(prompts)}
