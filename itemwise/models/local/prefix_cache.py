"""Prefix cache: KV of prompt prefixes shared by several chats, and of earlier turns of a tool chat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

__all__ = ["MAX_SHARED", "LayerKV", "Prefix", "PrefixCache", "common_length"]

MAX_SHARED = 8  # prefixes that prompts shared
MAX_TURNS = 128  # chats that may continue
MIN_MATCH = 16  # tokens; a shorter match is none

LayerKV = tuple[tuple[Tensor, Tensor], ...]  # prefilled keys and values, by layer


@dataclass(frozen=True, eq=False)
class Prefix:
    """The first tokens of a prompt, and their keys and values in one row."""

    ids: list[int]
    kv: LayerKV

    def cut(self, length: int) -> Prefix:
        """Its first `length` tokens."""
        return Prefix(self.ids[:length], tuple((keys[:, :, :length], values[:, :, :length]) for keys, values in self.kv))


class PrefixCache:
    """Finds prefilled prefixes of prompts, and prefills those that several prompts share.

    `prefill(ids, known)` computes the KV of `ids` on top of a known prefix; it is called only where that saves the prefill of
    `min_tokens_saved` tokens elsewhere, as it costs a forward. The turns of chats are kept up to `max_turn_tokens` in all.
    """

    def __init__(self, prefill: Callable[[list[int], Prefix | None], LayerKV], min_tokens_saved: int, max_turn_tokens: int) -> None:
        self._prefill = prefill
        self._min_tokens_saved = min_tokens_saved
        self._max_turn_tokens = max_turn_tokens
        self._shared: list[Prefix] = []  # the last used comes last
        self._turns: list[Prefix] = []

    def lookup(self, prompts: Sequence[list[int]]) -> list[Prefix | None]:
        """The longest cached prefix of each of `prompts`, at most all but its last token; None where it is short."""
        for cluster in _clusters(prompts, sorted(range(len(prompts)), key=lambda index: prompts[index])):
            self._prefill_shared([prompts[index] for index in cluster])
        return [self._lookup_one(prompt) for prompt in prompts]

    def keep_turn(self, ids: list[int], kv: LayerKV) -> None:
        """Keep a chat that may continue, until it does."""
        self._turns = [*self._turns, Prefix(ids, kv)][-MAX_TURNS:]
        while sum(len(prefix.ids) for prefix in self._turns) > self._max_turn_tokens:
            del self._turns[0]

    def _prefill_shared(self, prompts: Sequence[list[int]]) -> None:
        """Prefill what `prompts` share beyond what is cached of it."""
        shared = min(_reusable(prompts[0], prompt) for prompt in prompts)
        known = self._longest_match(prompts[0][: shared + 1], [*self._shared, *self._turns])
        if (len(prompts) - 1) * (shared - (len(known.ids) if known else 0)) >= self._min_tokens_saved:
            ids = prompts[0][:shared]
            self._shared = [*self._shared, Prefix(ids, self._prefill(ids, known))][-MAX_SHARED:]

    def _lookup_one(self, prompt: list[int]) -> Prefix | None:
        shared, turn = self._longest_match(prompt, self._shared), self._longest_match(prompt, self._turns)
        if turn and (not shared or len(turn.ids) > len(shared.ids)):
            self._turns = [prefix for prefix in self._turns if _reusable(prefix.ids, prompt) < len(turn.ids)]  # it continues now
            return turn
        if shared:
            self._shared.sort(key=lambda prefix: _reusable(prefix.ids, prompt) == len(shared.ids))
        return shared

    def _longest_match(self, prompt: list[int], prefixes: Sequence[Prefix]) -> Prefix | None:
        longest = max(prefixes, key=lambda prefix: _reusable(prefix.ids, prompt), default=None)
        length = _reusable(longest.ids, prompt) if longest else 0
        return longest.cut(length) if longest and length >= MIN_MATCH else None


def _clusters(prompts: Sequence[list[int]], indices: list[int]) -> list[list[int]]:
    """The sorted `indices` grouped by prompts with the same beginning, longest beginnings first; prompts like no other are left out."""
    common = [common_length(prompts[left], prompts[right]) for left, right in pairwise(indices)]
    if max(common, default=0) < MIN_MATCH:
        return []
    clusters = [indices[:1]]
    for index, length in zip(indices[1:], common, strict=True):
        if 2 * length >= max(common):
            clusters[-1].append(index)
        else:
            clusters.append([index])
    alone = [cluster[0] for cluster in clusters if len(cluster) == 1]
    return [cluster for cluster in clusters if len(cluster) > 1] + _clusters(prompts, alone)


def _reusable(prefix: list[int], prompt: list[int]) -> int:
    """How many tokens of `prefix` the prompt begins with; the prompt's last token is always computed anew, for its logits."""
    return min(common_length(prefix, prompt), len(prompt) - 1)


def common_length(left: list[int], right: list[int]) -> int:
    """How many tokens both begin with: by bisection, as comparing slices is fast."""
    same, differing = 0, min(len(left), len(right)) + 1
    while differing - same > 1:
        middle = (same + differing) // 2
        if left[same:middle] == right[same:middle]:
            same = middle
        else:
            differing = middle
    return same
