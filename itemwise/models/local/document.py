"""The log-probability of a whole text, read in disjoint windows: what a model's perplexity is made of."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

import torch

__all__ = ["text_logprob", "windows"]

MAX_LOGITS = 2**26  # of one forward: tokens times vocabulary


def windows(tokens: Sequence[int], first: int, size: int) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """For each window of `size` tokens what is read before it and what is scored in it; every token is scored once.

    The first token is read behind the token `first` alone, a further window behind the last token of the one before. A window that is not
    full, at the end of the text, is read behind as many tokens as fill it.
    """
    for start in range(0, len(tokens), size):
        scored = tokens[start : start + size]
        yield (tokens[start - size + len(scored) - 1 : start] if start else [first]), scored


def text_logprob(model: Any, tokens: Sequence[int], first: int, size: int) -> float:
    """The sum over all `tokens`, natural, by a log-softmax in float32."""
    return sum(_window_logprob(model, before, scored) for before, scored in windows(tokens, first, size))


def _window_logprob(model: Any, before: Sequence[int], scored: Sequence[int]) -> float:
    """What the tokens `scored` come to behind those `before`, read in parts whose logits fit."""
    read = [*before, *scored[:-1]]
    expected = [*[None] * (len(before) - 1), *scored]  # what each token of `read` is followed by, as far as that is scored
    part = max(1, MAX_LOGITS // model.get_input_embeddings().weight.shape[0])
    named = "cache" if "cache" in inspect.signature(model.forward).parameters else "past_key_values"
    known: dict[str, Any] = {}
    total = 0.0
    for start in range(0, len(read), part):
        ids = torch.tensor([read[start : start + part]], device=model.device)
        output = model(input_ids=ids, use_cache=True, **known)
        known = {named: output.past_key_values}
        wanted = [(row, token) for row, token in enumerate(expected[start : start + part]) if token is not None]
        if wanted:
            rows, following = (torch.tensor(column, device=model.device) for column in zip(*wanted, strict=True))
            logprobs = torch.log_softmax(output.logits[0, rows].float(), dim=-1)
            total += float(logprobs.gather(1, following[:, None]).double().sum())
    return total
