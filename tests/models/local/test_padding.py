"""Chats are padded only where that changes nothing: every architecture says in a batch what it says alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from itemwise.cases.chat import Turn
from itemwise.models import Generation, Request
from itemwise.models.local.load import LocalModel
from itemwise.models.local.padding import may_pad
from tests.models.architectures import CONTINUOUS, MASKED, QWEN_3_IMAGES, RECURRENT, SEEING_2026, UNPADDED, make_architecture, make_seeing
from tests.models.local.loading import ask, in_batches, loaded
from tests.models.local.test_vision import noise

SHARED = "Solve the problem and reply with the number only: "  # as long as makes it worth a prefill of its own
PROMPTS = ["2+2?", f"{SHARED}11", f"{SHARED}22 and so on", "What is it? " * 8, f"{SHARED}33"]  # of 4 to 96 tokens, the window 16


def asked_alone(model: LocalModel) -> list[Generation]:
    replies = [ask(model, prompt)[0] for prompt in PROMPTS]
    assert len({reply.text for reply in replies}) > 2  # a model that says one thing whatever it is asked would show nothing
    return replies


def of(folder: Path, name: str) -> LocalModel:
    return loaded(make_architecture(folder / name, name))


@pytest.mark.parametrize("name", CONTINUOUS)
def test_what_caches_keys_and_values_alone_runs_in_a_batch_that_chats_join(tmp_path: Path, one_thread: None, name: str) -> None:
    model = of(tmp_path, name)
    assert model.describe()["batching"] == "continuous"
    expected = asked_alone(model)
    assert ask(model, *PROMPTS) == expected
    for most in (1, 4):
        assert in_batches(model, PROMPTS, most=most) == expected


@pytest.mark.parametrize("name", MASKED)
def test_a_window_smaller_than_the_prompt_is_asked_in_static_batches(tmp_path: Path, one_thread: None, name: str) -> None:
    model = of(tmp_path, name)
    assert (model.running(), model.describe()["batching"]) == (None, "static")
    assert in_batches(model, PROMPTS, most=4) == asked_alone(model)


@pytest.mark.parametrize("name", RECURRENT)
def test_a_recurrent_state_is_asked_in_static_batches_once_padding_was_tried(tmp_path: Path, one_thread: None, name: str) -> None:
    model = of(tmp_path, name)
    batching = model.describe()["batching"]
    assert batching.startswith("static (")
    assert "layers keep a recurrent state, which padding leaves as it is" in batching
    assert model.running() is None
    assert in_batches(model, PROMPTS, most=4) == asked_alone(model)


@pytest.mark.parametrize("name", UNPADDED)
def test_a_state_that_takes_up_padding_is_asked_one_chat_at_a_time(tmp_path: Path, one_thread: None, name: str) -> None:
    model = of(tmp_path, name)
    assert model.describe()["batching"].startswith("one chat at a time")
    expected = asked_alone(model)
    assert ask(model, *PROMPTS) == expected
    assert in_batches(model, PROMPTS, most=4) == expected


@pytest.mark.parametrize("name", SEEING_2026)
def test_what_sees_is_asked_in_words_in_batches(tmp_path: Path, one_thread: None, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("itemwise.models.local.load.load_processor", lambda *_: None)  # made here are language model and vision tower
    model = loaded(make_seeing(tmp_path / name, name))
    assert in_batches(model, PROMPTS, most=4) == asked_alone(model)


@pytest.mark.parametrize("name", ["gemma3", "qwen3_5"])
def test_a_fine_tune_on_text_of_a_kind_that_is_also_one_for_text_needs_no_image_processor(
    tmp_path: Path, one_thread: None, name: str
) -> None:
    model = loaded(make_seeing(tmp_path / name, name))
    assert "pictures" not in model.describe()


@pytest.mark.parametrize("name", ["qwen3_vl", "qwen3_5"])
def test_chats_with_pictures_of_any_size_are_batched_with_chats_without(tmp_path: Path, one_thread: None, name: str) -> None:
    model = loaded(make_seeing(tmp_path / name, name, QWEN_3_IMAGES))
    sizes = [(40, 60), (64, 64), (61, 97), (96, 32)]
    shown = [Request((Turn("user", "What? " * (seed + 1), pictures=(noise(*size, seed),)),)) for seed, size in enumerate(sizes)]
    two = Request((Turn("user", "Alike?", pictures=(noise(seed=7), noise(84, 56, 8))),))
    requests = [*shown, Request((Turn("user", "2+2?"),)), two, Request((Turn("user", "x" * 50),))]
    alone = [model.generate([request])[0] for request in requests]
    assert len({reply.text for reply in alone if isinstance(reply, Generation)}) > 4
    assert model.generate(requests) == alone


def test_the_state_and_its_share_of_the_layers_are_said(tmp_path: Path, one_thread: None) -> None:
    batching = of(tmp_path, "qwen3_5_text").describe()["batching"]
    assert batching == "static (3 of 4 layers keep a recurrent state, which padding leaves as it is)"


class _Leaking(nn.Module):
    """A convolution that no longer knows which tokens are padding."""

    def __init__(self, convolution: nn.Module) -> None:
        super().__init__()
        self.convolution = convolution

    def forward(self, hidden_states: torch.Tensor, *, attention_mask: Any = None, **others: Any) -> Any:
        return self.convolution(hidden_states, attention_mask=None, **others)


def test_a_state_into_which_padding_leaks_is_found_by_trying(tmp_path: Path, one_thread: None) -> None:
    model = of(tmp_path, "lfm2")
    whole, layer = model.checkpoint.model, model.checkpoint.model.model.layers[0]
    assert may_pad(whole, model.prompting)
    layer.conv = _Leaking(layer.conv)
    assert not may_pad(whole, model.prompting)


@pytest.mark.parametrize("quantisation", ["nf4", "int8"])
def test_rounding_of_few_bits_is_no_leak(tmp_path: Path, one_thread: None, quantisation: str) -> None:
    model = loaded(make_architecture(tmp_path / "lfm2", "lfm2"), quantisation)
    assert model.describe()["batching"].startswith("static (")


def test_code_of_a_checkpoint_s_own_is_tried_too(tmp_path: Path, one_thread: None) -> None:
    model = of(tmp_path, "qwen3")
    own = type("Remote", (type(model.checkpoint.model),), {"__module__": "transformers_modules.x"})
    model.checkpoint.model.__class__ = own
    assert may_pad(model.checkpoint.model, model.prompting)
    own.forward = _without_mask  # type: ignore[attr-defined]
    assert not may_pad(model.checkpoint.model, model.prompting)


def _without_mask(self: Any, input_ids: torch.Tensor, attention_mask: Any = None, cache: Any = None, **others: Any) -> Any:
    return super(type(self), self).forward(input_ids=input_ids, cache=cache, **others)


def test_a_kind_of_cache_that_is_not_known_is_never_padded(tmp_path: Path, one_thread: None, monkeypatch: pytest.MonkeyPatch) -> None:
    model = of(tmp_path, "qwen3")
    monkeypatch.setattr("itemwise.models.local.padding._MASKED", set[type]())
    assert not may_pad(model.checkpoint.model, model.prompting)
