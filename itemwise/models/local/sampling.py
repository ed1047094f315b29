"""Sampling that does not depend on the batch: each request's text follows from its own seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import LogitsProcessor, LogitsProcessorList

from itemwise.models.model import Request

__all__ = ["Choosing", "Noise", "chosen", "noise_of"]


class Noise:
    """A request's temperature times Gumbel noise, step by step: the largest sum of it and the logits is an exact sample of
    the softmax at that temperature (the Gumbel-max trick, Maddison et al. 2014, arXiv:1411.0030).

    It comes from a generator seeded by the whole request, so neither the batch nor the order of asking changes a text.
    """

    def __init__(self, request: Request, device: torch.device) -> None:
        self._temperature = request.temperature
        self._generator = torch.Generator(device).manual_seed(_seed(request))

    def step(self, tokens: int) -> Tensor:
        """The noise of the next step, for each of `tokens` that may be chosen."""
        uniform = torch.rand(tokens, generator=self._generator, device=self._generator.device)
        return -self._temperature * torch.log(-torch.log(uniform.clamp_min(torch.finfo(torch.float32).tiny)))


def noise_of(request: Request, device: torch.device) -> Noise | None:
    """The request's noise; None where it asks for the likeliest text."""
    return Noise(request, device) if request.temperature else None


def chosen(logits: Tensor, noises: Sequence[Noise | None]) -> list[int | None]:
    """The next token of each row of `logits`; None where they are no numbers: nothing can be chosen by NaN, or among infinities."""
    scores = _noisy(logits, noises)
    best = scores.argmax(dim=-1, keepdim=True)
    finite = torch.isfinite(scores.gather(-1, best))  # NaN counts as larger than any
    return [token if good else None for token, good in zip(best[:, 0].tolist(), finite[:, 0].tolist(), strict=True)]


class Choosing(LogitsProcessor):  # type: ignore[misc]  # transformers is untyped
    """What makes the greedy choice of generate() a sample for the requests that have a temperature, and sees what no choice can be
    made by. `faults` has for each request the place in its reply of the first token whose logits were no numbers, or None."""

    def __init__(self, requests: Sequence[Request], device: torch.device) -> None:
        self.faults: list[int | None] = [None] * len(requests)
        self._noises = [noise_of(request, device) for request in requests]
        self._step = 0

    @property
    def processors(self) -> LogitsProcessorList:
        """As generate() takes it."""
        return LogitsProcessorList([self])

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:  # noqa: ARG002 - the signature is transformers'
        """The scores (rows of logits over the vocabulary) with the noise of this step, in float32."""
        noisy = _noisy(scores, self._noises)
        finite = torch.isfinite(noisy.amax(dim=-1)).tolist()
        self.faults = [self._step if fault is None and not good else fault for fault, good in zip(self.faults, finite, strict=True)]
        self._step += 1
        return noisy


def _noisy(logits: Tensor, noises: Sequence[Noise | None]) -> Tensor:
    """The logits in float32, with the noise of this step in the rows that have it."""
    if not any(noises):
        return logits.float()
    scores = logits.float().clone()
    for row, noise in enumerate(noises):
        if noise:
            scores[row] += noise.step(scores.shape[1])
    return scores


def _seed(request: Request) -> int:
    """From everything that was asked to a seed."""
    asked = [[turn.message() for turn in request.turns], [dict(tool) for tool in request.tools], request.temperature, request.seed]
    return int.from_bytes(hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).digest()[:8], "big") >> 1
