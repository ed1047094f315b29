"""Continuous batching: prefill, decode and eviction of sequences that share one KV cache."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache, GenerationMixin
from transformers.cache_utils import DynamicLayer

from itemwise.models.attention import attention_of
from itemwise.models.local.encoded_prompt import Prompt, left_padded, padded_for
from itemwise.models.local.free_memory import return_freed
from itemwise.models.local.kv_cache import KVCache
from itemwise.models.local.library_context import memory_errors, quiet
from itemwise.models.local.loaded_checkpoint import LoadedCheckpoint
from itemwise.models.local.prefix_cache import LayerKV, Prefix, PrefixCache
from itemwise.models.local.prompting import Prompting
from itemwise.models.local.sampling import GumbelNoise, gumbel_noise, sample_tokens
from itemwise.models.local.thinking_budget import Thought
from itemwise.models.local.turn_end import Ends
from itemwise.models.model import Generation, OutOfMemoryError, Request

__all__ = ["ContinuousBatch", "Prefilled", "SequenceState", "supports_continuous_batching"]

MAX_PREFILL = 8192  # tokens of one forward, padding included
RETURNED_AFTER = 256  # sequences: small texts that stay lie between the tensors that go, and keep their memory in pieces
EXPECTED_REPLY = 128  # tokens, before longer replies were seen
MAX_SEQUENCES = {"cpu": 96, "cuda": 256}  # more at once gain nothing: measured on two cores, estimated for a GPU
FORWARD_TOKENS = {"cpu": 64, "cuda": 512}  # tokens prefilled in the fixed time of any forward, roughly

_VISION_TYPES = ("llava", "qwen2_vl", "qwen2_5_vl")  # whose image inputs and positions `_prefill` and `_row_positions` know of


@dataclass(eq=False)
class SequenceState:
    """One chat of a continuous batch: its prompt, the most tokens and the ends of its reply, its sampling noise, its thought where that
    has a budget, and the reply so far."""

    request: Request
    prompt: Prompt
    max_tokens: int
    ends: Ends
    noise: GumbelNoise | None = None
    thought: Thought | None = None
    output_ids: list[int] = field(default_factory=list)
    position: int = 0  # of the last token
    invalid_at: int | None = None  # index in `output_ids` of the first token whose logits were NaN or infinite

    @property
    def ids(self) -> list[int]:
        """The tokens of prompt and reply."""
        return [*self.prompt.ids, *self.output_ids]

    @property
    def length(self) -> int:
        """Tokens of prompt and reply."""
        return len(self.prompt.ids) + len(self.output_ids)

    def after(self, length: int) -> Prompt:
        """Prompt and reply without their first `length` tokens, as a prompt."""
        types = {name: [*values, *([0] * len(self.output_ids))][length:] for name, values in self.prompt.token_type_ids.items()}
        return Prompt(self.ids[length:], types, self.prompt.image_inputs)


@dataclass(frozen=True, eq=False)
class Prefilled:
    """Prompts that were prefilled in one forward: their `indices` among all, the KV by layer with its mask, [prompts, columns], the last
    position of each, and the logits of their next tokens, [prompts, vocabulary]."""

    indices: Sequence[int]
    kv: LayerKV
    mask: Tensor
    positions: Sequence[int]
    logits: Tensor


class ContinuousBatch:
    """The RunningBatch of a local model: sequences that decode together, one token each per forward; what one says does not depend on
    the others.

    Prompts are prefilled apart and inserted with their KV. A prefix that they share is prefilled once, and so are the turns
    of a chat with tools. The KV cache stays within `kv_bytes`. After OutOfMemoryError only `clear` may follow.
    """

    eager = False  # a prefill keeps all others waiting

    def __init__(self, checkpoint: LoadedCheckpoint, prompting: Prompting, kv_bytes: int) -> None:
        model = checkpoint.model
        self.sequences: list[SequenceState] = []
        self.most_at_once = MAX_SEQUENCES.get(model.device.type, MAX_SEQUENCES["cuda"])
        self.max_positions = kv_bytes // _kv_bytes_of_a_token(model)  # rows times columns of the KV cache
        self._model = model
        self._prompting = prompting
        self._advises = checkpoint.quantisation == "int8"  # silencing takes a while, and only int8 needs it at every forward
        self._kv_cache = KVCache()
        self._finished: list[SequenceState] = []
        self._longest_reply = EXPECTED_REPLY
        self._since_returned = 0  # finished since freed memory was returned
        self._forward_tokens = FORWARD_TOKENS.get(model.device.type, FORWARD_TOKENS["cuda"])
        self._prefix_cache = self._new_prefix_cache()
        self._parameters = set(inspect.signature(model.forward).parameters)

    @property
    def tokens(self) -> int:
        """Tokens of the replies that are being generated, so far."""
        return sum(len(sequence.output_ids) for sequence in self.sequences)

    def prepare(self, request: Request) -> SequenceState:
        """The encoded request. Raises as `Prompting.encode` does."""
        prompt = self._prompting.encode(request)
        limit, ends = self._prompting.max_tokens(request, len(prompt.ids)), self._prompting.ends_of(request)
        noise = gumbel_noise(request, self._model.device, self._prompting.sampling)
        return SequenceState(request, prompt, limit, ends, noise, self._prompting.thought(prompt))

    def capacity(self, sequences: Sequence[SequenceState]) -> int:
        """How many of `sequences`, the first ones first, may be admitted now; at least one while none runs."""
        width = self._kv_cache.width
        for count, sequence in enumerate(sequences):
            width = max(width, sequence.length + min(self._longest_reply, sequence.max_tokens))
            if (len(self.sequences) + count + 1) * width > self.max_positions and len(self.sequences) + count > 0:
                return count
        return len(sequences)

    def admit(self, sequences: Sequence[SequenceState]) -> None:
        """Prefill `sequences`, replies so far included, and insert them. None is inserted if the prefill of one fails."""
        unfinished = [sequence for sequence in sequences if not self._is_finished(sequence)]
        self._finished += [sequence for sequence in sequences if self._is_finished(sequence)]  # preempted in the step that finished it
        if unfinished:
            with self._computing():
                self._insert(unfinished)

    def decode(self, most: int) -> list[tuple[SequenceState, Generation | Exception]]:
        """Decode up to `most` steps, stopping early when a sequence finishes; finished sequences are removed and returned."""
        with self._computing():
            for _ in range(most):
                if self._finished or not self.sequences:
                    break
                self._step()
        finished, self._finished = self._finished, []
        return [(sequence, self._generation(sequence)) for sequence in finished]

    def prefilled(self, asked: Sequence[tuple[Request, Prompt]]) -> Iterator[Prefilled]:
        """Prefills prompts with no reply to come, those of about one length together and what they share of their beginning once."""
        sequences = {SequenceState(request, prompt, 0, self._prompting.ends): index for index, (request, prompt) in enumerate(asked)}
        for group, prefixes in self._groups(list(sequences)) if sequences else ():
            kv, mask, logits = self._prefill(group, prefixes)
            yield Prefilled([sequences[each] for each in group], kv, mask, [each.position for each in group], logits)

    def continued(self, prefilled: Prefilled, rows: Sequence[int], ids: Sequence[Sequence[int]]) -> Tensor:
        """The logits behind each of `ids` read after that one of the prefilled prompts which stands at its place in `rows`, as
        [rows, most tokens, vocabulary]; those of padding, behind the shorter ones, mean nothing."""
        device, count = self._model.device, max(map(len, ids))
        places = torch.tensor(rows, device=device)
        tokens = torch.tensor([[*each, *[self._prompting.pad] * (count - len(each))] for each in ids], device=device)
        lengths = torch.tensor([len(each) for each in ids], device=device)
        columns = torch.arange(count, device=device)
        positions = torch.tensor([prefilled.positions[row] for row in rows], device=device)[:, None] + 1 + columns
        mask = torch.cat([prefilled.mask[places], columns < lengths[:, None]], dim=1)
        cache = DynamicCache()
        for layer, (keys, values) in enumerate(prefilled.kv):
            cache.update(keys[places], values[places], layer)
        return self._logits(cache, positions, count, input_ids=tokens, attention_mask=mask)

    def clear(self) -> None:
        """Drop all sequences; one admitted again resumes from the tokens it already has."""
        self.sequences, self._finished, self._kv_cache, self._prefix_cache = [], [], KVCache(), self._new_prefix_cache()
        if self._model.device.type == "cuda":
            torch.cuda.empty_cache()

    def _generation(self, sequence: SequenceState) -> Generation | Exception:
        return self._prompting.generation(sequence.request, sequence.prompt, sequence.output_ids, sequence.invalid_at)

    @contextmanager
    def _computing(self) -> Iterator[None]:
        with quiet() if self._advises else nullcontext(), memory_errors(), torch.inference_mode():
            yield

    def _insert(self, sequences: Sequence[SequenceState]) -> None:
        prefilled = [(group, *self._prefill(group, prefixes)) for group, prefixes in self._groups(sequences)]
        first_new = len(self.sequences)
        self._kv_cache.insert(*((layers, mask) for _, layers, mask, _ in prefilled))
        self.sequences += [sequence for group, *_ in prefilled for sequence in group]
        self._append_tokens(torch.cat([logits for *_, logits in prefilled]), first_new)

    def _new_prefix_cache(self) -> PrefixCache:
        return PrefixCache(self._prefill_prefix, self._forward_tokens, self.max_positions // 4)

    def _step(self) -> None:
        if len(self.sequences) > 1 and len(self.sequences) * (self._kv_cache.width + 1) > self.max_positions:
            raise OutOfMemoryError(f"{len(self.sequences)} chats of {self._kv_cache.width} tokens")
        cache = self._kv_cache.cache
        last = [[sequence.output_ids[-1] for sequence in self.sequences], [sequence.position for sequence in self.sequences]]
        ids, positions = torch.tensor(last, device=self._model.device)[:, :, None]
        logits = self._forward(cache, positions, input_ids=ids, attention_mask=self._kv_cache.mask)
        self._kv_cache.append()
        self._append_tokens(logits)

    def _append_tokens(self, logits: Tensor, first: int = 0) -> None:
        """Sample the next token of each sequence from index `first` on."""
        sequences = self.sequences[first:]
        tokens = sample_tokens(logits, [sequence.noise for sequence in sequences], lambda row: sequences[row].ids)
        for sequence, token in zip(sequences, tokens, strict=True):
            if token is None:
                sequence.invalid_at = len(sequence.output_ids)
            forced = sequence.thought.forced(sequence.output_ids) if sequence.thought else None
            sequence.output_ids.append(token or 0 if forced is None else forced)
            sequence.position += 1
        if any(map(self._is_finished, sequences)):
            self._evict_finished()

    def _is_finished(self, sequence: SequenceState) -> bool:
        if sequence.invalid_at is not None or len(sequence.output_ids) >= self._prompting.limit(
            sequence.request, sequence.prompt, sequence.thought
        ):
            return True
        return sequence.ends.is_at_end(sequence.output_ids)

    def _evict_finished(self) -> None:
        finished = [sequence for sequence in self.sequences if self._is_finished(sequence)]
        self._longest_reply = max(self._longest_reply, *(len(sequence.output_ids) for sequence in finished))
        self._finished += finished
        self._since_returned += len(finished)
        if self._since_returned >= RETURNED_AFTER:
            self._since_returned = 0
            return_freed()
        for row, sequence in enumerate(self.sequences):
            may_continue = sequence.request.tools and not sequence.prompt.image_inputs and sequence.invalid_at is None
            if may_continue and sequence in finished:  # once a tool's result is appended
                self._prefix_cache.keep_turn(sequence.ids[:-1], self._kv_cache.copy_row(row))
        staying = [row for row, sequence in enumerate(self.sequences) if not self._is_finished(sequence)]
        self.sequences = [self.sequences[row] for row in self._kv_cache.retain(staying)]

    def _groups(self, sequences: Sequence[SequenceState]) -> Iterator[tuple[list[SequenceState], list[Prefix | None]]]:
        """The sequences by what is prefilled in one forward, with the cached prefix of each."""
        text_only = [sequence for sequence in sequences if not sequence.prompt.image_inputs]
        cached = dict(zip(text_only, self._prefix_cache.lookup([sequence.ids for sequence in text_only]), strict=True))
        lengths = {sequence: sequence.length - _length(cached.get(sequence)) for sequence in sequences}
        for group in self._grouped_by_length(lengths):
            yield group, [cached.get(sequence) for sequence in group]

    def _grouped_by_length(self, lengths: Mapping[SequenceState, int]) -> Iterator[list[SequenceState]]:
        """Groups of about one length, so that little padding is prefilled, and of at most MAX_PREFILL tokens."""
        group: list[SequenceState] = []
        for sequence in sorted(lengths, key=lambda sequence: lengths[sequence]):
            padding = sum(lengths[sequence] - lengths[shorter] for shorter in group)
            if group and (padding > self._forward_tokens or (len(group) + 1) * lengths[sequence] > MAX_PREFILL):
                yield group
                group = []
            group.append(sequence)
        yield group

    def _prefill(self, sequences: Sequence[SequenceState], prefixes: Sequence[Prefix | None]) -> tuple[LayerKV, Tensor, Tensor]:
        """KV of `sequences` by layer, its mask, and the logits of their next tokens."""
        rest = [sequence.after(_length(prefix)) for sequence, prefix in zip(sequences, prefixes, strict=True)]
        batch = padded_for(self._model, rest, self._prompting.pad)
        cache, cached_mask = _stacked(prefixes, batch["input_ids"])
        mask = torch.cat([cached_mask, batch.pop("attention_mask").bool()], dim=1)
        positions = self._padded_positions(sequences, batch["input_ids"].shape[1])
        logits = self._forward(cache, positions, attention_mask=mask, **batch)
        return _layer_kv(cache), mask, logits

    def _prefill_prefix(self, ids: list[int], known: Prefix | None) -> LayerKV:
        """KV of a shared prefix, on top of the part of it that is known."""
        tokens = torch.tensor([ids[_length(known) :]], device=self._model.device)
        cache, known_mask = _stacked([known], tokens)
        mask = torch.cat([known_mask, torch.ones_like(tokens, dtype=torch.bool)], dim=1)
        positions = torch.arange(_length(known), len(ids), device=tokens.device)[None]
        self._forward(cache, positions, input_ids=tokens, attention_mask=mask)
        return _layer_kv(cache)

    def _forward(self, cache: Any, positions: Tensor, **batch: Tensor) -> Tensor:
        """The logits of the last column."""
        return self._logits(cache, positions, 1, **batch)[:, -1]

    def _logits(self, cache: Any, positions: Tensor, keep: int, **batch: Tensor) -> Tensor:
        """The logits of `keep` columns or more; positions are [rows, columns], or [3, rows, columns] in time, height and width."""
        if self._has_mrope and positions.ndim == 2:
            positions = positions.expand(3, -1, -1)
        last = {"logits_to_keep": keep} if "logits_to_keep" in self._parameters else {}
        name = "cache" if "cache" in self._parameters else "past_key_values"
        output = self._model(**batch, position_ids=positions, use_cache=True, **{name: cache}, **last)
        return output.logits  # type: ignore[no-any-return]  # transformers is untyped

    @property
    def _has_mrope(self) -> bool:
        """Whether a picture's height and width are positions of their own (M-RoPE: Wang et al. 2024, arXiv:2409.12191)."""
        return hasattr(getattr(self._model, "model", None), "get_rope_index")

    def _padded_positions(self, sequences: Sequence[SequenceState], width: int) -> Tensor:
        """The positions of the last `width` tokens of `sequences`, padded on the left; also sets each one's `position`."""
        unpadded = [self._row_positions(sequence) for sequence in sequences]
        for sequence, positions in zip(sequences, unpadded, strict=True):
            sequence.position = int(positions.max())
        padded = [torch.nn.functional.pad(row[..., -width:], (max(0, width - row.shape[-1]), 0)) for row in unpadded]
        return torch.stack(padded, dim=-2).to(self._model.device)

    def _row_positions(self, sequence: SequenceState) -> Tensor:
        """The positions of a sequence's tokens, [length] or, under M-RoPE, [3, length]."""
        indices = torch.arange(sequence.length)
        if not self._has_mrope:
            return indices
        if not sequence.prompt.image_inputs:
            return indices.expand(3, -1)
        batch = left_padded([sequence.after(0)], self._prompting.pad)
        parameters = inspect.signature(self._model.model.get_rope_index).parameters
        positions, _ = self._model.model.get_rope_index(**{name: value for name, value in batch.items() if name in parameters})
        return positions[:, 0]  # type: ignore[no-any-return]  # transformers is untyped


