"""Prompts of any length and with any pictures share one batch."""

from __future__ import annotations

from types import SimpleNamespace

import torch

from itemwise.models.local.encoded_prompt import Prompt, left_padded, padded_for

TEXT = Prompt([5, 6, 7], {"token_type_ids": [0, 0, 0]})
PICTURE = Prompt([8, 9], {"token_type_ids": [1, 0]}, {"pixel_values": torch.full((2, 4), 0.5)})
ANOTHER = Prompt([9], {"token_type_ids": [1]}, {"pixel_values": torch.zeros(1, 4)})


def test_rows_end_together_and_what_fills_them_up_is_masked() -> None:
    batch = left_padded([TEXT, PICTURE], pad=3)
    assert batch["input_ids"].tolist() == [[5, 6, 7], [3, 8, 9]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [0, 1, 1]]
    assert batch["token_type_ids"].tolist() == [[0, 0, 0], [0, 1, 0]]


def test_pictures_follow_each_other_in_the_order_of_their_prompts() -> None:
    batch = left_padded([ANOTHER, TEXT, PICTURE], pad=0)
    assert batch["pixel_values"].tolist() == [[0.0] * 4, [0.5] * 4, [0.5] * 4]


def test_a_batch_has_the_dtype_of_the_model_and_token_ids_stay_whole_numbers() -> None:
    model = SimpleNamespace(device=torch.device("cpu"), dtype=torch.float16)
    batch = padded_for(model, [PICTURE], pad=0)
    assert (batch["pixel_values"].dtype, batch["input_ids"].dtype) == (torch.float16, torch.int64)
