"""A thought is closed when its budget is spent, and the answer still gets its whole limit, in the running batch and in a static one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from itemwise.cases.chat import Turn
from itemwise.extractors import last_number
from itemwise.extractors.reply_marks import FAMILIES, THOUGHT
from itemwise.extractors.reply_parts import thoughts_in
from itemwise.models import Generation, LoadOptions, ModelEntry, Request
from itemwise.models.local.load import LocalModel, load
from itemwise.models.local.thinking_budget import MAX_CLOSING, ThinkingBudget, closing_of
from tests.models.local.loading import LIMIT, PROMPTS, in_batches, loaded, with_template
from tests.models.thinking_templates import SHAPES

CLOSING = "\n</think>\n\n"
OPENED = [  # the marks of each family, as a model or a template writes them
    "<think>\n",
    "<seed:think>",
    "[THINK]",
    "◁think▷",
    "<|channel>thought\n",
    "<|begin_of_thought|>\n",
    "<|think:start|>",
    "<|think|>",
    "<|thought_start|>",
    "<|START_THINKING|>",
    "<|inner_prefix|>",
    "<|im_start|>think\n",
    "Here is my thought process:\n",
    '<details type="reasoning" done="true">\n',
    "<|channel|>analysis<|message|>",
]


class Bytes:
    """A tokenizer of bytes."""

    def __call__(self, text: str, **_: object) -> dict[str, list[int]]:
        return {"input_ids": list(text.encode())}

    def decode(self, ids: Sequence[int]) -> str:
        return bytes(ids).decode(errors="replace")


def reply(budget: int, says: str, opened: str = "") -> tuple[str, int | None, bool]:
    """What becomes of a reply that would be `says`: its text, where its answer begins, and whether the budget cut it."""
    ids: list[int] = []
    thought = ThinkingBudget(budget, Bytes()).follow(opened)
    for byte in says.encode():
        while (forced := thought.forced(ids)) is not None:
            ids.append(forced)
        ids.append(byte)
    thought.forced(ids)
    again = ThinkingBudget(budget, Bytes()).read(opened, ids)
    assert (again.end, again.is_cut, again.limit(9)) == (thought.end, thought.is_cut, thought.limit(9))
    return bytes(ids).decode(), thought.end, thought.is_cut


def test_a_thought_within_its_budget_is_left_alone() -> None:
    says = "<think>6*3</think>18"
    assert reply(30, says) == (says, len("<think>6*3</think>"), False)


def test_a_thought_that_spends_its_budget_is_closed() -> None:
    text, end, is_cut = reply(10, "<think>abcdefghij")
    assert text == f"<think>abc{CLOSING}defghij"
    assert (end, is_cut) == (len(f"<think>abc{CLOSING}"), True)


def test_a_thought_that_the_prompt_opened_is_closed() -> None:
    assert reply(3, "abcdef", opened="<think>\n") == (f"abc{CLOSING}def", 3 + len(CLOSING), True)
    assert reply(9, "ab</think>cd", opened="<think>") == (f"ab</think{CLOSING}>cd", 9 + len(CLOSING), True)
    assert reply(10, "ab</think>cd", opened="<think>") == ("ab</think>cd", 10, False)


def test_what_does_not_begin_with_a_thought_has_none() -> None:
    says = "The answer is 18, as <think> is only talked about in a sentence that is long enough."
    assert reply(3, says) == (says, 0, False)


@pytest.mark.parametrize("mark", OPENED)
def test_the_thought_of_every_family_is_closed_so_that_readers_see_the_answer(mark: str) -> None:
    closing = closing_of(mark)
    assert closing is not None
    assert len(closing.encode()) <= MAX_CLOSING
    text = f"{mark}It is 17.{closing}18"
    assert (last_number(text), "17" in thoughts_in(text), "18" in thoughts_in(text)) == ("18", True, False)
    assert closing_of(f"I say {mark}") is None


def test_no_family_of_thoughts_is_left_out() -> None:
    import re

    families = [family for name, family in FAMILIES.items() if family.kind == THOUGHT and name != "harmony, bare"]
    assert [family for family in families if not any(re.match(family.opens, mark.lower()) for mark in OPENED)] == []


def test_the_limit_is_that_of_the_answer_behind_the_thought() -> None:
    budget = ThinkingBudget(20, Bytes())
    assert budget.read("", list(b"18")).limit(5) == 5
    assert budget.read("<think>", []).limit(5) == 20 + len(CLOSING) + 5
    assert budget.read("<think>", list(b"6*3</think>18")).limit(5) == len("6*3</think>") + 5


@pytest.fixture(scope="module")
def thinker(checkpoint: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    import shutil

    folder = Path(shutil.copytree(checkpoint(), tmp_path_factory.mktemp("thinker") / "thinker"))
    return loaded(with_template(folder, SHAPES["qwen3.5"]), max_thinking_tokens=5)


def test_both_ways_to_run_close_the_thought_and_give_the_answer_its_limit(thinker: LocalModel) -> None:
    short = [prompt[:24] for prompt in PROMPTS]
    running = in_batches(thinker, short, most=5)
    static = thinker.generate([Request((Turn("user", prompt),)) for prompt in short])
    assert running == static
    cut = [each for each in running if isinstance(each, Generation) and each.thinking_cut]
    assert cut
    for generation in cut:
        assert generation.text.startswith("<think>\n")
        assert CLOSING in generation.text
        assert generation.thinking_tokens == 5 + len("\n</think>")
        assert generation.completion_tokens - generation.thinking_tokens <= 2 + LIMIT
    assert any(each.finish_reason == "length" and each.completion_tokens == 5 + len(CLOSING) + LIMIT for each in cut)


def test_a_sampled_thought_is_closed_alike_in_both(thinker: LocalModel) -> None:
    request = Request((Turn("user", "2+2?"),), temperature=1.0, seed=3)
    (static,) = thinker.generate([request])
    running = thinker.running()
    assert running is not None
    running.admit([running.prepare(request)])
    finished: list[object] = []
    while not finished:
        finished += [result for _, result in running.decode(3)]
    assert finished == [static]


def test_preempted_chats_go_on_with_their_budget(thinker: LocalModel) -> None:
    request = Request((Turn("user", "2+2?"),))
    (expected,) = thinker.generate([request])
    running = thinker.running()
    assert running is not None
    sequence = running.prepare(request)
    running.admit([sequence])
    finished: list[object] = []
    while not finished:
        finished += [result for _, result in running.decode(3)]
        if not finished:
            running.clear()
            running.admit([sequence])
    assert finished == [expected]


def test_the_context_is_never_left(copied: Callable[..., Path]) -> None:
    entry = ModelEntry("tiny", str(with_template(copied(), SHAPES["qwen3.5"])), local=True, max_thinking_tokens=500)
    model = load(entry, LoadOptions("none", 500))
    (generation,) = model.generate([Request((Turn("user", "2+2?"),))])
    assert isinstance(generation, Generation)
    assert generation.prompt_tokens + generation.completion_tokens <= model.prompting.context_length
    assert model.describe()["max thinking tokens"] == "500"
