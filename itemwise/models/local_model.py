"""A loaded local model: chats in, greedy text out, in left-padded batches."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bitsandbytes
import torch
import transformers
from jinja2 import TemplateError
from transformers import GenerationConfig

from itemwise.models.model import Generation, ModelError, OutOfMemoryError, Request
from itemwise.models.registry import ModelEntry

__all__ = ["LocalModel", "memory_errors", "own_quantisation", "quiet"]


class LocalModel:
    """Weights on one device, asked greedily in left-padded batches.

    Greedy whatever the model's own generation config says: of that, only the end-of-text tokens are kept.
    On a CPU everything is computed in float32, where the text does not depend on the batch; int8 is the exception, as
    bitsandbytes looks for outliers over the whole batch and multiplies in float16.
    """

    def __init__(self, entry: ModelEntry, quantisation: str, max_new_tokens: int, revision: str, model: Any, tokenizer: Any) -> None:
        self.name = entry.name
        self.revision = revision
        self._entry = entry
        self._quantisation = quantisation
        self._max_new_tokens = max_new_tokens
        self._model = model
        self._tokenizer = tokenizer
        self._ends = _end_tokens(model, tokenizer)
        model.generation_config = GenerationConfig()  # generate() would fill in from it what ours leaves open
        self._pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else min(self._ends, default=0)
        self._context = _context_length(model.config)

    def describe(self) -> dict[str, str]:
        """Everything about the model that decides its text, as words."""
        template = self._tokenizer.chat_template
        return {
            "model": self.name,
            "location": Path(self._entry.location).name if self._entry.local else self._entry.location,
            "revision": self.revision,
            "quantisation": _quantisation_text(self._quantisation, self._model.config),
            "dtype": str(self._model.dtype).removeprefix("torch."),
            "device": _device_name(self._model.device),
            "prompting": f"chat template {_short_hash(str(template))}" if template else "completion (no chat template)",
            "system": self._entry.system or "none",
            "decoding": "greedy",
            "max new tokens": str(self._max_new_tokens),
            "versions": f"transformers {transformers.__version__}, torch {torch.__version__}, bitsandbytes {bitsandbytes.__version__}",
        }

    def generate(self, requests: Sequence[Request]) -> list[Generation]:
        """One greedy generation per request, all in one batch padded to the longest prompt."""
        prompts = [self._encode(request) for request in requests]
        width = max(map(len, prompts))
        ids = torch.tensor([[self._pad] * (width - len(prompt)) + prompt for prompt in prompts])
        mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
        with quiet(), memory_errors(), torch.inference_mode():
            output = self._model.generate(
                input_ids=ids.to(self._model.device),
                attention_mask=mask.to(self._model.device),
                generation_config=self._settings(min(map(len, prompts))),
            )
        return [self._generation(prompt, row) for prompt, row in zip(prompts, output[:, width:].tolist(), strict=True)]

    def _encode(self, request: Request) -> list[int]:
        messages = [turn.message() for turn in request.turns]
        if self._entry.system:
            messages.insert(0, {"role": "system", "content": self._entry.system})
        if self._tokenizer.chat_template:
            ids = self._chat(messages, request)
        else:
            ids = self._tokenizer("\n\n".join(message["content"] for message in messages) + "\n")["input_ids"]
        if len(ids) >= self._context:
            raise ModelError(f"the prompt has {len(ids)} tokens, the context of {self.name} holds {self._context}; shorten it.")
        return ids

    def _chat(self, messages: list[dict[str, str]], request: Request) -> list[int]:
        try:
            encoded = self._tokenizer.apply_chat_template(
                messages, tools=list(request.tools) or None, add_generation_prompt=True, tokenize=True, return_dict=True
            )
        except TemplateError as error:
            roles = ", ".join(message["role"] for message in messages)
            raise ModelError(f"the chat template of {self.name} refuses turns of {roles} ({error}); take another --strategy.") from None
        return list(encoded["input_ids"])

    def _settings(self, shortest: int) -> GenerationConfig:
        return GenerationConfig(
            do_sample=False,
            num_beams=1,
            max_new_tokens=self._room(shortest),
            eos_token_id=sorted(self._ends) or None,
            pad_token_id=self._pad,
        )

    def _room(self, prompt_tokens: int) -> int:
        return min(self._max_new_tokens, self._context - prompt_tokens)

    def _generation(self, prompt: list[int], row: list[int]) -> Generation:
        row = row[: self._room(len(prompt))]
        end = next((place for place, token in enumerate(row) if token in self._ends), None)
        said = row if end is None else row[:end]
        return Generation(
            text=self._tokenizer.decode(said, skip_special_tokens=True),
            finish_reason="length" if end is None else "stop",
            prompt_tokens=len(prompt),
            completion_tokens=len(row) if end is None else end + 1,
        )


def own_quantisation(config: Any) -> str | None:
    """How the checkpoint was quantised before we came, such as gptq; None where it was not."""
    own = getattr(config, "quantization_config", None) or {}
    return str(own.get("quant_method") if isinstance(own, dict) else own.quant_method.value) if own else None


def _quantisation_text(quantisation: str, config: Any) -> str:
    if quantisation == "none" and (own := own_quantisation(config)):
        return f"the checkpoint's own ({own})"
    return quantisation + (" (double quantised)" if quantisation in ("nf4", "fp4") else "")


def _device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"


def _end_tokens(model: Any, tokenizer: Any) -> set[int]:
    declared = model.generation_config.eos_token_id
    ends = set(declared if isinstance(declared, list) else [declared])
    return {token for token in ends | {tokenizer.eos_token_id} if token is not None}


def _context_length(config: Any) -> int:
    return int(getattr(config.get_text_config(), "max_position_embeddings", None) or 2**20)


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bars and no advice of the libraries, which in int8 comes with every product of matrices."""
    loggers = [logging.getLogger(name) for name in ("transformers", "bitsandbytes")]
    levels = [logger.level for logger in loggers]
    bars = transformers.logging.is_progress_bar_enabled()
    transformers.logging.disable_progress_bar()
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if bars:
            transformers.logging.enable_progress_bar()


@contextmanager
def memory_errors() -> Iterator[None]:
    """What the libraries raise when memory runs out, as OutOfMemoryError."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise OutOfMemoryError(str(error)) from None
    except RuntimeError as error:
        if "allocate memory" in str(error):
            raise OutOfMemoryError(str(error)) from None
        raise
