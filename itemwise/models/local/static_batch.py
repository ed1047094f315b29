"""Static batching: generate() of transformers over one left-padded batch that starts and ends together."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from transformers import GenerationConfig, LogitsProcessor, LogitsProcessorList, StoppingCriteria, StoppingCriteriaList
from transformers.generation.streamers import BaseStreamer

from itemwise.models.local.encoded_prompt import Prompt, padded_for
from itemwise.models.local.library_context import memory_errors, quiet
from itemwise.models.local.prompting import Prompting
from itemwise.models.local.sampling import SamplingProcessor
from itemwise.models.local.thinking_budget import Thought
from itemwise.models.local.turn_end import Ends
from itemwise.models.model import Generation, Request

__all__ = ["StaticRunner"]


class StaticRunner:
    """Runs requests in whole batches. The model's own generation config is put aside: generate() would fill in from it."""

    def __init__(self, model: Any, prompting: Prompting) -> None:
        model.generation_config = GenerationConfig()
        self._model = model
        self._prompting = prompting
        self._counter = _TokenCounter(prompting.pad)

    @property
    def tokens(self) -> int:
        """Tokens of the replies that are being generated, so far."""
        return self._counter.tokens

    def generate(self, requests: Sequence[Request]) -> list[Generation | Exception]:
        """One result per request; of one whose logits were NaN or infinite, that error. Raises OutOfMemoryError."""
        prompts = [self._prompting.encode(request) for request in requests]
        batch = padded_for(self._model, prompts, self._prompting.pad)
        width = batch["input_ids"].shape[1]
        sampling = SamplingProcessor(requests, self._model.device, self._prompting.sampling, prompts)
        thoughts = [thought for prompt in prompts if (thought := self._prompting.thought(prompt))]  # of all or none
        self._counter = _TokenCounter(self._prompting.pad)
        with quiet(), memory_errors(), torch.inference_mode():
            output = self._model.generate(
                **batch,
                generation_config=self._config(max(map(self._prompting.max_tokens, requests, (len(prompt.ids) for prompt in prompts)))),
                logits_processor=LogitsProcessorList([sampling, *([_CloseThoughts(thoughts, width)] if thoughts else [])]),
                stopping_criteria=self._stopping_criteria(requests, prompts, thoughts, width),
                streamer=self._counter,
            )
        rows = zip(requests, prompts, output[:, width:].tolist(), sampling.invalid_at, strict=True)
        return [self._prompting.generation(request, prompt, ids, invalid_at) for request, prompt, ids, invalid_at in rows]

    def _config(self, max_new_tokens: int) -> GenerationConfig:
        return GenerationConfig(
            do_sample=False,
            num_beams=1,
            max_new_tokens=max_new_tokens,
            eos_token_id=sorted(self._prompting.ends.tokens) or None,
            pad_token_id=self._prompting.pad,
        )

    def _stopping_criteria(
        self, requests: Sequence[Request], prompts: Sequence[Prompt], thoughts: Sequence[Thought], prompt_width: int
    ) -> StoppingCriteriaList | None:
        ends = [self._prompting.ends_of(request) for request in requests]
        criteria: list[StoppingCriteria] = [_EndText(ends, prompt_width)] if any(each.texts for each in ends) else []
        if thoughts:
            limits = [partial(self._prompting.limit, *row) for row in zip(requests, prompts, thoughts, strict=True)]
            criteria.append(_AtLimit(limits, prompt_width))
        return StoppingCriteriaList(criteria) if criteria else None


class _TokenCounter(BaseStreamer):  # type: ignore[misc]  # transformers is untyped
    """Counts the tokens of generate() while it runs."""

    def __init__(self, pad: int) -> None:
        self.tokens = 0
        self._pad = pad
        self._has_prompts = False

    def put(self, value: Tensor) -> None:
        """Take one token of each row, a pad for finished rows; the first call has the prompts."""
        if self._has_prompts:
            self.tokens += int((value != self._pad).sum())
        self._has_prompts = True

    def end(self) -> None:
        """Start again at 0: the engine counts finished replies."""
        self.tokens = 0


class _CloseThoughts(LogitsProcessor):  # type: ignore[misc]  # transformers is untyped
    """Leaves generate() nothing but the closing mark in rows whose thought has spent its budget."""

    def __init__(self, thoughts: Sequence[Thought], prompt_width: int) -> None:
        self._thoughts = thoughts
        self._prompt_width = prompt_width

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """The scores, [rows, vocabulary]."""
        rows = input_ids[:, self._prompt_width :].tolist()
        for number, (thought, row) in enumerate(zip(self._thoughts, rows, strict=True)):
            if (forced := thought.forced(row)) is not None:
                scores[number] = -torch.inf
                scores[number, forced] = 0.0
        return scores


class _AtLimit(StoppingCriteria):  # type: ignore[misc]  # transformers is untyped
    """Ends a row of generate() at its own limit, which moves while it thinks."""

    def __init__(self, limits: Sequence[Callable[[], int]], prompt_width: int) -> None:
        self._limits = limits
        self._prompt_width = prompt_width

    def __call__(self, input_ids: Tensor, scores: Any, **_: Any) -> Tensor:  # noqa: ARG002 - the signature is transformers'
        """Which rows of tokens are at their limit, [rows]."""
        length = input_ids.shape[1] - self._prompt_width
        return torch.tensor([length >= limit() for limit in self._limits], device=input_ids.device)


class _EndText(StoppingCriteria):  # type: ignore[misc]  # transformers is untyped
    """Ends a row of generate() at a stop text, or an end of a turn that is plain text. `ends` are of each row."""

    def __init__(self, ends: Sequence[Ends], prompt_width: int) -> None:
        self._ends = ends
        self._prompt_width = prompt_width

    def __call__(self, input_ids: Tensor, scores: Any, **_: Any) -> Tensor:  # noqa: ARG002 - the signature is transformers'
        """Which rows of tokens are at their end, [rows]."""
        rows = input_ids[:, self._prompt_width :].tolist()
        return torch.tensor([ends.is_at_end(row) for ends, row in zip(self._ends, rows, strict=True)], device=input_ids.device)
