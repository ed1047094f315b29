"""A prompt and its continuations part at one token, for all of them alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from itemwise.cases.chat import Turn
from itemwise.models import ModelError, Request
from itemwise.models.local.scored_prompt import scored_prompt
from tests.models.local.loading import loaded
from tests.models.local.test_vision import loaded as loaded_with_vision
from tests.models.local.test_vision import noise


def test_each_continuation_is_its_tokens_behind_the_prompt(checkpoint: Callable[..., Path]) -> None:
    prompting = loaded(checkpoint()).prompting
    request = Request((Turn("user", "2+2?"),), continuations=("4", "five"))
    scored = scored_prompt(prompting, request)
    assert scored.prompt.ids == prompting.encode(request).ids
    assert [prompting.tokenizer.decode(ids) for ids in scored.continuations] == ["4", "five"]
    assert (scored.merged, scored.whole(0).ids) == (0, [*scored.prompt.ids, *scored.continuations[0]])


def test_tokens_of_a_picture_stay_in_the_prompt(checkpoint: Callable[..., Path]) -> None:
    prompting = loaded_with_vision(checkpoint("qwen2_vl")).prompting
    request = Request((Turn("user", "What?", pictures=(noise(),)),), continuations=("a cat",))
    scored = scored_prompt(prompting, request)
    assert scored.prompt.ids == prompting.encode(request).ids
    assert prompting.tokenizer.decode(scored.continuations[0]) == "a cat"
    assert all(len(types) == len(scored.whole(0).ids) for types in scored.whole(0).token_type_ids.values())


@pytest.mark.parametrize(
    ("tokens", "refusal"),
    [
        (lambda text, special: [*range(min(len(text), 5))], "'4' has no token of its own behind this prompt"),
        (lambda text, special: [len(text)], "no token of the prompt is left before '4'"),
    ],
)
def test_a_prompt_or_a_continuation_without_a_token_of_its_own_is_refused(
    checkpoint: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tokens: Callable[..., list[int]], refusal: str
) -> None:
    prompting = loaded(checkpoint()).prompting
    monkeypatch.setattr(prompting, "tokens", tokens)
    with pytest.raises(ModelError, match=refusal):
        scored_prompt(prompting, Request((Turn("text", "2+2 ="),), continuations=("4",)))
