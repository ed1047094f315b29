"""The model's own sampling is what its generation_config.json says, as transformers does it, from a seed of the chat."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import transformers
from transformers.generation import logits_process

from itemwise.cases.chat import Turn
from itemwise.models import Generation, ModelEntry, ModelError, Request
from itemwise.models.local.own_sampling import Sampling, entry_sampling, own_sampling, penalised_greedy, sampling_of
from itemwise.models.local.sampling import GumbelNoise
from tests.models.local.loading import LIMIT, PROMPTS, in_batches, loaded, refused

QWEN3 = {"do_sample": True, "temperature": 0.6, "top_k": 20, "top_p": 0.95}
REQUEST = Request((Turn("user", "2+2?"),))
CPU = torch.device("cpu")


def with_config(folder: Path, **settings: object) -> Path:
    ends = {"bos_token_id": 0, "eos_token_id": 1}
    (folder / "generation_config.json").write_text(json.dumps({**ends, **settings}), encoding="utf-8")
    return folder


def read(**settings: object) -> Sampling:
    return own_sampling("tiny", transformers.GenerationConfig(**settings))


def test_the_settings_are_those_of_the_file_and_what_it_leaves_open_is_not_done() -> None:
    assert read(**QWEN3) == Sampling(0.6, top_p=0.95, top_k=20)
    assert read(do_sample=True) == Sampling(1.0)
    assert read(do_sample=True, top_k=0, top_p=1.0, min_p=0.05, repetition_penalty=1.1) == Sampling(1.0, min_p=0.05, repetition_penalty=1.1)
    assert read(**QWEN3).text() == "the model's own sampling: temperature 0.6, top_p 0.95, top_k 20"


def test_a_model_that_does_not_sample_or_samples_otherwise_is_refused() -> None:
    with pytest.raises(ModelError, match="tiny has no sampling of its own"):
        read(temperature=0.6)
    with pytest.raises(ModelError, match="decodes with no_repeat_ngram_size 3"):
        read(do_sample=True, no_repeat_ngram_size=3)


def test_a_temperature_of_the_request_goes_before_it() -> None:
    own = Sampling(0.6, top_k=20)
    assert sampling_of(REQUEST, own) == own
    assert sampling_of(REQUEST, None) is None
    assert sampling_of(Request(REQUEST.turns, temperature=1.0, seed=1), own) == Sampling(1.0)


@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(0.6, top_p=0.95, top_k=20),
        Sampling(0.7, top_p=0.8, top_k=20, repetition_penalty=1.05),
        Sampling(1.3, min_p=0.05),
        Sampling(0.5, top_p=0.3, top_k=3, min_p=0.2, repetition_penalty=1.5),
        Sampling(1.0),
    ],
)
def test_the_tokens_that_may_be_sampled_are_those_of_transformers(sampling: Sampling) -> None:
    torch.manual_seed(0)
    for _ in range(20):
        logits, ids = torch.randn(60) * 4, torch.randint(0, 60, (8,)).tolist()
        shown = torch.tensor([ids])
        expected = logits[None].clone()
        if sampling.repetition_penalty:
            expected = logits_process.RepetitionPenaltyLogitsProcessor(sampling.repetition_penalty)(shown, expected)
        expected = logits_process.TemperatureLogitsWarper(sampling.temperature)(shown, expected)
        if sampling.top_k:
            expected = logits_process.TopKLogitsWarper(sampling.top_k)(shown, expected)
        if sampling.top_p:
            expected = logits_process.TopPLogitsWarper(sampling.top_p)(shown, expected)
        if sampling.min_p:
            expected = logits_process.MinPLogitsWarper(sampling.min_p)(shown, expected)
        got = GumbelNoise(REQUEST, sampling, CPU).narrowed(logits, ids) / sampling.temperature
        assert torch.allclose(got.softmax(dim=-1), expected[0].softmax(dim=-1), atol=1e-6)


@pytest.mark.parametrize("settings", [QWEN3, {"do_sample": True, "repetition_penalty": 1.3, "top_k": 5}])
def test_a_sampled_text_is_the_same_alone_in_any_batch_and_in_both_ways_to_run(
    copied: Callable[..., Path], settings: dict[str, object]
) -> None:
    model = loaded(with_config(copied(), **settings), decoding="model")
    prompts = PROMPTS[:8]
    alone = [generation for prompt in prompts for generation in model.generate([Request((Turn("user", prompt),))])]
    assert model.generate([Request((Turn("user", prompt),)) for prompt in prompts]) == alone
    assert in_batches(model, prompts, most=3) == alone
    greedy = [generation for prompt in prompts for generation in loaded(model_folder(model)).generate([Request((Turn("user", prompt),))])]
    assert [text(each) for each in greedy] != [text(each) for each in alone]


def test_penalised_greedy_texts_are_those_of_generate_alone_and_in_any_batch(copied: Callable[..., Path]) -> None:
    folder = with_config(copied(), **QWEN3, repetition_penalty=1.3)
    model = loaded(folder, decoding="greedy-penalised")
    prompts = PROMPTS[:6]
    expected = [generated(folder, prompt) for prompt in prompts]
    assert [text(each) for each in model.generate([Request((Turn("user", prompt),)) for prompt in prompts])] == expected
    assert [text(each) for each in in_batches(model, prompts, most=4)] == expected
    assert model.describe()["decoding"] == "greedy with repetition penalty 1.3"
    greedy = loaded(with_config(folder), decoding="greedy-penalised")
    assert greedy.describe()["decoding"] == "greedy"
    assert [text(each) for each in in_batches(greedy, prompts, most=4)] != expected


def test_a_penalty_that_is_not_known_here_is_refused_and_what_only_samples_is_none() -> None:
    with pytest.raises(ModelError, match="tiny decodes with no_repeat_ngram_size 3 by its"):
        penalised_greedy("tiny", transformers.GenerationConfig(no_repeat_ngram_size=3))
    assert penalised_greedy("tiny", transformers.GenerationConfig(do_sample=True, typical_p=0.9, top_k=5)) is None


def generated(folder: Path, prompt: str) -> str:
    """What generate() says greedily under the folder's own configuration."""
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    chat = tokenizer.apply_chat_template([{"role": "user", "content": prompt}], add_generation_prompt=True, return_tensors="pt")
    ids = model.generate(**chat, do_sample=False, max_new_tokens=LIMIT)[0, chat["input_ids"].shape[1] :]
    return str(tokenizer.decode(ids, skip_special_tokens=True))


