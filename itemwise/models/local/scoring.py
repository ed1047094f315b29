"""Scores continuations: the log-probability of each, given its prompt, which is read once for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from itemwise.cases.picture import PictureError
from itemwise.models.local.continuous_batch import ContinuousBatch, Prefilled
from itemwise.models.local.document import text_logprob
from itemwise.models.local.encoded_prompt import padded_for, right_padded
from itemwise.models.local.float32_head import float32_head
from itemwise.models.local.library_context import memory_errors, quiet
from itemwise.models.local.prefix_cache import MAX_SHARED
from itemwise.models.local.prompting import Prompting
from itemwise.models.local.scored_prompt import ScoredPrompt, scored_prompt
from itemwise.models.model import Generation, ModelError, Request

__all__ = ["Scorer"]

TOGETHER = 2 * MAX_SHARED  # prompts: so many have no more beginnings in common by two than the prefix cache holds
MAX_LOGITS = 2**26  # of one forward over continuations: tokens times vocabulary
MAX_COLUMNS = 2**14  # rows times columns of the KV cache that is copied for them


@dataclass(frozen=True, eq=False)
class _Scored:
    """A prompt that is scored, and the log-probability of each of its continuations, as far as it is known."""

    request: Request
    encoded: ScoredPrompt
    logprobs: list[float] = field(default_factory=list)

    @property
    def generation(self) -> Generation | Exception:
        if not all(map(_is_finite, self.logprobs)):
            return ModelError("the logits behind the prompt are no numbers (NaN or infinite): the weights are damaged or too large.")
        tokens = len(self.encoded.prompt.ids)
        return Generation("", "stop", tokens, 0, logprobs=tuple(self.logprobs), merged=self.encoded.merged)


class Scorer:
    """Scores requests of one model: its output layer and the softmax in float32, whatever the rest computes in.

    With a `batch` the KV cache of a prompt, its beginning shared with other prompts, is continued with all its continuations. For a
    kind of model whose cache cannot be shared, each continuation is read with its whole prompt: padded behind, at most `rows` at once.
    """

    def __init__(self, model: Any, prompting: Prompting, batch: ContinuousBatch | None, rows: int) -> None:
        self._model = model
        self._prompting = prompting
        self._batch = batch
        self._rows = rows

    def score(self, requests: Sequence[Request]) -> list[Generation | Exception]:
        """The logprobs of each request's continuations; for one that cannot be scored, its error. Raises OutOfMemoryError.

        Prompts with the same beginning are read one after another, a few at a time, so that it is still cached for the next.
        """
        order = sorted(range(len(requests)), key=lambda index: [turn.content for turn in requests[index].turns])
        results: dict[int, Generation | Exception] = {}
        for start in range(0, len(order), TOGETHER):
            part = order[start : start + TOGETHER]
            results |= zip(part, self._scored([requests[index] for index in part]), strict=True)
        return [results[index] for index in range(len(requests))]

    def _scored(self, requests: Sequence[Request]) -> list[Generation | Exception]:
        encoded = [self._text(request) if request.window else self._encoded(request) for request in requests]
        scored = [each for each in encoded if isinstance(each, _Scored)]
        with quiet(), memory_errors(), torch.inference_mode(), float32_head(self._model):
            if self._batch:
                self._score_continued(self._batch, scored)
            else:
                self._score_whole(scored)
        return [each.generation if isinstance(each, _Scored) else each for each in encoded]

    def _text(self, request: Request) -> Generation | Exception:
        """The log-probability of the request's text itself."""
        try:
            tokens, first = self._prompting.text_tokens(request)
        except ModelError as error:
            return error
        size = min(request.window, self._prompting.context_length)
        with quiet(), memory_errors(), torch.inference_mode(), float32_head(self._model):
            logprob = text_logprob(self._model, tokens, first, size)
        if not _is_finite(logprob):
            return ModelError("the logits over the text are no numbers (NaN or infinite): the weights are damaged or too large.")
        return Generation("", "stop", len(tokens), 0, logprobs=(logprob,))

    def _encoded(self, request: Request) -> _Scored | Exception:
        try:
            return _Scored(request, scored_prompt(self._prompting, request))
        except (ModelError, PictureError) as error:  # it concerns this request only
            return error

    def _score_continued(self, batch: ContinuousBatch, scored: Sequence[_Scored]) -> None:
        for prefilled in batch.prefilled([(each.request, each.encoded.prompt) for each in scored]):
            group = [scored[index] for index in prefilled.indices]
            first = _logprobs(prefilled.logits, [[ids[0] for ids in each.encoded.continuations] for each in group])
            for each, logprobs in zip(group, first, strict=True):
                each.logprobs[:] = logprobs
            for rows in self._rows_of(group, prefilled.mask.shape[1]):
                self._add_rest(batch, prefilled, group, rows)

    def _rows_of(self, group: Sequence[_Scored], width: int) -> Iterator[list[tuple[int, int]]]:
        """The continuations of more than one token, as the index in `group` and their own, in batches of about one length."""
        lengths = {
            (row, index): len(ids) for row, each in enumerate(group) for index, ids in enumerate(each.encoded.continuations) if len(ids) > 1
        }
        vocabulary = self._model.get_input_embeddings().weight.shape[0]
        rows: list[tuple[int, int]] = []
        for place in sorted(lengths, key=lambda place: -lengths[place]):
            tokens = lengths[rows[0] if rows else place]
            most = min(MAX_LOGITS // (tokens * vocabulary), MAX_COLUMNS // (width + tokens))
            if rows and len(rows) >= most:
                yield rows
                rows = []
            rows.append(place)
        if rows:
            yield rows

    def _add_rest(self, batch: ContinuousBatch, prefilled: Prefilled, group: Sequence[_Scored], rows: Sequence[tuple[int, int]]) -> None:
        """Add what the tokens behind the first come to."""
        ids = [list(group[row].encoded.continuations[index]) for row, index in rows]
        logits = batch.continued(prefilled, [row for row, _ in rows], [each[:-1] for each in ids])
        for (row, index), of_row, tokens in zip(rows, logits, ids, strict=True):
            group[row].logprobs[index] += _sum_of(of_row[: len(tokens) - 1], tokens[1:])

    def _score_whole(self, scored: Sequence[_Scored]) -> None:
        places = [(each, index) for each in scored for index in range(len(each.encoded.continuations))]
        places.sort(key=lambda place: len(place[0].encoded.prompt.ids) + len(place[0].encoded.continuations[place[1]]))
        for each in scored:
            each.logprobs[:] = [0.0] * len(each.encoded.continuations)
        for start in range(0, len(places), self._rows):
            part = places[start : start + self._rows]
            batch = padded_for(self._model, [each.encoded.whole(index) for each, index in part], self._prompting.pad, right_padded)
            logits = self._model(**batch, use_cache=False).logits
            for (each, index), of_row in zip(part, logits, strict=True):
                end, tokens = len(each.encoded.prompt.ids), each.encoded.continuations[index]
                each.logprobs[index] = _sum_of(of_row[end - 1 : end - 1 + len(tokens)], tokens)


def _logprobs(logits: Tensor, tokens: Sequence[Sequence[int]]) -> list[list[float]]:
    """For each row of `logits`, [rows, vocabulary], the log-probabilities of its `tokens`."""
    normalised = torch.log_softmax(logits.float(), dim=-1)
    return [row[list(of_row)].tolist() for row, of_row in zip(normalised, tokens, strict=True)]


def _sum_of(logits: Tensor, tokens: Sequence[int]) -> float:
    """The log-probability of `tokens` one after another, where `logits` has a row for each."""
    places = torch.tensor(tokens, device=logits.device)
    return float(torch.log_softmax(logits.float(), dim=-1).gather(1, places[:, None]).double().sum())


def _is_finite(value: float) -> bool:
    return abs(value) < float("inf")
