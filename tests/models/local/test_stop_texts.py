"""Stop texts, nucleus sampling and limits of single requests: the same alone, in a batch of 8, and in whole batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch

from itemwise.cases.chat import Turn
from itemwise.engine.batching import PendingRequest, StaticBatcher, batcher_for
from itemwise.models import Generation, LoadOptions, ModelEntry, Request
from itemwise.models.local.load import load
from itemwise.models.local.local_model import LocalModel
from itemwise.models.local.sampling import gumbel_noise
from tests.models.checkpoints import make_checkpoint, overwrite

LIMIT = 24


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> LocalModel:
    """A model that goes on to the limit, or ends by itself now and then."""
    folder = make_checkpoint(tmp_path_factory.mktemp("talkative") / "qwen2", num_key_value_heads=2)
    overwrite(folder, "generation_config.json", {"eos_token_id": [1, 150]})
    return load(ModelEntry("tiny", str(folder), local=True), LoadOptions("none", LIMIT))


def plain() -> list[Request]:
    greedy = [Request((Turn("user", f"{number}+{number}" * number),)) for number in range(1, 7)]
    return greedy + [replace(request, temperature=0.8, seed=3) for request in greedy]


def generations(model: LocalModel, requests: Sequence[Request], size: int, *, static: bool = False) -> list[Generation]:
    pending = [PendingRequest(request) for request in requests]
    waiting, batcher = list(pending), StaticBatcher(model.generate, size) if static else batcher_for(model, size)
    while waiting or batcher.running:
        list(batcher.step(waiting))
    assert all(isinstance(each.result, Generation) for each in pending), [each.result for each in pending]
    return [each.result for each in pending if isinstance(each.result, Generation)]


def in_every_way(model: LocalModel, requests: Sequence[Request]) -> list[Generation]:
    """What comes of each alone, which is what comes of it in a running batch of 8 and in whole batches of 8."""
    alone = [generation for request in requests for generation in generations(model, [request], 1)]
    assert generations(model, requests, 8) == alone
    assert generations(model, requests, 8, static=True) == alone
    return alone


def stopped(requests: Sequence[Request], texts: Sequence[str]) -> list[tuple[Request, str]]:
    """Each request with two characters from within its text as a stop text, and what is before them. The model says any bytes, so
    that a text without two plain ones in a row is left out."""
    pairs = []
    for request, text in zip(requests, texts, strict=True):
        stop = next((text[index : index + 2] for index in range(2, len(text) - 1) if text[index : index + 2].isascii()), None)
        if stop is not None:
            pairs.append((replace(request, stop=("never said", stop)), text.partition(stop)[0]))
    return pairs


def test_a_stop_text_ends_the_reply_before_it_whatever_the_batch(model: LocalModel) -> None:
    full = in_every_way(model, plain())
    pairs = stopped(plain(), [generation.text for generation in full])
    assert len(pairs) >= 6
    results = in_every_way(model, [request for request, _ in pairs])
    assert [generation.text for generation in results] == [before for _, before in pairs]
    assert {generation.finish_reason for generation in results} == {"stop"}
    assert sum(generation.completion_tokens for generation in results) < sum(generation.completion_tokens for generation in full)


def test_a_stop_text_that_is_never_said_changes_nothing(model: LocalModel) -> None:
    requests = [replace(request, stop=("never said",)) for request in plain()]
    assert in_every_way(model, requests) == in_every_way(model, plain())


def test_a_request_has_its_own_limit_up_to_the_run_s(model: LocalModel) -> None:
    requests = [replace(request, max_new_tokens=limit) for request in plain() for limit in (1, 5, 1000)]
    results, full = in_every_way(model, requests), in_every_way(model, plain())
    assert all(generation.completion_tokens <= limit for generation, limit in zip(results, [1, 5, LIMIT] * len(full), strict=True))
    assert results[2::3] == full
    assert all(short.text.rstrip("\ufffd") in whole.text for short, whole in zip(results[1::3], full, strict=True))
    assert {generation.finish_reason for generation in results[0::3]} == {"length"}


def test_a_nucleus_is_sampled_alike_in_every_batch_and_one_token_of_it_is_the_likeliest(model: LocalModel) -> None:
    sampled = [replace(request, temperature=0.8, seed=3, top_p=0.5) for request in plain()[:6]]
    narrow = [replace(request, top_p=1e-9) for request in sampled]
    greedy = [generation.text for generation in in_every_way(model, plain()[:6])]
    assert [generation.text for generation in in_every_way(model, narrow)] == greedy
    assert [generation.text for generation in in_every_way(model, sampled)] != greedy


def test_a_nucleus_holds_the_fewest_likeliest_tokens_that_add_up_to_it() -> None:
    logits = torch.log(torch.tensor([0.1, 0.5, 0.15, 0.25]))

    def kept(top_p: float | None) -> list[int]:
        noise = gumbel_noise(Request((Turn("user", "?"),), temperature=1.0, top_p=top_p), torch.device("cpu"))
        assert noise
        return torch.isfinite(noise.nucleus(logits)).nonzero()[:, 0].tolist()

    assert [kept(top_p) for top_p in (0.3, 0.6, 0.8, 1.0, None)] == [[1], [1, 3], [1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3]]
