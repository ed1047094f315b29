"""Training the embedded vision model: its shortcuts compute what transformers computes, and only replies are learned."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy

from benchmarks.test_scienceqa import FORMS
from training.picture_chats import picture_chats
from training.tokenizer import train_tokenizer
from training.train_vision import (
    IGNORED,
    MIXES,
    PLACES,
    Plan,
    _padded,
    batches,
    descriptions,
    encode,
    image_processor,
    losses,
    new_model,
    patches,
    positions,
    seen,
)

MIX = {"json": 0.5, "letter": 0.5}


@pytest.fixture(scope="module")
def vocabulary() -> Any:
    return train_tokenizer(islice(picture_chats(1, FORMS, MIXES[0]), 2000), pictures=True)


@pytest.fixture(scope="module")
def model(vocabulary: Any) -> Any:
    torch.manual_seed(0)
    return new_model(vocabulary).eval()


@pytest.fixture(scope="module")
def chats() -> list[dict[str, Any]]:
    return list(islice(picture_chats(1, FORMS, MIX), 6))


@pytest.fixture(scope="module")
def batch(chats: list[dict[str, Any]], vocabulary: Any) -> Any:
    return _padded([(chat, *encode(chat, vocabulary)) for chat in chats], vocabulary, descriptions(1))


@pytest.fixture(scope="module")
def processed(chats: list[dict[str, Any]]) -> Any:
    return image_processor()([chat["row"]["image"] for chat in chats], return_tensors="pt")


def test_patches_are_those_of_the_image_processor(chats: list[dict[str, Any]], processed: Any) -> None:
    assert torch.equal(processed["pixel_values"], patches([chat["row"]["image"] for chat in chats]).flatten(0, 1))


def test_a_batch_of_pictures_is_seen_as_one_by_one(model: Any, batch: Any, processed: Any) -> None:
    with torch.no_grad():
        expected = model.model.visual(processed["pixel_values"], processed["image_grid_thw"]).pooler_output
        assert torch.allclose(expected, seen(model, batch.looks.pixels).flatten(0, 1), atol=1e-5)


def test_positions_are_those_of_transformers(model: Any, batch: Any, processed: Any) -> None:
    start = int((batch.ids[0] == model.config.image_token_id).nonzero()[0])
    kinds = (batch.ids == model.config.image_token_id).int()
    expected, _ = model.model.get_rope_index(batch.ids, kinds, image_grid_thw=processed["image_grid_thw"])
    assert torch.equal(expected, positions(batch.ids, start))


def test_the_loss_is_that_of_transformers(model: Any, batch: Any, processed: Any) -> None:
    kinds = (batch.ids == model.config.image_token_id).int()
    with torch.no_grad():
        logits = model(input_ids=batch.ids, mm_token_type_ids=kinds, **processed).logits
        expected = cross_entropy(logits[:, :-1].flatten(0, 1), batch.labels[:, 1:].flatten(), ignore_index=IGNORED)
        loss, _ = losses(model, torch.nn.Linear(192, 200), batch)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-2)  # bfloat16


def test_only_the_reply_and_its_end_are_learned(chats: list[dict[str, Any]], vocabulary: Any) -> None:
    for chat in chats:
        ids, labels = encode(chat, vocabulary)
        learned = [label for label in labels if label != IGNORED]
        assert vocabulary.decode(learned) == chat["messages"][1]["content"] + "<|im_end|>"
        assert ids[-len(learned) :] == learned


def test_a_picture_takes_its_places_in_the_prompt(batch: Any, model: Any) -> None:
    assert set((batch.ids == model.config.image_token_id).sum(1).tolist()) == {PLACES}


def test_a_json_reply_says_what_is_seen_then_the_option_then_its_letter() -> None:
    for chat in islice(picture_chats(3, FORMS, {"json": 1.0}), 40):
        row, said = chat["row"], json.loads(chat["messages"][1]["content"].strip("`").removeprefix("json"))
        assert list(said) == ["seen", "option", "answer"]
        assert said["seen"] == row["description"]
        assert said["option"] == row["choices"]["ABCDE".index(said["answer"].strip("()"))] == row["choices"][row["answer"]]


def test_drills_and_described_pictures_show_none() -> None:
    mix = {"find": 0.4, "repeat": 0.3, "json/words": 0.3}
    assert {chat["row"] is None for chat in islice(picture_chats(3, FORMS, mix), 40)} == {True}


def test_the_parts_learn_apart_before_they_read_together(vocabulary: Any) -> None:
    plan = Plan(steps=4, seed=1, chats_per_step=2, looks_per_step=3, copy_until=0.25, apart_until=0.5)
    made = list(batches(plan, vocabulary, descriptions(1)))
    assert len(made) == 4
    assert [each.shown for each in made[:2]] == [False, False]
    assert [len(each.looks.pixels) for each in made[:2]] == [3, 3]


def test_every_width_of_the_text_part_is_a_multiple_of_64(model: Any) -> None:
    layers = [weight for name, weight in model.model.language_model.named_parameters() if weight.ndim == 2]
    assert {size % 64 for weight in layers for size in weight.shape} == {0}