def model_folder(model: object) -> Path:
    return Path(model.checkpoint.entry.location)  # type: ignore[attr-defined]


def text(generation: Generation | Exception) -> str:
    assert isinstance(generation, Generation)
    return generation.text


def test_the_description_says_how_it_samples_and_a_checkpoint_without_is_refused(copied: Callable[..., Path]) -> None:
    folder = copied()
    assert "has no sampling of its own" in refused(folder, decoding="model")
    model = loaded(with_config(folder, **QWEN3), decoding="model")
    assert model.describe()["decoding"] == "the model's own sampling: temperature 0.6, top_p 0.95, top_k 20"
    assert loaded(folder).describe()["decoding"] == "greedy"


def test_an_entrys_temperature_needs_no_configuration_and_gives_other_texts_at_another_seed() -> None:
    entry = ModelEntry("tiny", "owner/tiny", decoding="temperature=0.7,top_p=0.9")
    assert entry_sampling(entry, None) == Sampling(0.7, top_p=0.9)
    assert entry_sampling(ModelEntry("tiny", "owner/tiny"), None) is None
    noises = [GumbelNoise(replace(REQUEST, seed=seed), Sampling(0.7), CPU).step(8) for seed in (0, 0, 7)]
    assert torch.equal(noises[0], noises[1])
    assert not torch.equal(noises[0], noises[2])