def supports_continuous_batching(model: Any) -> bool:
    """Whether sequences of `model` may be inserted and evicted: every layer caches plain keys and values, positions can be given,
    and generate() does nothing special for this kind of model."""
    if model.config.is_encoder_decoder or not type(model).__module__.startswith("transformers."):
        return False
    layers = DynamicCache(config=model.config).layers
    parameters = set(inspect.signature(model.forward).parameters)
    takes_positions = {"position_ids", "attention_mask"} <= parameters and parameters & {"cache", "past_key_values"}
    has_plain_cache = bool(layers) and all(type(layer) is DynamicLayer for layer in layers)
    return bool(takes_positions) and has_plain_cache and (model.config.model_type in _VISION_TYPES or _has_plain_generate(type(model)))


def _has_plain_generate(kind: type) -> bool:
    methods = ("prepare_inputs_for_generation", "_prepare_position_ids_for_generation", "_update_model_kwargs_for_generation")
    return all(getattr(kind, name, None) is getattr(GenerationMixin, name, None) for name in methods)


def _kv_bytes_of_a_token(model: Any) -> int:
    """The KV bytes of one token; an upper estimate for latent attention, which caches something smaller."""
    if attention := attention_of(model.config):
        return attention.kv_bytes(model.dtype.itemsize)
    config = model.config.get_text_config()
    return int(2 * config.num_hidden_layers * config.hidden_size * model.dtype.itemsize)


def _stacked(prefixes: Sequence[Prefix | None], like: Tensor) -> tuple[Any, Tensor]:
    """A left-padded cache with one prefix a row, on the device of `like`, and its mask."""
    cache, width = DynamicCache(), max(map(_length, prefixes))
    mask = torch.zeros(len(prefixes), width, dtype=torch.bool, device=like.device)
    sample = next((prefix for prefix in prefixes if prefix), None)
    for layer, shapes in enumerate(sample.kv if sample else ()):
        stacked = [part.new_zeros(len(prefixes), part.shape[1], width, part.shape[3]) for part in shapes]
        for row, prefix in enumerate(prefixes):
            for part, whole in zip(prefix.kv[layer] if prefix else (), stacked, strict=False):
                whole[row, :, width - part.shape[2] :] = part[0]
        cache.update(*stacked, layer)
    for row, prefix in enumerate(prefixes):
        mask[row, width - _length(prefix) :] = True
    return cache, mask


def _length(prefix: Prefix | None) -> int:
    return len(prefix.ids) if prefix else 0


def _layer_kv(cache: Any) -> LayerKV:
    return tuple((layer.keys, layer.values) for layer in cache.layers)
