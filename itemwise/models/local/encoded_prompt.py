"""An encoded chat, and batches of them padded on the left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

__all__ = ["Prompt", "left_padded", "padded_for", "right_padded"]


@dataclass(frozen=True)
class Prompt:
    """One encoded chat: its token `ids`, the `token_type_ids` of each (0 is text), and the preprocessed `image_inputs`.

    `opened` is the mark of a thought in which the prompt ends, so that the reply begins inside it. `text` is what the tokenizer was given,
    pictures in it by their marks, and `special` whether it was to add its special tokens.
    Both mappings go by the names of the model's forward, such as ``mm_token_type_ids`` and ``pixel_values``.
    """

    ids: list[int]
    token_type_ids: Mapping[str, list[int]] = field(default_factory=dict)
    image_inputs: Mapping[str, Tensor] = field(default_factory=dict)
    opened: str = ""
    text: str = ""
    special: bool = False


def left_padded(prompts: Sequence[Prompt], pad: int) -> dict[str, Tensor]:
    """One batch as `generate` takes it: [prompts, longest] token ids, and the image inputs one after another in the prompts' order."""
    return _batch(prompts, pad, _left)


def right_padded(prompts: Sequence[Prompt], pad: int) -> dict[str, Tensor]:
    """The same with the padding behind, where no token of a causal model looks."""
    return _batch(prompts, pad, _right)


def _batch(prompts: Sequence[Prompt], pad: int, padded: Callable[[Sequence[list[int]], int], Tensor]) -> dict[str, Tensor]:
    batch = {
        "input_ids": padded([prompt.ids for prompt in prompts], pad),
        "attention_mask": padded([[1] * len(prompt.ids) for prompt in prompts], 0),
    }
    for name in prompts[0].token_type_ids:
        batch[name] = padded([list(prompt.token_type_ids[name]) for prompt in prompts], 0)
    for name in dict.fromkeys(name for prompt in prompts for name in prompt.image_inputs):
        batch[name] = torch.cat([prompt.image_inputs[name] for prompt in prompts if name in prompt.image_inputs])
    return batch


def padded_for(
    model: Any, prompts: Sequence[Prompt], pad: int, padded: Callable[[Sequence[Prompt], int], dict[str, Tensor]] = left_padded
) -> dict[str, Tensor]:
    """The `padded` batch on the device of `model`, what is no integers in its dtype."""
    batch = padded(prompts, pad)
    return {name: value.to(model.device, model.dtype if value.is_floating_point() else None) for name, value in batch.items()}


def _left(rows: Sequence[list[int]], filler: int) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([[filler] * (width - len(row)) + row for row in rows])


def _right(rows: Sequence[list[int]], filler: int) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([row + [filler] * (width - len(row)) for row in rows])
