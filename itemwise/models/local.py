"""A local model through transformers and bitsandbytes: the one file that imports torch."""

from __future__ import annotations

import gc
import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bitsandbytes
import torch
import transformers
from jinja2 import TemplateError
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    AutoTokenizer,
    BitsAndBytesConfig,
    GenerationConfig,
)

from itemwise.models.checkpoint import folder_hash, hub_options, require_folder, unreachable
from itemwise.models.model import Generation, ModelError, OutOfMemoryError, Request
from itemwise.models.registry import ModelEntry

__all__ = ["LocalModel", "load", "unload"]


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
        with _quiet(), _memory_errors(), torch.inference_mode():
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


def load(entry: ModelEntry, *, quantisation: str, max_new_tokens: int, share: tuple[int, int] = (0, 1)) -> LocalModel:
    """Load `entry` in 4-bit (or as `quantisation` says) and say clearly what to do where that fails.

    `share` is this process's number among how many on the machine: each takes its own GPU where there are several,
    and its part of the CPU's threads. Only safetensors are read; a model's own Python runs only if its entry says so.
    """
    number, processes = share
    device = _device(number)
    if device.type == "cpu" and processes > 1:
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // processes))
    with _quiet(), _load_errors(entry):
        where = {} if entry.local else hub_options(entry)
        revision = folder_hash(require_folder(entry)) if entry.local else where["revision"]
        options = {"trust_remote_code": entry.trust_remote_code, **where}
        config = AutoConfig.from_pretrained(entry.location, **options)
        model, report = _family(config).from_pretrained(
            entry.location,
            dtype=_compute_dtype(device),
            device_map={"": device},
            use_safetensors=True,
            output_loading_info=True,
            **_quantisation_options(entry, quantisation, config, device),
            **options,
        )
        _require_all_weights(entry, report)
        tokenizer = AutoTokenizer.from_pretrained(entry.location, **options)
        _require_words(entry, tokenizer)
    if device.type == "cpu":
        _keep_float32(model)
    return LocalModel(entry, quantisation, max_new_tokens, revision, model.eval(), tokenizer)


def unload() -> None:
    """Give back the memory of models nobody holds any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _family(config: Any) -> Any:
    """The class that loads a model of this kind; one that reads pictures is asked in words here."""
    pictures = type(config) in AutoModelForImageTextToText._model_mapping and type(config) not in AutoModelForCausalLM._model_mapping
    return AutoModelForImageTextToText if pictures else AutoModelForCausalLM


def _require_all_weights(entry: ModelEntry, report: Any) -> None:
    """Refuse what transformers would quietly fill with random numbers."""
    if missing := sorted(report["missing_keys"]):
        raise ModelError(
            f"{entry.name} is incomplete: {entry.location} lacks {len(missing)} of its weights, such as {missing[0]}. "
            "Check that all its .safetensors files are there and belong to its config.json."
        )


def _require_words(entry: ModelEntry, tokenizer: Any) -> None:
    """Refuse the tokenizer without words that transformers makes where the files of the real one are missing."""
    if not tokenizer.decode(tokenizer("1 + 1 = 2")["input_ids"], skip_special_tokens=True).strip():
        raise ModelError(f"{entry.name} has no tokenizer: {entry.location} lacks tokenizer.json or tokenizer.model.")


def _keep_float32(model: Any) -> None:
    """Keep bitsandbytes from its bfloat16 kernel, which it takes on some CPUs whatever the compute dtype says.

    So the text is the same on every CPU, and widths that the kernel cannot split in blocks of 32 work.
    """
    for module in model.modules():
        if isinstance(module, bitsandbytes.nn.Linear4bit):
            module.support_avx512bf16_for_cpu = False


def _own_quantisation(config: Any) -> str | None:
    """How the checkpoint was quantised before we came, such as gptq; None where it was not."""
    own = getattr(config, "quantization_config", None) or {}
    return str(own.get("quant_method") if isinstance(own, dict) else own.quant_method.value) if own else None


def _quantisation_text(quantisation: str, config: Any) -> str:
    if quantisation == "none" and (own := _own_quantisation(config)):
        return f"the checkpoint's own ({own})"
    return quantisation + (" (double quantised)" if quantisation in ("nf4", "fp4") else "")


def _quantisation_options(entry: ModelEntry, quantisation: str, config: Any, device: torch.device) -> dict[str, BitsAndBytesConfig]:
    if quantisation == "none":
        return {}
    if own := _own_quantisation(config):
        raise ModelError(
            f"{entry.name} is already quantised ({own}), so --quant {quantisation} cannot be applied; "
            "give --quant none to ask it as it is, or name the model it was made from."
        )
    return {"quantization_config": _bitsandbytes(quantisation, device)}


def _bitsandbytes(quantisation: str, device: torch.device) -> BitsAndBytesConfig:
    if quantisation == "int8":
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type=quantisation,
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=_compute_dtype(device),
    )


def _compute_dtype(device: torch.device) -> torch.dtype:
    if device.type == "cpu":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def _device(number: int) -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda", number % torch.cuda.device_count())
    return torch.device("cpu")


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
def _quiet() -> Iterator[None]:
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
def _memory_errors() -> Iterator[None]:
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise OutOfMemoryError(str(error)) from None
    except RuntimeError as error:
        if "allocate memory" in str(error):
            raise OutOfMemoryError(str(error)) from None
        raise


@contextmanager
def _load_errors(entry: ModelEntry) -> Iterator[None]:
    try:
        with _memory_errors():
            yield
    except OutOfMemoryError as error:
        raise ModelError(
            f"{entry.name} does not fit in memory ({_first_line(error)}). Take --quant nf4, a smaller model, or a larger device."
        ) from None
    except ModelError:
        raise
    except Exception as error:  # a damaged checkpoint fails in many ways, each library with errors of its own
        raise ModelError(_advice(entry, error)) from None


def _advice(entry: ModelEntry, error: Exception) -> str:
    cause = f"{type(error).__name__}: {_first_line(error)}"
    if "trust_remote_code" in str(error):
        return (
            f"{entry.name} brings Python code of its own, which is not run. If you trust {entry.location}, give it a name with "
            f"trust_remote_code = true under [tool.itemwise.models.NAME] in pyproject.toml."
        )
    if entry.local:
        return f"{entry.name} cannot be loaded from {entry.location} ({cause}). Check that the folder is whole."
    return unreachable(entry, cause)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")
