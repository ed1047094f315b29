"""Whether prompts may be padded on the left: attention masks padding out, a recurrent state may take it up, which is tried."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache, GenerationConfig, LogitsProcessor, LogitsProcessorList
from transformers.cache_utils import (
    DummyLayer,
    DynamicIndexedLayer,
    DynamicLayer,
    DynamicSlidingWindowLayer,
    LinearAttentionAndFullAttentionLayer,
    LinearAttentionAndSlidingWindowAttentionLayer,
    LinearAttentionCacheLayerMixin,
    LinearAttentionLayer,
)

from itemwise.cases.chat import Turn
from itemwise.models.local.encoded_prompt import Prompt, padded_for
from itemwise.models.local.library_context import quiet
from itemwise.models.local.prompting import Prompting
from itemwise.models.model import Request

__all__ = ["may_pad", "recurrent_layers"]

STEPS = 4  # tokens of the trial: a state may be wrong only from the second on
SHORT, LONG = "1 + 1 = 2", "Ana has three apples and buys four more. How many apples has she now? Say the number alone."

_MASKED = {DynamicLayer, DynamicSlidingWindowLayer, DummyLayer}  # keys and values, which attention reads under a mask
_TRIED = {  # a state of the layer's own, or an index of its keys: whether padding is kept out is up to each architecture
    DynamicIndexedLayer,
    LinearAttentionLayer,
    LinearAttentionAndFullAttentionLayer,
    LinearAttentionAndSlidingWindowAttentionLayer,
}


def may_pad(model: Any, prompting: Prompting) -> bool:
    """Whether a prompt padded on the left gives the logits that it gives alone.

    That is so where every layer caches keys and values and nothing else. Where layers keep a recurrent state, or the model's code is the
    checkpoint's own, a short prompt is tried both ways. Padding is never used for a kind of cache that is not known here.
    """
    kinds = {type(layer) for layer in DynamicCache(config=model.config).layers}
    is_known = type(model).__module__.startswith("transformers.") and _takes_cache(model)
    if is_known and kinds <= _MASKED:
        return True
    return kinds <= _MASKED | _TRIED and _is_unchanged_by_padding(model, prompting)


def recurrent_layers(config: Any) -> tuple[int, int]:
    """How many layers of the language model keep a recurrent state (linear attention, a state space, a convolution), and of how many."""
    layers = DynamicCache(config=config).layers
    return sum(isinstance(layer, LinearAttentionCacheLayerMixin) for layer in layers), len(layers)


def _takes_cache(model: Any) -> bool:
    return bool({"cache", "past_key_values"} & set(inspect.signature(model.forward).parameters))


def _is_unchanged_by_padding(model: Any, prompting: Prompting) -> bool:
    short, long = (prompting.encode(Request((Turn("user", text),))) for text in (SHORT, LONG))
    try:
        with quiet(), torch.inference_mode():
            alone = _logits(model, [short], prompting.pad)
            padded = _logits(model, [short, long], prompting.pad)
    except Exception:  # whatever fails: the cases will show it, one at a time
        return False
    error = (padded - alone).pow(2).mean(dim=-1).sqrt() / alone.std(dim=-1)
    return bool((error <= _tolerance(model)).all())  # NaN is more than any


def _logits(model: Any, prompts: list[Prompt], pad: int) -> Tensor:
    """The logits of the first prompt in a batch of `prompts`, [STEPS, vocabulary]; all continue with the same token."""
    output = model.generate(
        **padded_for(model, prompts, pad),
        generation_config=GenerationConfig(max_new_tokens=STEPS, do_sample=False, pad_token_id=pad),
        logits_processor=LogitsProcessorList([_Always(prompts[0].ids[-1])]),
        return_dict_in_generate=True,
        output_logits=True,
    )
    return torch.stack([logits[0].float() for logits in output.logits])


def _tolerance(model: Any) -> float:
    """The error that rounding may make, as a share of the logits' standard deviation. Of the architectures whose state takes up padding
    none is within 0.01; in float32 the others are below 0.0001."""
    exact = model.dtype == torch.float32 and not getattr(model, "is_loaded_in_8bit", False)
    return 1e-3 if exact else 0.1


class _Always(LogitsProcessor):  # type: ignore[misc]  # transformers is untyped
    """Makes generate() go on with one token, so that what rounding does to the likeliest plays no part."""

    def __init__(self, token: int) -> None:
        self._token = token

    def __call__(self, input_ids: Any, scores: Tensor) -> Tensor:  # noqa: ARG002 - the signature is transformers'
        """Scores of which one is finite, [rows, vocabulary]."""
        only = torch.full_like(scores, -torch.inf)
        only[:, self._token] = 0
        return only
