"""Prompts cut by the server are told by their token counts, and by nothing less."""

from __future__ import annotations

import pytest

from itemwise.cases.chat import Turn
from itemwise.cases.picture import Picture
from itemwise.models import Generation, ModelError, Request
from itemwise.models.server.cut_prompts import CutPrompts
from tests.models.server.connecting import Serve, model_on
from tests.stand_in import Answer


def noted(*pairs: tuple[int, int]) -> list[bool]:
    """Whether each prompt, of so many characters and tokens, is told to be cut."""
    prompts = CutPrompts()
    return [bool(prompts.evidence(characters, tokens)) for characters, tokens in pairs]


@pytest.mark.parametrize("context", [2048, 4096, 4095, 8192, 6000, 131072])
def test_the_third_prompt_of_another_length_and_the_same_count_is_cut(context: int) -> None:
    assert noted((20_000, context), (22_000, context), (31_000, context), (20_500, context)) == [False, False, True, True]


@pytest.mark.parametrize(
    "pairs",
    [
        [(20_000, 4001), (22_000, 4001), (31_000, 4001)],  # no round number
        [(600, 256), (700, 256), (800, 256)],  # no context is that small
        [(20_000, 4096), (20_001, 4096), (20_002, 4096)],  # as many tokens by chance
        [(20_000, 4096), (20_000, 4096), (31_000, 4096)],  # the same prompt again
        [(20_000, 4096), (22_000, 4096), (31_000, 6011)],  # longer ones are not cut
        [(31_000, 6011), (20_000, 4096), (22_000, 4096), (25_000, 4096)],
    ],
)
def test_nothing_less_is_told(pairs: list[tuple[int, int]]) -> None:
    assert not any(noted(*pairs))


def test_what_is_cut_is_told_in_words() -> None:
    prompts = CutPrompts()
    told = [prompts.evidence(characters, 4096) for characters in (20_000, 22_000, 31_000)]
    assert told[-1].startswith("the server counts 4096 tokens for prompts of 20000 to 31000 characters alike, so it cuts them")
    assert "num_ctx" in told[-1]


def counted(_: str, number: int) -> Answer:
    usage = {"prompt_tokens": 4096, "completion_tokens": 2, "total_tokens": 4098}
    return Answer({"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": str(number)}}], "usage": usage})


def test_a_reply_to_a_cut_prompt_is_an_error_of_its_case(serve: Serve) -> None:
    model = model_on(serve(counted))
    results = [model.generate([Request((Turn("user", "why " * count),))])[0] for count in (5000, 6000, 7000)]
    assert [type(result) for result in results] == [Generation, Generation, ModelError]
    assert str(results[-1]).startswith("adder: the server counts 4096 tokens for prompts of 20000 to 28000 characters alike")


def test_prompts_with_pictures_are_not_judged_by_their_text(serve: Serve) -> None:
    picture = Picture("dot.png", lambda: b"\x89PNG\r\n\x1a\n")
    model = model_on(serve(counted))
    chats = [Request((Turn("user", "why " * count, pictures=(picture,)),)) for count in (50, 60, 70)]
    assert all(isinstance(model.generate([chat])[0], Generation) for chat in chats)
