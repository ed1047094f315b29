"""Sampling that does not depend on the batch: each request's text follows from its own seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import LogitsProcessor, LogitsProcessorList

from itemwise.models.model import Request

__all__ = ["sampling_of"]


def sampling_of(requests: Sequence[Request], device: torch.device) -> LogitsProcessorList:
    """What makes the greedy choice of a batch a sample for the requests that have a temperature; empty where none has."""
    sampled = any(request.temperature for request in requests)
    return LogitsProcessorList([_GumbelNoise(requests, device)] if sampled else [])


class _GumbelNoise(LogitsProcessor):  # type: ignore[misc]  # transformers is untyped
    """Adds to a row's logits its temperature times Gumbel noise: the largest sum is then an exact sample of the softmax
    at that temperature (the Gumbel-max trick, Maddison et al. 2014, arXiv:1411.0030).

    Every row has a generator of its own, seeded by the whole request, so neither the batch nor the order of asking
    changes a text.
    """

    def __init__(self, requests: Sequence[Request], device: torch.device) -> None:
        self._rows = [
            (row, request.temperature, torch.Generator(device).manual_seed(_seed(request)))
            for row, request in enumerate(requests)
            if request.temperature
        ]

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:  # noqa: ARG002 - the signature is transformers'
        """The scores (rows of logits over the vocabulary) with the noise of this step, in float32."""
        scores = scores.float().clone()
        for row, temperature, generator in self._rows:
            uniform = torch.rand(scores.shape[1], generator=generator, device=scores.device)
            scores[row] -= temperature * torch.log(-torch.log(uniform.clamp_min(torch.finfo(torch.float32).tiny)))
        return scores


def _seed(request: Request) -> int:
    """From everything that was asked to a seed."""
    asked = [[turn.message() for turn in request.turns], [dict(tool) for tool in request.tools], request.temperature, request.seed]
    return int.from_bytes(hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).digest()[:8], "big") >> 1
