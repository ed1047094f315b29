"""Gumbel-max sampling that does not depend on the batch: each request draws noise from a generator seeded by the request itself."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor
from transformers import LogitsProcessor

from itemwise.models.local.encoded_prompt import Prompt
from itemwise.models.local.own_sampling import Sampling, sampling_of
from itemwise.models.model import Request

__all__ = ["GumbelNoise", "SamplingProcessor", "gumbel_noise", "sample_tokens"]


TokensOf = Callable[[int], Iterable[int]]  # the tokens of prompt and reply, by row


def _no_tokens(_: int) -> Iterable[int]:
    return ()


class GumbelNoise:
    """A temperature times Gumbel noise, step by step: the largest sum of it and the logits is an exact sample of
    the softmax at that temperature (the Gumbel-max trick, Maddison et al. 2014, arXiv:1411.0030), of its nucleus where there
    is a `top_p` (Holtzman et al. 2020, arXiv:1904.09751).

    It comes from a generator seeded by the chat, temperature and seed, so neither the batch nor the order of asking changes a text.
    """

    def __init__(self, request: Request, sampling: Sampling, device: torch.device) -> None:
        self._sampling = sampling
        self._generator = torch.Generator(device).manual_seed(_seed(request))

    def step(self, vocabulary_size: int) -> Tensor:
        """The noise of the next step, [vocabulary_size]; 0 where nothing is sampled."""
        if not self._sampling.temperature:
            return torch.zeros((), device=self._generator.device)
        uniform = torch.rand(vocabulary_size, generator=self._generator, device=self._generator.device)
        return -self._sampling.temperature * torch.log(-torch.log(uniform.clamp_min(torch.finfo(torch.float32).tiny)))

    def narrowed(self, logits: Tensor, ids: Iterable[int]) -> Tensor:
        """The logits, [vocabulary_size], with minus infinity for the tokens that are not sampled; `ids` are those of prompt and reply."""
        if penalty := self._sampling.repetition_penalty:
            seen = torch.tensor(sorted(set(ids)), dtype=torch.long, device=logits.device)
            logits = logits.index_copy(0, seen, torch.where(logits[seen] < 0, logits[seen] * penalty, logits[seen] / penalty))
        if self._sampling.top_k and self._sampling.top_k < len(logits):
            logits = logits.masked_fill(logits < logits.topk(self._sampling.top_k).values[-1], -torch.inf)
        logits = self.nucleus(logits)
        if self._sampling.min_p:
            probabilities = torch.softmax(logits / self._sampling.temperature, dim=-1)
            logits = logits.masked_fill(probabilities < self._sampling.min_p * probabilities.max(), -torch.inf)
        return logits

    def nucleus(self, logits: Tensor) -> Tensor:
        """The logits, [vocabulary_size], with minus infinity for all but the fewest likeliest tokens that add up to `top_p`."""
        if self._sampling.top_p is None:
            return logits
        probabilities, order = torch.softmax(logits / self._sampling.temperature, dim=-1).sort(descending=True, stable=True)
        likelier = probabilities.cumsum(dim=-1) - probabilities  # of all tokens before each
        return logits.index_fill(0, order[likelier >= self._sampling.top_p], -torch.inf)


def gumbel_noise(request: Request, device: torch.device, own: Sampling | None = None) -> GumbelNoise | None:
    """The request's noise, or that of the model's `own` sampling; None for greedy decoding."""
    sampling = sampling_of(request, own)
    return GumbelNoise(request, sampling, device) if sampling else None


def sample_tokens(logits: Tensor, noises: Sequence[GumbelNoise | None], ids: TokensOf = _no_tokens) -> list[int | None]:
    """The next token of each row of `logits`, [rows, vocabulary]; None where the largest is NaN or infinite. `ids` gives a row's tokens,
    of prompt and reply."""
    scores = _noisy(logits, noises, ids)
    best = scores.argmax(dim=-1, keepdim=True)
    finite = torch.isfinite(scores.gather(-1, best))  # NaN counts as larger than any
    return [token if good else None for token, good in zip(best[:, 0].tolist(), finite[:, 0].tolist(), strict=True)]


class SamplingProcessor(LogitsProcessor):  # type: ignore[misc]  # transformers is untyped
    """Adds the noise of requests with a temperature to the logits of generate(), whose greedy choice so becomes a sample.

    `invalid_at` has for each request the index in its reply of the first token whose logits were NaN or infinite, or None.
    """

    def __init__(
        self, requests: Sequence[Request], device: torch.device, own: Sampling | None = None, prompts: Sequence[Prompt] = ()
    ) -> None:
        """`own` is the model's sampling, whose penalty needs the `prompts`."""
        self.invalid_at: list[int | None] = [None] * len(requests)
        self._noises = [gumbel_noise(request, device, own) for request in requests]
        self._prompts = prompts
        self._prompt_width = max((len(prompt.ids) for prompt in prompts), default=0)
        self._step = 0

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """The scores, [rows, vocabulary], with the noise of this step, in float32."""
        noisy = _noisy(scores, self._noises, lambda row: self._ids(input_ids, row))
        finite = torch.isfinite(noisy.amax(dim=-1)).tolist()
        self.invalid_at = [self._step if index is None and not good else index for index, good in zip(self.invalid_at, finite, strict=True)]
        self._step += 1
        return noisy

    def _ids(self, input_ids: Tensor, row: int) -> list[int]:
        """The row's tokens without its padding."""
        reply: list[int] = input_ids[row, self._prompt_width :].tolist()
        return [*(self._prompts[row].ids if self._prompts else ()), *reply]


def _noisy(logits: Tensor, noises: Sequence[GumbelNoise | None], ids: TokensOf) -> Tensor:
    """The logits in float32, with the noise of this step in the rows that have it."""
    if not any(noises):
        return logits.float()
    scores = logits.float().clone()
    for row, noise in enumerate(noises):
        if noise:
            scores[row] = noise.narrowed(scores[row], ids(row)) + noise.step(scores.shape[1])
    return scores


def _seed(request: Request) -> int:
    """A seed from what is asked and how it is sampled; a stop text or a limit only cuts the text that would follow anyway."""
    content = [[turn.message() for turn in request.turns], [dict(tool) for tool in request.tools], request.temperature, request.seed]
    return int.from_bytes(hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()[:8], "big") >> 1
