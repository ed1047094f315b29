"""A local model is asked greedily, in batches that do not change its text; logits that are no numbers fail their own case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from itemwise.models import Generation, ModelError
from tests.models.checkpoints import BOS, CONTEXT, KINDS, overwrite
from tests.models.local.loading import LIMIT, PROMPTS, ask, decoded, in_batches, likeliest, loaded


@pytest.mark.parametrize("quantisation", ["none", "nf4"])
def test_a_model_that_also_sees_is_asked_in_words(checkpoint: Callable[..., Path], quantisation: str) -> None:
    model = loaded(checkpoint("qwen2_vl"), quantisation)
    assert type(model.checkpoint.model).__name__ == "Qwen2VLForConditionalGeneration"
    assert [ask(model, prompt)[0] for prompt in PROMPTS[:4]] == ask(model, *PROMPTS[:4])


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_is_the_likeliest_token_each_time(checkpoint: Callable[..., Path], kind: str) -> None:
    folder = checkpoint(kind)
    assert ask(loaded(folder), "2+2?")[0].text == decoded(folder, likeliest(folder, "2+2?"))


@pytest.mark.parametrize(
    "settings",
    [
        {"do_sample": True, "temperature": 5.0, "top_k": 50, "top_p": 0.9},
        {"repetition_penalty": 9.0},
        {"no_repeat_ngram_size": 1},
        {"suppress_tokens": list(range(10, 140))},
        {"num_beams": 4},
        {"min_new_tokens": 40, "max_new_tokens": 50},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_decoding_is_greedy_whatever_the_generation_config_says(copied: Callable[..., Path], settings: dict[str, Any]) -> None:
    folder = copied()
    expected = ask(loaded(folder), *PROMPTS[:4])
    assert ask(loaded(overwrite(folder, "generation_config.json", settings)), *PROMPTS[:4]) == expected


@pytest.mark.parametrize("size", [2, 4, 16])
@pytest.mark.parametrize("quantisation", ["none", "nf4"])
def test_the_text_does_not_depend_on_the_batch(checkpoint: Callable[..., Path], quantisation: str, size: int) -> None:
    model = loaded(checkpoint(), quantisation)
    alone = [ask(model, prompt)[0] for prompt in PROMPTS]
    batched = [generation for start in range(0, 16, size) for generation in ask(model, *PROMPTS[start : start + size])]
    assert alone == batched


def test_the_token_limit_ends_a_reply_with_length(checkpoint: Callable[..., Path]) -> None:
    [generation] = ask(loaded(checkpoint()), "2+2?")
    assert (generation.finish_reason, generation.completion_tokens) == ("length", LIMIT)


def test_an_end_token_of_the_generation_config_ends_a_reply_with_stop(copied: Callable[..., Path]) -> None:
    folder = copied()
    ids = likeliest(folder, "2+2?")
    overwrite(folder, "generation_config.json", {"eos_token_id": [1, ids[5]]})
    [generation] = ask(loaded(folder), "2+2?")
    end = ids.index(ids[5])
    assert generation == Generation(decoded(folder, ids[:end]), "stop", generation.prompt_tokens, end + 1)


def test_a_reply_that_stops_early_is_not_changed_by_one_that_goes_on(copied: Callable[..., Path]) -> None:
    folder = copied()
    overwrite(folder, "generation_config.json", {"eos_token_id": [1, likeliest(folder, PROMPTS[3])[2]]})
    model = loaded(folder)
    alone = [ask(model, prompt)[0] for prompt in PROMPTS]
    assert {"stop", "length"} == {generation.finish_reason for generation in alone}
    assert ask(model, *PROMPTS) == alone


def test_prompt_tokens_are_those_of_the_prompt_alone(checkpoint: Callable[..., Path]) -> None:
    generations = ask(loaded(checkpoint()), *PROMPTS)
    around = len([BOS, "<|user|>", "</s>", "<|assistant|>"])
    assert [generation.prompt_tokens for generation in generations] == [len(prompt) + around for prompt in PROMPTS]


def test_a_reply_ends_where_the_context_does(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint())
    long = "?" * (CONTEXT - 4 - 5)
    alone, _ = generations = [ask(model, prompt)[0] for prompt in (long, "2+2?")]
    assert (alone.completion_tokens, alone.finish_reason) == (5, "length")
    assert ask(model, long, "2+2?") == generations


@pytest.mark.parametrize(
    ("quantisation", "expected"),
    [("nf4", "nf4 (double quantised)"), ("fp4", "fp4 (double quantised)"), ("int8", "int8"), ("none", "none")],
)
def test_quantisation_and_decoding_are_described(checkpoint: Callable[..., Path], quantisation: str, expected: str) -> None:
    described = loaded(checkpoint(), quantisation).describe()
    assert (described["quantisation"], described["dtype"], described["decoding"]) == (expected, "float32", "greedy")


@pytest.mark.parametrize("whole", [False, True], ids=["continuous", "static"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_logits_that_are_no_numbers_fail_the_one_row_that_has_them(checkpoint: Callable[..., Path], value: float, whole: bool) -> None:
    model = loaded(checkpoint())
    alone = [ask(model, prompt)[0] for prompt in ("2+2?", "3*3", "10")]
    marked = model.prompting.tokenizer.convert_tokens_to_ids("!")
    model.checkpoint.model.get_input_embeddings().weight.data[marked] = value  # as a chat that overflows meets it
    first, bad, *rest = in_batches(model, ["2+2?", "6*7!", "3*3", "10"], whole=whole)
    assert [first, *rest] == alone
    assert isinstance(bad, ModelError)
    assert "the logits of qwen2 are no numbers (NaN or infinite) at token 1 of the reply" in str(bad)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_rows_that_join_where_one_without_numbers_stood_are_sound(checkpoint: Callable[..., Path], most: int) -> None:
    model = loaded(checkpoint())
    prompts = ["a long question that goes on and on", "x" * 60, "2+2?", "3*3", "10", "9"]
    alone = [ask(model, prompt)[0] for prompt in prompts]
    marked = model.prompting.tokenizer.convert_tokens_to_ids("x")
    model.checkpoint.model.get_input_embeddings().weight.data[marked] = float("nan")
    results = in_batches(model, prompts, most=most)
    assert isinstance(results.pop(1), ModelError)
    assert results == [alone[0], *alone[2:]]
