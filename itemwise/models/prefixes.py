"""Beginnings that prompts share, such as a benchmark's instruction: read once, and kept for prompts to come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

__all__ = ["Prefix", "Prefixes", "Read"]

KEPT = 8
SHORTEST = 16  # tokens that two prompts must share to be grouped
MOST_OF = 0.75  # of a kept beginning must be shared for it to be used

Read = tuple[tuple[Tensor, Tensor], ...]  # keys and values, by layer, of tokens that went through the model


@dataclass(frozen=True, eq=False)
class Prefix:
    """A beginning: its tokens, and their keys and values in one row."""

    ids: tuple[int, ...]
    read: Read

    def cut(self, length: int) -> Prefix:
        """Its first `length` tokens."""
        return Prefix(self.ids[:length], tuple((keys[:, :, :length], values[:, :, :length]) for keys, values in self.read))


class Prefixes:
    """The last few beginnings that prompts shared; `read` sends one through the model.

    One is used only where it saves a group of prompts the reading of `worth` tokens, as each group costs a forward of its own.
    """

    def __init__(self, read: Callable[[Sequence[int]], Read], worth: int) -> None:
        self._read = read
        self._worth = worth
        self._kept: list[Prefix] = []  # what was used last comes last

    def groups(self, prompts: Sequence[Sequence[int]]) -> list[tuple[Prefix | None, list[int]]]:
        """The places of all `prompts` by the beginning to use for them. It leaves each prompt a token to read."""
        found: dict[Prefix | None, list[int]] = {}
        for cluster in _clusters(prompts, sorted(range(len(prompts)), key=lambda place: tuple(prompts[place]))):
            found.setdefault(self._best([prompts[place] for place in cluster]), []).extend(cluster)
        return [
            (prefix and prefix.cut(_shared(prefix.ids, [prompts[place] for place in places])), places) for prefix, places in found.items()
        ]

    def _best(self, prompts: Sequence[Sequence[int]]) -> Prefix | None:
        """The beginning that saves most: one that is kept, or what `prompts` share, read for them."""
        kept = max(self._usable(prompts), key=lambda prefix: _shared(prefix.ids, prompts), default=None)
        saved = len(prompts) * _shared(kept.ids, prompts) if kept else 0
        shared = _shared(prompts[0], prompts) if len(prompts) > 1 else 0
        if max(saved, (len(prompts) - 1) * shared) < self._worth:
            return None
        if kept is None or saved < (len(prompts) - 1) * shared:
            kept = Prefix(tuple(prompts[0][:shared]), self._read(prompts[0][:shared]))
        self._kept = [*(prefix for prefix in self._kept if prefix is not kept), kept][-KEPT:]
        return kept

    def _usable(self, prompts: Sequence[Sequence[int]]) -> list[Prefix]:
        return [prefix for prefix in self._kept if _shared(prefix.ids, prompts) >= max(1, MOST_OF * len(prefix.ids))]


def _clusters(prompts: Sequence[Sequence[int]], places: list[int]) -> list[list[int]]:
    """The sorted `places` in runs of prompts that begin alike, the longest beginnings first; those like no other alone."""
    alike = [_common(prompts[one], prompts[other]) for one, other in pairwise(places)]
    if max(alike, default=0) < SHORTEST:
        return [[place] for place in places]
    runs = [places[:1]]
    for place, length in zip(places[1:], alike, strict=True):
        if 2 * length >= max(alike):
            runs[-1].append(place)
        else:
            runs.append([place])
    alone = [run[0] for run in runs if len(run) == 1]
    return [run for run in runs if len(run) > 1] + _clusters(prompts, alone)


def _shared(beginning: Sequence[int], prompts: Sequence[Sequence[int]]) -> int:
    """How many tokens of `beginning` all of them begin with, one less than the shortest has at most."""
    return min([*(_common(beginning, prompt) for prompt in prompts), min(map(len, prompts)) - 1])


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
