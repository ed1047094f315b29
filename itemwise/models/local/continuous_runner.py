"""The running batch of a local model: requests in, generations out, over one continuous batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

import torch

from itemwise.models.local.continuous import ContinuousBatch, SequenceState
from itemwise.models.local.library_context import memory_errors, quiet
from itemwise.models.local.loaded_checkpoint import LoadedCheckpoint
from itemwise.models.local.prompting import Prompting
from itemwise.models.local.sampling import gumbel_noise
from itemwise.models.model import Generation, Request

__all__ = ["ContinuousRunner"]


class ContinuousRunner:
    """Implements RunningBatch; the KV cache takes up to `kv_bytes`."""

    eager = False  # a prefill keeps all others waiting

    def __init__(self, checkpoint: LoadedCheckpoint, prompting: Prompting, kv_bytes: int) -> None:
        self.batch = ContinuousBatch(checkpoint.model, prompting.pad, kv_bytes)
        self._device = checkpoint.device
        self._prompting = prompting
        self._advises = checkpoint.quantisation == "int8"  # silencing takes a while, and only int8 needs it at every forward

    @property
    def most_at_once(self) -> int:
        """The batch size where nobody gives one."""
        return self.batch.most_at_once

    @property
    def tokens(self) -> int:
        """Tokens of the replies that are being generated, so far."""
        return sum(len(sequence.output_ids) for sequence in self.batch.sequences)

    def prepare(self, request: Request) -> SequenceState:
        """The encoded request. Raises as `Prompting.encode` does."""
        prompt = self._prompting.encode(request)
        limit, ends = self._prompting.max_tokens(request, len(prompt.ids)), self._prompting.ends_of(request)
        return SequenceState(request, prompt, limit, ends, gumbel_noise(request, self._device))

    def capacity(self, sequences: Sequence[SequenceState]) -> int:
        """How many of `sequences` the KV cache has memory for now."""
        return self.batch.capacity(sequences)

    def admit(self, sequences: Sequence[SequenceState]) -> None:
        """Prefill `sequences` and insert them. Raises OutOfMemoryError."""
        with self._forward():
            self.batch.admit(sequences)

    def decode(self, most: int) -> list[tuple[SequenceState, Generation | Exception]]:
        """The results of the sequences that finish first within `most` steps. Raises OutOfMemoryError."""
        with self._forward():
            finished = self.batch.decode(most)
        return [(sequence, self._generation(sequence)) for sequence in finished]

    def clear(self) -> None:
        """Drop all sequences; one admitted again resumes."""
        self.batch.clear()

    def _generation(self, sequence: SequenceState) -> Generation | Exception:
        return self._prompting.generation(sequence.request, len(sequence.prompt.ids), sequence.output_ids, sequence.invalid_at)

    @contextmanager
    def _forward(self) -> Iterator[None]:
        with quiet() if self._advises else nullcontext(), memory_errors(), torch.inference_mode():
            yield
