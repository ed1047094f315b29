"""A loaded local model: chats in, pictures among them where it sees, greedy text out, in batches."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar

import bitsandbytes
import PIL
import torch
import transformers
from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList
from transformers.generation.streamers import BaseStreamer

from itemwise.cases.case import Turn
from itemwise.models.checkpoint import CLOCK, adapter_hash, own_quantisation
from itemwise.models.entry import ModelEntry
from itemwise.models.local.chat_template import ChatTemplate, TemplateError
from itemwise.models.local.continuous import ContinuousBatch, Row, can_run
from itemwise.models.local.sampling import Choosing, noise_of
from itemwise.models.local.turn_end import Ends, ends_of
from itemwise.models.local.vision import Prompt, Sight, is_seeing, left_padded, with_pictures
from itemwise.models.model import ContextFullError, Generation, ModelError, OutOfMemoryError, Request, RunningBatch, one_line
from itemwise.models.threads import threads_are_set, threads_text
from itemwise.models.tool_calls import messages_for_template, read_calls, split_calls, with_system

__all__ = ["LocalModel", "memory_errors", "quiet"]

_Encoded = TypeVar("_Encoded")


class LocalModel:
    """Weights on one device, asked greedily in batches: whole ones, or one that chats join and leave while it runs.

    Greedy whatever the model's own generation config says, unless a request asks for a temperature: of that config only
    the end-of-text tokens are kept, and the end of a turn in the chat template is one too. A sampled text follows from its
    request alone, not from its batch.
    On a CPU everything is computed in float32, where the text does not depend on the batch; int8 is the exception, as
    bitsandbytes looks for outliers over the whole batch and multiplies in float16. Keys and values of chats that run take up to
    `memory` bytes; `copied` says that the linear layers multiply by copies of their weights, `threads_before`
    how many threads torch had before.
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
        threads_before: int | None = None,
    ) -> None:
        self.name = entry.name
        self.revision = revision
        self._entry = entry
        self._quantisation = quantisation
        self._max_new_tokens = max_new_tokens
        self._model = model
        self._tokenizer = tokenizer
        self._sight = sight
        self._template = sight.template if sight else template_of(entry.name, tokenizer)
        self._ends = ends_of(_end_tokens(model, tokenizer), tokenizer, self._template)
        model.generation_config = GenerationConfig()  # generate() would fill in from it what ours leaves open
        self._words = model.get_input_embeddings().weight.shape[0]
        self._pad = _pad_token(tokenizer, self._ends, self._words)
        self._context = _context_length(model.config)
        self._copied = copied
        self._threads_before = torch.get_num_threads() if threads_before is None else threads_before
        self._running = _RunningChats(self, memory) if can_run(model) else None
        self._counted = _Counted(self._pad)
        self._probe()

    def describe(self) -> dict[str, str]:
        """Everything about the model that decides its text, as words."""
        return {
            "model": self.name,
            "location": Path(self._entry.location).name if self._entry.local else self._entry.location,
            "revision": self.revision,
            "quantisation": _quantisation_text(self._quantisation, self._model.config),
            "dtype": str(self._model.dtype).removeprefix("torch."),
            "device": _device_name(self._model.device),
            **({"threads": self._threads()} if self._model.device.type == "cpu" else {}),
            "prompting": self._prompting(),
            "system": self._entry.system or "none",
            "decoding": "greedy",
            "batching": "continuous" if self._running else "static",
            "max new tokens": str(self._max_new_tokens),
            **({"turn end": self._ends.note} if self._ends.note else {}),
            **({"linear layers": "float32 copies, multiplied by oneDNN"} if self._copied else {}),
            **({"adapter": f"{Path(self._entry.adapter).name} {adapter_hash(Path(self._entry.adapter))}"} if self._entry.adapter else {}),
            **({"pictures": self._sight.describe()} if self._sight else {}),
            "versions": f"transformers {transformers.__version__}, torch {torch.__version__}, bitsandbytes {bitsandbytes.__version__}"
            + (f", pillow {PIL.__version__}" if self._sight else ""),
        }

    def close(self) -> None:
        """Give torch back the threads that it had in this process before the model was loaded."""
        torch.set_num_threads(self._threads_before)

    def _threads(self) -> str:
        return threads_text(torch.get_num_threads(), threads_are_set(self._threads_before))

    def generate(self, requests: Sequence[Request]) -> list[Generation | Exception]:
        """One greedy generation per request, all in one batch padded to the longest prompt; in the place of one whose logits were
        no numbers, that error."""
        prompts = [self._prompt(request) for request in requests]
        batch = left_padded(prompts, self._pad)
        choosing = Choosing(requests, self._model.device)
        self._counted = _Counted(self._pad)
        with quiet(), memory_errors(), torch.inference_mode():
            output = self._model.generate(
                **{name: self._placed(value) for name, value in batch.items()},
                generation_config=self._settings(min(len(prompt.ids) for prompt in prompts)),
                logits_processor=choosing.processors,
                stopping_criteria=self._stopping(batch["input_ids"].shape[1]),
                streamer=self._counted,
            )
        said = output[:, batch["input_ids"].shape[1] :].tolist()
        return [
            self._result(request, prompt.ids, row, fault)
            for request, prompt, row, fault in zip(requests, prompts, said, choosing.faults, strict=True)
        ]

    @property
    def tokens_underway(self) -> int:
        """Tokens of the replies that are being generated, so far."""
        return self._counted.tokens + (self._running.tokens if self._running else 0)

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
        if (largest := max(prompt.ids, default=0)) >= self._words:
            raise ModelError(self._no_embedding(f"token {largest} ({one_line(str(self._tokenizer.decode([largest])))}) of the prompt"))
        return prompt

    def _encode(self, request: Request) -> list[int]:
        """The tokens of a chat in words."""
        return self._chat(request, self._templated) if self._template else self._completion(request)

    def _messages(self, request: Request) -> list[dict[str, Any]]:
        return with_system(with_pictures(messages_for_template(request.turns, request.tools), request.turns), self._entry.system)

    def _completion(self, request: Request) -> list[int]:
        self._require_tools(request, "it has no chat template")
        return list(self._tokenizer("\n\n".join(message["content"] for message in self._messages(request)) + "\n")["input_ids"])

    def _chat(self, request: Request, templated: Callable[[list[dict[str, Any]], Request], _Encoded]) -> _Encoded:
        assert self._template is not None
        if not self._template.knows_tools():
            self._require_tools(request, "its chat template has no place for tools")
        messages = self._messages(request)
        try:
            return self._shown(messages, request, templated)
        except TemplateError:
            pass  # some templates take one call a turn
        try:
            return self._shown(split_calls(messages), request, templated)
        except TemplateError as error:
            raise ModelError(_refusal(self.name, [message["role"] for message in messages], error)) from None

    def _templated(self, messages: list[dict[str, Any]], request: Request) -> list[int]:
        assert self._template is not None
        return list(self._tokenizer(self._template.prompt(messages, request.tools), add_special_tokens=False)["input_ids"])

    def _shown(self, messages: list[dict[str, Any]], request: Request, templated: Callable[..., _Encoded]) -> _Encoded:
        """The chat by its template, which must show every turn and tool of a chat of this shape."""
        assert self._template is not None
        self._template.require_shown(messages, request.tools)
        return templated(messages, request)

    def _probe(self) -> None:
        """Raise ModelError where this model cannot be asked anything: every case would fail alike."""
        with suppress(ContextFullError):  # a case may be shorter
            self._prompt(Request((Turn("user", "1 + 1 = 2"),)))

    def _prompting(self) -> str:
        if self._template is None:
            return "completion (no chat template)"
        clock = f", its clock at {CLOCK:%Y-%m-%d}" if self._template.uses_clock else ""
        return f"chat template {_short_hash(str(self._tokenizer.chat_template))}{clock}"

    def _no_embedding(self, token: str) -> str:
        return (
            f"{self.name} has an embedding of {self._words} tokens, which {token} is beyond; "
            "take the tokenizer that belongs to these weights."
        )

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
            eos_token_id=sorted(self._ends.tokens) or None,
            pad_token_id=self._pad,
        )

    def _room(self, prompt_tokens: int) -> int:
        return min(self._max_new_tokens, self._context - prompt_tokens)

    def _stopping(self, begun: int) -> StoppingCriteriaList | None:
        return StoppingCriteriaList([_Stopping(self._ends, begun)]) if self._ends.text else None

    def _result(self, request: Request, prompt: list[int], row: list[int], fault: int | None) -> Generation | Exception:
        """What came of a row; `fault` is the place of the first token whose logits were no numbers."""
        if fault is None or fault >= self._room(len(prompt)) or self._ends.place(row[:fault]) is not None:
            return self._generation(request, prompt, row)
        return ModelError(
            f"the logits of {self.name} are no numbers (NaN or infinite) at token {fault + 1} of the reply: its weights are damaged, or "
            f"too large for {str(self._model.dtype).removeprefix('torch.')}. Check the checkpoint, or try --quant none."
        )

    def _generation(self, request: Request, prompt: list[int], row: list[int]) -> Generation:
        row = row[: self._room(len(prompt))]
        end = self._ends.place(row)
        said = row if end is None else row[: end + 1] if self._ends.text and row[end] not in self._ends.tokens else row[:end]
        text = self._text(request, said)
        return Generation(
            text=text if end is None else self._ends.cut(text),
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


class _Counted(BaseStreamer):  # type: ignore[misc]  # transformers is untyped
    """Counts what generate() says while it does."""

    def __init__(self, pad: int) -> None:
        self.tokens = 0
        self._pad = pad
        self._begun = False

    def put(self, value: torch.Tensor) -> None:
        """Take one token of each row, a pad of those that are finished; the prompts come first."""
        if self._begun:
            self.tokens += int((value != self._pad).sum())
        self._begun = True

    def end(self) -> None:
        """The engine counts what is finished."""
        self.tokens = 0


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

    @property
    def tokens(self) -> int:
        return sum(len(row.said) for row in self._batch.rows)

    def prepare(self, request: Request) -> Row:
        prompt = self._asked._prompt(request)
        return Row(request, prompt, self._asked._room(len(prompt.ids)), noise_of(request, self._asked._model.device))

    def capacity(self, rows: Sequence[Row]) -> int:
        return self._batch.capacity(rows)

    def admit(self, rows: Sequence[Row]) -> None:
        with self._hush(), memory_errors(), torch.inference_mode():
            self._batch.admit(rows)

    def decode(self, most: int) -> list[tuple[Row, Generation | Exception]]:
        with self._hush(), memory_errors(), torch.inference_mode():
            finished = self._batch.decode(most)
        return [(row, self._asked._result(row.request, row.prompt.ids, row.said, row.fault)) for row in finished]

    def clear(self) -> None:
        self._batch.clear()


class _Stopping(StoppingCriteria):  # type: ignore[misc]  # transformers is untyped
    """Ends a row of generate() where the end of a turn stands in its text."""

    def __init__(self, ends: Ends, begun: int) -> None:
        self._ends = ends
        self._begun = begun

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:  # noqa: ARG002 - the signature is transformers'
        """Which rows of tokens are at their end."""
        rows = input_ids[:, self._begun :].tolist()
        return torch.tensor([self._ends.is_at_end(row) for row in rows], device=input_ids.device)


def _refusal(name: str, roles: Sequence[str], error: TemplateError) -> str:
    what, advice = {
        ("user",): ("a question", "mend chat_template.jinja"),
        ("system", "user"): (
            "a system prompt",
            "leave system out of its entry or the benchmark's chat, or put its words into the prompt",
        ),
    }.get(tuple(roles), (f"turns of {', '.join(roles)}", "take another --strategy, or another form of the benchmark's chat"))
    return f"the chat template of {name} refuses {what} ({error}); {advice}."


def template_of(name: str, tokenizer: Any) -> ChatTemplate | None:
    """The chat template of a tokenizer, if it has one."""
    text = getattr(tokenizer, "chat_template", None)
    return ChatTemplate(name, text, tokenizer.special_tokens_map) if text else None


def _pad_token(tokenizer: Any, ends: Ends, words: int) -> int:
    """What rows are filled up with; it is masked, but must have an embedding."""
    pad = tokenizer.pad_token_id
    return int(pad) if pad is not None and pad < words else min(ends.tokens, default=0)


def _quantisation_text(quantisation: str, config: Any) -> str:
    if quantisation == "none" and (own := own_quantisation(config)):
        return f"the checkpoint's own ({own})"
    kept = ", vision tower unquantised" if quantisation != "none" and is_seeing(config) else ""
    return quantisation + (" (double quantised)" if quantisation in ("nf4", "fp4") else "") + kept


def _device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"


def _end_tokens(model: Any, tokenizer: Any) -> set[int]:
    declared = model.generation_config.eos_token_id
    ends = [token for token in (declared if isinstance(declared, list) else [declared]) if token is not None]
    if wrong := [token for token in ends if type(token) is not int]:
        raise ModelError(
            f"generation_config.json has the eos_token_id {one_line(repr(wrong[0]))}, which is no token's number; "
            "give it as a whole number, or several as a list."
        )
    return {token for token in (*ends, tokenizer.eos_token_id) if token is not None}


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
