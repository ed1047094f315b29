"""A loaded local model: how it is prompted, and two ways to run it, static and continuous batching."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import PIL
import torch
import transformers

from itemwise.models.checkpoint import adapter_hash
from itemwise.models.decoding import temperature_of
from itemwise.models.local.aligned_attention import attention_text
from itemwise.models.local.continuous_batch import ContinuousBatch, supports_continuous_batching
from itemwise.models.local.eager_bitsandbytes import bitsandbytes
from itemwise.models.local.gguf_checkpoint import gguf_note
from itemwise.models.local.linear_kernels import linear_text
from itemwise.models.local.loaded_checkpoint import LoadedCheckpoint
from itemwise.models.local.padding import may_pad, recurrent_layers
from itemwise.models.local.prompting import Prompting
from itemwise.models.local.scoring import Scorer
from itemwise.models.local.static_batch import StaticRunner
from itemwise.models.model import Generation, Request, RunningBatch
from itemwise.models.threads import threads_are_set, threads_text

__all__ = ["LocalModel"]

SCORED_AT_ONCE = 8  # prompts, each read whole with its continuation


class LocalModel:
    """A checkpoint on one device, decoded greedily, whatever its generation config says, unless a request has a temperature or its
    entry wants the model's own sampling.

    Else only the end-of-text tokens of that config are kept, and the end of a turn in the chat template is one too. A sampled text
    follows from its request alone, not from its batch. On a CPU the text does not depend on the batch in float32, the default, nor in
    bfloat16 where its attention is laid out as if it were alone (`aligned_attention`); int8 is the exception, as bitsandbytes looks for
    outliers over the whole batch and multiplies in float16. On a GPU it may.
    `continuous` is None for a kind of model that cannot take up sequences while others run, `static_batch_size` 1 for one whose logits
    would change with padding.
    """

    def __init__(self, checkpoint: LoadedCheckpoint, max_new_tokens: int, *, kv_bytes: int, threads_before: int | None = None) -> None:
        """The KV cache of the continuous batch takes up to `kv_bytes`; torch had `threads_before` threads before the load."""
        self.name = checkpoint.entry.name
        self.checkpoint = checkpoint
        self.prompting = Prompting(checkpoint, max_new_tokens)
        self.static = StaticRunner(checkpoint.model, self.prompting)
        can_run = supports_continuous_batching(checkpoint.model)
        self.continuous = ContinuousBatch(checkpoint, self.prompting, kv_bytes) if can_run else None
        padded = self.continuous is not None or may_pad(checkpoint.model, self.prompting)
        self.static_batch_size = None if padded else 1
        self._scorer = Scorer(checkpoint.model, self.prompting, self.continuous, SCORED_AT_ONCE if padded else 1)
        self._threads_before = torch.get_num_threads() if threads_before is None else threads_before

    @property
    def tokens_underway(self) -> int:
        """Tokens of the replies that are being generated, so far."""
        return self.static.tokens + (self.continuous.tokens if self.continuous else 0)

    def describe(self) -> dict[str, str]:
        """Everything about the model that decides its text, as words."""
        loaded, entry, ends = self.checkpoint, self.checkpoint.entry, self.prompting.ends
        adapter = Path(entry.adapter) if entry.adapter else None
        threads = threads_text(torch.get_num_threads(), threads_are_set(self._threads_before))
        return {
            "model": self.name,
            "location": Path(entry.location).name if entry.local else entry.location,
            "revision": loaded.revision,
            "quantisation": loaded.quantisation_text(),
            "dtype": loaded.dtype,
            "device": torch.cuda.get_device_name(loaded.device) if loaded.device.type == "cuda" else "cpu",
            **({"threads": threads} if loaded.device.type == "cpu" else {}),
            "prompting": self.prompting.describe(),
            **({"thinking": thinking} if (thinking := self.prompting.thinking_text()) else {}),
            "system": entry.system or "none",
            "decoding": self._decoding(),
            **({"max thinking tokens": str(budget)} if (budget := entry.max_thinking_tokens) else {}),
            "batching": self._batching(),
            "max new tokens": str(self.prompting.max_new_tokens),
            "context": f"{self.prompting.context_length} tokens",
            "stops": self.prompting.stops(),
            **({"turn end": ends.note} if ends.note else {}),
            "linear layers": linear_text(loaded.model),
            **({"attention": attention} if (attention := attention_text(loaded.model)) else {}),
            **({"left out of the GGUF": note} if loaded.gguf and (note := gguf_note(loaded.gguf)) else {}),
            **({"adapter": f"{adapter.name} {adapter_hash(adapter)}"} if adapter else {}),
            **({"pictures": loaded.vision.describe()} if loaded.vision else {}),
            "versions": _versions(loaded),
        }

    def generate(self, requests: Sequence[Request]) -> list[Generation | Exception]:
        """One generation per request, all in one batch padded to the longest prompt, or one by one where padding would change them; for a
        request that fails alone, its error."""
        if self.static_batch_size is None:
            return self.static.generate(requests)
        return [generation for request in requests for generation in self.static.generate([request])]

    def score(self, requests: Sequence[Request]) -> list[Generation | Exception]:
        """The log-probabilities of each request's continuations; for a request that fails alone, its error."""
        return self._scorer.score(requests)

    def running(self) -> RunningBatch | None:
        """The continuous batch; None for a kind of model whose rows must begin and end together."""
        return self.continuous

    def _decoding(self) -> str:
        sampling = self.prompting.sampling
        if sampling is None:
            return "greedy"
        return sampling.text("sampled") if temperature_of(self.checkpoint.entry) else sampling.text()

    def _batching(self) -> str:
        if self.continuous:
            return "continuous"
        recurrent, layers = recurrent_layers(self.checkpoint.model.config)
        state = f"{recurrent} of {layers} layers keep a recurrent state" if recurrent else ""
        if self.static_batch_size:
            return f"one chat at a time ({f'{state}, which' if state else 'the text'} padding would change)"
        return f"static ({state}, which padding leaves as it is)" if state else "static"

    def close(self) -> None:
        """Give torch back the threads that it had in this process before the model was loaded."""
        torch.set_num_threads(self._threads_before)


def _versions(loaded: LoadedCheckpoint) -> str:
    libraries = f"transformers {transformers.__version__}, torch {torch.__version__}, bitsandbytes {bitsandbytes.__version__}"
    return libraries + (f", pillow {PIL.__version__}" if loaded.vision else "") + (f", gguf {version('gguf')}" if loaded.gguf else "")
