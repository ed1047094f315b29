"""A loaded local model: chats in, pictures among them where it sees, greedy text out, in batches."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import bitsandbytes
import PIL
import torch
import transformers
from jinja2 import TemplateError
from transformers import GenerationConfig

from itemwise.models.checkpoint import adapter_hash, own_quantisation
from itemwise.models.continuous import ContinuousBatch, Row, can_run
from itemwise.models.model import ContextFullError, Generation, ModelError, OutOfMemoryError, Request, RunningBatch
from itemwise.models.registry import ModelEntry
from itemwise.models.sampling import noise_of, sampling_of
from itemwise.models.seeing import Prompt, Sight, is_seeing, left_padded, with_pictures
from itemwise.models.tool_calls import messages_for_template, read_calls, split_calls

__all__ = ["LocalModel", "memory_errors", "quiet"]

_Encoded = TypeVar("_Encoded")


class LocalModel:
    """Weights on one device, asked greedily in batches: whole ones, or one that chats join and leave while it runs.

    Greedy whatever the model's own generation config says, unless a request asks for a temperature: of that config only
    the end-of-text tokens are kept. A sampled text follows from its request alone, not from its batch.
    On a CPU everything is computed in float32, where the text does not depend on the batch; int8 is the exception, as
    bitsandbytes looks for outliers over the whole batch and multiplies in float16. Keys and values of chats that run take up to
    `memory` bytes; `copied` says that the linear layers multiply by copies of their weights.
    """

    def __init__(
        self,
        entry: ModelEntry,
        quantisation: str,
        max_new_tokens: int,
        revision: str,
        model: Any,
        tokenizer: Any,
        sight: Sight | None = None,
        *,
        memory: int,
        copied: bool = False,
    ) -> None:
        self.name = entry.name
        self.revision = revision
        self._entry = entry
        self._quantisation = quantisation
        self._max_new_tokens = max_new_tokens
        self._model = model
        self._tokenizer = tokenizer
        self._sight = sight
        self._ends = _end_tokens(model, tokenizer)
        model.generation_config = GenerationConfig()  # generate() would fill in from it what ours leaves open
        self._pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else min(self._ends, default=0)
        self._context = _context_length(model.config)
        self._copied = copied
        self._running = _RunningChats(self, memory) if can_run(model) else None

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
            "batching": "continuous" if self._running else "static",
            "max new tokens": str(self._max_new_tokens),
            **({"linear layers": "float32 copies, multiplied by oneDNN"} if self._copied else {}),
            **({"adapter": f"{Path(self._entry.adapter).name} {adapter_hash(Path(self._entry.adapter))}"} if self._entry.adapter else {}),
            **({"pictures": self._sight.describe()} if self._sight else {}),
            "versions": f"transformers {transformers.__version__}, torch {torch.__version__}, bitsandbytes {bitsandbytes.__version__}"
            + (f", pillow {PIL.__version__}" if self._sight else ""),
        }

    def generate(self, requests: Sequence[Request]) -> list[Generation]:
        """One greedy generation per request, all in one batch padded to the longest prompt."""
        prompts = [self._prompt(request) for request in requests]
        batch = left_padded(prompts, self._pad)
        with quiet(), memory_errors(), torch.inference_mode():
            output = self._model.generate(
                **{name: self._placed(value) for name, value in batch.items()},
                generation_config=self._settings(min(len(prompt.ids) for prompt in prompts)),
                logits_processor=sampling_of(requests, self._model.device),
            )
        said = output[:, batch["input_ids"].shape[1] :].tolist()
        return [self._generation(request, prompt.ids, row) for request, prompt, row in zip(requests, prompts, said, strict=True)]

    def running(self) -> RunningBatch | None:
        """The batch that chats join and leave; None for a kind of model whose rows must begin and end together."""
        return self._running

    def _prompt(self, request: Request) -> Prompt:
        """The chat as the model is given it. Raises ModelError where it cannot be, PictureError where a picture is at fault."""
        if self._sight is None and any(turn.pictures for turn in request.turns):
            raise ModelError(self._blindness())
        prompt = self._chat(request, self._sight.prompt) if self._sight else Prompt(self._encode(request))
        if (length := len(prompt.ids)) >= self._context:
            raise ContextFullError(f"the prompt has {length} tokens, the context of {self.name} holds {self._context}; shorten it.")
        return prompt

    def _encode(self, request: Request) -> list[int]:
        """The tokens of a chat in words."""
        return self._chat(request, self._templated) if self._tokenizer.chat_template else self._completion(request)

    def _messages(self, request: Request) -> list[dict[str, Any]]:
        messages = with_pictures(messages_for_template(request.turns, request.tools), request.turns)
        return [{"role": "system", "content": self._entry.system}, *messages] if self._entry.system else messages

    def _completion(self, request: Request) -> list[int]:
        self._require_tools(request, "it has no chat template")
        return list(self._tokenizer("\n\n".join(message["content"] for message in self._messages(request)) + "\n")["input_ids"])

    def _chat(self, request: Request, templated: Callable[[list[dict[str, Any]], Request], _Encoded]) -> _Encoded:
        if "tools" not in str(self._tokenizer.chat_template):
            self._require_tools(request, "its chat template has no place for tools")
        messages = self._messages(request)
        try:
            return templated(messages, request)
        except TemplateError:
            pass  # some templates take one call a turn
        try:
            return templated(split_calls(messages), request)
        except TemplateError as error:
            roles = ", ".join(message["role"] for message in messages)
            raise ModelError(f"the chat template of {self.name} refuses turns of {roles} ({error}); take another --strategy.") from None

    def _templated(self, messages: list[dict[str, Any]], request: Request) -> list[int]:
        encoded = self._tokenizer.apply_chat_template(
            messages, tools=list(request.tools) or None, add_generation_prompt=True, tokenize=True, return_dict=True
        )
        return list(encoded["input_ids"])

    def _require_tools(self, request: Request, why: str) -> None:
        """Refuse to offer tools that the model would never hear of: its score would be one without them."""
        if request.tools:
            raise ModelError(f"{self.name} cannot be offered a tool: {why}; take another --strategy.")

    def _blindness(self) -> str:
        if not is_seeing(self._model.config):
            return f"{self.name} sees no pictures; take a vision-language model such as --model qwen2-vl-7b-instruct."
        return f"{self.name} cannot be shown pictures: {self._entry.location} has no chat template; add that of the model it was made from."

    def _placed(self, value: torch.Tensor) -> torch.Tensor:
        """The tensor on the model's device; what is no whole numbers in the model's own dtype."""
        return value.to(self._model.device, self._model.dtype if value.is_floating_point() else None)

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

    def _generation(self, request: Request, prompt: list[int], row: list[int]) -> Generation:
        row = row[: self._room(len(prompt))]
        end = next((place for place, token in enumerate(row) if token in self._ends), None)
        said = row if end is None else row[:end]
        return Generation(
            text=self._text(request, said),
            finish_reason="length" if end is None else "stop",
            prompt_tokens=len(prompt),
            completion_tokens=len(row) if end is None else end + 1,
        )

    def _text(self, request: Request, said: list[int]) -> str:
        """What was said; where it calls tools, with the special tokens that some models mark calls by."""
        if request.tools:
            whole = str(self._tokenizer.decode(said))
            if read_calls(whole, request.tools)[1]:
                return whole
        return str(self._tokenizer.decode(said, skip_special_tokens=True))


class _RunningChats:
    """The model's running batch, told in requests and generations."""

    eager = False  # reading a prompt keeps all others waiting

    def __init__(self, asked: LocalModel, memory: int) -> None:
        self._asked = asked
        self._batch = ContinuousBatch(asked._model, asked._pad, asked._ends, memory)
        self._hush = quiet if asked._quantisation == "int8" else nullcontext  # it takes a while, and forwards of others say nothing

    @property
    def most_at_once(self) -> int:
        return self._batch.most_at_once

    def ready(self, request: Request) -> Row:
        prompt = self._asked._prompt(request)
        return Row(request, prompt, self._asked._room(len(prompt.ids)), noise_of(request, self._asked._model.device))

    def room(self, rows: Sequence[Row]) -> int:
        return self._batch.room(rows)

    def admit(self, rows: Sequence[Row]) -> None:
        with self._hush(), memory_errors(), torch.inference_mode():
            self._batch.admit(rows)

    def advance(self, most: int) -> list[tuple[Row, Generation]]:
        with self._hush(), memory_errors(), torch.inference_mode():
            finished = self._batch.advance(most)
        return [(row, self._asked._generation(row.request, row.prompt.ids, row.said)) for row in finished]

    def clear(self) -> None:
        self._batch.clear()


def _quantisation_text(quantisation: str, config: Any) -> str:
    if quantisation == "none" and (own := own_quantisation(config)):
        return f"the checkpoint's own ({own})"
    kept = ", vision tower unquantised" if quantisation != "none" and is_seeing(config) else ""
    return quantisation + (" (double quantised)" if quantisation in ("nf4", "fp4") else "") + kept


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
