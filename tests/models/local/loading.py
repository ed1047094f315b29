"""Loads little checkpoints and asks them, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from itemwise.cases.chat import Turn
from itemwise.engine.batching import PendingRequest, batcher_for
from itemwise.models import Generation, LoadOptions, ModelEntry, ModelError, Request
from itemwise.models.local.load import LocalModel, load

LIMIT = 12


PROMPTS = [("How many apples has Ana? " * 9)[: 3 + 7 * number] for number in range(16)]


ROLES = "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}"


def loaded(folder: Path, quantisation: str = "none", **entry: Any) -> LocalModel:
    return load(ModelEntry(folder.name, str(folder), local=True, **entry), LoadOptions(quantisation, LIMIT))


def refused(folder: Path, quantisation: str = "none", **entry: Any) -> str:
    with pytest.raises(ModelError) as caught:
        loaded(folder, quantisation, **entry)
    return str(caught.value)


def ask(model: LocalModel, *prompts: str) -> list[Generation]:
    return model.generate([Request((Turn("user", prompt),)) for prompt in prompts])


def in_batches(model: LocalModel, prompts: Sequence[str], *, whole: bool = False, most: int = 8) -> list[Generation | Exception | None]:
    """What comes of `prompts`, asked together as the engine does it."""
    if whole:
        model.continuous = None
    batches = batcher_for(model, most)
    waiting = [PendingRequest(Request((Turn("user", prompt),))) for prompt in prompts]
    asked = list(waiting)
    while waiting or batches.running:
        list(batches.step(waiting))
    return [asking.result for asking in asked]


def likeliest(folder: Path, prompt: str, count: int = LIMIT) -> list[int]:
    """Greedy decoding spelled out: the likeliest next token, `count` times, with no batch, cache or generate()."""
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    ids = list(tokenizer.apply_chat_template([{"role": "user", "content": prompt}], add_generation_prompt=True)["input_ids"])
    with torch.inference_mode():
        for _ in range(count):
            ids.append(int(model(torch.tensor([ids])).logits[0, -1].argmax()))
    return ids[-count:]


def decoded(folder: Path, ids: Sequence[int]) -> str:
    return str(transformers.AutoTokenizer.from_pretrained(folder).decode(ids, skip_special_tokens=True))


def prompt_text(model: LocalModel, *turns: Turn) -> str:
    return str(model.prompting.tokenizer.decode(model.prompting.encode(Request(turns)).ids))


def with_template(folder: Path, template: str) -> Path:
    (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
    return folder


def with_weights(folder: Path, name: str, change: Callable[[torch.Tensor], object]) -> Path:
    """The checkpoint with one of its weights changed in place."""
    file = folder / "model.safetensors"
    weights = load_file(file)
    change(weights[name])
    save_file(weights, file, metadata={"format": "pt"})
    return folder
