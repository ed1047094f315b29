"""Sampled replies: each follows from its own request, whatever else is asked at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from itemwise.cases.chat import Turn
from itemwise.models import LoadOptions, ModelEntry, Request
from itemwise.models.local.load import LocalModel, load
from itemwise.models.local.sampling import SamplingProcessor, sample_tokens

CPU = torch.device("cpu")


def request(prompt: str, temperature: float = 1.0, seed: int = 1) -> Request:
    return Request((Turn("user", prompt),), (), temperature, seed)


def loaded(folder: Path) -> LocalModel:
    return load(ModelEntry(folder.name, str(folder), local=True), LoadOptions("none", 12))


def texts(model: LocalModel, *requests: Request) -> list[str]:
    return [generation.text for generation in model.generate(requests)]


def test_a_sample_does_not_depend_on_the_batch_or_its_place_in_it(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint("qwen2"))
    asked = [request(f"What is {n}+{n}?", temperature, seed) for n in range(4) for temperature in (0.0, 1.0) for seed in (1, 2)]
    alone = [text for each in asked for text in texts(model, each)]
    assert texts(model, *asked) == alone
    assert texts(model, *reversed(asked)) == alone[::-1]


def test_another_seed_is_another_sample_and_the_same_seed_the_same(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint("qwen2"))
    samples = texts(model, *(request("2+2?", seed=seed) for seed in range(1, 9)))
    assert len(set(samples)) > 4
    assert texts(model, request("2+2?", seed=3)) == [samples[2]]


def test_at_temperature_zero_the_seed_changes_nothing(checkpoint: Callable[..., Path]) -> None:
    model = loaded(checkpoint("qwen2"))
    assert len(set(texts(model, *(request("2+2?", temperature=0.0, seed=seed) for seed in range(4))))) == 1


def test_samples_are_drawn_with_the_probabilities_of_the_softmax() -> None:
    logits = torch.tensor([2.0, 1.0, 0.0, -1.0])
    expected = torch.softmax(logits / 0.7, dim=0)
    requests = [request(f"case {number}", temperature=0.7) for number in range(4000)]
    scores = SamplingProcessor(requests, CPU)(torch.zeros(4000, 1, dtype=torch.long), logits.repeat(4000, 1))
    counts = Counter(scores.argmax(dim=1).tolist())
    shares = torch.tensor([counts[token] / 4000 for token in range(4)])
    assert torch.allclose(shares, expected, atol=0.03)  # four standard errors


def test_greedy_rows_are_left_as_they_are() -> None:
    logits = torch.randn(2, 50)
    scores = SamplingProcessor([request("a", temperature=0.0), request("b")], CPU)(torch.zeros(2, 1, dtype=torch.long), logits)
    assert torch.equal(scores[0], logits[0])
    assert not torch.equal(scores[1], logits[1])


def test_nothing_is_done_where_nothing_is_sampled() -> None:
    logits = torch.randn(1, 50)
    assert torch.equal(SamplingProcessor([request("a", temperature=0.0)], CPU)(torch.zeros(1, 1, dtype=torch.long), logits), logits)


@pytest.mark.parametrize(
    ("row", "fault"), [([1.0, float("nan")], 0), ([1.0, float("inf")], 0), ([float("-inf")] * 2, 0), ([1.0, float("-inf")], None)]
)
def test_nothing_is_chosen_where_the_logits_are_no_numbers(row: list[float], fault: int | None) -> None:
    logits = torch.tensor([row, [0.0, 1.0]])
    choosing = SamplingProcessor([request("a", temperature=0.0), request("b", temperature=0.0)], CPU)
    choosing(torch.zeros(2, 1, dtype=torch.long), logits)
    assert choosing.invalid_at == [fault, None]
    assert sample_tokens(logits, [None, None]) == [0 if fault is None else None, 1]
