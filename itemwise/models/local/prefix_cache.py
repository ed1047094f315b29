"""Beginnings that prompts share, such as a benchmark's instruction or a chat's earlier turns: read once, and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

__all__ = ["Prefix", "Prefixes", "Read"]

KEPT = 8  # beginnings that prompts shared
TURNS = 128  # chats that may go on
SHORTEST = 16  # tokens that are worth finding

Read = tuple[tuple[Tensor, Tensor], ...]  # keys and values, by layer, of tokens that went through the model


@dataclass(frozen=True, eq=False)
class Prefix:
    """A beginning: its tokens, and their keys and values in one row."""

    ids: list[int]
    read: Read

    def cut(self, length: int) -> Prefix:
        """Its first `length` tokens."""
        return Prefix(self.ids[:length], tuple((keys[:, :, :length], values[:, :, :length]) for keys, values in self.read))


class Prefixes:
    """What prompts to come may begin with. `read` sends tokens through the model; it is called where that saves the reading
    of `worth` tokens, as it costs a forward. Chats are kept up to `most` tokens in all."""

    def __init__(self, read: Callable[[list[int], Prefix | None], Read], worth: int, most: int) -> None:
        self._read = read
        self._worth = worth
        self._most = most
        self._kept: list[Prefix] = []  # what was used last comes last
        self._turns: list[Prefix] = []

    def beginnings(self, prompts: Sequence[list[int]]) -> list[Prefix | None]:
        """What is known of each of `prompts`, at most all but its last token; None where that is little."""
        for cluster in _clusters(prompts, sorted(range(len(prompts)), key=lambda place: prompts[place])):
            self._learn([prompts[place] for place in cluster])
        return [self._beginning(prompt) for prompt in prompts]

    def keep_turn(self, ids: list[int], read: Read) -> None:
        """Keep a chat that may go on, until it does."""
        self._turns = [*self._turns, Prefix(ids, read)][-TURNS:]
        while sum(len(prefix.ids) for prefix in self._turns) > self._most:
            del self._turns[0]

    def _learn(self, prompts: Sequence[list[int]]) -> None:
        """Read what `prompts` share beyond what is known of it."""
        shared = min(_usable(prompts[0], prompt) for prompt in prompts)
        known = self._longest(prompts[0][: shared + 1], [*self._kept, *self._turns])
        if (len(prompts) - 1) * (shared - (len(known.ids) if known else 0)) >= self._worth:
            ids = prompts[0][:shared]
            self._kept = [*self._kept, Prefix(ids, self._read(ids, known))][-KEPT:]

    def _beginning(self, prompt: list[int]) -> Prefix | None:
        known, turn = self._longest(prompt, self._kept), self._longest(prompt, self._turns)
        if turn and (not known or len(turn.ids) > len(known.ids)):
            self._turns = [prefix for prefix in self._turns if _usable(prefix.ids, prompt) < len(turn.ids)]  # it goes on
            return turn
        if known:
            self._kept.sort(key=lambda prefix: _usable(prefix.ids, prompt) == len(known.ids))
        return known

    def _longest(self, prompt: list[int], among: Sequence[Prefix]) -> Prefix | None:
        longest = max(among, key=lambda prefix: _usable(prefix.ids, prompt), default=None)
        length = _usable(longest.ids, prompt) if longest else 0
        return longest.cut(length) if longest and length >= SHORTEST else None


def _clusters(prompts: Sequence[list[int]], places: list[int]) -> list[list[int]]:
    """The sorted `places` in runs of prompts that begin alike, the longest beginnings first; those like no other are left out."""
    alike = [_common(prompts[one], prompts[other]) for one, other in pairwise(places)]
    if max(alike, default=0) < SHORTEST:
        return []
    runs = [places[:1]]
    for place, length in zip(places[1:], alike, strict=True):
        if 2 * length >= max(alike):
            runs[-1].append(place)
        else:
            runs.append([place])
    alone = [run[0] for run in runs if len(run) == 1]
    return [run for run in runs if len(run) > 1] + _clusters(prompts, alone)


def _usable(beginning: list[int], prompt: list[int]) -> int:
    """How many tokens of `beginning` the prompt begins with; its last token is always to be read."""
    return min(_common(beginning, prompt), len(prompt) - 1)


def _common(one: list[int], other: list[int]) -> int:
    """How many tokens both begin with: found by halves, as comparing slices is quick."""
    same, differing = 0, min(len(one), len(other)) + 1
    while differing - same > 1:
        middle = (same + differing) // 2
        if one[same:middle] == other[same:middle]:
            same = middle
        else:
            differing = middle
    return same
