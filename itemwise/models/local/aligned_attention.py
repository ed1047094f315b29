"""Attention on a CPU in which what a chat says does not depend on the chats beside it, in bfloat16 either."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad, scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel
from transformers.integrations.sdpa_attention import repeat_kv, sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

__all__ = ["align_attention", "attention_text"]

NAME = "itemwise_aligned"  # as transformers knows this attention
STEP = 64  # columns, and queries of more than one: with fewer, what is left at the end is done in another order
_COMPARED = re.compile(r"_attn_implementation\s*(?:[=!]=|(?:not )?in\b)")
_ELSEWHERE = ("softcap", "position_bias", "s_aux")  # what transformers' own takes


def align_attention(model: Any) -> bool:
    """Have each row of the language part of `model` attend to its keys as if it were alone; returns whether it does.

    The keys of a row stand behind as much padding as the longest row beside it asks for, and with their place changes the order in which
    sums over them are made. Float32 hides that from a text, bfloat16 does not: each layer rounds to 8 bits what differs in the
    last of 24. So the keys are moved to the first columns, and these made a multiple of STEP. Left as it is where torch's own attention is
    not what the model has, or its code does one thing or another by that attention's name.
    """
    text = model.config.get_text_config()
    if text._attn_implementation != "sdpa" or not hasattr(model, "set_attn_implementation") or _asks_for_names(model):
        return False
    part = next((name for name in model.config.sub_configs if getattr(model.config, name, None) is text), None)
    model.set_attn_implementation({part: NAME} if part else NAME)
    return bool(text._attn_implementation == NAME)


def attention_text(model: Any) -> str:
    """Whether a batch may change a text through the attention of `model`, in words; empty in float32 and on a GPU."""
    if model.device.type != "cpu" or model.dtype != torch.bfloat16:
        return ""
    if model.config.get_text_config()._attn_implementation == NAME:
        return "each row laid out as if it were alone"
    return "as transformers has it, so that a text may depend on its batch"


@dataclass(frozen=True, eq=False)
class _Alignment:
    """Where the keys of a mask go: for each row the columns to take, [rows, columns], those of padding at the end; the mask over them,
    [rows, 1, queries, columns], with queries of padding at the end; and what it was made for: a mask, or the sizes where there is none."""

    columns: Tensor
    mask: Tensor
    made_for: Tensor | tuple[int, ...]


class _AlignedAttention:
    """The attention function as transformers calls it. All layers of a forward have one mask, so its alignment is kept for the next."""

    def __init__(self) -> None:
        self._last: _Alignment | None = None

    def __call__(
        self, module: Any, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **options: Any
    ) -> tuple[Tensor, None]:
        """The attention of `query`, [rows, heads, queries, size], to the keys that the mask leaves, as [rows, queries, heads, size]."""
        if not _is_plain(module, attention_mask, options):
            return sdpa_attention_forward(module, query, key, value, attention_mask, **options)  # type: ignore[no-any-return]
        aligned = self._alignment(attention_mask, query.shape[2], key)
        keys, values = (_taken(each, aligned.columns) for each in (key, value))
        shape, groups = query.shape, query.shape[1] // key.shape[1]
        if shape[2] == 1:
            query = query.reshape(shape[0], key.shape[1], groups, shape[3])  # the heads of a group, as queries of its one head of keys
        else:
            query = pad(query, (0, 0, 0, aligned.mask.shape[2] - shape[2]))
            keys, values = repeat_kv(keys, groups), repeat_kv(values, groups)
        found = scaled_dot_product_attention(query, keys, values, attn_mask=aligned.mask, scale=options.get("scaling"))
        found = found.reshape(*shape[:3], value.shape[3]) if shape[2] == 1 else found[:, :, : shape[2]]
        return found.transpose(1, 2).contiguous(), None

    def _alignment(self, mask: Tensor | None, queries: int, key: Tensor) -> _Alignment:
        last, sizes = self._last, (queries, *key.shape[::2])
        if last is None or not (last.made_for is mask or (mask is None and last.made_for == sizes)):
            whole = _causal(queries, key) if mask is None else mask.expand(len(key), -1, -1, -1)
            self._last = last = _aligned(whole, sizes if mask is None else mask)
        return last


def _asks_for_names(model: Any) -> bool:
    """Whether the code of any part of `model` compares the name of its attention, or cannot be read."""
    modules = {sys.modules[type(part).__module__] for part in model.modules() if isinstance(part, PreTrainedModel)}
    try:
        return any(_COMPARED.search(inspect.getsource(module)) for module in modules)
    except OSError:
        return True


def _is_plain(module: Any, mask: Tensor | None, options: dict[str, Any]) -> bool:
    """Whether all that decides the attention is a mask of True and False over rows, or that each token sees those before it."""
    if any(options.get(name) is not None for name in _ELSEWHERE):
        return False
    if mask is not None:
        return mask.dtype == torch.bool and mask.shape[1] == 1
    causal = options.get("is_causal")
    return bool(getattr(module, "is_causal", True) if causal is None else causal)


def _causal(queries: int, key: Tensor) -> Tensor:
    """The mask that transformers leaves out where no row is padded."""
    rows, _, columns, _ = key.shape
    seen = torch.ones(queries, columns, dtype=torch.bool, device=key.device).tril(columns - queries)
    return seen.expand(rows, 1, queries, columns)


def _aligned(mask: Tensor, made_for: Tensor | tuple[int, ...]) -> _Alignment:
    used = mask.any(dim=2)[:, 0]
    width = _stepped(int(used.sum(dim=1).max()))
    padded = pad(used, (0, max(0, width - used.shape[1])))
    order = padded.logical_not().to(torch.uint8).argsort(dim=1, stable=True)[:, :width]  # the columns in use first, as they stand
    columns = order.clamp(max=mask.shape[3] - 1)
    moved = mask.gather(3, columns[:, None, None].expand(-1, 1, mask.shape[2], -1)) & padded.gather(1, order)[:, None, None]
    queries = mask.shape[2] if mask.shape[2] == 1 else _stepped(mask.shape[2])
    return _Alignment(columns, pad(moved, (0, 0, 0, queries - mask.shape[2])), made_for)


def _stepped(count: int) -> int:
    """The multiple of STEP that holds `count`."""
    return -(-count // STEP) * STEP


def _taken(states: Tensor, columns: Tensor) -> Tensor:
    """The `columns` of each row of keys or values, [rows, heads, columns, size]; a column that no query sees must hold numbers."""
    rows = torch.arange(len(columns), device=columns.device)[:, None]
    return states.transpose(1, 2)[rows, columns].transpose(1, 2)


AttentionInterface.register(NAME, _AlignedAttention())
AttentionMaskInterface.register(NAME, sdpa_mask)
