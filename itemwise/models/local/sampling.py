"""Gumbel-max sampling that does not depend on the batch: each request draws noise from a generator seeded by the request itself."""

import hashlib
import json
from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import LogitsProcessor

from itemwise.models.model import Request

__all__ = ["GumbelNoise", "SamplingProcessor", "gumbel_noise", "sample_tokens"]


class GumbelNoise:
    """A request's temperature times Gumbel noise, step by step: the largest sum of it and the logits is an exact sample of
    the softmax at that temperature (the Gumbel-max trick, Maddison et al. 2014, arXiv:1411.0030), of its nucleus where the request
    has a `top_p` (Holtzman et al. 2020, arXiv:1904.09751).

    It comes from a generator seeded by the chat, temperature and seed, so neither the batch nor the order of asking changes a text.
    """

    def __init__(self, request: Request, device: torch.device) -> None:
        self._temperature = request.temperature
        self._top_p = request.top_p
        self._generator = torch.Generator(device).manual_seed(_seed(request))

    def step(self, vocabulary_size: int) -> Tensor:
        """The noise of the next step, [vocabulary_size]."""
        uniform = torch.rand(vocabulary_size, generator=self._generator, device=self._generator.device)
        return -self._temperature * torch.log(-torch.log(uniform.clamp_min(torch.finfo(torch.float32).tiny)))

    def nucleus(self, logits: Tensor) -> Tensor:
        """The logits, [vocabulary_size], with minus infinity for all but the fewest likeliest tokens that add up to `top_p`."""
        if self._top_p is None:
            return logits
        probabilities, order = torch.softmax(logits / self._temperature, dim=-1).sort(descending=True, stable=True)
        likelier = probabilities.cumsum(dim=-1) - probabilities  # of all tokens before each
        return logits.index_fill(0, order[likelier >= self._top_p], -torch.inf)


def gumbel_noise(request: Request, device: torch.device) -> GumbelNoise | None:
    """The request's noise; None for greedy decoding."""
    return GumbelNoise(request, device) if request.temperature else None


def sample_tokens(logits: Tensor, noises: Sequence[GumbelNoise | None]) -> list[int | None]:
    """The next token of each row of `logits`, [rows, vocabulary]; None where the largest is NaN or infinite."""
    scores = _noisy(logits, noises)
    best = scores.argmax(dim=-1, keepdim=True)
    finite = torch.isfinite(scores.gather(-1, best))  # NaN counts as larger than any
    return [token if good else None for token, good in zip(best[:, 0].tolist(), finite[:, 0].tolist(), strict=True)]


class SamplingProcessor(LogitsProcessor):  # type: ignore[misc]  # transformers is untyped
    """Adds the noise of requests with a temperature to the logits of generate(), whose greedy choice so becomes a sample.

    `invalid_at` has for each request the index in its reply of the first token whose logits were NaN or infinite, or None.
    """

    def __init__(self, requests: Sequence[Request], device: torch.device) -> None:
        self.invalid_at: list[int | None] = [None] * len(requests)
        self._noises = [gumbel_noise(request, device) for request in requests]
        self._step = 0

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:  # noqa: ARG002 - the signature is transformers'
        """The scores, [rows, vocabulary], with the noise of this step, in float32."""
        noisy = _noisy(scores, self._noises)
        finite = torch.isfinite(noisy.amax(dim=-1)).tolist()
        self.invalid_at = [self._step if index is None and not good else index for index, good in zip(self.invalid_at, finite, strict=True)]
        self._step += 1
        return noisy


def _noisy(logits: Tensor, noises: Sequence[GumbelNoise | None]) -> Tensor:
    """The logits in float32, with the noise of this step in the rows that have it."""
    if not any(noises):
        return logits.float()
    scores = logits.float().clone()
    for row, noise in enumerate(noises):
        if noise:
            scores[row] = noise.nucleus(scores[row]) + noise.step(scores.shape[1])
    return scores


def _seed(request: Request) -> int:
    """A seed from what is asked and how it is sampled; a stop text or a limit only cuts the text that would follow anyway."""
    content = [[turn.message() for turn in request.turns], [dict(tool) for tool in request.tools], request.temperature, request.seed]
    return int.from_bytes(hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()[:8], "big") >> 1
